import Basics
import SitePolicy
import Store
import TwilioVerify
import Wire

/// How a send ends: pure, run in the transaction that records the outcome.
struct SendConclusions: Sendable {
    var intent: Intent
    var number: E164
    var channel: Wire.Channel
    var purpose: Purpose
    var knownAttempts: [String]
    var settings: PipelineSettings

    private var draft: ReplyDraft { ReplyDraft(intent) }
    private var limits: LimitSettings { settings.limits }

    /// Twilio took it: the code is on its way.
    func sent(_ verification: Verification, _ situation: Situation) -> Answer {
        let now = situation.now
        if let reset = reset(situation) { return reset }
        var code = merged(verification, situation)
        code.channel = channel
        let tie = PendingCode(
            login: LoginKey(intent.login), number: number, sid: code.sid, purpose: purpose)
        let next = situation.user.flatMap { user in
            user.lastSendAt.map { limits.nextSend(streak: user.sendStreak, last: $0) }
        }
        return draft.answer(.sent, at: now, changes: [.code(code), .pending(tie)]) {
            $0.channel = channel
            $0.to = number.masked
            $0.sameCode = code.attempts.count > 1 ? true : nil
            $0.expiresAt = code.expiresAt.description
            $0.retryAt = limits.enabled ? (next ?? now).description : nil
            $0.sendsLeft = max(0, limits.sendsOffered - code.attempts.count)
            $0.checksLeft = max(0, limits.checksOffered - code.checksBegun)
        }
    }

    private func merged(_ verification: Verification, _ situation: Situation) -> LiveCode {
        let sids = verification.attempts.map(\.sid)
        if var code = situation.code, code.sid == verification.sid, code.ended == nil {
            code.attempts = sids.isEmpty ? code.attempts : sids
            return code
        }
        // The code's life counts from its making at Twilio, by our clock.
        let made = verification.createdAt.map { $0 + (verification.clockOffset ?? .zero) } ?? intent.begunAt
        let expires = min(made, situation.now) + .seconds(settings.codeMinutes * 60)
        return LiveCode(
            number: number, sid: verification.sid, channel: channel, expiresAt: expires, attempts: sids)
    }

    /// Twilio said no, and that is final.
    func refused(_ failure: CallFailure, _ situation: Situation) -> Answer {
        let now = situation.now
        let live = situation.liveCode
        switch failure.meaning {
        case .maxSends, .maxChecks:
            return draft.answer(.throttled, at: now, changes: givenBack(situation)) {
                $0.limit = .provider
                $0.retryAt = (live?.expiresAt ?? now + .seconds(settings.codeMinutes * 60)).description
            }
        case .fraudGuard: return blocked(.fraudGuard, situation)
        case .countryNotAllowed: return blocked(.countryNotAllowed, situation)
        case .landline: return blocked(.landline, situation)
        case .optedOut: return blocked(.optedOut, situation)
        case .unreachable: return blocked(.unreachable, situation)
        case .channelDisabled:
            return draft.answer(.notAllowed, .methodDisabled, at: now, changes: givenBack(situation)) {
                $0.alternatives = alternatives(situation)
            }
        case .invalidTo:
            return draft.answer(.invalid, .malformed, at: now, changes: givenBack(situation)) {
                $0.errors = [FieldProblem("phone", "refused_by_provider")]
            }
        default:
            return draft.answer(.unavailable, .providerRefused, at: now, changes: givenBack(situation))
        }
    }

    /// Twilio could not be reached in time; surely nothing was sent.
    func notSent(_ outcome: Outcome, _ situation: Situation) -> Answer {
        draft.answer(
            outcome, outcome == .unavailable ? .providerUnreachable : nil, at: situation.now,
            changes: givenBack(situation))
    }

    /// It could not be found out. The send stays counted.
    func uncertain(_ situation: Situation) -> Answer {
        let pause: Duration = limits.enabled ? .seconds(5) : .zero
        return draft.answer(.uncertain, .answerLost, at: situation.now, changes: shortPause(situation)) {
            $0.retryAt = (situation.now + pause).description
        }
    }

    private func reset(_ situation: Situation) -> Answer? {
        guard (situation.user?.generation ?? 0) != intent.generation else { return nil }
        return draft.answer(.expired, .reset, at: situation.now)
    }

    private func blocked(_ reason: Reason, _ situation: Situation) -> Answer {
        draft.answer(.blocked, reason, at: situation.now, changes: givenBack(situation)) {
            $0.alternatives = alternatives(situation)
        }
    }

    private func alternatives(_ situation: Situation) -> [Wire.Method] {
        LoginPolicy.methods(SiteOptions(situation.options), person: PersonFacts(situation.user))
            .filter { $0.rawValue != channel.rawValue }
    }

    /// Nothing left: the send is taken off the person's count.
    private func givenBack(_ situation: Situation) -> [Change] {
        guard var user = situation.user, user.sendStreak > 0 else { return [] }
        user.sendStreak -= 1
        if user.sendStreak == 0 { user.lastSendAt = nil }
        return [.user(user)]
    }

    /// After an `uncertain` the person may ask again soon.
    private func shortPause(_ situation: Situation) -> [Change] {
        guard var user = situation.user else { return [] }
        user.lastSendAt = situation.now - limits.pause(streak: user.sendStreak) + .seconds(5)
        return [.user(user)]
    }
}

extension LimitSettings {
    /// The wait that belongs to a streak.
    func pause(streak: Int) -> Duration {
        nextSend(streak: streak, last: Timestamp(milliseconds: 0)) - Timestamp(milliseconds: 0)
    }
}
