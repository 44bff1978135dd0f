import Basics
import Store
import Wire

/// A record of the store that cannot be read ends the jobs that need it, each with an answer, and nothing else.
extension Pipeline {
    /// Has `body` answer a message, or answers one that needs a record that cannot be read.
    func readably(_ context: JobContext, _ body: () async throws(StoreError) -> Void) async throws(StoreError) {
        if try await orUnreadable(body) == nil { try await unreadable(context) }
    }

    /// Sees an intent of ours to its end.
    ///
    /// Once what it is about cannot be read any more, it ends without a look at that: left open, it would hold up all
    /// others on its number.
    ///
    /// - Parameter context: its own message; `nil` where another job's message brought it about.
    func seenThrough(
        _ intent: Intent, _ context: JobContext?, _ body: () async throws(StoreError) -> Finished?
    ) async throws(StoreError) -> Finished? {
        if let finished = try await orUnreadable(body) { return finished }
        let draft = ReplyDraft(intent)
        guard let context else {
            return try await store.end(intent, answer: draft.answer(.unavailable, .recordUnreadable, at: clocks.wall()))
        }
        return try await store.end(intent, answer: unreadable(draft, context))
    }

    private func orUnreadable<Value>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value? {
        do throws(StoreError) { return try await body() } catch {
            guard error.record != nil else { throw error }
            return nil
        }
    }

    private func unreadable(_ draft: ReplyDraft, _ context: JobContext) -> Answer {
        let letter = letter(context, .recordUnreadable)
        let answer = draft.answer(.unavailable, .recordUnreadable, at: clocks.wall(), changes: [.deadLetter(letter)])
        return audited(answer, context)
    }

    /// Answers, keeps the message, and records that, unless it is the job's own record that cannot be read: that stays as
    /// it is.
    @inline(never)
    private func unreadable(_ context: JobContext) async throws(StoreError) {
        context.reset()
        let answer = unreadable(ReplyDraft(context), context)
        switch Admission(settings).judge(context.envelope, context.read) {
        case .admitted(let to), .refused(_, let to): context.address = to
        case .unauthenticated, .replyToRefused: return try await bury(context, .recordUnreadable)
        }
        let recorded: Void? = try await orUnreadable { () async throws(StoreError) in
            try await refuse(context, answer)
        }
        guard recorded == nil else { return }
        _ = try await store.refuse(nil, answer: answer)
        context.answer(answer.body, answer.outcome)
        context.disposition.deadLetter = .recordUnreadable
    }
}
