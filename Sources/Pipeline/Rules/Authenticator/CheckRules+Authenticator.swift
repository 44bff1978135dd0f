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

    func authenticator(_ situation: Situation) -> Decision {
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
        if let over = enrolment(situation) {
            return withoutCode(.expired, over.ended ?? .enrolmentExpired, situation)
        }
        let isElsewhere = situation.enrolment?.isOpen(at: situation.now) ?? false
        return isElsewhere
            ? withoutCode(.expired, .notYours, situation) : withoutCode(.notAllowed, .notRegistered, situation)
    }

    private func challenge(_ registered: Authenticator, _ situation: Situation) -> Decision {
        let now = situation.now
        if situation.isCodeReserved { return .answer(draft.answer(.expired, .codeUsed, at: now)) }
        if let open = situation.challenge, settings.limits.enabled, settings.limits.checksPerCode > 0,
            open.tries >= settings.limits.checksOffered
        {
            return .answer(draft.throttled(.codeTries, until: open.expiresAt, at: now))
        }
        let factor = PlannedFactor(user: login.user, identity: registered.identity, sid: registered.factorSID)
        // By its own name a challenge is found again if Twilio's answer is lost.
        let planned = PlannedChallenge(factor: factor, open: situation.challenge?.sid, request: RandomID.uuid())
        return .call(
            .challenge(planned), changes: limits.counted + [.reserveCode(factorSID: registered.factorSID, code)])
    }

    /// The first right code completes an enrolment.
    private func prove(_ enrolment: Enrolment, _ situation: Situation) -> Decision {
        let now = situation.now
        guard let sid = enrolment.factorSID else { return .answer(withoutCode(.expired, .enrolmentExpired, situation)) }
        guard RegistrationRules().mayComplete(enrolment.wasConfirmed, situation) else {
            return .answer(draft.answer(.notAllowed, .verifyFirst, at: now))
        }
        if situation.isCodeReserved { return .answer(draft.answer(.expired, .codeUsed, at: now)) }
        return .call(
            .prove(PlannedFactor(user: login.user, identity: enrolment.identity, sid: sid)),
            changes: limits.counted + [.reserveCode(factorSID: sid, code)])
    }
}
