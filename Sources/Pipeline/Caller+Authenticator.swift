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
    /// Has Twilio make a factor with the secret that was written down before.
    @inline(never)
    func enrol(_ intent: Intent) async throws(StoreError) -> Finished {
        guard let conclusions = EnrolConclusions(intent, settings: settings) else { return .superseded }
        let (identity, wanted) = (conclusions.factor.identity, conclusions.wanted)
        guard let enrolment = try await store.enrolment(of: conclusions.factor.user), enrolment.identity == identity,
            let secret = enrolment.secret
        else { return try await store.finish(intent, wanted: wanted) { conclusions.overtaken($0) } }
        let text = Redacted(Base32.encode(secret.revealed))
        let result = await attempt(intent) { gate throws(CallFailure) in
            try await observed(.authenticator) { () throws(CallFailure) in
                // The name is as random as the identity: people see the label in our own link.
                try await twilio.createFactor(identity: identity, friendlyName: identity, secret: text, gate: gate)
            }
        }
        Failpoint.afterCall.hit()
        switch result {
        case .done(let made): return try await store.finish(intent, wanted: wanted) { conclusions.enrolled(made, $0) }
        case .refused(let failure):
            return try await store.finish(intent, wanted: wanted) { conclusions.refused(failure, $0).because(failure) }
        case .notDone(let outcome):
            return try await store.finish(intent, wanted: wanted) { conclusions.notMade(outcome, $0) }
        case .lost(let isOver):
            return try await reconciler.enrol(intent, callOverAt: clocks.monotonic(), isOver: isOver)
        }
    }

    /// Has an authenticator's code checked.
    @inline(never)
    func checkFactor(_ intent: Intent, code: Redacted<String>?) async throws(StoreError) -> Finished {
        guard let code, let conclusions = factorConclusions(intent) else { return .superseded }
        if let time = conclusions.factor.looksAfter {
            switch try await reconciler.unproven(intent, conclusions, after: time) {
            case .finished(let finished): return finished
            case .unverified(let renewed):
                var next = conclusions
                next.intent = renewed
                return try await check(renewed, next, code, answering: nil)
            }
        }
        var open: String?
        if case .challenge(let challenge) = intent.call { open = challenge.open }
        return try await check(intent, conclusions, code, answering: open)
    }

    /// The same for one that another worker left behind; `nil` when it was given back undone.
    @inline(never)
    func resumeFactor(
        _ intent: Intent, code: Redacted<String>?, callOverAt: MonotonicTime
    ) async throws(StoreError) -> Finished? {
        guard let conclusions = factorConclusions(intent) else { return .superseded }
        if let code { return try await lost(intent, conclusions, code, callOverAt: callOverAt) }
        switch try await reconciler.factor(intent, conclusions, callOverAt: callOverAt) {
        case .finished(let finished): return finished
        case .stillOpen:
            try await store.release(intent)
            return nil
        }
    }

    /// Removes factors at Twilio.
    ///
    /// - Returns: What it would not remove.
    func remove(_ factors: [OldFactor], for intent: Intent) async -> [ProviderChore] {
        var left: [ProviderChore] = []
        for factor in factors {
            let result = await attempt(intent, as: .remove) { gate throws(CallFailure) in
                try await twilio.remove(factor, gate: gate)
            }
            if case .done = result { continue }
            left.append(.removeFactor(factor))
        }
        return left
    }

    private func factorConclusions(_ intent: Intent) -> (any FactorConclusions)? {
        switch intent.call {
        case .prove(let factor): ProofConclusions(intent: intent, factor: factor, settings: settings)
        case .challenge(let challenge):
            ChallengeConclusions(intent: intent, challenge: challenge, settings: settings)
        case .send, .check, .cancel, .enrol: nil
        }
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
