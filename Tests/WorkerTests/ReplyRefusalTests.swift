import AMQP
import Basics
import Logging
import Store
import TestKit
import Testing
import Wire

@testable import Pipeline
@testable import Worker

/// Against a real broker.
@Suite("Contract 3: replies that the broker refuses", .timeLimit(.minutes(10)))
struct ReplyRefusalTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What becomes of a reply that is published as this user's.
    private func fate(as user: String) async throws -> ReplyState? {
        let url = try BrokerURL(try await PrivateBroker.shared().url)
        let broker = BrokerConfiguration(urls: [url], connectionName: "test")
        let publisher = Publisher(configuration: broker, logger: logger)
        let running = Task { await publisher.run() }
        defer { running.cancel() }
        let replies = ReplyPublisher(
            publisher: publisher, direct: DirectPublisher(publisher), user: user, clocks: .system, logger: logger)
        return await replies.publish(
            Disposition.Publication(
                address: .queue("verify.reply.nobody.\(RandomID.hex(bytes: 8))"), body: Array("{}".utf8),
                type: "verify.send.result.v1"))
    }

    @Test("closing the channel for a property that is not ours to set: given up, not tried for ever")
    func closed() async throws {
        #expect(try await fate(as: "somebody-else") == .undeliverable)
    }

    @Test("returned, since no queue takes it: known at once")
    func returned() async throws {
        #expect(try await fate(as: "guest") == .undeliverable)
    }
}
