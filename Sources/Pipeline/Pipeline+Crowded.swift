import Basics
public import Store
public import Wire

extension Pipeline {
    /// When a job that found no room may be asked for again.
    private static let crowdedPause: Duration = .seconds(5)

    /// Answers a job that found no room in its lane, without beginning it: `throttled`, limit `site`.
    ///
    /// What is no job, or was answered before, gets the answer that it would have got anyway.
    /// - Returns: `nil` when the job is under way already: only its own outcome will do.
    public func crowdedOut(_ envelope: Envelope) async throws(StoreError) -> Disposition? {
        let read = JobDecoder().read(envelope)
        let address = ReplyAddress(envelope.replyTo, prefixes: settings.replyPrefixes)
        guard case .job(let job) = read.content, let messageID = read.messageID, address != .refused else {
            return try await process(envelope, slot: NoSlot())
        }
        let new = newJob(job, messageID, read, envelope)
        switch try await store.state(of: new.key) {
        case .recorded: return try await process(envelope, slot: NoSlot())
        case .inProgress: return nil
        case .unknown: break
        }
        let answer = crowded(new)
        // What only reads is answered without a record.
        if job.kind.lane == .account {
            return disposition(answer.body, answer.outcome, nil, envelope, address)
        }
        return try await store.refuse(new, answer: answer).map { self.answer($0, envelope, address) }
    }

    private func crowded(_ job: NewJob) -> Answer {
        let now = clocks.wall()
        guard job.deadline - now >= ReplyDraft.leastTime else { return ReplyDraft(job).answer(.late, at: now) }
        return ReplyDraft(job).answer(.throttled, at: now) {
            $0.limit = .site
            $0.retryAt = (now + Self.crowdedPause).description
        }
    }

    /// For what surely makes no call.
    private struct NoSlot: Slot {
        func release() async {}
        func acquire() async {}
    }
}
