import Basics
import SitePolicy
import Store
import Wire

/// Whether a code may be sent.
struct SendRules: JobRules {
    var draft: ReplyDraft
    var login: Job.Login
    var channel: Channel
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
