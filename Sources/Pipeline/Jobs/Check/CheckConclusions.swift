import Basics
import SitePolicy
import Store
import TwilioVerify
import Wire

/// How the check of a code that was sent ends.
struct CheckConclusions: CodeConclusions {
    var intent: Intent
    var check: PlannedCheck
    var settings: PipelineSettings
    var repeats = 0
    var mayBeUnderWay = false

    var checked: CheckedCode { .sent(check) }
    var sid: String { check.sid }

    var wanted: Wanted {
        var wanted = limits.wanted
        wanted.approval = true
        wanted.begunTicket = check.ticket
        return wanted
    }

    /// An approval is told without what is left of tries.
    var wantedOfApproved: Wanted {
        var wanted = Wanted()
        wanted.approval = true
        wanted.begunTicket = check.ticket
        return wanted
    }

    private var registration: RegistrationRules { RegistrationRules(needsTicket: settings.ticketsRequired) }

    func approved(_ situation: Situation) -> Answer {
        let now = situation.now
        let ended = ended(.codeUsed, situation) + limits.givenBack
        if situation.wasReset { return draft.answer(.expired, .reset, at: now, changes: ended) }
        var user = situation.user ?? UserRecord(name: intent.login.user)
        let registers = check.purpose == .register && user.phone == nil
        if check.purpose == .register,
            let reason = registration.refusal(
                completing: check.place.number, wasConfirmed: check.wasConfirmed, ticket: check.ticket, situation)
        {
            return draft.answer(.notAllowed, reason, at: now, changes: ended)
        }
        user.lastApprovedAt = now
        if registers {
            user.isKnown = true
            user.phone = Phone(place: check.place, registeredAt: now)
        }
        let used = registers ? check.ticket.map { [Change.useTicket($0)] } ?? [] : []
        return draft.answer(.approved, at: now, changes: [.user(user)] + ended + approval + used) {
            $0.registered = registers ? .phone : nil
        }
    }

    /// An approval opens the next send at once, and tells client and login as proven.
    private var approval: [Change] {
        let number = check.place.number
        var changes: [Change] = [
            .approval(LoginKey(intent.login), client: intent.login.client), .pace(.user(intent.login.user), nil),
            .pace(.number(number, isProven: true), nil),
        ]
        if check.purpose == .register { changes.append(.pace(.number(number, isProven: false), nil)) }
        return changes
    }

    func denied(_ challenge: Challenge?, _ code: Redacted<String>, _ situation: Situation) -> Answer {
        denied(situation)
    }

    func denied(_ situation: Situation) -> Answer {
        var changes: [Change] = []
        var left = settings.limits.checksOffered
        if var code = situation.code, code.sid == sid {
            code.checksDenied += 1
            changes = [.code(code)]
            left = max(0, left - code.tries - repeats)
        }
        return draft.answer(.denied, at: situation.now, changes: changes) {
            $0.checksLeft = min(left, limits.left(situation))
        }
    }

    /// There is nothing to check any more.
    func expired(_ reason: Reason, _ situation: Situation) -> Answer {
        draft.answer(.expired, reason, at: situation.now, changes: ended(reason, situation) + limits.givenBack)
    }

    func gone(_ situation: Situation) -> Answer { expired(.codeExpired, situation) }

    func step(after failure: CallFailure) -> RefusedStep {
        guard failure.meaning == .notFound else { return .conclude }
        // By a call whose answer was lost, or by one of a worker that died.
        let mayBeOurs = repeats > 0 || intent.begins > 1
        return mayBeOurs ? .lost : .missing
    }

    func refused(_ failure: CallFailure, _ situation: Situation) -> Answer {
        let now = situation.now
        switch failure.meaning {
        case .maxChecks:
            return draft.throttled(
                .codeTries, until: situation.liveCode?.expiresAt ?? now + settings.codeLife, at: now,
                changes: limits.givenBack)
        case .notFound: return expired(.codeExpired, situation)
        case .wrongCode: return denied(situation)
        case .tooManyUserRequests:
            return undone(situation) {
                draft.throttled(.provider, until: now + settings.codeLife, at: now, changes: $0)
            }
        case .rateLimited, .concurrent:
            return undone(situation) { draft.throttled(by: failure, at: now, changes: $0) }
        case .invalidTo, .localeNotSupported, .maxSends, .fraudGuard, .countryNotAllowed, .landline, .optedOut,
            .unreachable, .channelDisabled, .credentials, .serviceMissing, .providerFault, .factorUnusable,
            .factorTriesUsedUp, .factorLimit, .alreadyExists, .challengeOver, .challengeTriesUsedUp, .challengeLimit,
            .other:
            return undone(situation) { draft.answer(.unavailable, .providerRefused, at: now, changes: $0) }
        }
    }

    func foundApproved(_ situation: Situation) -> Answer { converted(situation) }

    /// The verification is gone and one of its sends converted: ours, if no other check can have done it.
    func converted(_ situation: Situation) -> Answer {
        guard let code = situation.code, code.sid == sid, code.isSettledButForOne else {
            return uncertain(gone: true, situation)
        }
        return approved(situation)
    }

    func foundOver(_ situation: Situation) -> Answer { uncertain(gone: true, situation) }

    func unknown(isOver: Bool, _ situation: Situation) -> Answer { uncertain(gone: false, situation) }

    /// It could not be found out.
    ///
    /// The try stays counted.
    func uncertain(gone: Bool, _ situation: Situation) -> Answer {
        draft.answer(
            .uncertain, .answerLost, at: situation.now, changes: gone ? ended(.codeUsed, situation) : []
        ) {
            $0.retryAt = situation.now.description
        }
    }

    /// Ends the code and, where it is this login's, its tie.
    private func ended(_ reason: Reason, _ situation: Situation) -> [Change] {
        var changes: [Change] = []
        if var code = situation.code, code.sid == sid {
            code.ended = reason
            changes.append(.code(code))
        }
        if var pending = situation.pending, pending.sid == sid, pending.ended == nil {
            pending.ended = reason
            changes.append(.pending(pending))
        }
        return changes
    }

    /// This call did nothing, and the try is given back.
    ///
    /// The check itself goes off the books only if no call before this one has left: an error of Twilio's, or of
    /// something between, does not end the work behind it, and the code may yet be approved.
    func undone(_ situation: Situation) -> [Change] {
        guard var code = situation.code, code.sid == sid, code.tries > 0 else { return limits.givenBack }
        if repeats == 0 { code.checksBegun -= 1 } else { code.checksExcused += 1 }
        return [.code(code)] + limits.givenBack
    }
}

extension CheckConclusions {
    /// `nil` unless the intent is a check.
    init?(_ intent: Intent, settings: PipelineSettings) {
        guard case .check(let check) = intent.call else { return nil }
        self.init(intent: intent, check: check, settings: settings)
    }
}
