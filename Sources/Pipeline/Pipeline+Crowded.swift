import Basics
import SitePolicy
public import Store
import Wire

extension Pipeline {
    /// Answers a job that found no room in its lane, without beginning it: `throttled`, limit `site`.
    ///
    /// What is no job, or may not be asked, or was answered before, gets the answer that it would have got anyway.
    /// - Returns: `false` when the job is under way already: only its own outcome will do.
    public func crowdedOut(_ context: JobContext) async throws(StoreError) -> Bool {
        guard case .job(let job) = context.read.content, let messageID = context.read.messageID,
            case .admitted(let address) = Admission(settings).judge(context.envelope, context.read)
        else {
            try await process(context)
            return true
        }
        context.reset()
        context.address = address
        let new = newJob(job, messageID, context)
        let answer = audited(crowded(new), context)
        // What only reads is answered without a record.
        if job.kind.onlyReads {
            if !answer.changes.isEmpty { _ = try await store.refuse(nil, answer: answer) }
            context.answer(answer.body, answer.outcome)
            return true
        }
        var isAnswered = true
        try await readably(context) { () async throws(StoreError) in
            switch try await store.refuse(new, answer: answer) {
            case .recorded(let record, let fresh)?:
                try await self.answer(context, record, user: new.login.user, isFresh: fresh)
            case .reused?: reused(ReplyDraft(new), context)
            case .inProgress?, .busy?, .abandoned?, .intent?, nil: isAnswered = false
            }
        }
        return isAnswered
    }

    private func crowded(_ job: NewJob) -> Answer {
        let now = clocks.wall()
        guard job.deadline - now >= ReplyDraft.leastTime else { return ReplyDraft(job).answer(.late, at: now) }
        return ReplyDraft(job).unmade(.throttled, at: now, changes: [])
    }
}

/// For what takes no place in a lane.
struct NoSlot: Slot {
    func release() async {}
    func acquire() async {}
}
