import Basics
import SitePolicy
public import Store
public import Wire

extension Pipeline {
    /// Answers a job that found no room in its lane, without beginning it: `throttled`, limit `site`.
    ///
    /// What is no job, or may not be asked, or was answered before, gets the answer that it would have got anyway.
    /// - Returns: `nil` when the job is under way already: only its own outcome will do.
    public func crowdedOut(_ envelope: Envelope) async throws(StoreError) -> Disposition? {
        let read = decoder.read(envelope)
        guard case .job(let job) = read.content, let messageID = read.messageID,
            case .admitted(let address) = Admission(settings).judge(envelope, read)
        else { return try await process(envelope, slot: NoSlot()) }
        let new = newJob(job, messageID, read, envelope)
        let answer = audited(crowded(new), envelope, read)
        // What only reads is answered without a record.
        if job.kind.onlyReads {
            if !answer.changes.isEmpty { _ = try await store.refuse(nil, answer: answer) }
            return disposition(answer.body, answer.outcome, nil, envelope, address)
        }
        return try await readably(envelope, read) { () async throws(StoreError) in
            switch try await store.refuse(new, answer: answer) {
            case .recorded(let record, let fresh):
                return try await self.answer(record, job.login.user, envelope, address, fresh: fresh)
            case .reused: return reused(ReplyDraft(new), envelope, address)
            default: return nil
            }
        }
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
