/// The properties of a message (AMQP 0-9-1, class basic).
public struct MessageProperties: Sendable, Equatable {
    public var contentType: String?
    public var contentEncoding: String?
    public var deliveryMode: UInt8?
    /// Bytes, since it is echoed byte for byte.
    public var correlationID: [UInt8]?
    public var replyTo: String?
    public var expiration: String?
    public var messageID: String?
    public var timestamp: UInt64?
    public var type: String?
    public var userID: String?
    public var appID: String?
    /// Of a delivery: those that its ``Consumer`` reads.
    public var headers = FieldTable()

    public init() {}
}

/// A message to publish.
public struct Message: Sendable, Equatable {
    public var exchange: String
    public var routingKey: String
    /// Comes back as ``PublishOutcome/returned(code:text:)`` when no queue takes it.
    public var mandatory: Bool
    public var properties: MessageProperties
    public var body: [UInt8]

    public init(
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

/// What a delivery is acknowledged by. Void once its channel is gone.
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
    public let tag: DeliveryTag
    public let queue: String
    public let exchange: String
    public let routingKey: String
    public let redelivered: Bool
    public let properties: MessageProperties
    public let body: DeliveryBody
}
