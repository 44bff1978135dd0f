public import Basics

/// A message as it came from the broker, in neutral terms: what the contract's section 2 speaks of.
public struct Envelope: Sendable {
    public enum Body: Sendable, Equatable {
        case bytes([UInt8])
        /// Larger than is ever read; the size that was claimed.
        case tooLarge(UInt64)
    }

    public var lane: LaneName
    public var exchange: String
    public var routingKey: String
    public var redelivered = false
    public var body: Body
    public var contentType: String?
    public var contentEncoding: String?
    public var messageID: String?
    public var correlationID: [UInt8]?
    public var replyTo: String?
    public var type: String?
    /// Seconds since 1970, from the property; the broker's `timestamp_in_ms` header is ``brokerMilliseconds``.
    public var timestamp: UInt64?
    public var brokerMilliseconds: Int64?
    public var appID: String?
    public var userID: String?
    /// The header `deadline` as text; `deadlineIsMalformed` when it was there but was no text.
    public var deadline: String?
    public var deadlineIsMalformed = false
    public var traceparent: String?
    /// How often the broker delivered it before, by its own count; only trusted on a redelivery.
    public var deliveryCount: Int64 = 0
    /// When this process took it.
    public var receivedAt: Timestamp

    public init(lane: LaneName, exchange: String, routingKey: String, body: Body, receivedAt: Timestamp) {
        self.lane = lane
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.receivedAt = receivedAt
    }
}
