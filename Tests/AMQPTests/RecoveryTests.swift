import AMQP
import Logging
import TestKit
import Testing

@Suite("Recovery", .timeLimit(.minutes(10))) struct RecoveryTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private func configuration() async throws -> BrokerConfiguration {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        return BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
    }

    private func message(_ queue: String, _ body: [UInt8]) -> Message {
        Message(exchange: "", routingKey: queue, mandatory: true, properties: MessageProperties(), body: body)
    }

    @Test("a queue that exists with other arguments is an error that names them all")
    func unlikeQueuesAreNamed() async throws {
        let error = await #expect(throws: AMQPError.self) {
            try await BrokerAdmin.withConnection(try await configuration(), logger: logger) { admin in
                try await admin.declareQueue(QueueDeclaration(name: "q", arguments: ["x-max-length": .int(5)]))
                try await admin.declareQueue(QueueDeclaration(name: "q", arguments: ["x-max-length": .int(7)]))
            }
        }
        #expect(error?.code == .preconditionFailed)
        let message = error?.message ?? ""
        #expect(["x-max-length", "'q'", "'7'", "'5'"].allSatisfy { message.contains($0) }, "\(message)")
    }

    @Test("what was in hand when the connection was cut is delivered again")
    func droppedConnectionDeliversAgain() async throws {
        let configuration = try await configuration()
        let lane = Lane(queue: "q", prefetch: 4, declare: QueueDeclaration(name: "q"))
        let consumer = Consumer(configuration: configuration, lanes: [lane], logger: logger)
        let publisher = Publisher(configuration: configuration, logger: logger)
        let running = [Task { await consumer.run() }, Task { await publisher.run() }]
        defer { for task in running { task.cancel() } }
        try await publisher.becomesUsable()
        try await consumer.becomesConsuming()
        _ = try await publisher.publish(message("q", [9]))
        #expect(try await consumer.delivery().redelivered == false)
        let vhost = configuration.urls[0].virtualHost
        _ = try await PrivateBroker.shared().ctl(["close_all_connections", "--vhost", vhost, "test"])
        #expect(try await consumer.delivery().redelivered == true)
        // Which the broker said itself.
        try await Wait.until("the loss to be counted: \(consumer.tally)") {
            consumer.tally.reconnects == [.brokerClose: 1]
        }
        #expect(consumer.tally.certificateExpiry == nil && publisher.tally.unconfirmed == 0)
    }

    @Test("a lane whose queue is deleted comes back alone: the other one keeps what it has in hand")
    func deletedQueue() async throws {
        let configuration = try await configuration()
        let lanes = ["q", "r"].map { Lane(queue: $0, prefetch: 4, declare: QueueDeclaration(name: $0)) }
        let consumer = Consumer(configuration: configuration, lanes: lanes, logger: logger)
        let publisher = Publisher(configuration: configuration, logger: logger)
        let consuming = Task { await consumer.run() }
        let publishing = Task { await publisher.run() }
        defer { publishing.cancel() }
        try await publisher.becomesUsable()
        try await consumer.becomesConsuming()
        #expect(try await publisher.publish(message("r", [1])) == .confirmed)
        let held = try await consumer.delivery()
        try await BrokerAdmin.withConnection(configuration, logger: logger) { try await $0.deleteQueue("q") }
        // Until the lane is opened again, there is no queue to route to.
        try await Wait.until("a queue to route to") { try await publisher.publish(message("q", [2])) == .confirmed }
        let next = try await consumer.delivery()
        #expect(next.body == .bytes([2]))
        await consumer.acknowledge(held.tag)
        await consumer.acknowledge(next.tag)
        consuming.cancel()
        await consuming.value
        let left = try await BrokerAdmin.withConnection(configuration, logger: logger) { admin in
            [try await admin.messageCount(of: "q"), try await admin.messageCount(of: "r")]
        }
        #expect(left == [0, 0])
    }

    @Test("a queue that is gone and there again before the broker has told anybody is consumed all the same")
    func queueReplaced() async throws {
        let configuration = try await configuration()
        let queue = QueueDeclaration(name: "q", arguments: ["x-queue-type": .string(Array("quorum".utf8))])
        let lane = Lane(queue: "q", prefetch: 4, renewal: .seconds(3))
        let (consumer, publisher) = (
            Consumer(configuration: configuration, lanes: [lane], logger: logger),
            Publisher(configuration: configuration, logger: logger)
        )
        try await BrokerAdmin.withConnection(configuration, logger: logger) { try await $0.declareQueue(queue) }
        let running = [Task { await consumer.run() }, Task { await publisher.run() }]
        defer { for task in running { task.cancel() } }
        try await publisher.becomesUsable()
        try await consumer.becomesConsuming()
        try await replaceQueue("q", in: configuration.urls[0].virtualHost)
        try await Wait.until("a queue to route to") { try await publisher.publish(message("q", [1])) == .confirmed }
        #expect(try await consumer.delivery().body == .bytes([1]))
    }

    @Test("a lane without a queue is named in the status, does not hold up the others, and starts when there is one")
    func missingQueue() async throws {
        let configuration = try await configuration()
        let lanes = [
            Lane(queue: "q", prefetch: 4, declare: QueueDeclaration(name: "q")), Lane(queue: "missing", prefetch: 4),
        ]
        let consumer = Consumer(configuration: configuration, lanes: lanes, logger: logger)
        let consuming = Task { await consumer.run() }
        defer { consuming.cancel() }
        try await consumer.becomes("without one lane") {
            $0.lanes.last?.lastError != nil && $0.lanes.first?.isConsuming == true
        }
        let status = consumer.status
        #expect(status.isConnected)
        #expect(!consumer.isConsuming)
        #expect(status.lanes.map(\.isConsuming) == [true, false])
        #expect(status.lanes.last?.lastError?.code == .notFound)
        #expect(consumer.lastError?.message.contains("missing") == true)
        try await BrokerAdmin.withConnection(configuration, logger: logger) { admin in
            try await admin.declareQueue(QueueDeclaration(name: "missing"))
        }
        try await consumer.becomesConsuming()
        #expect(consumer.lastError == nil)
    }

    @Test("a channel that the broker closes for a publish is opened again, with the broker's reason told")
    func refusedPublish() async throws {
        let publisher = Publisher(configuration: try await configuration(), logger: logger)
        let publishing = Task { await publisher.run() }
        defer { publishing.cancel() }
        try await publisher.becomesUsable()
        var message = message("q", [1])
        message.exchange = "no-such-exchange"
        let error = await #expect(throws: AMQPError.self) { try await publisher.publish(message) }
        #expect(error?.code == .connectionLost)
        #expect(error?.replyCode == 404)
        #expect(publisher.status.isConnected)
        try await publisher.becomesUsable()
        message.exchange = ""
        #expect(try await publisher.publish(message) == .returned(code: 312, text: "NO_ROUTE"))
    }

    @Test("a wrong password and an unknown virtual host are told as such")
    func refusedLogin() async throws {
        let url = try await PrivateBroker.shared().url
        for (wrong, code) in [
            (url.replacing("guest:guest", with: "guest:wrong"), AMQPError.Code.authentication),
            (url + "/no-such-host", .virtualHost),
        ] {
            let configuration = BrokerConfiguration(urls: [try BrokerURL(wrong)], connectionName: "test")
            let consumer = Consumer(
                configuration: configuration, lanes: [Lane(queue: "q", prefetch: 1)], logger: logger)
            let consuming = Task { await consumer.run() }
            defer { consuming.cancel() }
            try await consumer.becomes("refused") { $0.lastError != nil }
            #expect(consumer.lastError?.code == code)
            #expect(!consumer.status.isConnected)
            #expect(consumer.lastError?.message.contains("wrong") == false)
        }
    }

    @Test("several URLs are tried in turn, and one that refuses us does not hold up the next")
    func severalURLs() async throws {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let urls = ["amqp://127.0.0.1:1", url.replacing("guest:guest", with: "guest:wrong"), url]
        let configuration = BrokerConfiguration(urls: try urls.map { try BrokerURL($0) }, connectionName: "test")
        let publisher = Publisher(configuration: configuration, logger: logger)
        let publishing = Task { await publisher.run() }
        defer { publishing.cancel() }
        try await publisher.becomesUsable()
        #expect(publisher.isUsable)
        try await BrokerAdmin.withConnection(configuration, logger: logger) { admin in
            try await admin.declareQueue(QueueDeclaration(name: "q"))
        }
    }
}
