import TestKit
import Testing

@testable import AMQP

@Suite("Who waits for a confirm", .timeLimit(.minutes(10))) struct PublishWaiterTests {
    private let lost = AMQPError(.connectionLost, "test")

    private func outcome(of waiter: PublishWaiter) async throws -> PublishWaiter.Outcome {
        try await Wait.bounded("the outcome of a publish") {
            await withCheckedContinuation { waiter.wait($0) }
        }
    }

    @Test("is told once, what came first")
    func once() async throws {
        let waiter = PublishWaiter()
        waiter.resume(returning: .failure(lost))
        waiter.resume(returning: .success(.confirmed))
        #expect(try await outcome(of: waiter) == .failure(lost))
        // Nobody is there any more, which is no harm.
        waiter.resume(returning: .success(.confirmed))
    }

    @Test("is told while it waits")
    func waiting() async throws {
        let waiter = PublishWaiter()
        async let outcome = outcome(of: waiter)
        waiter.resume(returning: .success(.confirmed))
        #expect(try await outcome == .success(.confirmed))
    }

    @Test("of a task that was cancelled before, nothing is sent")
    func cancelledBefore() async throws {
        let configuration = BrokerConfiguration(urls: [try BrokerURL("amqp://127.0.0.1:1")], connectionName: "test")
        let connection = Connection(configuration, duties: [.publish]) { _ in }
        let task = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await connection.publish(OwnBrokerTests.message([1], to: "q"))
        }
        #expect(await task.value == .failure(AMQPError(.notConnected, "cancelled")))
    }
}
