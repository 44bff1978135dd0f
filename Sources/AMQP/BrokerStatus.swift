public import Basics

/// How a connection to the broker stands: plain values for whoever judges its health.
public struct BrokerStatus: Sendable, Equatable {
    /// An alarm at the broker, for want of memory or disk: it takes no messages from this connection.
    public struct Blockage: Sendable, Equatable {
        /// The broker's own words.
        public var reason: String
        /// When the broker said so.
        public var since: MonotonicTime

        package init(reason: String, since: MonotonicTime) {
            self.reason = reason
            self.since = since
        }
    }

    /// Logged in.
    public var isConnected = false
    /// Why the broker takes no messages now; `nil` while it does.
    public var blockage: Blockage?
    /// Whether the channel for publishing is open.
    public var isPublishing = false
    /// The queues that are to be consumed, each with whether it is.
    public var lanes: [LaneStatus] = []
    /// Why there is no connection, or no channel for publishing, or, while there is one, why the broker lets us publish
    /// nothing (`accessRefused`).
    ///
    /// `nil` while all is well, and after an orderly end.
    public var lastError: AMQPError?

    init() {}

    /// A connection that is as it should be, for whoever tries a judgement.
    package static func up(queues: [String]) -> BrokerStatus {
        var status = BrokerStatus()
        (status.isConnected, status.isPublishing) = (true, true)
        status.lanes = queues.map { LaneStatus(queue: $0, isConsuming: true) }
        return status
    }

    /// Whether a message can be published now.
    public var isUsable: Bool { isPublishing && blockage == nil }

    /// Whether the broker lets this user publish nothing, as far as is known: the last message was refused for want of the
    /// right, and none was taken since.
    public var mayNotPublish: Bool { lastError?.code == .accessRefused }

    /// The broker's refusal of the connection, where only a change of configuration, here or there, will help.
    public var refusal: AMQPError? { lastError.flatMap { $0.isRefusal ? $0 : nil } }

    /// Whether every lane is consumed that is to be.
    ///
    /// A connection that is up and consumes nothing is not healthy.
    public var isConsuming: Bool {
        isConnected && !lanes.isEmpty && lanes.allSatisfy { $0.isConsuming || $0.isPaused }
    }
}

/// How the consuming of one queue stands.
public struct LaneStatus: Sendable, Equatable {
    /// The lane's queue.
    public var queue: String
    /// Messages are coming, or would.
    public var isConsuming: Bool
    /// It is not to be consumed for now, by an operator's wish.
    public var isPaused = false
    /// Why it is not consumed.
    ///
    /// `nil` while it is, and when nothing went wrong with it.
    public var lastError: AMQPError?
}

/// What a connection has been through since the start, and what it waits for.
public struct BrokerTally: Sendable, Equatable {
    /// Why a connection was lost, as far as it matters to whoever looks for the cause.
    public enum Loss: String, Sendable, CaseIterable {
        /// The broker closed it and said why.
        case brokerClose = "broker_close"
        /// It broke, or the broker fell silent.
        case network

        init(_ error: AMQPError?) { self = error?.replyCode == nil ? .network : .brokerClose }
    }

    /// The reply codes of AMQP 0-9-1; a peer that makes up others makes nothing grow.
    public static let replyCodes = [
        311, 312, 313, 320, 402, 403, 404, 405, 406, 501, 502, 503, 504, 505, 506, 530, 540, 541,
    ]

    /// Connections that took the place of one that was lost, by why it was.
    public internal(set) var reconnects: [Loss: Int] = [:]
    /// Channels that the broker closed, by its reply code; 0 for one that AMQP does not have.
    public internal(set) var channelCloses: [Int: Int] = [:]
    /// Messages that were published and not confirmed yet.
    public internal(set) var unconfirmed = 0
    /// Until when the certificate is valid that the broker showed last; `nil` without TLS.
    public internal(set) var certificateExpiry: Timestamp?

    mutating func noteChannelClose(_ replyCode: Int?) {
        let code = replyCode.flatMap { Self.replyCodes.contains($0) ? $0 : nil } ?? 0
        channelCloses[code, default: 0] += 1
    }
}

/// What a connection has taken from one queue.
public struct QueueCount: Sendable, Equatable {
    /// The queue's name.
    public var queue: String
    /// Deliveries that the broker waits to have settled.
    ///
    /// Those of a lost connection are none: they went back.
    public var inHand: Int
    /// Deliveries that left the queue for good, acknowledged or put away, over all connections.
    public var settled: Int

    package init(queue: String, inHand: Int, settled: Int) {
        self.queue = queue
        self.inHand = inHand
        self.settled = settled
    }
}
