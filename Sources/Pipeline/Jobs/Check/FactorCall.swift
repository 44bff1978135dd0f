import Basics
import Store
import TwilioVerify
import Wire

/// What Twilio said of an authenticator's code.
enum FactorAnswer: Sendable {
    case approved
    /// With the challenge that stays open; `nil` where there is none, or Twilio did not tell.
    case wrong(Challenge?)
    /// An answer about something else than was asked, which proves nothing.
    case unclear
}

/// Calls about authenticators.
extension Caller {
    /// Has an authenticator's code checked.
    @inline(never)
    func checkFactor(
        _ conclusions: any FactorConclusions, answering open: String?, code: Redacted<String>?
    ) async throws(StoreError) -> Finished {
        guard let code else { return .superseded }
        let intent = conclusions.intent
        if let time = conclusions.factor.looksAfter {
            switch try await reconciler.unproven(intent, conclusions, after: time) {
            case .finished(let finished): return finished
            case .unverified(let renewed):
                var next = conclusions
                next.intent = renewed
                return try await check(renewed, next, code, answering: nil)
            }
        }
        return try await check(intent, conclusions, code, answering: open)
    }

    /// The same for one that another worker left behind; `nil` when it was given back undone.
    @inline(never)
    func resumeFactor(
        _ conclusions: any FactorConclusions, code: Redacted<String>?, callOverAt: MonotonicTime
    ) async throws(StoreError) -> Finished? {
        let intent = conclusions.intent
        if let code { return try await lost(intent, conclusions, code, callOverAt: callOverAt) }
        switch try await reconciler.factor(intent, conclusions, callOverAt: callOverAt) {
        case .finished(let finished): return finished
        case .stillOpen:
            try await store.release(intent)
            return nil
        }
    }

    // Made apart: by value they would lie in the frame of who waits.

    @inline(never)
    func proof(_ intent: Intent, _ factor: PlannedFactor) -> any FactorConclusions {
        ProofConclusions(intent: intent, factor: factor, settings: settings)
    }

    @inline(never)
    func challenge(_ intent: Intent, _ challenge: PlannedChallenge) -> any FactorConclusions {
        ChallengeConclusions(intent: intent, challenge: challenge, settings: settings)
    }

    private func check(
        _ intent: Intent, _ conclusions: any FactorConclusions, _ code: Redacted<String>, answering open: String?
    ) async throws(StoreError) -> Finished {
        let result = await ask(intent, conclusions.factor, code, answering: open, isFirst: conclusions.repeats == 0)
        Failpoint.afterCall.hit()
        switch ending(of: result, conclusions, code) {
        case .conclude(let wanted, let conclude):
            return try await store.finish(intent, wanted: wanted, conclude: conclude)
        case .missing(let failure): return try await reconciler.missing(intent, conclusions, failure)
        case .lost(let isOver):
            return try await lost(intent, conclusions, code, callOverAt: clocks.monotonic(), isOver: isOver)
        }
    }

    @inline(never)
    private func ending(
        of result: CallResult<FactorAnswer>, _ conclusions: any FactorConclusions, _ code: Redacted<String>
    ) -> Ending {
        switch result {
        case .done(.approved): return .conclude(conclusions.wanted, { conclusions.approved($0) })
        case .done(.wrong(let challenge)):
            return .conclude(conclusions.wanted, { conclusions.denied(challenge, code, $0) })
        case .done(.unclear): return .lost(isOver: false)
        case .lost(let isOver): return .lost(isOver: isOver)
        case .refused(let failure): return ending(of: failure, conclusions)
        case .notDone(let outcome): return .conclude(conclusions.wanted, { conclusions.notChecked(outcome, $0) })
        }
    }

    private func ending(of failure: CallFailure, _ conclusions: any FactorConclusions) -> Ending {
        // Its factor was verified before any call of this job: by a code of another, of which nobody learned.
        if failure.meaning == .alreadyExists, conclusions.repeats == 0 {
            return .conclude(conclusions.wanted, { conclusions.gone($0) })
        }
        // What was pending before is over now: by the call whose answer was lost.
        if failure.meaning == .alreadyExists || failure.meaning == .challengeOver { return .lost(isOver: false) }
        if failure.meaning == .notFound { return .missing(failure) }
        return .conclude(conclusions.wanted, { conclusions.refused(failure, $0).because(failure) })
    }

    /// The answer was lost: asked again only where the same challenge, or the new factor, provably still waits.
    @inline(never)
    private func lost(
        _ intent: Intent, _ conclusions: any FactorConclusions, _ code: Redacted<String>, callOverAt: MonotonicTime,
        isOver: Bool = false
    ) async throws(StoreError) -> Finished {
        switch try await reconciler.factor(intent, conclusions, callOverAt: callOverAt, isOver: isOver) {
        case .finished(let finished): return finished
        case .stillOpen(let challenge):
            guard let renewed = try await store.renew(intent) else { return .superseded }
            let next = conclusions.repeated(by: renewed, isOver: isOver)
            guard intent.deadline - clocks.wall() >= ReplyDraft.leastTime, next.repeats < 5 else {
                return try await store.finish(renewed, wanted: next.wanted) { next.unknown(isOver: isOver, $0) }
            }
            return try await check(renewed, next, code, answering: challenge)
        }
    }

    private func ask(
        _ intent: Intent, _ factor: PlannedFactor, _ code: Redacted<String>, answering open: String?, isFirst: Bool
    ) async -> CallResult<FactorAnswer> {
        guard let sid = factor.sid else { return .notDone(.unavailable) }
        guard case .challenge(let planned) = intent.call else {
            return await attempt(intent) { gate throws(CallFailure) in try await prove(factor, sid, code, gate) }
        }
        guard let open else {
            return await attempt(intent) { gate throws(CallFailure) in
                try await challenge(factor, sid, isMeant: { $0.request == planned.request }) { () throws(CallFailure) in
                    try await twilio.createChallenge(
                        identity: factor.identity, factorSID: sid, code: code, request: planned.request, gate: gate)
                }
            }
        }
        let result = await attempt(intent) { gate throws(CallFailure) in
            try await challenge(factor, sid, isMeant: { $0.sid == open }) { () throws(CallFailure) in
                try await twilio.answerChallenge(sid: open, identity: factor.identity, code: code, gate: gate)
            }
        }
        // It ended by itself after its five minutes. Were it asked again, it could have ended by this very code.
        guard case .refused(let failure) = result, failure.meaning == .challengeOver, isFirst else { return result }
        return await ask(intent, factor, code, answering: nil, isFirst: true)
    }

    private func prove(
        _ factor: PlannedFactor, _ sid: String, _ code: Redacted<String>, _ gate: @escaping @Sendable () -> Bool
    ) async throws(CallFailure) -> FactorAnswer {
        do throws(CallFailure) {
            let answer = try await observed(.authenticator) { () throws(CallFailure) in
                try await twilio.verifyFactor(sid: sid, identity: factor.identity, code: code, gate: gate)
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
    ) async throws(CallFailure) -> FactorAnswer {
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

/// Finds out what a lost call about an authenticator did, by lists: Twilio allows more of them than of single reads.
extension Reconciler {
    enum FactorFinding: Sendable {
        case finished(Finished)
        /// The new factor is provably still unverified, or this challenge unanswered: the code may be asked for again.
        case stillOpen(challenge: String?)
    }

    enum UnprovenFinding: Sendable {
        case finished(Finished)
        /// No code was right so far: the next one can be asked about, under this lease.
        case unverified(Intent)
    }

    /// What one look at Twilio shows.
    private enum Sight {
        case approved
        case open(challenge: String?)
    }

    /// A code whose answer was lost.
    func factor(
        _ intent: Intent, _ conclusions: any FactorConclusions, callOverAt: MonotonicTime, isOver: Bool = false
    ) async throws(StoreError) -> FactorFinding {
        let watched = try await watch(intent, callOverAt: callOverAt) { () throws(StoreError) in
            try await sight(of: intent, conclusions.factor)
        }
        switch watched {
        case .superseded: return .finished(.superseded)
        case .found(.open(let challenge), _): return .stillOpen(challenge: challenge)
        case .found(.approved, let intent):
            return .finished(
                try await store.finish(intent, wanted: conclusions.wanted) { conclusions.foundApproved($0) })
        case .nothing(let intent):
            return .finished(
                try await store.finish(intent, wanted: conclusions.wanted) {
                    conclusions.unknown(isOver: isOver, $0)
                })
        }
    }

    /// Twilio knows no such factor though our journal holds it: either the service is gone, or the factor is.
    func missing(
        _ intent: Intent, _ conclusions: any FactorConclusions, _ failure: CallFailure
    ) async throws(StoreError) -> Finished {
        let isThere = (try? await twilio.fetchService()) != nil
        return try await store.finish(intent, wanted: conclusions.wanted) {
            (isThere ? conclusions.gone($0) : conclusions.notChecked(.unavailable, $0)).because(failure)
        }
    }

    /// A new factor of which an earlier code may have been taken: looked at once no call can be under way for it any more.
    func unproven(_ intent: Intent, _ conclusions: any FactorConclusions, after time: Timestamp)
        async throws(StoreError) -> UnprovenFinding
    {
        // Who cannot wait that long is told at once.
        guard intent.deadline - time >= ReplyDraft.leastTime else { return try await unlooked(intent, conclusions) }
        let wait = max(.zero, time - clocks.wall())
        let watched = try await watch(intent, callOverAt: clocks.monotonic() + wait) { () throws(StoreError) in
            try await clocks.wall() < time ? nil : sight(ofNew: conclusions.factor)
        }
        switch watched {
        case .superseded: return .finished(.superseded)
        case .found(.open, let intent): return .unverified(intent)
        case .found(.approved, let intent):
            return .finished(try await store.finish(intent, wanted: conclusions.wanted) { conclusions.gone($0) })
        case .nothing(let intent): return try await unlooked(intent, conclusions)
        }
    }

    private func unlooked(
        _ intent: Intent, _ conclusions: any FactorConclusions
    ) async throws(StoreError) -> UnprovenFinding {
        .finished(
            try await store.finish(intent, wanted: conclusions.wanted) { conclusions.notChecked(.unavailable, $0) })
    }

    private func sight(ofNew factor: PlannedFactor) async throws(StoreError) -> Sight? {
        guard let sid = factor.sid, try await mayRead(),
            let found = try? await twilio.factors(identity: factor.identity),
            let own = found.first(where: { $0.sid == sid })
        else { return nil }
        if own.isVerified(sid: sid, identity: factor.identity) { return .approved }
        return own.status == .unverified ? .open(challenge: nil) : nil
    }

    private func sight(of intent: Intent, _ factor: PlannedFactor) async throws(StoreError) -> Sight? {
        guard case .challenge(let planned) = intent.call else { return try await sight(ofNew: factor) }
        guard let sid = factor.sid, try await mayRead() else { return nil }
        guard let found = try? await twilio.challenges(identity: factor.identity, factorSID: sid) else { return nil }
        // The answer may have gone to the challenge that was open, or to the new one after that had ended.
        let own = found.filter { $0.request == planned.request || $0.sid == planned.open }
        if own.contains(where: { planned.isProven(by: $0, since: intent.begunAt) }) { return .approved }
        return own.first { $0.status == .pending }.map { .open(challenge: $0.sid) }
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
