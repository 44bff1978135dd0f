import Basics
import Store
import TwilioVerify
import Wire

/// Makes the call of a send, and sees it to its recorded outcome.
extension Caller {
    @inline(never)
    func send(_ intent: Intent) async throws(StoreError) -> Finished {
        guard let conclusions = SendConclusions(intent, settings: settings) else { return .superseded }
        if let other = conclusions.send.cancels {
            // Harmless if it is lost: then the code that is sent is the other's, and both logins are tied to it.
            _ = await attempt(intent, as: .cancel) { gate throws(CallFailure) in
                try await twilio(for: intent).cancelVerification(sid: other, gate: gate)
            }
        }
        let result = await start(conclusions)
        Failpoint.afterCall.hit()
        switch conclusions.ending(of: result) {
        case .conclude(let wanted, let conclude):
            return try await store.finish(intent, wanted: wanted, conclude: conclude)
        case .lost, .missing: return try await reconciler.send(intent, callOverAt: clocks.monotonic())
        }
    }

    /// Has a code sent, and once more without a language where the one that was asked for may be what Twilio refuses: after
    /// a refusal surely nothing was sent.
    private func start(_ sending: SendConclusions) async -> CallResult<Verification> {
        let locale = sending.send.locale
        let result = await start(sending, locale: locale)
        guard case .refused(let failure) = result, failure.meaning == .localeNotSupported, locale != nil else {
            return result
        }
        return await start(sending, locale: nil)
    }

    private func start(_ sending: SendConclusions, locale: String?) async -> CallResult<Verification> {
        let send = sending.send
        let channel = TwilioVerify.Channel(rawValue: send.channel.provider)
        return await attempt(sending.intent) { gate throws(CallFailure) in
            try await observed(.code(send.channel), country: send.place.region) { () throws(CallFailure) in
                let started = try await twilio(for: sending.intent).start(
                    to: send.place.number, channel: channel, locale: locale, gate: gate)
                sending.intent.calls.note(sid: started.sid)
                return started
            }
        }
    }
}

extension Reconciler {
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
        guard try await mayRead() else { return nil }
        let intent = conclusions.intent
        guard let found = try? await twilio(for: intent).fetchVerification(.number(conclusions.send.place.number))
        else { return nil }
        intent.calls.note(sid: found.sid)
        return conclusions.shows(found) ? found : nil
    }
}

extension SendConclusions {
    @inline(never)
    fileprivate func ending(of result: CallResult<Verification>) -> Caller.Ending {
        switch result {
        case .done(let verification):
            // An answer about something else than was asked proves nothing: what was sent has to show.
            guard isMeant(verification) else { return .lost(isOver: false) }
            return .conclude(wanted, { self.sent(verification, $0) })
        case .refused(let failure): return .conclude(wanted, { self.refused(failure, $0).because(failure) })
        case .notDone(let outcome): return .conclude(wanted, { self.notSent(outcome, $0) })
        case .lost(let isOver): return .lost(isOver: isOver)
        }
    }

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
