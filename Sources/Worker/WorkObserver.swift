import AMQP
import Basics
import Pipeline
import Store
public import Wire

/// Hears of what becomes of messages.
///
/// Must be quick: a job waits.
public protocol WorkObserver: Sendable {
    func received(_ job: ReceivedJob)
    func gotSlot(_ lane: LaneName, after: Duration)
    func published(_ fate: ReplyFate, after: Duration)
    /// A reply found no queue, or no address that could be written to.
    func undelivered(_ reply: UndeliveredReply)
    func settled(_ job: SettledJob)
}

extension WorkObserver {
    /// For whom that is nothing.
    public func undelivered(_ reply: UndeliveredReply) {}
}

/// A reply that nobody got.
public struct UndeliveredReply: Sendable {
    /// The broker user whose job it was; `""` where the broker told none.
    public var frontEnd: String
    /// `nil` when the routing key is no job's.
    public var kind: JobKind?

    init(_ envelope: Envelope) {
        frontEnd = envelope.userID ?? ""
        kind = JobKind(rawValue: envelope.routingKey)
    }
}

/// What the broker said of a reply.
public enum ReplyFate: String, Sendable, CaseIterable {
    case confirmed, returned, nacked
    /// The connection went before the broker said anything.
    case lost

    init(_ outcome: PublishOutcome) {
        self =
            switch outcome {
            case .confirmed: .confirmed
            case .returned: .returned
            case .refused: .nacked
            }
    }
}

/// A message that came in.
public struct ReceivedJob: Sendable {
    /// The lane that it came by.
    public var lane: LaneName
    /// `nil` when the routing key is no job's.
    public var kind: JobKind?
    /// The broker has delivered it before.
    public var isRedelivered: Bool
    /// Since it was published, as far as it says; never negative.
    public var waited: Duration?

    init(_ envelope: Envelope) {
        lane = envelope.lane
        kind = JobKind(rawValue: envelope.routingKey)
        isRedelivered = envelope.redelivered
        if let milliseconds = envelope.brokerMilliseconds {
            waited = max(.zero, envelope.receivedAt - Timestamp(milliseconds: milliseconds))
        } else if let seconds = envelope.timestamp.flatMap({ Int64(exactly: $0) }),
            let milliseconds = Optional(seconds.multipliedReportingOverflow(by: 1000)), !milliseconds.overflow
        {
            waited = max(.zero, envelope.receivedAt - Timestamp(milliseconds: milliseconds.partialValue))
        }
    }
}

/// A message that was acknowledged.
public struct SettledJob: Sendable {
    /// The broker user that published it; `""` where the broker told none.
    public var frontEnd: String
    /// How a message was done with.
    public enum Result: String, Sendable, CaseIterable {
        case answered
        /// Its outcome was recorded before.
        case duplicate
        case deadLettered = "dead_lettered"
    }

    /// The lane that it came by.
    public var lane: LaneName
    /// `nil` when the routing key is no job's.
    public var kind: JobKind?
    /// What the job was for, where it says so or leaves it open; `nil` for what is no job.
    public var application: Application?
    /// How it was done with.
    public var result: Result
    /// `nil` when there is no answer.
    public var outcome: Outcome?
    /// Why a job was refused: the reply's `reason`, or for `throttled` its `limit`; `nil` for one that was not.
    public var refusal: String?
    /// Why it was put aside; `nil` where it was not.
    public var deadLetter: DeadLetterReason?
    /// Fields of the body that mean nothing to us.
    public var unknownFields: Int
    /// Fields in which a person mistyped something.
    public var mistypedFields: Set<String>
    /// From its delivery to its acknowledgement.
    public var duration: Duration

    init(_ context: JobContext, after duration: Duration) {
        let disposition = context.disposition
        frontEnd = context.envelope.userID ?? ""
        lane = context.envelope.lane
        kind = JobKind(rawValue: context.envelope.routingKey)
        application = context.read.application
        outcome = disposition.outcome
        deadLetter = disposition.deadLetter
        unknownFields = disposition.unknownFields
        mistypedFields = disposition.mistypedFields
        self.duration = duration
        refusal = Self.refusal(disposition)
        if disposition.deadLetter != nil {
            result = .deadLettered
        } else {
            result = disposition.key != nil && disposition.fresh == nil ? .duplicate : .answered
        }
    }

    /// Replies are read again for refusals only: nothing else has a reason that is worth the time.
    private static func refusal(_ disposition: Disposition) -> String? {
        guard disposition.outcome?.isRefusal == true,
            let body = disposition.fresh?.body ?? disposition.publication?.body
        else { return nil }
        guard let reply = try? Reply.decode(body) else { return "none" }
        return reply.limit?.rawValue ?? reply.reason?.rawValue ?? "none"
    }
}

extension Outcome {
    /// It says that, and why, something was not done.
    fileprivate var isRefusal: Bool {
        switch self {
        case .throttled, .blocked, .notAllowed, .invalid, .late, .expired, .unavailable, .uncertain: true
        case .sent, .enrolling, .approved, .denied, .options, .canceled, .done, .unknownJob: false
        }
    }
}
