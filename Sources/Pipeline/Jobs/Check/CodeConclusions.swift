import Basics
import Store
import TwilioVerify
import Wire

/// What is checked at Twilio.
enum CheckedCode: Sendable {
    /// A code that was sent.
    case sent(PlannedCheck)
    /// The first code of a new authenticator.
    case first(PlannedFactor)
    /// A registered authenticator's.
    case challenge(PlannedChallenge)
}

/// What follows when Twilio refuses to check.
enum RefusedStep {
    /// It is over, by what the refusal means.
    case conclude
    /// It is over: nothing can be checked there any more.
    case gone
    /// What an earlier call did has to be found out.
    case lost
    /// Whether the service is there has to be found out.
    case missing
}

/// How a code ends that was checked: pure, run in the transaction that records the outcome.
protocol CodeConclusions: Sendable {
    var intent: Intent { get set }
    var checked: CheckedCode { get }
    var settings: PipelineSettings { get }
    /// How often the code was asked about again because an answer was lost: each may have cost a try.
    var repeats: Int { get set }
    /// Of a call whose answer was lost not even Twilio has said that it is over: what then cannot be found out is `uncertain`,
    /// and the person's try stays counted.
    var mayBeUnderWay: Bool { get set }
    var wanted: Wanted { get }
    var wantedOfApproved: Wanted { get }

    /// Twilio approved this very code. It counts once.
    func approved(_ situation: Situation) -> Answer
    /// After a lost answer Twilio shows that some code was right.
    func foundApproved(_ situation: Situation) -> Answer
    /// After a lost answer Twilio shows that it is over, and not how it ended.
    func foundOver(_ situation: Situation) -> Answer
    /// Twilio said that the code is wrong.
    ///
    /// - Parameter challenge: What the code was checked with; `nil` when Twilio did not tell.
    func denied(_ challenge: Challenge?, _ code: Redacted<String>, _ situation: Situation) -> Answer
    /// Twilio knows no more what the code is for, or takes no codes for it.
    func gone(_ situation: Situation) -> Answer
    func step(after failure: CallFailure) -> RefusedStep
    func refused(_ failure: CallFailure, _ situation: Situation) -> Answer
    /// It could not be found out.
    ///
    /// - Parameter isOver: Twilio answered the last call, with an error of its own.
    func unknown(isOver: Bool, _ situation: Situation) -> Answer
    /// This call did nothing, and the person's try is given back.
    func undone(_ situation: Situation) -> [Change]
}

extension CodeConclusions {
    var draft: ReplyDraft { ReplyDraft(intent) }
    var limits: CheckLimits { CheckLimits(settings: settings.limits) }

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

    /// There was no time or no room left to call.
    func notChecked(_ outcome: Outcome, _ situation: Situation) -> Answer {
        undone(situation) { draft.unmade(outcome, at: situation.now, changes: $0) }
    }

    /// The answer to a call that did nothing, unless one before it may have done something.
    func undone(_ situation: Situation, _ answer: ([Change]) -> Answer) -> Answer {
        mayBeUnderWay ? unknown(isOver: false, situation) : answer(undone(situation))
    }
}
