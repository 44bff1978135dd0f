import Basics
import PhoneNumbers
import SitePolicy
import Store
import TwilioVerify
import Wire

/// Whether a code may be sent.
struct SendRules: JobRules {
    var draft: ReplyDraft
    var login: Job.Login
    var channel: Wire.Channel
    var purpose: Purpose
    var ticket: Redacted<String>?
    var deadline: Timestamp
    var settings: PipelineSettings

    private var limits: SendLimits { SendLimits(settings: settings.limits, purpose: purpose, user: login.user) }
    private var methods: MethodRules { MethodRules(limits: settings.limits) }
    private var registration: RegistrationRules { RegistrationRules(needsTicket: settings.ticketsRequired) }

    var wanted: Wanted {
        var wanted = limits.wanted
        wanted.approval = true
        wanted.strangers = true
        wanted.ticket = purpose == .register ? ticket : nil
        return wanted
    }

    func decide(_ situation: Situation) -> Decision {
        let now = situation.now
        if situation.isCanceled { return .answer(draft.answer(.canceled, at: now)) }
        if deadline - now < ReplyDraft.leastTime { return .answer(draft.answer(.late, at: now)) }
        if let refusal = refusal(situation) { return .answer(refusal) }
        guard let place = situation.place else {
            return .answer(draft.answer(.notAllowed, .notRegistered, at: now))
        }
        if let block = methods.block(channel, place) { return .answer(blocked(block, situation)) }
        if let hold = methods.hold(on: channel, place, purpose, situation) { return .answer(held(hold, situation)) }
        if let obstacle = limits.obstacle(situation) {
            return .answer(throttled(obstacle.limit, until: obstacle.until, situation))
        }
        return call(place, situation)
    }

    private func refusal(_ situation: Situation) -> Answer? {
        let now = situation.now
        let options = SiteOptions(situation.options)
        guard options.usesProvider else { return draft.answer(.notAllowed, .providerNone, at: now) }
        if purpose == .register, let reason = registration.refusal(of: .phone, situation) {
            return draft.answer(.notAllowed, reason, at: now)
        }
        if purpose == .login, situation.user?.phone == nil {
            return draft.answer(.notAllowed, .notRegistered, at: now)
        }
        guard options.allows(channel) else {
            return draft.answer(.notAllowed, .methodDisabled, at: now) {
                $0.alternatives = alternatives(situation)
            }
        }
        return nil
    }

    private func blocked(_ reason: Reason, _ situation: Situation) -> Answer {
        draft.answer(.blocked, reason, at: situation.now) {
            $0.alternatives = alternatives(situation)
        }
    }

    /// An operator has stopped such sends for a while; it counts for no limit.
    private func held(_ hold: Brakes.Hold, _ situation: Situation) -> Answer {
        let reason = hold.stop.reason
        return draft.answer(reason.outcome, reason, at: situation.now) {
            $0.retryAt = hold.until.description
            let others = alternatives(situation)
            $0.alternatives = others.isEmpty && reason == .paused ? nil : others
        }
    }

    private func alternatives(_ situation: Situation) -> [Wire.Method] {
        methods.alternatives(to: channel, for: purpose, situation)
    }

    /// A limit on sends leaves what needs none.
    private func throttled(_ limit: LimitName, until: Timestamp, _ situation: Situation) -> Answer {
        draft.answer(.throttled, at: situation.now) {
            ($0.limit, $0.retryAt) = (limit, until.description)
            let others = alternatives(situation).filter { $0.factor != .phone }
            $0.alternatives = others.isEmpty ? nil : others
        }
    }

    private func call(_ place: NumberPlace, _ situation: Situation) -> Decision {
        let live = situation.liveCode
        var send = PlannedSend(
            place: place, channel: channel, locale: login.locale, purpose: purpose, knownSID: live?.sid,
            // Also those of a code that is over here: Twilio may still show it.
            knownAttempts: situation.code?.attempts ?? [], ticket: situation.ticket,
            wasConfirmed: RegistrationRules.isConfirmed(situation))
        if let live {
            switch CodeSharing(limits: settings.limits, purpose: purpose).wayPast(live, situation) {
            case .shared: break
            case .closed(let limit): return .answer(throttled(limit, until: live.expiresAt, situation))
            case .anew: send.cancels = live.sid
            }
        }
        return .call(.send(send), changes: limits.counted(situation))
    }
}

/// How a send ends: pure, run in the transaction that records the outcome.
///
/// Referred to, since it would be copied into every frame that waits.
final class SendConclusions: Sendable {
    let intent: Intent
    let send: PlannedSend
    let settings: PipelineSettings

    /// `nil` unless the intent is a send.
    init?(_ intent: Intent, settings: PipelineSettings) {
        guard case .send(let send) = intent.call else { return nil }
        self.intent = intent
        self.send = send
        self.settings = settings
    }

    private var draft: ReplyDraft { ReplyDraft(intent) }
    private var number: E164 { send.place.number }
    private var limits: SendLimits {
        SendLimits(settings: settings.limits, purpose: send.purpose, user: intent.login.user)
    }

    private var checkLimits: CheckLimits { CheckLimits(settings: settings.limits) }

    var wanted: Wanted {
        var wanted = limits.wanted
        wanted.tallies.merge(checkLimits.wanted.tallies) { first, _ in first }
        wanted.approval = true
        return wanted
    }

    /// Twilio took it: the code is on its way.
    func sent(_ verification: Verification, _ situation: Situation) -> Answer {
        let now = situation.now
        if situation.wasReset { return draft.answer(.expired, .reset, at: now) }
        var code = merged(verification, situation)
        code.channel = send.channel
        var tie = PendingCode(
            login: LoginKey(intent.login), place: send.place, sid: code.sid, purpose: send.purpose,
            ticket: send.ticket, wasConfirmed: send.wasConfirmed)
        // The dialog was closed meanwhile: the code went out, but nobody of this login will use it.
        if situation.isCanceled {
            tie.ended = .notPending
            return draft.answer(.canceled, at: now, changes: [.code(code), .pending(tie)])
        }
        return draft.answer(.sent, at: now, changes: [.code(code), .pending(tie)]) {
            $0.channel = .code(send.channel)
            $0.to = number.masked
            $0.sameCode = code.attempts.count > 1 ? true : nil
            $0.expiresAt = code.expiresAt.description
            $0.retryAt = settings.limits.enabled ? nextSend(code, tie, situation).description : nil
            $0.sendsLeft = limits.left(situation, attempts: code.attempts.count)
            $0.checksLeft = max(
                0, min(settings.limits.checksOffered - code.tries, checkLimits.left(situation)))
        }
    }

    /// When a repeat is allowed: after the last of what stands in the way once this send is counted.
    private func nextSend(_ code: LiveCode, _ tie: PendingCode, _ situation: Situation) -> Timestamp {
        var after = situation
        (after.code, after.pending) = (code, tie)
        let isUsedUp = code.attempts.count >= settings.limits.sendsOffered
        return max(limits.obstacle(after)?.until ?? situation.now, isUsedUp ? code.expiresAt : situation.now)
    }

    private func merged(_ verification: Verification, _ situation: Situation) -> LiveCode {
        let sids = verification.attempts.map(\.sid)
        let known = situation.code.flatMap { $0.sid == verification.sid ? $0 : nil }
        if var code = known, code.ended == nil {
            code.attempts = sids.isEmpty ? code.attempts : sids
            return code
        }
        // The code's life counts from its making at Twilio, by our clock.
        let made = verification.createdAt.map { $0 + (verification.clockOffset ?? .zero) } ?? intent.begunAt
        let expires = min(made, situation.now) + settings.codeLife
        var code = LiveCode(
            number: number, sid: verification.sid, channel: send.channel, expiresAt: expires, attempts: sids)
        code.cohort =
            known?.cohort
            ?? CodeCohort(
                sentAt: situation.now, purpose: send.purpose, application: intent.login.application,
                channel: send.channel, country: send.place.region)
        // One that had ended here only: Twilio goes on counting its checks, and so do we.
        if let known {
            (code.checksBegun, code.checksDenied, code.checksExcused) = (
                known.checksBegun, known.checksDenied, known.checksExcused
            )
        }
        return code
    }

    /// Twilio said no, and that is final.
    func refused(_ failure: CallFailure, _ situation: Situation) -> Answer {
        let now = situation.now
        switch failure.meaning {
        case .maxSends, .maxChecks, .tooManyUserRequests:
            return draft.throttled(
                .provider, until: heldUntil(situation), at: now, changes: limits.givenBack(situation))
        case .rateLimited, .concurrent:
            return draft.throttled(by: failure, at: now, changes: limits.givenBack(situation))
        case .fraudGuard: return blocked(.fraudGuard, situation)
        case .countryNotAllowed: return blocked(.countryNotAllowed, situation)
        case .landline: return blocked(.landline, situation)
        case .optedOut: return blocked(.optedOut, situation)
        case .unreachable: return blocked(.unreachable, situation)
        case .channelDisabled:
            return draft.answer(.notAllowed, .methodDisabled, at: now, changes: limits.givenBack(situation)) {
                $0.alternatives = alternatives(situation)
            }
        case .invalidTo:
            return draft.answer(.invalid, .malformed, at: now, changes: limits.givenBack(situation)) {
                $0.errors = [FieldProblem("phone", "refused_by_provider")]
            }
        case .localeNotSupported, .credentials, .notFound, .serviceMissing, .providerFault, .wrongCode, .factorUnusable,
            .factorTriesUsedUp, .factorLimit, .alreadyExists, .challengeOver, .challengeTriesUsedUp, .challengeLimit,
            .other:
            return draft.answer(.unavailable, .providerRefused, at: now, changes: limits.givenBack(situation))
        }
    }

    /// Until when Twilio makes no other verification: as long as the last one lives there, whatever has become of it here.
    private func heldUntil(_ situation: Situation) -> Timestamp {
        guard let expiry = situation.code?.expiresAt, expiry > situation.now else {
            return situation.now + settings.codeLife
        }
        return expiry
    }

    /// There was no time or no room left to call; surely nothing was sent.
    func notSent(_ outcome: Outcome, _ situation: Situation) -> Answer {
        draft.unmade(outcome, at: situation.now, changes: limits.givenBack(situation))
    }

    /// It could not be found out.
    ///
    /// The send stays counted.
    func uncertain(_ situation: Situation) -> Answer {
        let pause: Duration = settings.limits.enabled ? LimitSettings.pauseAfterUncertain : .zero
        return draft.answer(.uncertain, .answerLost, at: situation.now, changes: limits.shortened(situation)) {
            $0.retryAt = (situation.now + pause).description
        }
    }

    private func blocked(_ reason: Reason, _ situation: Situation) -> Answer {
        draft.answer(.blocked, reason, at: situation.now, changes: limits.givenBack(situation)) {
            $0.alternatives = alternatives(situation)
        }
    }

    private func alternatives(_ situation: Situation) -> [Wire.Method] {
        MethodRules(limits: settings.limits).alternatives(to: send.channel, for: send.purpose, situation)
    }
}

extension Pipeline {
    /// The registration of a phone: a send to a number that was typed.
    func registration(
        of phone: Redacted<String>, _ region: String?, by rules: SendRules, _ new: inout NewJob
    ) -> Preparation {
        switch NumberPlace.read(phone, region) {
        case .failure(let problem): return .invalid(.malformed, [problem.field(of: phone, region)])
        case .success(let place): new.place = place
        }
        return .rules(rules)
    }
}

extension NumberPlace {
    static func read(_ phone: Redacted<String>, _ region: String?) -> Result<NumberPlace, NumberProblem> {
        Result { () throws(NumberProblem) in
            let parsed = try PhoneNumberParser.parse(phone.revealed, region: region)
            return NumberPlace(number: parsed.number, region: parsed.region, isLandline: parsed.isLandline)
        }
    }
}

extension NumberProblem {
    /// The region is at fault only where it is given and counts: not beside a number with a country code.
    func field(of phone: Redacted<String>, _ region: String?) -> FieldProblem {
        let isInternational = phone.revealed.contains { $0 == "+" || $0 == "＋" }
        let isRegion = self == .unknownRegion && region != nil && !isInternational
        return FieldProblem(isRegion ? "region" : "phone", rawValue)
    }
}
