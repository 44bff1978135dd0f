import Basics
import Store

extension Reconciler {
    enum Watched<Found: Sendable>: Sendable {
        case found(Found, Intent)
        case nothing(Intent)
        case superseded
    }

    /// Looks until something shows, under renewed leases, for a while after the call can no longer be under way.
    func watch<Found: Sendable>(
        _ first: Intent, callOverAt: MonotonicTime, _ look: () async throws(StoreError) -> Found?
    ) async throws(StoreError) -> Watched<Found> {
        var intent = first
        var turns = Look(until: max(callOverAt, clocks.monotonic()) + Self.patience)
        while true {
            if let found = try await look() { return .found(found, intent) }
            guard turns.mayContinue(at: clocks.monotonic()) else { return .nothing(intent) }
            await turns.pause()
            try throwIfStopping()
            guard let renewed = try await store.renew(intent) else { return .superseded }
            intent = renewed
        }
    }
}

/// When to look again, and when to stop looking.
struct Look {
    private let until: MonotonicTime
    private var next: Duration = .milliseconds(250)

    init(until: MonotonicTime) {
        self.until = until
    }

    func mayContinue(at now: MonotonicTime) -> Bool { now < until }

    mutating func pause() async {
        try? await Task.sleep(for: next)
        next = min(next * 2, .seconds(2))
    }
}
