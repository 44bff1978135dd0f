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
    var registration: RegistrationRules { RegistrationRules(needsTicket: settings.ticketsRequired) }

    var wanted: Wanted {
        var wanted = limits.wanted
        wanted.code = code
        wanted.approval = true
        wanted.authenticator = method != .phone
        return wanted
    }

    /// What a code comes to that is no bypass code.
    ///
    /// The rules that say so cannot answer: their rulings leave through ``decide(_:)``, which counts what was compared.
    enum Ruling {
        case answer(Answer)
        /// Twilio is asked; the changes are written before, and the try is counted besides.
        case call(PlannedCall, changes: [Change])
    }

    /// The one way in and out.
    ///
    /// What was typed is compared with the person's bypass code here and nowhere else, and each wrong guess costs: one
    /// of the bypass code's own tries, and one of the person's.
    func decide(_ situation: Situation) -> Decision {
        if let answer = unread(situation) { return .answer(answer) }
        switch situation.bypass {
        case .right: return .answer(bypassed(situation))
        case .none:
            switch ruling(situation) {
            case .answer(let answer): return .answer(answer)
            case .call(let call, let changes): return .call(call, changes: changes + limits.counted)
            }
        case .wrong(let triesLeft):
            let guess = [Change.bypassTry(user: login.user)] + limits.counted
            switch ruling(situation) {
            case .answer: return .answer(denied(guess, triesLeft, situation))
            case .call(let call, let changes): return .call(call, changes: changes + guess)
            }
        }
    }

    /// What is answered without a look at what was typed: the same for every code, so nothing can be learned from it.
    private func unread(_ situation: Situation) -> Answer? {
        let now = situation.now
        if deadline - now < ReplyDraft.leastTime { return draft.answer(.late, at: now) }
        guard SiteOptions(situation.options).usesProvider else {
            return draft.answer(.notAllowed, .providerNone, at: now)
        }
        return limits.lockedUntil(situation).map { draft.throttled(.userTries, until: $0, at: now) }
    }

    private func ruling(_ situation: Situation) -> Ruling {
        switch target(situation) {
        case .phone: phone(situation)
        case .authenticator: authenticator(situation)
        case nil: .answer(ambiguous(situation))
        }
    }

    /// A wrong guess where there is nothing else to ask about: whatever the answer would be without a bypass code, it was a
    /// wrong code.
    private func denied(_ guess: [Change], _ triesLeft: Int, _ situation: Situation) -> Answer {
        draft.answer(.denied, at: situation.now, changes: guess) {
            $0.checksLeft = min(triesLeft, settings.limits.checksOffered, max(0, limits.left(situation) - 1))
        }
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

    /// Nothing tells which method is meant.
    private func ambiguous(_ situation: Situation) -> Answer {
        let isAny = !(situation.user?.factors.isEmpty ?? true)
        return draft.answer(.invalid, .malformed, at: situation.now) {
            $0.errors = [FieldProblem("method", isAny ? "ambiguous" : "nothing_pending_or_registered")]
        }
    }
}

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
        var check = PlannedCheck(
            place: pending.place, sid: code.sid, purpose: pending.purpose, ticket: pending.ticket,
            wasConfirmed: pending.wasConfirmed)
        (check.sentBy, check.madeAt) = (code.channel, code.expiresAt - settings.codeLife)
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

/// Codes of authenticator apps.
extension CheckRules {
    /// The enrolment that this login began, over or not.
    func enrolment(_ situation: Situation) -> Enrolment? {
        situation.enrolment.flatMap { $0.login == LoginKey(login) ? $0 : nil }
    }

    func authenticator(_ situation: Situation) -> Ruling {
        let now = situation.now
        guard SiteOptions(situation.options).allows(Wire.Method.authenticator) else {
            let working = MethodRules(limits: settings.limits).working(situation)
            return .answer(draft.answer(.notAllowed, .methodDisabled, at: now) { $0.alternatives = working })
        }
        if let enrolment = enrolment(situation), enrolment.isOpen(at: now) { return prove(enrolment, situation) }
        guard let registered = situation.user?.authenticator else { return .answer(withoutFactor(situation)) }
        return challenge(registered, situation)
    }

    private func withoutFactor(_ situation: Situation) -> Answer {
        let now = situation.now
        if let over = enrolment(situation) {
            return draft.answer(.expired, over.ended ?? .enrolmentExpired, at: now)
        }
        let isElsewhere = situation.enrolment?.isOpen(at: now) ?? false
        return isElsewhere
            ? draft.answer(.expired, .notYours, at: now) : draft.answer(.notAllowed, .notRegistered, at: now)
    }

    private func challenge(_ registered: Authenticator, _ situation: Situation) -> Ruling {
        let now = situation.now
        if situation.isCodeReserved { return .answer(draft.answer(.expired, .codeUsed, at: now)) }
        if let open = situation.challenge, settings.limits.enabled, settings.limits.checksPerCode > 0,
            open.tries >= settings.limits.checksOffered
        {
            return .answer(draft.throttled(.codeTries, until: open.expiresAt, at: now))
        }
        let factor = PlannedFactor(user: login.user, identity: registered.identity, sid: registered.factorSID)
        // Of one that was answered before, and not wrongly for all we know, an approval would prove nothing.
        let open = situation.challenge.flatMap { $0.isSettled ? $0 : nil }
        // By its own name a challenge is found again if Twilio's answer is lost.
        let planned = PlannedChallenge(factor: factor, open: open?.sid, request: RandomID.uuid())
        var changes: [Change] = [.reserveCode(factorSID: registered.factorSID, code)]
        if var open {
            open.checksBegun += 1
            changes.append(.challenge(factorSID: registered.factorSID, open))
        }
        return .call(.challenge(planned), changes: changes)
    }

    /// The first right code completes an enrolment.
    private func prove(_ enrolment: Enrolment, _ situation: Situation) -> Ruling {
        let now = situation.now
        guard let sid = enrolment.factorSID else {
            return .answer(draft.answer(.expired, .enrolmentExpired, at: now))
        }
        if let reason = registration.refusal(completing: enrolment, situation) {
            return .answer(draft.answer(.notAllowed, reason, at: now))
        }
        if situation.isCodeReserved { return .answer(draft.answer(.expired, .codeUsed, at: now)) }
        var begun = enrolment
        begun.checksBegun += 1
        let factor = PlannedFactor(
            user: login.user, identity: enrolment.identity, sid: sid, looksAfter: lookingAfter(enrolment, situation))
        return .call(
            .prove(factor),
            changes: [.enrolment(user: login.user, begun), .reserveCode(factorSID: sid, code)])
    }

    /// From when on the new factor can tell whether an earlier code was taken; `nil` where all of them are known to be wrong.
    private func lookingAfter(_ enrolment: Enrolment, _ situation: Situation) -> Timestamp? {
        guard !enrolment.isSettled else { return nil }
        // Nobody else works on this enrolment now, so what was called for it was called before now.
        let latest = situation.now + Lease.neededForCall
        return min(latest, enrolment.lostCallOverAt ?? latest)
    }
}
