import AMQP
import Basics
import Logging
import TestKit
import Wire

/// A queue of a test's own, with whatever came into it.
final class Mailbox: Sendable {
    let address: String
    let arrivals = Arrivals<Delivery>()
    private let running: Task<Void, Never>

    /// A front end's reply queue.
    convenience init(_ url: String, of frontEnd: String = "mailbox") async throws {
        try await self.init(url, address: "\(WireName.replyPrefix)\(frontEnd).\(RandomID.hex(bytes: 16))")
    }

    /// A listener's queue, which hears an exchange.
    convenience init(_ url: String, hearing exchange: String, _ key: String = "#") async throws {
        let address = "verify.listen.test.\(RandomID.hex(bytes: 16))"
        try await self.init(url, address: address)
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "mailbox")
        try await BrokerAdmin.withConnection(broker, logger: Self.silent) {
            try await $0.bind(Binding(exchange: exchange, queue: address, routingKey: key))
        }
    }

    private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    private init(_ url: String, address: String) async throws {
        self.address = address
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "mailbox")
        let declaration = QueueDeclaration(
            name: address,
            arguments: FieldTable([
                ("x-queue-type", .string(Array("classic".utf8))), ("x-expires", .int(600_000)),
            ]))
        let consumer = Consumer(
            configuration: broker, lanes: [Lane(queue: address, prefetch: 256, declare: declaration)],
            headers: ["traceparent", "deadline", "CC", "BCC", "x", "x-death"], logger: Self.silent)
        running = Task { [arrivals] in
            await withTaskGroup { group in
                group.addTask { await consumer.run() }
                for await delivery in consumer.deliveries {
                    // Jobs are noted with their replies, by whoever asks.
                    if [WireName.events, WireName.status].contains(delivery.exchange) {
                        WireCapture.note(heardOf: delivery.exchange, delivery.bytes)
                    }
                    arrivals.add(delivery)
                    await consumer.acknowledge(delivery.tag)
                }
            }
        }
        try await consumer.becomesConsuming()
    }

    deinit {
        running.cancel()
    }

    /// The reply with that correlation id.
    func reply(to correlation: [UInt8]) async throws -> Delivery {
        try await arrivals.first { $0.properties.correlationID == correlation }
    }
}

extension Delivery {
    var bytes: [UInt8] {
        guard case .bytes(let bytes) = body else { return [] }
        return bytes
    }

    var reply: Reply { get throws { try Reply.decode(bytes) } }
}
