import Basics
public import Logging
import Store
import TwilioVerify
import Wire

/// Undoes at Twilio what could not be undone when it should have been, until Twilio takes it.
///
/// The store hands each chore to one worker at a time; a crash in between only has it done twice.
public struct ChoreRunner: Sendable {
    private static let pause: Duration = .seconds(5)
    private static let atOnce = 16

    private let store: any LoginStore
    private let twilio: TwilioClient
    private let logger: Logger

    /// - Parameter twilio: takes room for its calls by itself.
    init(store: any LoginStore, twilio: TwilioClient, logger: Logger) {
        self.store = store
        self.twilio = twilio
        self.logger = logger
    }

    /// Looks for chores that are due until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            do throws(StoreError) {
                try await turn()
            } catch {
                logger.debug("nothing undone at Twilio: the store cannot be used", metadata: ["error": "\(error)"])
            }
            try? await Task.sleep(for: Self.pause)
        }
    }

    /// Tries all that is due, once.
    func turn() async throws(StoreError) {
        for row in try await store.takeDueChores(limit: Self.atOnce) {
            guard !Task.isCancelled else { return }
            let isDone = await isDone(row)
            guard isDone else { continue }
            let done = Answer(
                outcome: .done, reason: nil, body: [], changes: [.choreDone(row.id)] + effects(of: row.chore))
            _ = try await store.refuse(nil, answer: done)
        }
    }

    /// Whether there is nothing left to try.
    private func isDone(_ row: ProviderChoreRow) async -> Bool {
        do throws(CallFailure) {
            try await carryOut(row.chore)
            return true
        } catch {
            let isOver = error.effect == .refused && !error.isOfOurAccess
            logger.warning(
                isOver ? "Twilio will not undo it" : "not undone at Twilio yet",
                metadata: ["chore": "\(row.id)", "tries": "\(row.tries)", "error": "\(error)"])
            return isOver
        }
    }

    private func carryOut(_ chore: ProviderChore) async throws(CallFailure) {
        switch chore {
        case .cancelVerification(let sid): _ = try await twilio.cancelVerification(sid: sid)
        case .removeFactor(let factor), .removeEnrolment(let factor): try await twilio.remove(factor)
        }
    }

    /// What it means to us that it is done.
    private func effects(of chore: ProviderChore) -> [Change] {
        switch chore {
        case .cancelVerification(let sid): [.endCode(sid: sid, .reset)]
        case .removeFactor, .removeEnrolment: []
        }
    }
}

extension CallFailure {
    /// Twilio does not let us in, or not to our service: that ends when somebody mends it.
    fileprivate var isOfOurAccess: Bool { meaning == .credentials || meaning == .serviceMissing }
}

extension TwilioClient {
    /// Removes the factor, and the entity that was made for it alone.
    ///
    /// Twilio does not say that an entity takes its factors along, so both are told.
    func remove(_ factor: OldFactor, gate: @escaping @Sendable () -> Bool = { true }) async throws(CallFailure) {
        if let sid = factor.factorSID { try await deleteFactor(sid: sid, identity: factor.identity, gate: gate) }
        try await deleteEntity(identity: factor.identity, gate: gate)
    }
}

extension Pipeline {
    /// Undoes what this and other workers left.
    public func choreRunner(logger: Logger) -> ChoreRunner {
        ChoreRunner(
            store: store,
            twilio: caller.twilio.over {
                BudgetedTransport(transport: $0, budget: caller.budget, line: .lane(.admin))
            }, logger: logger)
    }
}
