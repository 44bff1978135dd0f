import AMQP
import Logging
import TestKit
import Testing

@Suite(.timeLimit(.minutes(5))) struct BrokerTests {
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
            await publisher.waitUntilUsable()
            await consumer.waitUntilConsuming()
            var message = Message(
                exchange: "", routingKey: "q", mandatory: true, properties: MessageProperties(), body: [1, 2, 3])
            let first = try await publisher.publish(message)
            #expect(first == .confirmed)
            let delivery = await consumer.deliveries.first { _ in true }
            #expect(delivery?.body == .bytes([1, 2, 3]))
            if let delivery { await consumer.acknowledge(delivery.tag) }
            message.routingKey = "nowhere"
            let second = try await publisher.publish(message)
            #expect(second == .returned(code: 312, text: "NO_ROUTE"))
            group.cancelAll()
        }
    }
}
