import Basics
import Logging
import Store
import TwilioVerify
import Wire

/// Makes the one call of an intent, and sees it to its recorded outcome.
struct Caller: Sendable {
    let store: any LoginStore
    let twilio: TwilioClient
    let reconciler: Reconciler
    let settings: PipelineSettings
    let clocks: Clocks
    let logger: Logger

    /// Makes the call of a fresh intent of ours.
    func carryOut(_ intent: Intent, code: Redacted<String>?) async throws(StoreError) -> Finished {
        switch intent.call {
        case .send: return try await send(intent)
        case .check(_, let sid, let purpose):
            guard let code else { return .superseded }
            return try await check(
                intent, CheckConclusions(intent: intent, sid: sid, purpose: purpose, settings: settings), code)
        }
    }

    /// Sees an intent through that another worker left behind; `nil` when it was given back undone.
    func resume(_ intent: Intent, code: Redacted<String>?) async throws(StoreError) -> Finished? {
        let mayRunUntil = intent.formerLeaseUntil ?? clocks.monotonic()
        switch intent.call {
        case .send: return try await reconciler.send(intent, callOverAt: mayRunUntil)
        case .check(_, let sid, let purpose):
            let conclusions = CheckConclusions(intent: intent, sid: sid, purpose: purpose, settings: settings)
            guard let code else {
                return try await reconciler.foreignCheck(intent, conclusions, callOverAt: mayRunUntil)
            }
            return try await lostCheck(intent, conclusions, code, callOverAt: mayRunUntil)
        }
    }

    // MARK: Sending

    private func send(_ intent: Intent) async throws(StoreError) -> Finished {
        guard case .send(_, let channel, let locale, _, _, _) = intent.call, let number = intent.call.number,
            let conclusions = SendConclusions(intent, settings: settings)
        else { return .superseded }
        let twilioChannel: TwilioVerify.Channel = channel == .sms ? .sms : .call
        let result = await attempt(intent) { gate throws(CallFailure) in
            try await twilio.start(to: number, channel: twilioChannel, locale: locale, gate: gate)
        }
        Failpoint.afterCall.hit()
        switch result {
        case .done(let verification):
            return try await store.finish(intent) { conclusions.sent(verification, $0) }
        case .refused(let failure):
            return try await store.finish(intent) { conclusions.refused(failure, $0) }
        case .notDone(let outcome):
            return try await store.finish(intent) { conclusions.notSent(outcome, $0) }
        case .lost:
            return try await reconciler.send(intent, callOverAt: clocks.monotonic())
        }
    }

    // MARK: Checking

    private func check(
        _ intent: Intent, _ conclusions: CheckConclusions, _ code: Redacted<String>
    ) async throws(StoreError) -> Finished {
        guard let number = intent.call.number else { return .superseded }
        let sid = conclusions.sid
        let result = await attempt(intent) { gate throws(CallFailure) in
            try await twilio.check(verificationSID: sid, code: code, gate: gate)
        }
        Failpoint.afterCall.hit()
        switch result {
        case .done(let answer) where answer.approves(sid: sid, to: number):
            return try await store.finish(intent) { conclusions.approved($0) }
        case .done(let answer) where answer.sid == sid && answer.status == .pending && !answer.valid:
            return try await store.finish(intent) { conclusions.denied($0) }
        case .done:
            // An answer about something else than was asked proves nothing.
            return try await lostCheck(intent, conclusions, code, callOverAt: clocks.monotonic())
        case .refused(let failure) where failure.meaning == .notFound && conclusions.repeats > 0:
            return try await lostCheck(intent, conclusions, code, callOverAt: clocks.monotonic())
        case .refused(let failure) where failure.meaning == .notFound:
            return try await reconciler.missing(intent, conclusions)
        case .refused(let failure):
            return try await store.finish(intent) { conclusions.refused(failure, $0) }
        case .notDone(let outcome):
            return try await store.finish(intent) { conclusions.notChecked(outcome, $0) }
        case .lost:
            return try await lostCheck(intent, conclusions, code, callOverAt: clocks.monotonic())
        }
    }

    /// The answer of a check was lost: repeated only while the verification is provably still pending.
    private func lostCheck(
        _ intent: Intent, _ conclusions: CheckConclusions, _ code: Redacted<String>, callOverAt: MonotonicTime
    ) async throws(StoreError) -> Finished {
        switch try await reconciler.check(intent, conclusions, callOverAt: callOverAt) {
        case .finished(let finished): return finished
        case .stillPending:
            guard let renewed = try await store.renew(intent) else { return .superseded }
            let next = conclusions.repeated(by: renewed)
            guard intent.deadline - clocks.wall() >= ReplyDraft.leastTime, next.repeats < 5 else {
                return try await store.finish(renewed) { next.uncertain(gone: false, $0) }
            }
            return try await check(renewed, next, code)
        }
    }
}

extension SendConclusions {
    /// `nil` unless the intent is a send.
    init?(_ intent: Intent, settings: PipelineSettings) {
        guard case .send(_, let channel, _, let purpose, _, let known) = intent.call, let number = intent.call.number
        else { return nil }
        self.init(
            intent: intent, number: number, channel: channel, purpose: purpose, knownAttempts: known,
            settings: settings)
    }
}

extension CheckConclusions {
    /// The same after one more call, under a renewed lease.
    func repeated(by renewed: Intent) -> CheckConclusions {
        var next = self
        next.intent = renewed
        next.repeats += 1
        return next
    }
}
