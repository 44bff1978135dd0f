import Basics
import SitePolicy
import Store
import Wire

/// Whether an authenticator may be registered, and with which secret.
struct EnrolRules: JobRules {
    var draft: ReplyDraft
    var login: Job.Login
    /// Shown in the app.
    var label: String
    var picture: Picture
    var ticket: Redacted<String>?
    var deadline: Timestamp
    var settings: PipelineSettings
    /// Fresh, for a new enrolment: Twilio's entity, and 20 bytes.
    var identity: String
    var secret: Redacted<[UInt8]>

    private var registration: RegistrationRules { RegistrationRules(needsTicket: settings.ticketsRequired) }

    private var limits: EnrolLimits { EnrolLimits(settings: settings.limits) }

    var wanted: Wanted {
        var wanted = Wanted()
        wanted.tallies = limits.wanted
        wanted.approval = true
        wanted.authenticator = true
        wanted.ticket = ticket
        return wanted
    }

    func decide(_ situation: Situation) -> Decision {
        let now = situation.now
        if deadline - now < ReplyDraft.leastTime { return .answer(draft.answer(.late, at: now)) }
        let options = SiteOptions(situation.options)
        guard options.usesProvider else { return .answer(draft.answer(.notAllowed, .providerNone, at: now)) }
        guard options.authenticator else {
            let others = MethodRules(limits: settings.limits).registrable(situation)
            return .answer(draft.answer(.notAllowed, .methodDisabled, at: now) { $0.alternatives = others })
        }
        if let reason = registration.refusal(of: .authenticator, situation) {
            return .answer(draft.answer(.notAllowed, reason, at: now))
        }
        // The same sign-in is shown the same secret: a page that is loaded again must not void what was scanned.
        if let open = situation.enrolment, open.login == LoginKey(login), open.isOpen(at: now), open.factorSID != nil {
            return .answer(Self.enrolling(draft, open, picture, now))
        }
        if let obstacle = limits.obstacle(situation) {
            return .answer(draft.throttled(obstacle.limit, until: obstacle.until, at: now))
        }
        return begin(situation)
    }

    private func begin(_ situation: Situation) -> Decision {
        let enrolment = Enrolment(
            login: LoginKey(login), identity: identity, secret: secret, label: label,
            expiresAt: situation.now + Enrolment.life, ticket: situation.ticket,
            wasConfirmed: RegistrationRules.isConfirmed(situation))
        let factor = PlannedFactor(
            user: login.user, identity: identity, sid: nil, withheld: .enrolment(identity: identity, picture))
        return .call(
            .enrol(factor),
            changes: situation.oldEnrolment + [.enrolment(user: login.user, enrolment)] + limits.counted)
    }

    /// The reply without what it is about: that is filled in from the open enrolment whenever it is given.
    static func enrolling(_ draft: ReplyDraft, _ enrolment: Enrolment, _ picture: Picture, _ now: Timestamp) -> Answer {
        var answer = draft.answer(.enrolling, at: now) {
            $0.channel = .authenticator
            $0.expiresAt = enrolment.expiresAt.description
        }
        answer.withheld = .enrolment(identity: enrolment.identity, picture)
        return answer
    }
}

extension Situation {
    /// What an enrolment that is given up leaves at Twilio.
    var oldEnrolment: [Change] {
        guard let enrolment, enrolment.ended == nil else { return [] }
        return [.chore(.removeEnrolment(enrolment.factor))]
    }
}
