import Basics
import SitePolicy
import Store
import TwilioVerify
import Wire

/// How an authenticator's code ends that was checked.
protocol FactorConclusions: CodeConclusions {
    var factor: PlannedFactor { get }
    /// Twilio takes no more wrong codes for now.
    func usedUp(_ situation: Situation) -> Answer
    /// The check goes off the books: no byte of it left, or Twilio would have none of it.
    func unbegun(_ situation: Situation) -> [Change]
    /// What stays when it cannot be found out what a call did, so that no later code is taken for this one.
    func unsettled(_ situation: Situation) -> [Change]
}

extension FactorConclusions {
    var wanted: Wanted {
        var wanted = limits.wanted
        wanted.approval = true
        wanted.authenticator = true
        return wanted
    }

    var wantedOfApproved: Wanted { wanted }

    /// Check and code are given back, too, unless a call before this one has left: an error of Twilio's, or of something
    /// between, does not end the work behind it, and the code may yet be approved.
    func undone(_ situation: Situation) -> [Change] {
        limits.givenBack + (repeats == 0 ? unbegun(situation) + [.releaseCode] : unsettled(situation))
    }

    func unknown(isOver: Bool, _ situation: Situation) -> Answer {
        let isOutage = isOver && !mayBeUnderWay
        return draft.unknown(
            isOver: isOutage, at: situation.now,
            changes: unsettled(situation) + (isOutage ? limits.givenBack : []))
    }

    func foundOver(_ situation: Situation) -> Answer { unknown(isOver: false, situation) }

    func step(after failure: CallFailure) -> RefusedStep {
        // Its factor was verified before any call of this job: by a code of another, of which nobody learned.
        if failure.meaning == .alreadyExists, repeats == 0 { return .gone }
        // What was pending before is over now: by the call whose answer was lost.
        if failure.meaning == .alreadyExists || failure.meaning == .challengeOver { return .lost }
        return failure.meaning == .notFound ? .missing : .conclude
    }

    func refused(_ failure: CallFailure, _ situation: Situation) -> Answer {
        let now = situation.now
        switch failure.meaning {
        case .factorTriesUsedUp, .challengeTriesUsedUp: return usedUp(situation)
        case .factorUnusable, .notFound: return gone(situation)
        case .challengeLimit, .tooManyUserRequests:
            return undone(situation) {
                draft.throttled(.provider, until: now + ProviderPause.afterTooMany, at: now, changes: $0)
            }
        case .rateLimited, .concurrent:
            return undone(situation) { draft.throttled(by: failure, at: now, changes: $0) }
        case .invalidTo, .localeNotSupported, .maxChecks, .maxSends, .fraudGuard, .countryNotAllowed, .landline,
            .optedOut, .unreachable, .channelDisabled, .credentials, .serviceMissing, .providerFault, .wrongCode,
            .factorLimit, .alreadyExists, .challengeOver, .other:
            return undone(situation) { draft.answer(.unavailable, .providerRefused, at: now, changes: $0) }
        }
    }

    /// What an approval means to limits, whichever code it was.
    func approval(_ situation: Situation) -> [Change] {
        limits.givenBack + [
            .approval(LoginKey(intent.login), client: intent.login.client), .pace(.user(factor.user), nil),
        ] + situation.numbersUnpaced
    }
}

/// How long Twilio's own limits last.
enum ProviderPause {
    /// Challenges of a factor are counted by the hour, and by the day where codes are short; it does not say which was
    /// reached. https://www.twilio.com/docs/api/errors/60312
    static let afterTooMany: Duration = .seconds(3600)
}

/// How the first code of a new authenticator ends: the one that completes its registration.
struct ProofConclusions: FactorConclusions {
    var intent: Intent
    var factor: PlannedFactor
    var settings: PipelineSettings
    var repeats = 0
    var mayBeUnderWay = false

    var checked: CheckedCode { .first(factor) }

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

    /// The factor is verified: by this code, if every other is known to be wrong.
    ///
    /// Else nobody can tell by whose, and the person begins anew.
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

    /// The enrolment stays open, and so does this check on its books: before the next code is asked about, the factor
    /// has to show that this one was not taken.
    ///
    /// That makes the code as good as new.
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

/// How a registered authenticator's code ends: the one that signs in.
struct ChallengeConclusions: FactorConclusions {
    /// Twilio's challenges live five minutes; counted so where it does not tell.
    private static let challengeLife: Duration = .seconds(300)

    var intent: Intent
    var challenge: PlannedChallenge
    var settings: PipelineSettings
    var repeats = 0
    var mayBeUnderWay = false

    var checked: CheckedCode { .challenge(challenge) }
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
