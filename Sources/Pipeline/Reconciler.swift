import Basics
import Store
import TwilioVerify
import Wire

/// Finds out by reading what a lost call did. It never repeats anything and never guesses.
final class Reconciler: Sendable {
    /// How long after the old call can no longer be under way Twilio is still looked at.
    static let patience: Duration = .seconds(5)

    enum CheckFinding: Sendable {
        case finished(Finished)
        /// The verification is provably still pending: the check may be made again.
        case stillPending
    }

    let store: any LoginStore
    let twilio: TwilioClient
    let settings: PipelineSettings
    let clocks: Clocks

    init(store: any LoginStore, twilio: TwilioClient, settings: PipelineSettings, clocks: Clocks) {
        self.store = store
        self.twilio = twilio
        self.settings = settings
        self.clocks = clocks
    }

    /// A send whose answer was lost: `sent` if Twilio shows an attempt that the intent does not know, else `uncertain`.
    func send(_ intent: Intent, callOverAt: MonotonicTime) async throws(StoreError) -> Finished {
        guard let conclusions = SendConclusions(intent, settings: settings) else { return .superseded }
        let wanted = conclusions.wanted
        let watched = try await watch(intent, callOverAt: callOverAt) { () throws(StoreError) in
            try await newSend(conclusions)
        }
        switch watched {
        case .superseded: return .superseded
        case .found(let verification, let intent):
            return try await store.finish(intent, wanted: wanted) { conclusions.sent(verification, $0) }
        case .nothing(let intent):
            return try await store.finish(intent, wanted: wanted) { conclusions.uncertain($0) }
        }
    }

    private func newSend(_ conclusions: SendConclusions) async throws(StoreError) -> Verification? {
        guard try await store.takeRead(.verification, limits: settings.readLimits) else { return nil }
        guard let found = try? await twilio.fetchVerification(.number(conclusions.send.place.number)) else {
            return nil
        }
        return conclusions.shows(found) ? found : nil
    }

    /// A check whose answer was lost.
    func check(
        _ intent: Intent, _ conclusions: CheckConclusions, callOverAt: MonotonicTime
    ) async throws(StoreError) -> CheckFinding {
        let wanted = conclusions.wanted
        let watched = try await watch(intent, callOverAt: callOverAt) { () throws(StoreError) in
            try await end(intent, conclusions)
        }
        switch watched {
        case .superseded: return .finished(.superseded)
        case .found(.pending, _): return .stillPending
        case .found(.ended, let intent):
            return .finished(
                try await store.finish(intent, wanted: wanted) { conclusions.uncertain(gone: true, $0) })
        case .found(.converted, let intent):
            return .finished(try await store.finish(intent, wanted: wanted) { conclusions.converted($0) })
        case .nothing(let intent):
            return .finished(
                try await store.finish(intent, wanted: wanted) { conclusions.uncertain(gone: false, $0) })
        }
    }

    /// A check that another job left behind. Its code is known to nobody here: while the verification is pending, the
    /// check is given back to its own redelivery.
    func foreignCheck(
        _ intent: Intent, _ conclusions: CheckConclusions, callOverAt: MonotonicTime
    ) async throws(StoreError) -> Finished? {
        switch try await check(intent, conclusions, callOverAt: callOverAt) {
        case .finished(let finished): return finished
        case .stillPending:
            try await store.release(intent)
            return nil
        }
    }

    /// Twilio knows no such verification though our journal holds it live: either the service is gone, which is no
    /// fault of the person's, or the code has died.
    func missing(
        _ intent: Intent, _ conclusions: CheckConclusions, _ failure: CallFailure
    ) async throws(StoreError) -> Finished {
        let isThere = (try? await twilio.fetchService()) != nil
        return try await store.finish(intent, wanted: conclusions.wanted) {
            let answer =
                isThere ? conclusions.expired(.codeExpired, $0) : conclusions.notChecked(.unavailable, $0)
            return answer.because(failure)
        }
    }

    private enum End { case pending, ended, converted }

    /// What has become of a verification; `nil` while that does not show.
    private func end(_ intent: Intent, _ conclusions: CheckConclusions) async throws(StoreError) -> End? {
        guard try await store.takeRead(.verification, limits: settings.readLimits) else { return nil }
        let found: Verification?
        do throws(CallFailure) {
            found = try await twilio.fetchVerification(.sid(conclusions.sid))
        } catch {
            return nil
        }
        guard let found else { return try await hasConverted(intent, conclusions) ? .converted : nil }
        return found.status == .pending && found.sid == conclusions.sid ? .pending : .ended
    }

    /// Whether a send of this verification converted not earlier than our call.
    private func hasConverted(_ intent: Intent, _ conclusions: CheckConclusions) async throws(StoreError) -> Bool {
        guard try await store.takeRead(.attempts, limits: settings.attemptLimits) else { return false }
        guard
            let attempts = try? await twilio.attempts(
                verificationSID: conclusions.sid, to: nil, createdAfter: nil)
        else { return false }
        return attempts.contains { conclusions.proves($0, since: intent.begunAt) }
    }
}

extension Timestamp {
    /// Whether this time of Twilio's is not earlier than one of ours: in whole seconds, since Twilio tells no more, by our
    /// clock.
    fileprivate func isNotBefore(_ ours: Timestamp, clockOffset: Duration?) -> Bool {
        roundedDown + (clockOffset ?? .zero) >= ours.roundedDown
    }
}

extension CheckConclusions {
    /// Whether an attempt that was read shows that the verification converted not earlier than our call.
    func proves(_ attempt: Attempt, since begun: Timestamp) -> Bool {
        guard attempt.converted, attempt.verificationSID == sid, let at = attempt.updatedAt else { return false }
        return at.isNotBefore(begun, clockOffset: attempt.clockOffset)
    }
}

extension PlannedChallenge {
    /// Whether a challenge that was read was answered rightly not earlier than our call.
    func isProven(by challenge: Challenge, since begun: Timestamp) -> Bool {
        guard let sid = factor.sid, let at = challenge.respondedAt,
            challenge.request == request || challenge.sid == open,
            challenge.approves(sid: challenge.sid, factorSID: sid, identity: factor.identity)
        else { return false }
        return at.isNotBefore(begun, clockOffset: challenge.clockOffset)
    }
}

extension SendConclusions {
    /// Whether Twilio speaks of a code of this number, which waits to be checked.
    func isMeant(_ verification: Verification) -> Bool {
        verification.to == send.place.number && verification.status == .pending
    }

    /// Whether a verification that was read proves our send: an attempt that the intent did not know, made not before
    /// the intent was.
    func shows(_ verification: Verification) -> Bool {
        guard isMeant(verification) else { return false }
        return verification.attempts.contains { attempt in
            guard !send.knownAttempts.contains(attempt.sid), let time = attempt.time else { return false }
            return time.isNotBefore(intent.begunAt, clockOffset: verification.clockOffset)
        }
    }
}
