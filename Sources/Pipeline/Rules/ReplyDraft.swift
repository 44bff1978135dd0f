import Basics
import Store
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
        self.init(job: job.key.messageID, user: job.login.user, application: job.login.application)
    }

    init(_ intent: Intent) {
        self.init(job: intent.key.messageID, user: intent.login.user, application: intent.login.application)
    }

    func reply(
        _ outcome: Outcome, _ reason: Reason? = nil, at now: Timestamp, _ fill: (inout Reply) -> Void = { _ in }
    ) -> Reply {
        var reply = Reply(outcome, reason: reason, at: now)
        reply.job = job
        reply.user = user
        reply.application = application
        fill(&reply)
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
}
