import Basics
import SitePolicy
import Store
import TwilioVerify
import Wire

/// Builds replies of one job: what they all share is filled in once.
struct ReplyDraft: Sendable {
    /// Less than this before the deadline nothing is begun any more (contract, section 4).
    static let leastTime: Duration = .seconds(2)

    var job: String?
    var user: String?
    var application: Application?

    init(job: String?, user: String?, application: Application?) {
        self.job = job
        self.user = user
        self.application = application
    }

    init(_ job: NewJob) {
        self.init(id: job.key.messageID, kind: job.kind, login: job.login)
    }

    init(_ intent: Intent) {
        self.init(id: intent.key.messageID, kind: intent.kind, login: intent.login)
    }

    /// An administrator's job concerns a person, but speaks for no application.
    init(id: String, kind: JobKind, login: Job.Login) {
        self.init(
            job: id, user: login.user.isEmpty ? nil : login.user,
            application: kind.isOfApplication ? login.application : nil)
    }

    func reply(
        _ outcome: Outcome, _ reason: Reason? = nil, at now: Timestamp, _ fill: (inout Reply) -> Void = { _ in }
    ) -> Reply {
        var reply = Reply(outcome, reason: reason, at: now)
        reply.job = job
        reply.user = user
        reply.application = application
        fill(&reply)
        reply.chooseMessage()
        return reply
    }

    func answer(
        _ outcome: Outcome, _ reason: Reason? = nil, at now: Timestamp, changes: [Change] = [],
        _ fill: (inout Reply) -> Void = { _ in }
    ) -> Answer {
        Answer(
            outcome: outcome, reason: reason, body: reply(outcome, reason, at: now, fill).encoded(),
            changes: changes)
    }

    /// A limit stands in the way until then.
    func throttled(
        _ limit: LimitName, until: Timestamp, at now: Timestamp, changes: [Change] = []
    ) -> Answer {
        answer(.throttled, at: now, changes: changes) {
            $0.limit = limit
            $0.retryAt = until.description
        }
    }

    /// Twilio has been asked too much at once, and names the time after which it may be asked again, or a short one is taken.
    func throttled(by failure: CallFailure, at now: Timestamp, changes: [Change]) -> Answer {
        let pause = failure.retryAfter ?? LimitSettings.pauseWhenCrowded
        return throttled(.provider, until: now + pause, at: now, changes: changes)
    }

    /// What a call did could not be found out: an outage where Twilio answered so itself, else a lost answer.
    func unknown(isOver: Bool, at now: Timestamp, changes: [Change]) -> Answer {
        guard !isOver else { return unmade(.unavailable, at: now, changes: changes) }
        return answer(.uncertain, .answerLost, at: now, changes: changes) { $0.retryAt = now.description }
    }

    /// A call that was never made: there was no time (`late`, `unavailable`) or no room (`throttled`) for it.
    func unmade(_ outcome: Outcome, at now: Timestamp, changes: [Change]) -> Answer {
        if outcome == .throttled {
            return throttled(.site, until: now + LimitSettings.pauseWhenCrowded, at: now, changes: changes)
        }
        return answer(outcome, outcome == .unavailable ? .providerUnreachable : nil, at: now, changes: changes)
    }
}
