import Basics
import Store
import TwilioVerify
import Wire

/// What Twilio said of a code.
enum CodeAnswer: Sendable {
    case approved
    /// With the challenge that stays open; `nil` where there is none, or Twilio did not tell.
    case wrong(Challenge?)
    /// An answer about something else than was asked, which proves nothing.
    case unclear
}

/// Calls that check codes, whatever these are for.
extension Caller {
    /// Has a code checked.
    @inline(never)
    func check(
        _ conclusions: any CodeConclusions, _ code: Redacted<String>?, answering open: String? = nil
    ) async throws(StoreError) -> Finished {
        guard let code else { return .superseded }
        let result = await ask(conclusions, code, answering: open)
        Failpoint.afterCall.hit()
        switch ending(of: result, conclusions, code) {
        case .conclude(let wanted, let conclude):
            return try await store.finish(conclusions.intent, wanted: wanted, conclude: conclude)
        case .missing(let failure): return try await reconciler.missing(conclusions, failure)
        case .lost(let isOver):
            return try await lost(conclusions, code, callOverAt: clocks.monotonic(), isOver: isOver)
        }
    }

    /// The first code of an authenticator, before which a look may be due.
    @inline(never)
    func prove(
        _ conclusions: any CodeConclusions, _ factor: PlannedFactor, _ code: Redacted<String>?
    ) async throws(StoreError) -> Finished {
        guard let time = factor.looksAfter, code != nil else { return try await check(conclusions, code) }
        switch try await reconciler.unproven(conclusions, factor, after: time) {
        case .finished(let finished): return finished
        case .unverified(let renewed):
            var next = conclusions
            next.intent = renewed
            return try await check(next, code)
        }
    }

    /// One that another worker left behind; `nil` when it was given back undone, since its code is known to nobody here.
    @inline(never)
    func resumeCheck(
        _ conclusions: any CodeConclusions, _ code: Redacted<String>?, callOverAt: MonotonicTime
    ) async throws(StoreError) -> Finished? {
        if let code { return try await lost(conclusions, code, callOverAt: callOverAt) }
        switch try await reconciler.code(conclusions, callOverAt: callOverAt) {
        case .finished(let finished): return finished
        case .stillOpen:
            try await store.release(conclusions.intent)
            return nil
        }
    }

    // Made apart: by value they would lie in the frame of who waits.

    @inline(never)
    func conclusions(_ intent: Intent, _ check: PlannedCheck) -> any CodeConclusions {
        CheckConclusions(intent: intent, check: check, settings: settings)
    }

    @inline(never)
    func conclusions(_ intent: Intent, _ factor: PlannedFactor) -> any CodeConclusions {
        ProofConclusions(intent: intent, factor: factor, settings: settings)
    }

    @inline(never)
    func conclusions(_ intent: Intent, _ challenge: PlannedChallenge) -> any CodeConclusions {
        ChallengeConclusions(intent: intent, challenge: challenge, settings: settings)
    }

    @inline(never)
    private func ending(
        of result: CallResult<CodeAnswer>, _ conclusions: any CodeConclusions, _ code: Redacted<String>
    ) -> Ending {
        switch result {
        case .done(.approved): return .conclude(conclusions.wantedOfApproved, { conclusions.approved($0) })
        case .done(.wrong(let challenge)):
            return .conclude(conclusions.wanted, { conclusions.denied(challenge, code, $0) })
        case .done(.unclear): return .lost(isOver: false)
        case .lost(let isOver): return .lost(isOver: isOver)
        case .notDone(let outcome): return .conclude(conclusions.wanted, { conclusions.notChecked(outcome, $0) })
        case .refused(let failure):
            switch conclusions.step(after: failure) {
            case .conclude:
                return .conclude(conclusions.wanted, { conclusions.refused(failure, $0).because(failure) })
            case .gone: return .conclude(conclusions.wanted, { conclusions.gone($0) })
            case .lost: return .lost(isOver: false)
            case .missing: return .missing(failure)
            }
        }
    }

    /// The answer was lost: asked again only where the same verification, challenge or new factor provably still waits.
    @inline(never)
    private func lost(
        _ conclusions: any CodeConclusions, _ code: Redacted<String>, callOverAt: MonotonicTime, isOver: Bool = false
    ) async throws(StoreError) -> Finished {
        switch try await reconciler.code(conclusions, callOverAt: callOverAt, isOver: isOver) {
        case .finished(let finished): return finished
        case .stillOpen(let challenge):
            guard let renewed = try await store.renew(conclusions.intent) else { return .superseded }
            let next = conclusions.repeated(by: renewed, isOver: isOver)
            guard renewed.deadline - clocks.wall() >= ReplyDraft.leastTime, next.repeats < 5 else {
                return try await store.finish(renewed, wanted: next.wanted) { next.unknown(isOver: isOver, $0) }
            }
            return try await check(next, code, answering: challenge)
        }
    }

    private func ask(
        _ conclusions: any CodeConclusions, _ code: Redacted<String>, answering open: String?
    ) async -> CallResult<CodeAnswer> {
        let intent = conclusions.intent
        switch conclusions.checked {
        case .sent(let planned):
            return await attempt(intent) { gate throws(CallFailure) in
                let answer = try await twilio(for: intent).check(
                    verificationSID: planned.sid, code: code, gate: gate)
                if answer.approves(sid: planned.sid, to: planned.place.number) { return .approved }
                return answer.sid == planned.sid && answer.status == .pending && !answer.valid ? .wrong(nil) : .unclear
            }
        case .first(let factor):
            guard let sid = factor.sid else { return .notDone(.unavailable) }
            return await attempt(intent) { gate throws(CallFailure) in try await prove(intent, factor, sid, code, gate)
            }
        case .challenge(let planned):
            return await ask(intent, planned, code, answering: open, isFirst: conclusions.repeats == 0)
        }
    }

    private func ask(
        _ intent: Intent, _ planned: PlannedChallenge, _ code: Redacted<String>, answering open: String?, isFirst: Bool
    ) async -> CallResult<CodeAnswer> {
        let factor = planned.factor
        guard let sid = factor.sid else { return .notDone(.unavailable) }
        guard let open else {
            return await attempt(intent) { gate throws(CallFailure) in
                try await challenge(factor, sid, isMeant: { $0.request == planned.request }) { () throws(CallFailure) in
                    let made = try await twilio(for: intent).createChallenge(
                        identity: factor.identity, factorSID: sid, code: code, request: planned.request, gate: gate)
                    intent.calls.note(sid: made.sid)
                    return made
                }
            }
        }
        let result = await attempt(intent) { gate throws(CallFailure) in
            try await challenge(factor, sid, isMeant: { $0.sid == open }) { () throws(CallFailure) in
                try await twilio(for: intent).answerChallenge(
                    sid: open, identity: factor.identity, code: code, gate: gate)
            }
        }
        // It ended by itself after its five minutes. Were it asked again, it could have ended by this very code.
        guard case .refused(let failure) = result, failure.meaning == .challengeOver, isFirst else { return result }
        return await ask(intent, planned, code, answering: nil, isFirst: true)
    }

    private func prove(
        _ intent: Intent, _ factor: PlannedFactor, _ sid: String, _ code: Redacted<String>,
        _ gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> CodeAnswer {
        do throws(CallFailure) {
            let answer = try await observed(.authenticator) { () throws(CallFailure) in
                try await twilio(for: intent).verifyFactor(
                    sid: sid, identity: factor.identity, code: code, gate: gate)
            }
            if answer.isVerified(sid: sid, identity: factor.identity) { return .approved }
            return answer.sid == sid && answer.status == .unverified ? .wrong(nil) : .unclear
        } catch  where error.meaning == .wrongCode {
            return .wrong(nil)
        }
    }

    private func challenge(
        _ factor: PlannedFactor, _ sid: String, isMeant: (Challenge) -> Bool,
        _ call: () async throws(CallFailure) -> Challenge
    ) async throws(CallFailure) -> CodeAnswer {
        do throws(CallFailure) {
            let answer = try await observed(.authenticator, call)
            guard isMeant(answer) else { return .unclear }
            if answer.approves(sid: answer.sid, factorSID: sid, identity: factor.identity) { return .approved }
            return answer.factorSID == sid && answer.status == .pending ? .wrong(answer) : .unclear
        } catch  where error.meaning == .wrongCode {
            return .wrong(nil)
        }
    }
}

/// Finds out what a lost check did; about authenticators by lists: Twilio allows more of them than of single reads.
extension Reconciler {
    enum CodeFinding: Sendable {
        case finished(Finished)
        /// The verification or new factor provably still waits, or this challenge: the code may be asked about again.
        case stillOpen(challenge: String?)
    }

    enum UnprovenFinding: Sendable {
        case finished(Finished)
        /// No code was right so far: the next one can be asked about, under this lease.
        case unverified(Intent)
    }

    /// What one look at Twilio shows.
    private enum Sight {
        case approved, over
        case open(challenge: String?)
    }

    /// A code whose answer was lost.
    func code(
        _ conclusions: any CodeConclusions, callOverAt: MonotonicTime, isOver: Bool = false
    ) async throws(StoreError) -> CodeFinding {
        let wanted = conclusions.wanted
        let watched = try await watch(conclusions.intent, callOverAt: callOverAt) { () throws(StoreError) in
            try await sight(of: conclusions)
        }
        switch watched {
        case .superseded: return .finished(.superseded)
        case .found(.open(let challenge), _): return .stillOpen(challenge: challenge)
        case .found(.approved, let intent):
            return .finished(try await store.finish(intent, wanted: wanted) { conclusions.foundApproved($0) })
        case .found(.over, let intent):
            return .finished(try await store.finish(intent, wanted: wanted) { conclusions.foundOver($0) })
        case .nothing(let intent):
            return .finished(
                try await store.finish(intent, wanted: wanted) { conclusions.unknown(isOver: isOver, $0) })
        }
    }

    /// Twilio does not know what our journal holds: either the service is gone, which is no fault of the person's, or what the
    /// code is for is.
    func missing(_ conclusions: any CodeConclusions, _ failure: CallFailure) async throws(StoreError) -> Finished {
        let isThere = (try? await twilio(for: conclusions.intent).fetchService()) != nil
        return try await store.finish(conclusions.intent, wanted: conclusions.wanted) {
            (isThere ? conclusions.gone($0) : conclusions.notChecked(.unavailable, $0)).because(failure)
        }
    }

    /// A new factor of which an earlier code may have been taken: looked at once no call can be under way for it any more.
    func unproven(
        _ conclusions: any CodeConclusions, _ factor: PlannedFactor, after time: Timestamp
    ) async throws(StoreError) -> UnprovenFinding {
        let intent = conclusions.intent
        // Who cannot wait that long is told at once.
        guard intent.deadline - time >= ReplyDraft.leastTime else { return try await unlooked(intent, conclusions) }
        let wait = max(.zero, time - clocks.wall())
        let watched = try await watch(intent, callOverAt: clocks.monotonic() + wait) { () throws(StoreError) in
            try await clocks.wall() < time ? nil : sight(ofNew: factor, intent)
        }
        switch watched {
        case .superseded: return .finished(.superseded)
        case .found(.open, let intent): return .unverified(intent)
        case .found(.approved, let intent), .found(.over, let intent):
            return .finished(try await store.finish(intent, wanted: conclusions.wanted) { conclusions.gone($0) })
        case .nothing(let intent): return try await unlooked(intent, conclusions)
        }
    }

    private func unlooked(
        _ intent: Intent, _ conclusions: any CodeConclusions
    ) async throws(StoreError) -> UnprovenFinding {
        .finished(
            try await store.finish(intent, wanted: conclusions.wanted) { conclusions.notChecked(.unavailable, $0) })
    }

    /// `nil` while it does not show.
    private func sight(of conclusions: any CodeConclusions) async throws(StoreError) -> Sight? {
        switch conclusions.checked {
        case .sent(let planned): try await sight(of: planned, conclusions.intent)
        case .first(let factor): try await sight(ofNew: factor, conclusions.intent)
        case .challenge(let planned): try await sight(of: planned, conclusions.intent)
        }
    }

    private func sight(of planned: PlannedCheck, _ intent: Intent) async throws(StoreError) -> Sight? {
        guard try await mayRead() else { return nil }
        let found: Verification?
        do throws(CallFailure) {
            found = try await twilio(for: intent).fetchVerification(.sid(planned.sid))
        } catch { return nil }
        guard let found else { return try await hasConverted(planned, intent) ? .approved : nil }
        return found.status == .pending && found.sid == planned.sid ? .open(challenge: nil) : .over
    }

    /// Whether a send of this verification converted not earlier than our call.
    private func hasConverted(_ planned: PlannedCheck, _ intent: Intent) async throws(StoreError) -> Bool {
        guard try await store.takeRead(.attempts, limits: settings.attemptLimits),
            let attempts = try? await twilio(for: intent).attempts(
                verificationSID: planned.sid, to: nil, createdAfter: nil)
        else { return false }
        return attempts.contains { planned.isProven(by: $0, since: intent.begunAt) }
    }

    private func sight(ofNew factor: PlannedFactor, _ intent: Intent) async throws(StoreError) -> Sight? {
        guard let sid = factor.sid, try await mayRead(),
            let found = try? await twilio(for: intent).factors(identity: factor.identity),
            let own = found.first(where: { $0.sid == sid })
        else { return nil }
        if own.isVerified(sid: sid, identity: factor.identity) { return .approved }
        return own.status == .unverified ? .open(challenge: nil) : nil
    }

    private func sight(of planned: PlannedChallenge, _ intent: Intent) async throws(StoreError) -> Sight? {
        guard let sid = planned.factor.sid, try await mayRead(),
            let found = try? await twilio(for: intent).challenges(
                identity: planned.factor.identity, factorSID: sid)
        else { return nil }
        // The answer may have gone to the challenge that was open, or to the new one after that had ended.
        let own = found.filter { $0.request == planned.request || $0.sid == planned.open }
        if own.contains(where: { planned.isProven(by: $0, since: intent.begunAt) }) { return .approved }
        return own.first { $0.status == .pending }.map { .open(challenge: $0.sid) }
    }
}

extension PlannedCheck {
    /// Whether an attempt that was read shows that the verification converted not earlier than our call.
    func isProven(by attempt: Attempt, since begun: Timestamp) -> Bool {
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
