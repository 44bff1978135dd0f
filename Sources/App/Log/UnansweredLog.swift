import Basics
import Logging
import Wire
import Worker

/// Writes down which messages got no answer, or could not be treated as jobs, and whose they are: a front end that is
/// never answered cannot tell why.
///
/// A line a minute for each front end and reason.
final class UnansweredLog: WorkObserver {
    private struct Cause: Hashable, Sendable {
        var frontEnd: String
        var reason: String
    }

    private let lines = Locked(RareLines<Cause>())
    private let clocks: Clocks
    private let logger: Logger

    init(clocks: Clocks, logger: Logger) {
        self.clocks = clocks
        self.logger = logger
    }

    func received(_ job: ReceivedJob) {}
    func gotSlot(_ lane: LaneName, after: Duration) {}
    func published(_ fate: ReplyFate, after: Duration) {}

    func settled(_ job: SettledJob) {
        guard let reason = job.deadLetter else { return }
        let advice = Self.advice(reason, isNamed: !job.frontEnd.isEmpty)
        write(Cause(frontEnd: job.frontEnd, reason: reason.rawValue), job.kind, advice)
    }

    func undelivered(_ reply: UndeliveredReply) {
        write(
            Cause(frontEnd: reply.frontEnd, reason: "reply_returned"), reply.kind,
            "the reply found no queue: the front end went away, or did not declare the queue of its reply_to")
    }

    private func write(_ cause: Cause, _ kind: JobKind?, _ advice: String) {
        guard let line = lines.withLock({ $0.note(cause, at: clocks.monotonic()) }) else { return }
        let frontEnd = cause.frontEnd.isEmpty ? "(none)" : cause.frontEnd
        logger.warning(
            "jobs got no answer, or were no jobs",
            metadata: [
                "front_end": .string(line.key == nil ? "(several)" : frontEnd), "reason": .string(cause.reason),
                "count": .stringConvertible(line.count), "job": .string(kind?.rawValue ?? "(unknown)"),
                "advice": .string(advice),
            ])
    }

    static func advice(_ reason: DeadLetterReason, isNamed: Bool) -> String {
        switch reason {
        case .unauthenticated where !isNamed:
            "the job had no user_id: a front end sets it to its broker user, since front_ends is set"
        case .unauthenticated: "this broker user is not among front_ends"
        case .replyToRefused:
            "reply_to must be a queue verify.reply.<broker user>.<random> of the job's own user_id, or direct reply-to"
        case .malformed, .tooLarge, .versionUnsupported:
            "the front end makes jobs that are not the contract's: see 'dead show'"
        case .poison: "workers died at this job again and again: see 'dead show'"
        case .unexpected: "not published to the exchange verify under a job's key: see 'dead show'"
        case .broker: "the broker gave it up, by expiration or delivery limit: see 'dead show'"
        case .recordUnreadable: "a record that the job needs cannot be read: see the log, and 'store check'"
        }
    }
}

/// Several observers of a worker, one after the other.
struct WorkObservers: WorkObserver {
    let all: [any WorkObserver]

    func received(_ job: ReceivedJob) { for observer in all { observer.received(job) } }
    func gotSlot(_ lane: LaneName, after: Duration) { for observer in all { observer.gotSlot(lane, after: after) } }
    func published(_ fate: ReplyFate, after: Duration) {
        for observer in all { observer.published(fate, after: after) }
    }
    func undelivered(_ reply: UndeliveredReply) { for observer in all { observer.undelivered(reply) } }
    func settled(_ job: SettledJob) { for observer in all { observer.settled(job) } }
}
