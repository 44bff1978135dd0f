import Basics
import SitePolicy
import Store
import Wire

/// Whether a code may be checked, and against which verification.
struct CheckRules: JobRules {
    var draft: ReplyDraft
    var login: Job.Login
    var code: Redacted<String>
    var method: Factor?
    var deadline: Timestamp
    var settings: PipelineSettings

    private var limits: CheckLimits { CheckLimits(settings: settings.limits) }

    var wanted: Wanted {
        var wanted = limits.wanted
        wanted.code = code
        wanted.approval = true
        return wanted
    }

    func decide(_ situation: Situation) -> Decision {
        let now = situation.now
        if deadline - now < ReplyDraft.leastTime { return .answer(draft.answer(.late, at: now)) }
        guard SiteOptions(situation.options).usesProvider else {
            return .answer(draft.answer(.notAllowed, .providerNone, at: now))
        }
        if let until = limits.lockedUntil(situation) {
            return .answer(draft.throttled(.userTries, until: until, at: now))
        }
        if situation.bypass == .right { return .answer(bypassed(situation)) }
        if method == .authenticator { return .answer(withoutCode(.notAllowed, .notRegistered, situation)) }
        guard let pending = situation.pending else { return .answer(withoutPending(situation)) }
        if let reason = endOf(pending, situation) { return .answer(withoutCode(.expired, reason, situation)) }
        guard let live = situation.code else { return .answer(withoutCode(.expired, .notPending, situation)) }
        if pending.purpose == .register,
            let reason = RegistrationRules().refusal(completing: pending.number, situation)
        {
            return .answer(draft.answer(.notAllowed, reason, at: now))
        }
        return check(pending, live, situation)
    }

    private func check(_ pending: PendingCode, _ live: LiveCode, _ situation: Situation) -> Decision {
        if settings.limits.enabled, settings.limits.checksPerCode > 0,
            live.checksBegun >= settings.limits.checksPerCode
        {
            return .answer(draft.throttled(.codeTries, until: live.expiresAt, at: situation.now))
        }
        var code = live
        code.checksBegun += 1
        let check = PlannedCheck(
            place: pending.place, sid: code.sid, purpose: pending.purpose, ticket: pending.ticket)
        return .call(.check(check), changes: [.code(code)] + limits.counted)
    }

    /// An administrator's one-use code lets the person in, once.
    private func bypassed(_ situation: Situation) -> Answer {
        var user = situation.user ?? UserRecord(name: login.user)
        user.lastApprovedAt = situation.now
        return draft.answer(
            .approved, at: situation.now,
            changes: [
                .bypass(user: login.user, nil, until: situation.now), .user(user),
                .approval(LoginKey(login), client: login.client), .pace(.user(login.user), nil),
            ] + numbersUnpaced(situation))
    }

    /// An approval opens the next send to the person's numbers as well.
    private func numbersUnpaced(_ situation: Situation) -> [Change] {
        let own = situation.user?.phone.map { PaceKey.number($0.number, isProven: true) }
        let pending = situation.pending.map { PaceKey.number($0.number, isProven: $0.purpose == .login) }
        return Set([own, pending].compactMap(\.self)).map { .pace($0, nil) }
    }

    /// What a code gets that could only be a bypass code: where there is one, a wrong guess is counted as such.
    private func withoutCode(_ outcome: Outcome, _ reason: Reason, _ situation: Situation) -> Answer {
        guard situation.bypass == .wrong else { return draft.answer(outcome, reason, at: situation.now) }
        return draft.answer(.denied, at: situation.now, changes: limits.counted) {
            $0.checksLeft = min(settings.limits.checksOffered, max(0, limits.left(situation) - 1))
        }
    }

    private func withoutPending(_ situation: Situation) -> Answer {
        if situation.pendingElsewhere { return withoutCode(.expired, .notYours, situation) }
        guard situation.user?.phone != nil || method == .phone || situation.bypass == .wrong else {
            return draft.answer(.invalid, .malformed, at: situation.now) {
                $0.errors = [FieldProblem("method", "nothing_pending_or_registered")]
            }
        }
        return withoutCode(.expired, .notPending, situation)
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
        return code.checksDenied >= settings.limits.checksOffered ? .triesUsedUp : .codeExpired
    }
}
