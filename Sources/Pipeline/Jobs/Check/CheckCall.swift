import Basics
import Store
import TwilioVerify
import Wire

/// Makes the call of a check of a code that was sent.
extension Caller {
    @inline(never)
    func check(_ call: CheckCall) async throws(StoreError) -> Finished {
        let intent = call.conclusions.intent
        let result = await attempt(intent) { gate throws(CallFailure) in
            try await twilio.check(verificationSID: call.conclusions.sid, code: call.code, gate: gate)
        }
        Failpoint.afterCall.hit()
        switch call.ending(of: result) {
        case .conclude(let wanted, let conclude):
            return try await store.finish(intent, wanted: wanted, conclude: conclude)
        case .missing(let failure): return try await reconciler.missing(intent, call.conclusions, failure)
        case .lost(let isOver): return try await lostCheck(call, callOverAt: clocks.monotonic(), isOver: isOver)
        }
    }

    /// One that another worker left behind; `nil` when it was given back undone.
    @inline(never)
    func resumeCheck(
        _ intent: Intent, code: Redacted<String>?, callOverAt: MonotonicTime
    ) async throws(StoreError) -> Finished? {
        guard let conclusions = CheckConclusions(intent, settings: settings) else { return .superseded }
        guard let code else { return try await reconciler.foreignCheck(intent, conclusions, callOverAt: callOverAt) }
        return try await lostCheck(CheckCall(conclusions, code), callOverAt: callOverAt)
    }

    /// The answer of a check was lost: repeated only while the verification is provably still pending.
    @inline(never)
    func lostCheck(
        _ call: CheckCall, callOverAt: MonotonicTime, isOver: Bool = false
    ) async throws(StoreError) -> Finished {
        let intent = call.conclusions.intent
        switch try await reconciler.check(intent, call.conclusions, callOverAt: callOverAt) {
        case .finished(let finished): return finished
        case .stillPending:
            guard let renewed = try await store.renew(intent) else { return .superseded }
            let next = CheckCall(call.conclusions.repeated(by: renewed, isOver: isOver), call.code)
            guard intent.deadline - clocks.wall() >= ReplyDraft.leastTime, next.conclusions.repeats < 5 else {
                return try await store.finish(renewed, wanted: next.conclusions.wanted) {
                    next.conclusions.uncertain(gone: false, $0)
                }
            }
            return try await check(next)
        }
    }
}

/// A check that is under way, referred to: what concludes it would be copied into every frame that waits.
final class CheckCall: Sendable {
    let conclusions: CheckConclusions
    let code: Redacted<String>

    /// `nil` unless the intent is one, and its code is known.
    convenience init?(_ intent: Intent, _ code: Redacted<String>?, _ settings: PipelineSettings) {
        guard let code, let conclusions = CheckConclusions(intent, settings: settings) else { return nil }
        self.init(conclusions, code)
    }

    init(_ conclusions: CheckConclusions, _ code: Redacted<String>) {
        self.conclusions = conclusions
        self.code = code
    }

    @inline(never)
    func ending(of result: CallResult<CheckAnswer>) -> Caller.Ending {
        switch result {
        case .done(let answer):
            if answer.approves(sid: conclusions.sid, to: conclusions.check.place.number) {
                return .conclude(conclusions.wantedOfApproved, { self.conclusions.approved($0) })
            }
            // An answer about something else than was asked proves nothing.
            guard answer.sid == conclusions.sid, answer.status == .pending, !answer.valid else {
                return .lost(isOver: false)
            }
            return .conclude(conclusions.wanted, { self.conclusions.denied($0) })
        case .refused(let failure) where failure.meaning == .notFound:
            // By a call whose answer was lost, or by one of a worker that died.
            let mayBeOurs = conclusions.repeats > 0 || conclusions.intent.begins > 1
            return mayBeOurs ? .lost(isOver: false) : .missing(failure)
        case .refused(let failure):
            return .conclude(conclusions.wanted, { self.conclusions.refused(failure, $0).because(failure) })
        case .notDone(let outcome): return .conclude(conclusions.wanted, { self.conclusions.notChecked(outcome, $0) })
        case .lost(let isOver): return .lost(isOver: isOver)
        }
    }
}

extension Reconciler {
    enum CheckFinding: Sendable {
        case finished(Finished)
        /// The verification is provably still pending: the check may be made again.
        case stillPending
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

    /// A check that another job left behind.
    ///
    /// Its code is known to nobody here: while the verification is pending, the check is given back to its own
    /// redelivery.
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
        guard try await mayRead() else { return nil }
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

extension CheckConclusions {
    /// Whether an attempt that was read shows that the verification converted not earlier than our call.
    func proves(_ attempt: Attempt, since begun: Timestamp) -> Bool {
        guard attempt.converted, attempt.verificationSID == sid, let at = attempt.updatedAt else { return false }
        return at.isNotBefore(begun, clockOffset: attempt.clockOffset)
    }
}
