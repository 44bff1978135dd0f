/// The lanes: a queue each, with its own consumer, prefetch and slots, so that none waits for another.
public enum LaneName: String, Sendable, CaseIterable {
    /// Jobs that deliver a message.
    case send
    /// Jobs that ask the provider but deliver nothing.
    case check
    /// Jobs answered from the store alone.
    case account
    /// Administration.
    case admin

    /// The queue of the lane, such as `verify.send`.
    public var queue: String { "verify.\(rawValue)" }

    /// The lane that a queue is; `nil` for any other queue.
    public static func of(queue: String) -> LaneName? { allCases.first { $0.queue == queue } }
}

/// Names at the broker that the contract fixes (section 1).
public enum WireName {
    /// The topic exchange that jobs are published to.
    public static let jobs = "verify"
    /// The fanout exchange and the queue for what the broker itself dead-letters.
    public static let dead = "verify.dead"
    /// The exchange of outcomes, for those who only listen.
    public static let events = "verify.events"
    /// The exchange of the channels' status.
    public static let status = "verify.status"
    /// What reply queues of front ends begin with.
    public static let replyPrefix = "verify.reply."
    /// What queues of those who hear `verify.status` begin with.
    public static let listenPrefix = "verify.listen."
    /// Direct reply-to addresses begin with this.
    public static let directReplyPrefix = "amq.rabbitmq.reply-to."
    /// Server-named queues begin with this.
    public static let serverNamedPrefix = "amq.gen-"
}
