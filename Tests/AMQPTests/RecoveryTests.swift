import AMQP
import Logging
import TestKit
import Testing

@Suite(.timeLimit(.minutes(1))) struct RecoveryTests {
    private let logger = Logger(label: "test")

    private func configuration() async throws -> BrokerConfiguration {
        let url = try await PrivateBroker.shared().makeVirtualHost()
        return BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "test")
    }

    @Test func unlikeQueuesAreNamed() async throws {
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

    @Test func droppedConnectionDeliversAgain() async throws {
        let configuration = try await configuration()
        let lane = Lane(queue: "q", prefetch: 4, declare: QueueDeclaration(name: "q"))
        let consumer = Consumer(configuration: configuration, lanes: [lane], logger: logger)
        let publisher = Publisher(configuration: configuration, logger: logger)
        let running = [Task { await consumer.run() }, Task { await publisher.run() }]
        defer { for task in running { task.cancel() } }
        await publisher.waitUntilUsable()
        await consumer.waitUntilConsuming()
        _ = try await publisher.publish(
            Message(exchange: "", routingKey: "q", mandatory: true, properties: MessageProperties(), body: [9]))
        let first = await consumer.deliveries.first { _ in true }
        #expect(first?.redelivered == false)
        let vhost = configuration.urls[0].virtualHost
        _ = try await PrivateBroker.shared().ctl(["close_all_connections", "--vhost", vhost, "test"])
        let second = await consumer.deliveries.first { _ in true }
        #expect(second?.redelivered == true)
    }

    @Test func deletedQueueIsConsumedAgain() async throws {
        let configuration = try await configuration()
        let lane = Lane(queue: "q", prefetch: 4, declare: QueueDeclaration(name: "q"))
        let consumer = Consumer(configuration: configuration, lanes: [lane], logger: logger)
        let publisher = Publisher(configuration: configuration, logger: logger)
        let running = [Task { await consumer.run() }, Task { await publisher.run() }]
        defer { for task in running { task.cancel() } }
        await publisher.waitUntilUsable()
        await consumer.waitUntilConsuming()
        try await BrokerAdmin.withConnection(configuration, logger: logger) { try await $0.deleteQueue("q") }
        while consumer.isConsuming { await Task.yield() }
        await consumer.waitUntilConsuming()
        let outcome = try await publisher.publish(
            Message(exchange: "", routingKey: "q", mandatory: true, properties: MessageProperties(), body: [7]))
        #expect(outcome == .confirmed)
        let delivery = await consumer.deliveries.first { _ in true }
        #expect(delivery?.body == .bytes([7]))
    }
}
