import Basics
import PollExecutor
import TestKit
import Testing

@testable import AMQP

@Suite("A connection's thread", .timeLimit(.minutes(10))) struct ConnectionThreadTests {
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
        try await Wait.until("the thread's end") { executor == nil }
    }

    @Test("a connection that nobody listens for is said to be refused, with host and port")
    func nobodyThere() async throws {
        let port = FreePort.find()
        let configuration = BrokerConfiguration(
            urls: [try BrokerURL("amqp://127.0.0.1:\(port)")], connectionName: "test")
        let connection = Connection(configuration, duties: [.publish]) { _ in }
        let error = await #expect(throws: AMQPError.self) {
            try await connection.open(configuration.urls[0], at: "127.0.0.1")
        }
        #expect(error?.message.contains("127.0.0.1:\(port)") == true)
        #expect(error?.message.hasSuffix("Connection refused") == true)
    }

    @Test(
        "when it stops reading at its bound, the next turn is at once: frames may lie where the poller cannot see them")
    func frameBound() throws {
        for (there, taken, hasMore) in [
            (Connection.mostFrames - 1, Connection.mostFrames - 1, false),
            (Connection.mostFrames, Connection.mostFrames, true),
            (Connection.mostFrames * 2, Connection.mostFrames, true),
        ] {
            var count = 0
            let more = try Connection.takeFrames { () throws(AMQPError) in
                guard count < there else { return false }
                count += 1
                return true
            }
            #expect(count == taken && more == hasMore)
        }
        let now = MonotonicTime(nanoseconds: 1_000_000_000)
        #expect(Connection.nextTurn(now: now, hasMore: true, now + .seconds(3)) == now)
        #expect(Connection.nextTurn(now: now, hasMore: false, now + .seconds(3)) == now + .milliseconds(500))
        #expect(Connection.nextTurn(now: now, hasMore: false, now + .milliseconds(3)) == now + .milliseconds(3))
        #expect(Connection.nextTurn(now: now, hasMore: false, nil) == now + .milliseconds(500))
    }
}
