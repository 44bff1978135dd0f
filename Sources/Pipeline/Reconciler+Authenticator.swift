import Basics
import Store
import TwilioVerify
import Wire

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

    /// A factor whose making was lost: handed out if Twilio has it, with the secret that we know.
    func enrol(
        _ intent: Intent, callOverAt: MonotonicTime, isOver: Bool = false
    ) async throws(StoreError) -> Finished {
        guard let conclusions = EnrolConclusions(intent, settings: settings) else { return .superseded }
        let wanted = conclusions.wanted
        let watched = try await watch(intent, callOverAt: callOverAt) { () throws(StoreError) in
            try await madeFactor(conclusions.factor)
        }
        switch watched {
        case .superseded: return .superseded
        case .found(let made, let intent):
            return try await store.finish(intent, wanted: wanted) { conclusions.enrolled(made, $0) }
        case .nothing(let intent):
            return try await store.finish(intent, wanted: wanted) { conclusions.unknown(isOver: isOver, $0) }
        }
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

    private func madeFactor(_ factor: PlannedFactor) async throws(StoreError) -> CreatedFactor? {
        guard try await mayRead(), let found = try? await twilio.factors(identity: factor.identity) else { return nil }
        // The identity is this enrolment's own, so whatever factor it has was made with our secret.
        guard let made = found.first(where: { $0.status == .unverified }), let config = made.config,
            config.algorithm == "sha1", let service = try? await twilio.fetchService()
        else { return nil }
        return CreatedFactor(
            sid: made.sid, status: made.status, config: config,
            issuer: service.settings.totp.issuer ?? service.settings.friendlyName)
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

    private func mayRead() async throws(StoreError) -> Bool {
        try await store.takeRead(.verification, limits: settings.readLimits)
    }
}
