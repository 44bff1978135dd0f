import Basics
import Store
import TwilioVerify
import Wire

/// How the making of a factor ends.
struct EnrolConclusions: Sendable {
    var intent: Intent
    var factor: PlannedFactor
    var settings: PipelineSettings

    /// `nil` unless the intent is one.
    init?(_ intent: Intent, settings: PipelineSettings) {
        guard case .enrol(let factor) = intent.call else { return nil }
        self.intent = intent
        self.factor = factor
        self.settings = settings
    }

    private var draft: ReplyDraft { ReplyDraft(intent) }

    var wanted: Wanted {
        var wanted = Wanted()
        wanted.authenticator = true
        return wanted
    }

    /// Twilio has made it: the secret can be handed out.
    func enrolled(_ made: CreatedFactor, _ situation: Situation) -> Answer {
        guard var enrolment = own(situation), !situation.wasReset else {
            return overtaken(situation, leaving: made.sid)
        }
        enrolment.factorSID = made.sid
        enrolment.issuer = made.issuer ?? ""
        (enrolment.digits, enrolment.period) = (made.config.codeLength, made.config.timeStep)
        var picture = Picture.svg
        if case .enrolment(_, let wished) = factor.withheld { picture = wished }
        var answer = EnrolRules.enrolling(draft, enrolment, picture, situation.now)
        answer.changes = [.enrolment(user: factor.user, enrolment)]
        return answer
    }

    /// The person was reset, erased or renamed meanwhile: what was or may have been made serves nobody.
    func overtaken(_ situation: Situation, leaving sid: String? = nil) -> Answer {
        let old = OldFactor(identity: factor.identity, factorSID: sid)
        return draft.answer(
            .expired, .reset, at: situation.now, changes: given(up: situation) + [.chore(.removeEnrolment(old))])
    }

    func refused(_ failure: CallFailure, _ situation: Situation) -> Answer {
        let (now, givenUp) = (situation.now, notMade(situation))
        switch failure.meaning {
        case .tooManyUserRequests:
            return draft.throttled(.provider, until: now + ProviderPause.afterTooMany, at: now, changes: givenUp)
        case .rateLimited, .concurrent:
            return draft.throttled(by: failure, at: now, changes: givenUp)
        default: return draft.answer(.unavailable, .providerRefused, at: now, changes: givenUp)
        }
    }

    /// There was no time or no room left to call; surely nothing was made.
    func notMade(_ outcome: Outcome, _ situation: Situation) -> Answer {
        draft.unmade(outcome, at: situation.now, changes: notMade(situation))
    }

    /// It could not be found out. Whatever was made goes; the person begins anew.
    ///
    /// - Parameter isOver: Twilio answered, with an error of its own.
    func unknown(isOver: Bool, _ situation: Situation) -> Answer {
        let old = OldFactor(identity: factor.identity, factorSID: nil)
        return draft.unknown(
            isOver: isOver, at: situation.now, changes: given(up: situation) + [.chore(.removeEnrolment(old))])
    }

    private func own(_ situation: Situation) -> Enrolment? {
        situation.enrolment.flatMap { $0.identity == factor.identity && $0.ended == nil ? $0 : nil }
    }

    /// Surely there is no factor: the person's count is given back.
    private func notMade(_ situation: Situation) -> [Change] {
        given(up: situation) + EnrolLimits(settings: settings.limits).givenBack
    }

    /// No half registration is left.
    private func given(up situation: Situation) -> [Change] {
        own(situation) == nil ? [] : [.enrolment(user: factor.user, nil)]
    }
}
