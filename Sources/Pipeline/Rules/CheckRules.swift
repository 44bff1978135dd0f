import Basics
import SitePolicy
import Store
import Wire

/// Whether a code may be checked, and against which verification: pure, run in the transaction of the intent.
struct CheckRules: Sendable {
    var draft: ReplyDraft
    var method: Factor?
    var deadline: Timestamp
    var limits: LimitSettings

    func decide(_ situation: Situation) -> Decision {
        let now = situation.now
        if deadline - now < ReplyDraft.leastTime { return .answer(draft.answer(.late, at: now)) }
        guard SiteOptions(situation.options).usesProvider else {
            return .answer(draft.answer(.notAllowed, .providerNone, at: now))
        }
        if method == .authenticator { return .answer(draft.answer(.notAllowed, .notRegistered, at: now)) }
        guard let pending = situation.pending else { return .answer(withoutPending(situation)) }
        if let reason = endOf(pending, situation) { return .answer(draft.answer(.expired, reason, at: now)) }
        guard var code = situation.code else { return .answer(draft.answer(.expired, .notPending, at: now)) }
        if limits.enabled, limits.checksPerCode > 0, code.checksBegun >= limits.checksPerCode {
            return .answer(
                draft.answer(.throttled, at: now) {
                    $0.limit = .codeTries
                    $0.retryAt = code.expiresAt.description
                })
        }
        code.checksBegun += 1
        return .call(
            .check(number: code.number.revealed, sid: code.sid, purpose: pending.purpose), changes: [.code(code)])
    }

    private func withoutPending(_ situation: Situation) -> Answer {
        let now = situation.now
        if situation.pendingElsewhere { return draft.answer(.expired, .notYours, at: now) }
        guard situation.user?.phone != nil || method == .phone else {
            return draft.answer(.invalid, .malformed, at: now) {
                $0.errors = [FieldProblem("method", "nothing_pending_or_registered")]
            }
        }
        return draft.answer(.expired, .notPending, at: now)
    }

    /// Why the login's code can be checked no more; `nil` while it can.
    private func endOf(_ pending: PendingCode, _ situation: Situation) -> Reason? {
        if let ended = pending.ended { return ended }
        guard let code = situation.code else { return .notPending }
        if code.sid != pending.sid { return .replaced }
        if let ended = code.ended {
            // Approved through another login: for this one there is simply no live code any more.
            return ended == .codeUsed ? .notPending : ended
        }
        guard code.expiresAt <= situation.now else { return nil }
        return code.checksDenied >= limits.checksOffered ? .triesUsedUp : .codeExpired
    }
}
