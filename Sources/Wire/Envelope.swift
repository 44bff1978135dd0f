public import Basics

/// A message as it came from the broker, in neutral terms: what the contract's section 2 speaks of.
public struct Envelope: Sendable {
    /// A message's body, as far as it was read.
    public enum Body: Sendable, Equatable {
        case bytes([UInt8])
        /// Larger than is ever read; the size that was claimed.
        case tooLarge(UInt64)
    }

    /// The lane that it came by.
    public var lane: LaneName
    /// The exchange that it was published to.
    public var exchange: String
    /// Its routing key: a job's kind, if it is a job.
    public var routingKey: String
    /// The broker has delivered it before.
    public var redelivered = false
    /// The body, undecoded.
    public var body: Body
    /// The property `content_type`.
    public var contentType: String?
    /// The property `content_encoding`.
    public var contentEncoding: String?
    /// The property `message_id`.
    public var messageID: String?
    /// The property `correlation_id`, echoed byte for byte.
    public var correlationID: [UInt8]?
    /// The property `reply_to`: the queue that waits for the reply.
    public var replyTo: String?
    /// The property `type`.
    public var type: String?
    /// Seconds since 1970, from the property; the broker's `timestamp_in_ms` header is ``brokerMilliseconds``.
    public var timestamp: UInt64?
    /// Milliseconds since 1970, by the broker's clock; `nil` where the broker writes none.
    public var brokerMilliseconds: Int64?
    /// The property `app_id`.
    public var appID: String?
    /// The property `user_id`, which the broker has checked.
    public var userID: String?
    /// The header `deadline` as text; `deadlineIsMalformed` when it was there but was no text.
    public var deadline: String?
    /// The header `deadline` was there and no text.
    public var deadlineIsMalformed = false
    /// The header `traceparent`, handed on with the reply.
    public var traceparent: String?
    /// How often the broker delivered it before, by its own count; only trusted on a redelivery.
    public var deliveryCount: Int64 = 0
    /// When this process took it.
    public var receivedAt: Timestamp

    package init(lane: LaneName, exchange: String, routingKey: String, body: Body, receivedAt: Timestamp) {
        self.lane = lane
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.receivedAt = receivedAt
    }
}
