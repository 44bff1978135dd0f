import AMQP
import Logging
import TestKit
import Testing

@Suite(.timeLimit(.minutes(10))) struct BrokerTests {
    @Test func publishConsumeAcknowledge() async throws {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let configuration = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
        let logger = Logger(label: "test")
        let publisher = Publisher(configuration: configuration, logger: logger)
        let lane = Lane(queue: "q", prefetch: 4, declare: QueueDeclaration(name: "q"))
        let consumer = Consumer(configuration: configuration, lanes: [lane], logger: logger)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await publisher.run() }
            group.addTask { await consumer.run() }
            try await publisher.becomesUsable()
            try await consumer.becomesConsuming()
            var message = Message(
                exchange: "", routingKey: "q", mandatory: true, properties: MessageProperties(), body: [1, 2, 3])
            let first = try await publisher.publish(message)
            #expect(first == .confirmed)
            let delivery = try await consumer.delivery()
            #expect(delivery.body == .bytes([1, 2, 3]))
            await consumer.acknowledge(delivery.tag)
            message.routingKey = "nowhere"
            let second = try await publisher.publish(message)
            #expect(second == .returned(code: 312, text: "NO_ROUTE"))
            group.cancelAll()
        }
    }

    @Test("of two publishers' messages with the same ids each hears of its own: 300 pairs, one queue there, one not")
    func sharedIDs() async throws {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let configuration = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
        try await BrokerAdmin.withConnection(configuration, logger: Self.silent) {
            try await $0.declareQueue(QueueDeclaration(name: "here"))
        }
        let publisher = Publisher(configuration: configuration, logger: Self.silent)
        let running = Task { await publisher.run() }
        defer { running.cancel() }
        try await publisher.becomesUsable()
        try await withThrowingTaskGroup(of: (String, PublishOutcome).self) { group in
            for number in 1...300 {
                for queue in ["here", "gone"] {
                    group.addTask {
                        var properties = MessageProperties()
                        properties.messageID = "r:\(number)"
                        // Taken by a queue it goes to disk first, so that its confirm comes after the other's return.
                        properties.deliveryMode = 2
                        let message = Message(
                            exchange: "", routingKey: queue, mandatory: true, properties: properties, body: [])
                        return (queue, try await publisher.publish(message))
                    }
                }
            }
            for try await (queue, outcome) in group {
                #expect(outcome == (queue == "here" ? .confirmed : .returned(code: 312, text: "NO_ROUTE")))
            }
        }
    }

    @Test("of a message's headers only those are kept that are asked for; tables, lists and long text are none of them")
    func headers() async throws {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        let configuration = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
        let lane = Lane(queue: "q", prefetch: 256, declare: QueueDeclaration(name: "q"))
        let consumer = Consumer(
            configuration: configuration, lanes: [lane], headers: ["deadline", "count", "list", "long"],
            logger: Self.silent)
        let running = Task { await consumer.run() }
        defer { running.cancel() }
        try await consumer.becomesConsuming()
        let raw = try RawPublisher(url: url)
        var message = RawMessage("q", "x")
        message.exchange = ""
        message.headers = RawField.tables(64, ofVoids: 990)
        message.headers += [
            ("deadline", .text("soon")), ("deadline", .text("later")), ("count", .int64(7)), ("Count", .int64(8)),
            ("list", .array([.text("x")])), ("long", .text(String(repeating: "x", count: 256))),
        ]
        #expect(try await raw.publish(message) == .confirmed)
        let delivery = try #require(await consumer.deliveries.first { _ in true })
        // RabbitMQ 4 sorts them by name.
        let headers = delivery.properties.headers.entries
        let expected: [String: FieldValue] = [
            "deadline": .string(Array("soon".utf8)), "count": .int(7), "list": .null, "long": .null,
        ]
        #expect(headers.count == expected.count)
        #expect(Dictionary(headers.map { ($0.0, $0.1) }) { first, _ in first } == expected)
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
}
