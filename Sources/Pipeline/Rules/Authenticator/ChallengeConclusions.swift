import Basics
import SitePolicy
import Store
import TwilioVerify
import Wire

/// How a registered authenticator's code ends: the one that signs in.
struct ChallengeConclusions: FactorConclusions {
    /// Twilio's challenges live five minutes; counted so where it does not tell.
    private static let challengeLife: Duration = .seconds(300)

    var intent: Intent
    var challenge: PlannedChallenge
    var settings: PipelineSettings
    var repeats = 0
    var mayBeUnderWay = false

    var factor: PlannedFactor { challenge.factor }

    func approved(_ situation: Situation) -> Answer {
        let now = situation.now
        if situation.wasReset { return draft.answer(.expired, .reset, at: now, changes: limits.givenBack) }
        guard var user = situation.user, user.authenticator?.factorSID == factor.sid else {
            return draft.answer(.expired, .replaced, at: now, changes: limits.givenBack)
        }
        user.lastApprovedAt = now
        return draft.answer(.approved, at: now, changes: [.user(user)] + approval(situation) + left(open: nil))
    }

    /// The challenge is our own, and answered since this code was asked about: nobody else's answer can be meant, since one
    /// that is not known to be wrong is never followed by another.
    func foundApproved(_ situation: Situation) -> Answer { approved(situation) }

    /// The next code answers the same challenge.
    func denied(_ asked: Challenge?, _ code: Redacted<String>, _ situation: Situation) -> Answer {
        let open = answered(asked, situation)
        return draft.answer(
            .denied, at: situation.now, changes: [.releaseCode] + left(open: open)
        ) {
            $0.checksLeft = min(
                max(0, settings.limits.checksOffered - (open?.tries ?? 1 + repeats)), limits.left(situation))
        }
    }

    /// The challenge with one more wrong code, and none of which that is not known.
    private func answered(_ asked: Challenge?, _ situation: Situation) -> OpenChallenge? {
        let sid = asked?.sid ?? challenge.open
        let known = situation.challenge.flatMap { $0.sid == sid ? $0 : nil }
        let tries = (known?.tries ?? 0) + 1 + repeats
        guard let asked else {
            return known.map { OpenChallenge(sid: $0.sid, expiresAt: $0.expiresAt, tries: tries) }
        }
        let made = situation.now + Self.challengeLife
        let ends = asked.expiresAt.map { min(made, $0 + (asked.clockOffset ?? .zero)) }
        return OpenChallenge(sid: asked.sid, expiresAt: ends ?? made, tries: tries)
    }

    /// Nothing that the person types can be right, and only an administrator can help: a password alone must not lead
    /// to another factor.
    func gone(_ situation: Situation) -> Answer {
        draft.answer(
            .expired, .enrolmentExpired, at: situation.now,
            changes: limits.givenBack + [.releaseCode] + left(open: nil))
    }

    func usedUp(_ situation: Situation) -> Answer {
        var open = situation.challenge
        open?.tries = settings.limits.checksOffered
        return draft.throttled(
            .codeTries, until: open?.expiresAt ?? situation.now + Self.challengeLife, at: situation.now,
            changes: limits.givenBack + [.releaseCode] + (open.map { left(open: $0) } ?? []))
    }

    func unbegun(_ situation: Situation) -> [Change] {
        guard var open = situation.challenge, open.sid == challenge.open, open.checksBegun > 0 else { return [] }
        open.checksBegun -= 1
        return left(open: open)
    }

    /// The challenge is left alone from then on, so that its approval can be nobody else's; and the code stays reserved.
    func unsettled(_ situation: Situation) -> [Change] { left(open: nil) }

    private func left(open: OpenChallenge?) -> [Change] {
        factor.sid.map { [.challenge(factorSID: $0, open)] } ?? []
    }
}
