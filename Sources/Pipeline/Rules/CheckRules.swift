import Basics
import SitePolicy
import Store
import Wire

/// Whether a code may be checked, and against what.
struct CheckRules: JobRules {
    var draft: ReplyDraft
    var login: Job.Login
    var code: Redacted<String>
    var method: Factor?
    var deadline: Timestamp
    var settings: PipelineSettings

    var limits: CheckLimits { CheckLimits(settings: settings.limits) }

    var wanted: Wanted {
        var wanted = limits.wanted
        wanted.code = code
        wanted.approval = true
        wanted.authenticator = method != .phone
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
        switch target(situation) {
        case .phone: return phone(situation)
        case .authenticator: return authenticator(situation)
        case nil: return .answer(ambiguous(situation))
        }
    }

    /// What the code is for: as the job says, else what this login has pending, else the only registered method.
    private func target(_ situation: Situation) -> Factor? {
        if let method { return method }
        let hasCode = situation.pending.map { endOf($0, situation) == nil } ?? false
        let enrolment = enrolment(situation)
        let hasEnrolment = enrolment?.isOpen(at: situation.now) ?? false
        if hasCode != hasEnrolment { return hasCode ? .phone : .authenticator }
        let factors = situation.user?.factors ?? []
        if factors.count == 1 { return factors.first }
        guard factors.isEmpty, !hasCode else { return nil }
        // Nothing is registered or pending: what became of what this login had is the answer.
        if situation.pending != nil || situation.pendingElsewhere { return .phone }
        return enrolment == nil ? nil : .authenticator
    }

    private func phone(_ situation: Situation) -> Decision {
        guard let pending = situation.pending else {
            let reason: Reason = situation.pendingElsewhere ? .notYours : .notPending
            return .answer(withoutCode(.expired, reason, situation))
        }
        if let reason = endOf(pending, situation) { return .answer(withoutCode(.expired, reason, situation)) }
        guard let live = situation.code else { return .answer(withoutCode(.expired, .notPending, situation)) }
        if pending.purpose == .register,
            let reason = RegistrationRules().refusal(
                completing: pending.number, wasConfirmed: pending.wasConfirmed, situation)
        {
            return .answer(draft.answer(.notAllowed, reason, at: situation.now))
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
            place: pending.place, sid: code.sid, purpose: pending.purpose, ticket: pending.ticket,
            wasConfirmed: pending.wasConfirmed)
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
            ] + situation.numbersUnpaced)
    }

    /// What a code gets that could only be a bypass code: where there is one, a wrong guess is counted as such.
    func withoutCode(_ outcome: Outcome, _ reason: Reason, _ situation: Situation) -> Answer {
        guard situation.bypass == .wrong else { return draft.answer(outcome, reason, at: situation.now) }
        return draft.answer(.denied, at: situation.now, changes: limits.counted) {
            $0.checksLeft = min(settings.limits.checksOffered, max(0, limits.left(situation) - 1))
        }
    }

    /// Nothing tells which method is meant.
    private func ambiguous(_ situation: Situation) -> Answer {
        if situation.bypass == .wrong { return withoutCode(.expired, .notPending, situation) }
        let isAny = !(situation.user?.factors.isEmpty ?? true)
        return draft.answer(.invalid, .malformed, at: situation.now) {
            $0.errors = [FieldProblem("method", isAny ? "ambiguous" : "nothing_pending_or_registered")]
        }
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
