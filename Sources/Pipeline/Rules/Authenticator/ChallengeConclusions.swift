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

    /// The next code answers the same challenge.
    func denied(_ asked: Challenge?, _ code: Redacted<String>, _ situation: Situation) -> Answer {
        let open = asked.map { asked in
            let tries = situation.challenge.map { $0.sid == asked.sid ? $0.tries : 0 } ?? 0
            let made = situation.now + Self.challengeLife
            let ends = asked.expiresAt.map { min(made, $0 + (asked.clockOffset ?? .zero)) }
            return OpenChallenge(sid: asked.sid, expiresAt: ends ?? made, tries: tries + 1 + repeats)
        }
        return draft.answer(
            .denied, at: situation.now, changes: [.releaseCode] + (open.map { left(open: $0) } ?? [])
        ) {
            $0.checksLeft = min(
                max(0, settings.limits.checksOffered - (open?.tries ?? 1 + repeats)), limits.left(situation))
        }
    }

    /// Nothing that the person types can be right, and only an administrator can help: a password alone must not lead
    /// to another factor.
    func gone(_ situation: Situation) -> Answer {
        draft.answer(.expired, .enrolmentExpired, at: situation.now, changes: givenBack + left(open: nil))
    }

    func usedUp(_ situation: Situation) -> Answer {
        var open = situation.challenge
        open?.tries = settings.limits.checksOffered
        return draft.throttled(
            .codeTries, until: open?.expiresAt ?? situation.now + Self.challengeLife, at: situation.now,
            changes: givenBack + (open.map { left(open: $0) } ?? []))
    }

    func unknown(isOver: Bool, _ situation: Situation) -> Answer {
        draft.unknown(
            isOver: isOver, at: situation.now, changes: left(open: nil) + (isOver ? limits.givenBack : []))
    }

    private func left(open: OpenChallenge?) -> [Change] {
        factor.sid.map { [.challenge(factorSID: $0, open)] } ?? []
    }
}
