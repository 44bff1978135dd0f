import Basics
import Store
import TwilioVerify
import Wire

/// Makes the one call of an intent, and sees it to its recorded outcome.
final class Caller: Sendable {
    let store: any LoginStore
    let twilio: TwilioClient
    let reconciler: Reconciler
    let budget: CallBudget
    let circuits: CircuitBreakers
    let settings: PipelineSettings
    let clocks: Clocks
    let observer: (any CallObserver)?

    init(
        store: any LoginStore, twilio: TwilioClient, reconciler: Reconciler, budget: CallBudget,
        circuits: CircuitBreakers,
        settings: PipelineSettings, clocks: Clocks, observer: (any CallObserver)?
    ) {
        self.store = store
        self.twilio = twilio
        self.reconciler = reconciler
        self.budget = budget
        self.circuits = circuits
        self.settings = settings
        self.clocks = clocks
        self.observer = observer
    }

    /// Makes the call of a fresh intent of ours.
    func carryOut(_ intent: Intent, code: Redacted<String>?) async throws(StoreError) -> Finished {
        switch intent.call {
        case .send: return try await send(intent)
        case .check:
            guard let code, let conclusions = CheckConclusions(intent, settings: settings) else { return .superseded }
            return try await check(CheckCall(conclusions, code))
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
            return try await lostCheck(CheckCall(conclusions, code), callOverAt: mayRunUntil)
        }
    }

    // The ways of the kinds of calls are never inlined into each other: what one of them holds would lie in the frames of all.

    /// What is done about a call's result.
    enum Ending {
        /// It is over: this is its outcome, by what it wants to know.
        case conclude(Wanted, @Sendable (Situation) -> Answer)
        /// What it did has to be found out.
        case lost(isOver: Bool)
        /// Twilio knows nothing of what it was about.
        case missing(CallFailure)
    }

    @inline(never)
    private func send(_ intent: Intent) async throws(StoreError) -> Finished {
        guard let conclusions = SendConclusions(intent, settings: settings) else { return .superseded }
        let call = SendCall(conclusions)
        if let other = call.conclusions.send.cancels {
            // Harmless if it is lost: then the code that is sent is the other's, and both logins are tied to it.
            _ = await attempt(intent, as: .cancel) { gate throws(CallFailure) in
                try await twilio.cancelVerification(sid: other, gate: gate)
            }
        }
        let result = await start(call)
        Failpoint.afterCall.hit()
        switch call.ending(of: result) {
        case .conclude(let wanted, let conclude):
            return try await store.finish(intent, wanted: wanted, conclude: conclude)
        case .lost, .missing: return try await reconciler.send(intent, callOverAt: clocks.monotonic())
        }
    }

    /// Has a code sent, and once more without a language where the one that was asked for may be what Twilio refuses: after
    /// a refusal surely nothing was sent.
    private func start(_ call: SendCall) async -> CallResult<Verification> {
        let locale = call.conclusions.send.locale
        let result = await start(call, locale: locale)
        guard case .refused(let failure) = result, failure.meaning == .localeNotSupported, locale != nil else {
            return result
        }
        return await start(call, locale: nil)
    }

    private func start(_ call: SendCall, locale: String?) async -> CallResult<Verification> {
        let send = call.conclusions.send
        let channel: TwilioVerify.Channel =
            switch send.channel {
            case .sms: .sms
            case .call: .call
            }
        return await attempt(call.conclusions.intent) { gate throws(CallFailure) in
            try await observed(Method(send.channel), country: send.place.region) { () throws(CallFailure) in
                try await twilio.start(to: send.place.number, channel: channel, locale: locale, gate: gate)
            }
        }
    }

    /// Ends verifications and removes factors, one after the other.
    @inline(never)
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

    @inline(never)
    private func check(_ call: CheckCall) async throws(StoreError) -> Finished {
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

    /// The answer of a check was lost: repeated only while the verification is provably still pending.
    @inline(never)
    private func lostCheck(
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

/// A send that is under way, referred to: what concludes it would be copied into every frame that waits.
private final class SendCall: Sendable {
    let conclusions: SendConclusions

    init(_ conclusions: SendConclusions) {
        self.conclusions = conclusions
    }

    @inline(never)
    func ending(of result: CallResult<Verification>) -> Caller.Ending {
        switch result {
        case .done(let verification):
            // An answer about something else than was asked proves nothing: what was sent has to show.
            guard conclusions.isMeant(verification) else { return .lost(isOver: false) }
            return .conclude(conclusions.wanted, { self.conclusions.sent(verification, $0) })
        case .refused(let failure):
            return .conclude(conclusions.wanted, { self.conclusions.refused(failure, $0).because(failure) })
        case .notDone(let outcome): return .conclude(conclusions.wanted, { self.conclusions.notSent(outcome, $0) })
        case .lost(let isOver): return .lost(isOver: isOver)
        }
    }
}

/// A check that is under way, likewise.
private final class CheckCall: Sendable {
    let conclusions: CheckConclusions
    let code: Redacted<String>

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

extension Answer {
    /// With what Twilio said, for the record.
    func because(_ failure: CallFailure) -> Answer {
        var answer = self
        answer.providerCode = failure.code ?? failure.httpStatus
        return answer
    }
}
