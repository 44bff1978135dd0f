/// The properties of a message (AMQP 0-9-1, class basic).
public struct MessageProperties: Sendable, Equatable {
    /// A MIME type.
    public var contentType: String?
    /// What the body is packed with.
    public var contentEncoding: String?
    /// 1: in the broker's memory alone; 2: written to its disk.
    public var deliveryMode: UInt8?
    /// Bytes, since it is echoed byte for byte.
    public var correlationID: [UInt8]?
    /// The queue for the answer.
    public var replyTo: String?
    /// Milliseconds as text, after which the broker drops it.
    public var expiration: String?
    /// The sender's own name of it.
    public var messageID: String?
    /// Seconds since 1970.
    public var timestamp: UInt64?
    /// The sender's word for what it is.
    public var type: String?
    /// The broker user, which the broker checks.
    public var userID: String?
    /// The sending program.
    public var appID: String?
    /// Of a delivery: those that its ``Consumer`` reads.
    public var headers = FieldTable()

    /// None set.
    public init() {}
}

/// A message to publish.
public struct Message: Sendable, Equatable {
    /// The exchange; empty for the default one, which goes by the queue's name.
    public var exchange: String
    /// The routing key.
    public var routingKey: String
    /// Comes back as ``PublishOutcome/returned(code:text:)`` when no queue takes it.
    public var mandatory: Bool
    /// Its properties.
    public var properties: MessageProperties
    /// The body, at most what the broker takes.
    public var body: [UInt8]

    package init(
        exchange: String, routingKey: String, mandatory: Bool, properties: MessageProperties, body: [UInt8]
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.mandatory = mandatory
        self.properties = properties
        self.body = body
    }
}

/// What the broker said of a published message.
public enum PublishOutcome: Sendable, Equatable {
    /// It is the broker's responsibility now.
    case confirmed
    /// No queue took it.
    case returned(code: Int, text: String)
    /// The broker refused it (`basic.nack`): a full queue, for one.
    case refused
}

/// What a delivery is acknowledged by.
///
/// Void once its channel is gone.
public struct DeliveryTag: Sendable, Hashable {
    let epoch: UInt64
    let channel: UInt16
    let number: UInt64
}

/// The body of a delivery.
public enum DeliveryBody: Sendable, Equatable {
    case bytes([UInt8])
    /// Larger than the limit; drained, not kept. The size that was claimed.
    case tooLarge(UInt64)
}

/// A message that was delivered to us.
public struct Delivery: Sendable, Equatable {
    /// What it is acknowledged by.
    public let tag: DeliveryTag
    /// The queue that it came from.
    public let queue: String
    /// The exchange that it was published to.
    public let exchange: String
    /// The key that it was published with.
    public let routingKey: String
    /// The broker has delivered it before, to this or another consumer.
    public let redelivered: Bool
    /// Its properties; of the headers those that were asked for.
    public let properties: MessageProperties
    /// Its body, or that it was too large.
    public let body: DeliveryBody
}
