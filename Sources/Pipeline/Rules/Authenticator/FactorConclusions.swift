import Basics
import SitePolicy
import Store
import TwilioVerify
import Wire

/// How an authenticator's code ends that was checked: pure, run in the transaction that records the outcome.
protocol FactorConclusions: Sendable {
    var intent: Intent { get set }
    var factor: PlannedFactor { get }
    var settings: PipelineSettings { get }
    /// How often the code was asked about again because an answer was lost: each may have cost a try.
    var repeats: Int { get set }
    /// Of a call whose answer was lost not even Twilio has said that it is over: what then cannot be found out is `uncertain`,
    /// and the person's try stays counted.
    var mayBeUnderWay: Bool { get set }

    /// Twilio approved this very code. It stays reserved: it counts once.
    func approved(_ situation: Situation) -> Answer
    /// After a lost answer Twilio shows that some code was right.
    func foundApproved(_ situation: Situation) -> Answer
    /// Twilio said that the code is wrong.
    ///
    /// - Parameter challenge: What the code was checked with; `nil` when Twilio did not tell.
    func denied(_ challenge: Challenge?, _ code: Redacted<String>, _ situation: Situation) -> Answer
    /// Twilio knows the factor no more, or takes no codes for it.
    func gone(_ situation: Situation) -> Answer
    /// Twilio takes no more wrong codes for now.
    func usedUp(_ situation: Situation) -> Answer
    /// The check goes off the books: no byte of it left, or Twilio would have none of it.
    func unbegun(_ situation: Situation) -> [Change]
    /// What stays when it cannot be found out what a call did, so that no later code is taken for this one.
    func unsettled(_ situation: Situation) -> [Change]
}

extension FactorConclusions {
    var draft: ReplyDraft { ReplyDraft(intent) }
    var limits: CheckLimits { CheckLimits(settings: settings.limits) }
    /// This call did nothing, and the person's try is given back. Check and code are, too, unless a call before this one has
    /// left: an error of Twilio's, or of something between, does not end the work behind it, and the code may yet be approved.
    private func undone(_ situation: Situation) -> [Change] {
        limits.givenBack + (repeats == 0 ? unbegun(situation) + [.releaseCode] : unsettled(situation))
    }

    /// It could not be found out.
    ///
    /// - Parameter isOver: Twilio answered the last call, with an error of its own: an outage, which costs the person no try.
    func unknown(isOver: Bool, _ situation: Situation) -> Answer {
        let isOutage = isOver && !mayBeUnderWay
        return draft.unknown(
            isOver: isOutage, at: situation.now,
            changes: unsettled(situation) + (isOutage ? limits.givenBack : []))
    }

    /// The same for one more call, under a renewed lease.
    ///
    /// - Parameter isOver: Twilio answered the call before with an error of its own.
    func repeated(by renewed: Intent, isOver: Bool) -> Self {
        var next = self
        next.intent = renewed
        next.repeats += 1
        next.mayBeUnderWay = mayBeUnderWay || !isOver
        return next
    }

    var wanted: Wanted {
        var wanted = limits.wanted
        wanted.approval = true
        wanted.authenticator = true
        return wanted
    }

    func refused(_ failure: CallFailure, _ situation: Situation) -> Answer {
        let now = situation.now
        switch failure.meaning {
        case .factorTriesUsedUp, .challengeTriesUsedUp: return usedUp(situation)
        case .factorUnusable, .notFound: return gone(situation)
        default: break
        }
        guard !mayBeUnderWay else { return unknown(isOver: false, situation) }
        switch failure.meaning {
        case .challengeLimit, .tooManyUserRequests:
            return draft.throttled(
                .provider, until: now + ProviderPause.afterTooMany, at: now, changes: undone(situation))
        case .rateLimited, .concurrent:
            return draft.throttled(by: failure, at: now, changes: undone(situation))
        default: return draft.answer(.unavailable, .providerRefused, at: now, changes: undone(situation))
        }
    }

    /// There was no time or no room left to call.
    func notChecked(_ outcome: Outcome, _ situation: Situation) -> Answer {
        guard !mayBeUnderWay else { return unknown(isOver: false, situation) }
        return draft.unmade(outcome, at: situation.now, changes: undone(situation))
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
