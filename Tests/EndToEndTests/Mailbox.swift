import AMQP
import Basics
import Logging
import TestKit
import Wire

/// A reply queue of a test's own, with whatever came into it.
final class Mailbox: Sendable {
    let address = "\(WireName.replyPrefix)mailbox.\(RandomID.hex(bytes: 16))"
    let arrivals = Arrivals<Delivery>()
    private let running: Task<Void, Never>

    init(_ url: String) async throws {
        let broker = BrokerConfiguration(urls: [try BrokerURL(url)], connectionName: "mailbox")
        let declaration = QueueDeclaration(
            name: address,
            arguments: FieldTable([
                ("x-queue-type", .string(Array("classic".utf8))), ("x-expires", .int(600_000)),
            ]))
        let consumer = Consumer(
            configuration: broker, lanes: [Lane(queue: address, prefetch: 256, declare: declaration)],
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        running = Task { [arrivals] in
            await withTaskGroup { group in
                group.addTask { await consumer.run() }
                for await delivery in consumer.deliveries {
                    arrivals.add(delivery)
                    await consumer.acknowledge(delivery.tag)
                }
            }
        }
        await consumer.waitUntilConsuming()
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
