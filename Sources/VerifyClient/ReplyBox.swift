import AMQP
import Basics
import Logging
import Wire

/// The queue that replies come to, and who takes them out.
struct ReplyBox: Sendable {
    /// Bytes of a reply.
    ///
    /// The workers end theirs far below; what an older one sends is still to be shown.
    static let mostBytes = 4 << 20

    let queue: String
    let consumer: Consumer

    /// A queue that nobody has used, as the contract wants it (section 1).
    init(_ broker: BrokerConfiguration, frontEnd: String, logger: Logger) {
        queue = "\(WireName.replyPrefix)\(frontEnd).\(RandomID.hex(bytes: 16))"
        let declaration = QueueDeclaration(
            name: queue, durable: true, exclusive: false, autoDelete: false,
            arguments: FieldTable([
                ("x-queue-type", .string(Array("classic".utf8))), ("x-expires", .int(600_000)),
                ("x-message-ttl", .int(300_000)), ("x-max-length", .int(10_000)),
                ("x-overflow", .string(Array("reject-publish".utf8))),
            ]))
        consumer = Consumer(
            configuration: broker, lanes: [Lane(queue: queue, prefetch: 256, declare: declaration)],
            maximumBodySize: Self.mostBytes, logger: logger)
    }

    /// The broker does not find a queue that was just declared: in a cluster its node is gone, and while it is, nobody
    /// can have one of this name.
    static func isGone(_ status: BrokerStatus) -> Bool {
        status.lanes.contains { $0.lastError?.code == .notFound }
    }

    /// The broker is connected and has said nothing of the queue yet: neither that it is consumed, nor why not.
    static func isUntold(_ status: BrokerStatus) -> Bool {
        status.isConnected && !status.isConsuming && status.lanes.allSatisfy { $0.lastError == nil }
    }

    /// Returns when it will not do any more: it is gone, or the broker has said nothing of it for so long.
    ///
    /// RabbitMQ 4 tries for a minute to find a queue whose node is gone before it says so.
    func waitUntilLost(timeout: Duration) async {
        while !Task.isCancelled {
            await consumer.waitForStatus { Self.isGone($0) || Self.isUntold($0) }
            await withTaskGroup { group in
                group.addTask { await consumer.waitForStatus { !Self.isUntold($0) } }
                group.addTask { try? await Task.sleep(for: timeout) }
                await group.next()
                group.cancelAll()
            }
            let status = consumer.status
            if Self.isGone(status) || Self.isUntold(status) { return }
        }
    }
}
