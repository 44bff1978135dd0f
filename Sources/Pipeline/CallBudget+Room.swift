import Basics
import Store
import TwilioVerify
import Wire

extension Caller {
    /// Waits for room until the intent's deadline leaves no time to call, and keeps its lease alive meanwhile: nobody
    /// else may take the job for abandoned.
    ///
    /// `nil` when there was no room.
    func room(for intent: Intent, lease: inout MonotonicTime) async -> CallPlace? {
        let place = budget.lineUp(in: .lane(intent.kind.lane))
        while true {
            let now = clocks.monotonic()
            let end = now + (intent.deadline - clocks.wall() - ReplyDraft.leastTime)
            // Two seconds before the lease gets too short for a call; while the store is away, in steps.
            let renewal = max(lease + (.zero - Lease.neededForCall - .seconds(2)), now + .seconds(1))
            if await place.wait(until: min(end, renewal)) { return place }
            guard !Task.isCancelled, clocks.monotonic() < end, let next = await renewed(intent, lease) else {
                place.leave()
                return nil
            }
            lease = next
        }
    }

    /// `nil` when the intent is another worker's now: its outcome will count, not ours.
    private func renewed(_ intent: Intent, _ lease: MonotonicTime) async -> MonotonicTime? {
        do throws(StoreError) {
            return try await store.renew(intent)?.leaseUntil
        } catch {
            return lease
        }
    }
}

/// Takes room for every request of its own: for what belongs to no attempt.
struct BudgetedTransport: Transport {
    /// How long a request waits for room: a read's job waits under a lease, and looks again.
    private static let patience: Duration = .seconds(4)

    let transport: any Transport
    let budget: CallBudget
    var line = CallLine.read

    func perform(
        _ request: TransportRequest, gate: @escaping @Sendable () -> Bool
    ) async throws(TransportError) -> TransportResponse {
        let place = budget.lineUp(in: line)
        defer { place.leave() }
        guard await place.wait(until: budget.clocks.monotonic() + Self.patience) else {
            throw TransportError(reach: .surelyNotSent, kind: .withheld)
        }
        return try await transport.perform(request) { gate() && place.mayDepart() }
    }
}
