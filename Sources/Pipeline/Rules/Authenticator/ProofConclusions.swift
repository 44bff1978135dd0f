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
        let registration = RegistrationRules(needsTicket: settings.ticketsRequired)
        if let reason = registration.refusal(completing: enrolment, situation) {
            return draft.answer(
                .notAllowed, reason, at: now, changes: ended(.notPending, situation) + limits.givenBack)
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

    /// The factor is verified: by this code, if every other is known to be wrong. Else nobody can tell by whose, and the person
    /// begins anew.
    func foundApproved(_ situation: Situation) -> Answer {
        guard let enrolment = own(situation), !enrolment.isSettledButForOne else { return approved(situation) }
        return draft.unknown(isOver: false, at: situation.now, changes: ended(.enrolmentExpired, situation))
    }

    func denied(_ challenge: Challenge?, _ code: Redacted<String>, _ situation: Situation) -> Answer {
        var changes: [Change] = [.releaseCode]
        var left = settings.limits.checksOffered
        if var enrolment = own(situation) {
            enrolment.tries += 1 + repeats
            enrolment.checksDenied += 1
            left = max(0, left - enrolment.tries)
            changes += left > 0 ? [.enrolment(user: factor.user, enrolment)] : ended(.triesUsedUp, situation)
        }
        let hint = own(situation).flatMap { ClockHint(code, of: $0, at: situation.now) }
        return draft.answer(.denied, at: situation.now, changes: changes) {
            $0.checksLeft = min(left, limits.left(situation))
            if let hint { $0.message = hint.sentence }
        }
    }

    /// Also for a factor that a code of another job was right for, of which nobody learned: it can tell no more of any code.
    func gone(_ situation: Situation) -> Answer { expired(.enrolmentExpired, situation) }

    func usedUp(_ situation: Situation) -> Answer { expired(.triesUsedUp, situation) }

    func unbegun(_ situation: Situation) -> [Change] {
        guard var enrolment = own(situation), enrolment.checksBegun > 0 else { return [] }
        enrolment.checksBegun -= 1
        return [.enrolment(user: factor.user, enrolment)]
    }

    /// The enrolment stays open, and so does this check on its books: before the next code is asked about, the factor has to
    /// show that this one was not taken. That makes the code as good as new.
    func unsettled(_ situation: Situation) -> [Change] {
        guard var enrolment = own(situation) else { return [] }
        enrolment.lostCallOverAt = situation.now + Lease.neededForCall
        return [.enrolment(user: factor.user, enrolment), .releaseCode]
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
