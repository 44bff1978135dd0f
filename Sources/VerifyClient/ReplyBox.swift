import AMQP
import Basics
import Logging
import Wire

/// The queue that replies come to, and who takes them out.
struct ReplyBox: Sendable {
    /// Bytes of a reply. The workers end theirs far below; what an older one sends is still to be shown.
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
}
