import Basics
import SitePolicy
import Store
import TwilioVerify
import Wire

/// How a check ends: pure, run in the transaction that records the outcome.
struct CheckConclusions: Sendable {
    var intent: Intent
    var sid: String
    var purpose: Purpose
    var settings: PipelineSettings
    /// How often the check was repeated to Twilio because its answer was lost: each may have cost a try.
    var repeats = 0

    private var draft: ReplyDraft { ReplyDraft(intent) }
    private var limits: LimitSettings { settings.limits }

    /// Twilio approved this very code on our verification.
    func approved(_ situation: Situation) -> Answer {
        let now = situation.now
        guard (situation.user?.generation ?? 0) == intent.generation else {
            return draft.answer(.expired, .reset, at: now, changes: ended(.reset, situation))
        }
        var user = situation.user ?? UserRecord(name: intent.login.user)
        user.lastApprovedAt = now
        user.sendStreak = 0
        user.lastSendAt = nil
        let registers = purpose == .register && user.phone == nil
        if registers {
            user.phone = situation.number
            user.phoneRegisteredAt = now
        }
        return draft.answer(.approved, at: now, changes: [.user(user)] + ended(.codeUsed, situation)) {
            $0.registered = registers ? .phone : nil
        }
    }

    /// Twilio said that the code is wrong.
    func denied(_ situation: Situation) -> Answer {
        var changes: [Change] = []
        var left = limits.checksOffered
        if var code = situation.code, code.sid == sid {
            code.checksDenied += 1
            changes = [.code(code)]
            left = max(0, limits.checksOffered - code.checksBegun - repeats)
        }
        return draft.answer(.denied, at: situation.now, changes: changes) { $0.checksLeft = left }
    }

    /// There is nothing to check any more.
    func expired(_ reason: Reason, _ situation: Situation) -> Answer {
        draft.answer(.expired, reason, at: situation.now, changes: ended(reason, situation))
    }

    func refused(_ failure: CallFailure, _ situation: Situation) -> Answer {
        let now = situation.now
        switch failure.meaning {
        case .maxChecks:
            return draft.answer(.throttled, at: now) {
                $0.limit = .codeTries
                $0.retryAt =
                    (situation.code?.expiresAt ?? now + .seconds(settings.codeMinutes * 60)).description
            }
        case .notFound: return expired(.codeExpired, situation)
        case .wrongCode: return denied(situation)
        default: return draft.answer(.unavailable, .providerRefused, at: now, changes: unbegun(situation))
        }
    }

    /// Twilio could not be reached in time; surely nothing was checked.
    func notChecked(_ outcome: Outcome, _ situation: Situation) -> Answer {
        draft.answer(
            outcome, outcome == .unavailable ? .providerUnreachable : nil, at: situation.now,
            changes: unbegun(situation))
    }

    /// The verification is gone and one of its sends converted: ours, if no other check can have done it.
    func converted(_ situation: Situation) -> Answer {
        guard let code = situation.code, code.sid == sid, code.checksBegun - 1 == code.checksDenied else {
            return uncertain(gone: true, situation)
        }
        return approved(situation)
    }

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
        if var pending = situation.pending, pending.sid == sid {
            pending.ended = reason
            changes.append(.pending(pending))
        }
        return changes
    }

    private func unbegun(_ situation: Situation) -> [Change] {
        guard var code = situation.code, code.sid == sid, code.checksBegun > 0 else { return [] }
        code.checksBegun -= 1
        return [.code(code)]
    }
}
