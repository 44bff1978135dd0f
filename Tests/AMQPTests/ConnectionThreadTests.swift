import PollExecutor
import Testing

@testable import AMQP

@Suite("A connection's thread", .timeLimit(.minutes(1))) struct ConnectionThreadTests {
    @Test("ends with the connection, so that clients can come and go")
    func ends() async throws {
        let configuration = BrokerConfiguration(
            urls: [try BrokerURL("amqp://127.0.0.1:1")], connectionName: "test")
        weak var executor: PollExecutor?
        do {
            let connection = Connection(configuration, duties: [.publish]) { _ in }
            executor = connection.executor
            await #expect(throws: AMQPError.self) {
                try await connection.open(configuration.urls[0], at: "127.0.0.1")
            }
            #expect(executor != nil)
        }
        // The thread holds it until it has ended.
        while executor != nil { await Task.yield() }
    }
}
