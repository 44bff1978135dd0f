import Basics
import TestKit
import Testing

@Suite("Waiting in tests", .timeLimit(.minutes(10))) struct WaitTests {
    /// Ends when it is told to, not when it is cancelled.
    private final class Deaf: Sendable {
        private let waiting = Locked<CheckedContinuation<Void, Never>?>(nil)

        func wait() async {
            await withCheckedContinuation { continuation in waiting.withLock { $0 = continuation } }
        }

        deinit { waiting.withLock { $0?.resume() } }
    }

    @Test("ends with what was waited for")
    func met() async throws {
        var looks = 0
        try await Wait.until("a third look", pause: .zero) {
            looks += 1
            return looks == 3
        }
        #expect(looks == 3)
        #expect(try await Wait.bounded("a number") { 7 } == 7)
    }

    @Test("passes on what went wrong")
    func failing() async {
        struct Wrong: Error {}
        await #expect(throws: Wrong.self) { try await Wait.until("nothing") { throw Wrong() } }
        await #expect(throws: Wrong.self) { try await Wait.bounded("nothing") { throw Wrong() } }
    }

    @Test("ends by its time-out, and says what it was for, even if what it waits for goes on")
    func timedOut() async {
        let polled = await #expect(throws: WaitFailure.self) {
            try await Wait.until("rain", timeout: .milliseconds(1)) { false }
        }
        #expect(polled?.description.hasSuffix("while waiting for rain") == true)
        let deaf = Deaf()
        let bounded = await #expect(throws: WaitFailure.self) {
            try await Wait.bounded("rain", timeout: .milliseconds(1)) { await deaf.wait() }
        }
        #expect(bounded?.description.hasSuffix("while waiting for rain") == true)
    }

    @Test("ends with its task, and says what it was for", arguments: [false, true])
    func cancelled(beforeWaiting: Bool) async {
        let deaf = Deaf()
        let waits = [
            { @Sendable () async throws in try await Wait.until("rain") { false } },
            { @Sendable () async throws in try await Wait.bounded("rain") { await deaf.wait() } },
            { @Sendable () async throws in _ = try await Arrivals<Int>().first("rain") { $0 > 0 } },
        ]
        for wait in waits {
            let task = Task {
                if beforeWaiting { withUnsafeCurrentTask { $0?.cancel() } }
                try await wait()
            }
            await Task.yield()
            task.cancel()
            let failure = await #expect(throws: WaitFailure.self) { try await task.value }
            #expect(failure?.description == "cancelled while waiting for rain")
        }
    }

    @Test("an arrival is found whether it came before or comes later")
    func arrivals() async throws {
        let arrivals = Arrivals<Int>()
        arrivals.add(1)
        #expect(try await arrivals.first { $0 == 1 } == 1)
        async let later = arrivals.first { $0 > 1 }
        arrivals.add(0)
        arrivals.add(2)
        #expect(try await later == 2)
        #expect(arrivals.all == [1, 0, 2])
    }
}
