import Basics
import SitePolicy
import Store
import TwilioVerify
import Wire

/// How the first code of a new authenticator ends: the one that completes its registration.
struct ProofConclusions: FactorConclusions {
    var intent: Intent
    var factor: PlannedFactor
    var settings: PipelineSettings
    var repeats = 0
    var mayBeUnderWay = false

    func approved(_ situation: Situation) -> Answer {
        let now = situation.now
        if situation.wasReset { return draft.answer(.expired, .reset, at: now, changes: limits.givenBack) }
        guard let enrolment = own(situation), let sid = enrolment.factorSID else {
            return draft.answer(.expired, .enrolmentExpired, at: now, changes: limits.givenBack)
        }
        guard RegistrationRules().mayComplete(enrolment.wasConfirmed, situation) else {
            return draft.answer(
                .notAllowed, .verifyFirst, at: now, changes: ended(.notPending, situation) + limits.givenBack)
        }
        var user = situation.user ?? UserRecord(name: factor.user)
        // The old one served until this moment.
        let old = user.authenticator.map { OldFactor(identity: $0.identity, factorSID: $0.factorSID) }
        user.isKnown = true
        user.lastApprovedAt = now
        user.authenticator = Authenticator(factorSID: sid, identity: enrolment.identity, registeredAt: now)
        let registered: [Change] =
            [.user(user), .enrolment(user: factor.user, nil)] + (old.map { [.chore(.removeFactor($0))] } ?? [])
            + (enrolment.ticket.map { [.useTicket($0)] } ?? [])
        return draft.answer(.approved, at: now, changes: registered + approval(situation)) {
            $0.registered = .authenticator
        }
    }

    func denied(_ challenge: Challenge?, _ code: Redacted<String>, _ situation: Situation) -> Answer {
        var changes: [Change] = [.releaseCode]
        var left = settings.limits.checksOffered
        if var enrolment = own(situation) {
            enrolment.tries += 1 + repeats
            left = max(0, left - enrolment.tries)
            changes += left > 0 ? [.enrolment(user: factor.user, enrolment)] : ended(.triesUsedUp, situation)
        }
        let hint = own(situation).flatMap { ClockHint(code, of: $0, at: situation.now) }
        return draft.answer(.denied, at: situation.now, changes: changes) {
            $0.checksLeft = min(left, limits.left(situation))
            if let hint { $0.message = hint.sentence }
        }
    }

    func gone(_ situation: Situation) -> Answer { expired(.enrolmentExpired, situation) }

    func usedUp(_ situation: Situation) -> Answer { expired(.triesUsedUp, situation) }

    /// The factor may have been verified by this code: no other code of it could be told from this one, so the person
    /// begins anew.
    func unknown(isOver: Bool, _ situation: Situation) -> Answer {
        draft.unknown(
            isOver: isOver, at: situation.now,
            changes: ended(.enrolmentExpired, situation) + (isOver ? limits.givenBack : []))
    }

    private func expired(_ reason: Reason, _ situation: Situation) -> Answer {
        draft.answer(.expired, reason, at: situation.now, changes: ended(reason, situation) + limits.givenBack)
    }

    private func own(_ situation: Situation) -> Enrolment? {
        situation.enrolment.flatMap { $0.identity == factor.identity && $0.ended == nil ? $0 : nil }
    }

    private func ended(_ reason: Reason, _ situation: Situation) -> [Change] {
        guard let enrolment = own(situation) else { return [] }
        return [.enrolment(user: factor.user, enrolment.ended(reason)), .chore(.removeFactor(enrolment.factor))]
    }
}
