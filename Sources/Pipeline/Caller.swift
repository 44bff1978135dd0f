import Basics
import Store
import TwilioVerify
import Wire

/// Makes the one call of an intent, and sees it to its recorded outcome.
struct Caller: Sendable {
    let store: any LoginStore
    let twilio: TwilioClient
    let reconciler: Reconciler
    let budget: CallBudget
    let circuits: CircuitBreakers
    let settings: PipelineSettings
    let clocks: Clocks
    let observer: (any CallObserver)?

    /// Makes the call of a fresh intent of ours.
    func carryOut(_ intent: Intent, code: Redacted<String>?) async throws(StoreError) -> Finished {
        switch intent.call {
        case .send: return try await send(intent)
        case .check:
            guard let code, let conclusions = CheckConclusions(intent, settings: settings) else { return .superseded }
            return try await check(intent, conclusions, code)
        case .cancel: return try await cancel(intent)
        case .enrol: return try await enrol(intent)
        case .prove, .challenge: return try await checkFactor(intent, code: code)
        }
    }

    /// Sees an intent through that another worker left behind; `nil` when it was given back undone.
    func resume(_ intent: Intent, code: Redacted<String>?) async throws(StoreError) -> Finished? {
        let mayRunUntil = intent.formerLeaseUntil ?? clocks.monotonic()
        switch intent.call {
        case .send: return try await reconciler.send(intent, callOverAt: mayRunUntil)
        case .cancel: return try await cancel(intent)
        case .enrol: return try await reconciler.enrol(intent, callOverAt: mayRunUntil)
        case .prove, .challenge: return try await resumeFactor(intent, code: code, callOverAt: mayRunUntil)
        case .check:
            guard let conclusions = CheckConclusions(intent, settings: settings) else { return .superseded }
            guard let code else {
                return try await reconciler.foreignCheck(intent, conclusions, callOverAt: mayRunUntil)
            }
            return try await lostCheck(intent, conclusions, code, callOverAt: mayRunUntil)
        }
    }

    private func send(_ intent: Intent) async throws(StoreError) -> Finished {
        guard let conclusions = SendConclusions(intent, settings: settings) else { return .superseded }
        let send = conclusions.send
        if let other = send.cancels {
            // Harmless if it is lost: then the code that is sent is the other's, and both logins are tied to it.
            _ = await attempt(intent, as: .cancel) { gate throws(CallFailure) in
                try await twilio.cancelVerification(sid: other, gate: gate)
            }
        }
        let result = await start(intent, send)
        Failpoint.afterCall.hit()
        let wanted = conclusions.wanted
        switch result {
        case .done(let verification) where conclusions.isMeant(verification):
            return try await store.finish(intent, wanted: wanted) { conclusions.sent(verification, $0) }
        case .refused(let failure):
            return try await store.finish(intent, wanted: wanted) { conclusions.refused(failure, $0).because(failure) }
        case .notDone(let outcome):
            return try await store.finish(intent, wanted: wanted) { conclusions.notSent(outcome, $0) }
        // An answer about something else than was asked proves nothing: what was sent has to show.
        case .done, .lost:
            return try await reconciler.send(intent, callOverAt: clocks.monotonic())
        }
    }

    /// Has a code sent, and once more without a language where the one that was asked for may be what Twilio refuses: after
    /// a refusal surely nothing was sent.
    private func start(_ intent: Intent, _ send: PlannedSend) async -> CallResult<Verification> {
        let result = await start(intent, send, locale: send.locale)
        guard case .refused(let failure) = result, failure.meaning == .localeNotSupported, send.locale != nil else {
            return result
        }
        return await start(intent, send, locale: nil)
    }

    private func start(_ intent: Intent, _ send: PlannedSend, locale: String?) async -> CallResult<Verification> {
        let channel: TwilioVerify.Channel =
            switch send.channel {
            case .sms: .sms
            case .call: .call
            }
        return await attempt(intent) { gate throws(CallFailure) in
            try await observed(Method(send.channel), country: send.place.region) { () throws(CallFailure) in
                try await twilio.start(to: send.place.number, channel: channel, locale: locale, gate: gate)
            }
        }
    }

    /// Ends verifications and removes factors, one after the other.
    private func cancel(_ intent: Intent) async throws(StoreError) -> Finished {
        guard let conclusions = CancelConclusions(intent) else { return .superseded }
        var left: [ProviderChore] = []
        for code in conclusions.cancel.codes {
            let result = await attempt(intent) { gate throws(CallFailure) in
                try await twilio.cancelVerification(sid: code.sid, gate: gate)
            }
            if case .done = result { continue }
            left.append(.cancelVerification(sid: code.sid))
        }
        let undone = left + (await remove(conclusions.cancel.factors, for: intent))
        return try await store.finish(intent) { conclusions.ended(left: undone, $0) }
    }

    private func check(
        _ intent: Intent, _ conclusions: CheckConclusions, _ code: Redacted<String>
    ) async throws(StoreError) -> Finished {
        let sid = conclusions.sid
        let wanted = conclusions.wanted
        let result = await attempt(intent) { gate throws(CallFailure) in
            try await twilio.check(verificationSID: sid, code: code, gate: gate)
        }
        Failpoint.afterCall.hit()
        switch result {
        case .done(let answer) where answer.approves(sid: sid, to: conclusions.check.place.number):
            return try await store.finish(intent, wanted: conclusions.wantedOfApproved) { conclusions.approved($0) }
        case .done(let answer) where answer.sid == sid && answer.status == .pending && !answer.valid:
            return try await store.finish(intent, wanted: wanted) { conclusions.denied($0) }
        case .done:
            // An answer about something else than was asked proves nothing.
            return try await lostCheck(intent, conclusions, code, callOverAt: clocks.monotonic())
        // By a call whose answer was lost, or by one of a worker that died.
        case .refused(let failure)
        where failure.meaning == .notFound && (conclusions.repeats > 0 || intent.begins > 1):
            return try await lostCheck(intent, conclusions, code, callOverAt: clocks.monotonic())
        case .refused(let failure) where failure.meaning == .notFound:
            return try await reconciler.missing(intent, conclusions, failure)
        case .refused(let failure):
            return try await store.finish(intent, wanted: wanted) { conclusions.refused(failure, $0).because(failure) }
        case .notDone(let outcome):
            return try await store.finish(intent, wanted: wanted) { conclusions.notChecked(outcome, $0) }
        case .lost(let isOver):
            return try await lostCheck(intent, conclusions, code, callOverAt: clocks.monotonic(), isOver: isOver)
        }
    }

    /// The answer of a check was lost: repeated only while the verification is provably still pending.
    private func lostCheck(
        _ intent: Intent, _ conclusions: CheckConclusions, _ code: Redacted<String>, callOverAt: MonotonicTime,
        isOver: Bool = false
    ) async throws(StoreError) -> Finished {
        switch try await reconciler.check(intent, conclusions, callOverAt: callOverAt) {
        case .finished(let finished): return finished
        case .stillPending:
            guard let renewed = try await store.renew(intent) else { return .superseded }
            let next = conclusions.repeated(by: renewed, isOver: isOver)
            guard intent.deadline - clocks.wall() >= ReplyDraft.leastTime, next.repeats < 5 else {
                return try await store.finish(renewed, wanted: next.wanted) { next.uncertain(gone: false, $0) }
            }
            return try await check(renewed, next, code)
        }
    }
}

extension Answer {
    /// With what Twilio said, for the record.
    func because(_ failure: CallFailure) -> Answer {
        var answer = self
        answer.providerCode = failure.code ?? failure.httpStatus
        return answer
    }
}
