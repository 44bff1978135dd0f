import Basics
public import Logging
import Store
import TwilioVerify
import Wire

/// Removes at Twilio the factors that serve nobody any more: of enrolments that ran out or were given up, replaced ones,
/// and those of a reset that Twilio would not take at once. What fails is due again later; doing it twice is harmless.
public struct Remover: Sendable {
    private static let pause: Duration = .seconds(10)
    private static let atOnce = 16

    private let store: any LoginStore
    private let twilio: TwilioClient
    private let logger: Logger

    init(store: any LoginStore, twilio: TwilioClient, logger: Logger) {
        self.store = store
        self.twilio = twilio
        self.logger = logger
    }

    /// Removes what is due until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            if await turn() < Self.atOnce { try? await Task.sleep(for: Self.pause) }
        }
    }

    /// - Returns: How many were due.
    func turn() async -> Int {
        do throws(StoreError) {
            let due = try await store.takeOldFactors(limit: Self.atOnce)
            for factor in due { try await remove(factor) }
            return due.count
        } catch {
            logger.debug("no factors removed: the store cannot be used", metadata: ["error": "\(error)"])
            return 0
        }
    }

    private func remove(_ factor: OldFactor) async throws(StoreError) {
        do throws(CallFailure) {
            try await twilio.remove(factor) { true }
        } catch {
            logger.info("a factor stays at Twilio for now", metadata: ["failure": "\(error)"])
            return
        }
        let gone = Answer(
            outcome: .done, reason: nil, body: [], changes: [.forgetFactor(identity: factor.identity)])
        _ = try await store.refuse(nil, answer: gone)
    }
}

extension TwilioClient {
    /// Removes the factor, and the entity that was made for it alone: that one may leave the other, so both are told.
    func remove(_ factor: OldFactor, gate: @escaping @Sendable () -> Bool) async throws(CallFailure) {
        if let sid = factor.factorSID { try await deleteFactor(sid: sid, identity: factor.identity, gate: gate) }
        try await deleteEntity(identity: factor.identity, gate: gate)
    }
}

extension Pipeline {
    /// Removes at Twilio what this pipeline's jobs leave there.
    public func remover(logger: Logger) -> Remover {
        Remover(store: store, twilio: reconciler.twilio, logger: logger)
    }
}
