import Basics
import Store
import Wire

/// A record of the store that cannot be read ends the jobs that need it, each with an answer, and nothing else.
extension Pipeline {
    /// What `body` makes of a message; or the answer of one that needs a record that cannot be read.
    func readably(
        _ envelope: Envelope, _ read: ReadJob, _ body: () async throws(StoreError) -> Disposition
    ) async throws(StoreError) -> Disposition {
        guard let done = try await orUnreadable(body) else { return try await unreadable(envelope, read) }
        return done
    }

    /// The same of one whose answer may have to be waited for.
    func readably(
        _ envelope: Envelope, _ read: ReadJob, _ body: () async throws(StoreError) -> Disposition?
    ) async throws(StoreError) -> Disposition? {
        guard let done = try await orUnreadable(body) else { return try await unreadable(envelope, read) }
        return done
    }

    /// Sees an intent of ours to its end. Once what it is about cannot be read any more, it ends without a look at that:
    /// left open, it would hold up all others on its number.
    ///
    /// - Parameter read: its own message; `nil` where another job's message brought it about.
    func seenThrough(
        _ intent: Intent, _ envelope: Envelope, _ read: ReadJob?, _ body: () async throws(StoreError) -> Finished?
    ) async throws(StoreError) -> Finished? {
        if let finished = try await orUnreadable(body) { return finished }
        let draft = ReplyDraft(intent)
        guard let read else {
            return try await store.end(intent, answer: draft.answer(.unavailable, .recordUnreadable, at: clocks.wall()))
        }
        return try await store.end(intent, answer: unreadable(draft, envelope, read))
    }

    private func orUnreadable<Value>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value? {
        do throws(StoreError) { return try await body() } catch {
            guard error.record != nil else { throw error }
            return nil
        }
    }

    private func unreadable(_ draft: ReplyDraft, _ envelope: Envelope, _ read: ReadJob) -> Answer {
        let letter = letter(envelope, read, .recordUnreadable)
        let answer = draft.answer(.unavailable, .recordUnreadable, at: clocks.wall(), changes: [.deadLetter(letter)])
        return audited(answer, envelope, read)
    }

    /// Answers, keeps the message, and records that, unless it is the job's own record that cannot be read: that stays as
    /// it is.
    private func unreadable(_ envelope: Envelope, _ read: ReadJob) async throws(StoreError) -> Disposition {
        let answer = unreadable(ReplyDraft(read), envelope, read)
        let address: ReplyAddress
        switch Admission(settings).judge(envelope, read) {
        case .admitted(let to), .refused(_, let to): address = to
        case .unauthenticated, .replyToRefused: return try await bury(envelope, read, .recordUnreadable)
        }
        let recorded = try await orUnreadable { () async throws(StoreError) in
            try await refuse(envelope, read, answer, address)
        }
        if let recorded { return recorded }
        _ = try await store.refuse(nil, answer: answer)
        var disposition = disposition(answer.body, answer.outcome, nil, envelope, address)
        disposition.deadLetter = .recordUnreadable
        return disposition
    }
}
