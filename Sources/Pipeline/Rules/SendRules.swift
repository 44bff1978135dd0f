import Basics
import SitePolicy
import Store
import Wire

/// Whether a code may be sent: pure, run in the transaction that writes the intent.
struct SendRules: Sendable {
    var draft: ReplyDraft
    var login: Job.Login
    var channel: Channel
    var purpose: Purpose
    var deadline: Timestamp
    var limits: LimitSettings

    func decide(_ situation: Situation) -> Decision {
        let now = situation.now
        let options = SiteOptions(situation.options)
        if deadline - now < ReplyDraft.leastTime { return .answer(draft.answer(.late, at: now)) }
        guard options.usesProvider else { return .answer(draft.answer(.notAllowed, .providerNone, at: now)) }
        if let refusal = refusal(situation, options) { return .answer(refusal) }
        guard let number = situation.number else {
            return .answer(draft.answer(.notAllowed, .notRegistered, at: now))
        }
        if let limit = limit(situation) { return .answer(limit) }
        return call(number, situation)
    }

    private func refusal(_ situation: Situation, _ options: SiteOptions) -> Answer? {
        let now = situation.now
        let registered = situation.user?.phone
        if purpose == .register, let registered {
            let reason: Reason = registered == situation.number ? .alreadyRegistered : .contactAdministrator
            return draft.answer(.notAllowed, reason, at: now)
        }
        if purpose == .login, registered == nil { return draft.answer(.notAllowed, .notRegistered, at: now) }
        guard options.allows(channel) else {
            return draft.answer(.notAllowed, .methodDisabled, at: now) {
                $0.alternatives = LoginPolicy.methods(options, person: PersonFacts(situation.user))
            }
        }
        return nil
    }

    private func limit(_ situation: Situation) -> Answer? {
        guard limits.enabled else { return nil }
        let now = situation.now
        if let user = situation.user, let last = user.lastSendAt {
            let next = limits.nextSend(streak: user.sendStreak, last: last)
            if next > now { return throttled(.cooldown, until: next, now) }
        }
        if limits.sendsPerCode > 0, let code = situation.liveCode, code.attempts.count >= limits.sendsPerCode {
            return throttled(.phone, until: code.expiresAt, now)
        }
        return nil
    }

    private func throttled(_ limit: LimitName, until: Timestamp, _ now: Timestamp) -> Answer {
        draft.answer(.throttled, at: now) {
            $0.limit = limit
            $0.retryAt = until.description
        }
    }

    private func call(_ number: E164, _ situation: Situation) -> Decision {
        let code = situation.liveCode
        var user = situation.user ?? UserRecord(name: login.user)
        user.sendStreak += 1
        user.lastSendAt = situation.now
        return .call(
            .send(
                number: number.revealed, channel: channel, locale: login.locale, purpose: purpose,
                knownSID: code?.sid, knownAttempts: code?.attempts ?? []),
            changes: [.user(user)])
    }
}

extension Situation {
    /// The number's code, if it can still be checked as far as we know.
    var liveCode: LiveCode? {
        guard let code, code.ended == nil, code.expiresAt > now else { return nil }
        return code
    }
}

extension PersonFacts {
    init(_ user: UserRecord?) {
        self.init()
        guard let user else { return }
        known = true
        required = user.required
        graceUntil = user.graceUntil
        hasPhone = user.phone != nil
    }
}
