import Basics
import SitePolicy
import Store
import Wire

/// Codes that were sent.
extension CheckRules {
    func phone(_ situation: Situation) -> Ruling {
        let now = situation.now
        func over(_ reason: Reason) -> Ruling { .answer(draft.answer(.expired, reason, at: now)) }
        guard let pending = situation.pending else { return over(situation.pendingElsewhere ? .notYours : .notPending) }
        if let reason = endOf(pending, situation) { return over(reason) }
        guard let live = situation.code else { return over(.notPending) }
        if pending.purpose == .register,
            let reason = registration.refusal(
                completing: pending.number, wasConfirmed: pending.wasConfirmed, ticket: pending.ticket, situation)
        {
            return .answer(draft.answer(.notAllowed, reason, at: now))
        }
        return check(pending, live, situation)
    }

    private func check(_ pending: PendingCode, _ live: LiveCode, _ situation: Situation) -> Ruling {
        if settings.limits.enabled, settings.limits.checksPerCode > 0,
            live.tries >= settings.limits.checksPerCode
        {
            return .answer(draft.throttled(.codeTries, until: live.expiresAt, at: situation.now))
        }
        var code = live
        code.checksBegun += 1
        let check = PlannedCheck(
            place: pending.place, sid: code.sid, purpose: pending.purpose, ticket: pending.ticket,
            wasConfirmed: pending.wasConfirmed)
        return .call(.check(check), changes: [.code(code)])
    }

    /// Why the login's code can be checked no more; `nil` while it can.
    func endOf(_ pending: PendingCode, _ situation: Situation) -> Reason? {
        if let ended = pending.ended { return ended }
        guard let code = situation.code else { return .notPending }
        if code.sid != pending.sid { return .replaced }
        if let ended = code.ended {
            // Approved through another login: for this one there is simply no live code any more.
            return ended == .codeUsed ? .notPending : ended
        }
        guard code.expiresAt <= situation.now else { return nil }
        return code.checksDenied >= settings.limits.checksOffered ? .triesUsedUp : .codeExpired
    }
}
