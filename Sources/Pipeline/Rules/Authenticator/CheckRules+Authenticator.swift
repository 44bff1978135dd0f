import Basics
import SitePolicy
import Store
import Wire

/// Codes of authenticator apps.
extension CheckRules {
    /// The enrolment that this login began, over or not.
    func enrolment(_ situation: Situation) -> Enrolment? {
        situation.enrolment.flatMap { $0.login == LoginKey(login) ? $0 : nil }
    }

    func authenticator(_ situation: Situation) -> Ruling {
        let now = situation.now
        guard SiteOptions(situation.options).authenticator else {
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
