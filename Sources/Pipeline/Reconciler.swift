import Basics
import Store
import TwilioVerify
import Wire

/// Finds out by reading what a lost call did.
///
/// It never repeats anything and never guesses.
final class Reconciler: Sendable {
    /// How long after the old call can no longer be under way Twilio is still looked at.
    static let patience: Duration = .seconds(5)

    let store: any LoginStore
    let twilio: TwilioClient
    let settings: PipelineSettings
    let clocks: Clocks

    init(store: any LoginStore, twilio: TwilioClient, settings: PipelineSettings, clocks: Clocks) {
        self.store = store
        self.twilio = twilio
        self.settings = settings
        self.clocks = clocks
    }

    /// Whether a verification or factor may be read now; if so it is counted.
    func mayRead() async throws(StoreError) -> Bool {
        try await store.takeRead(.verification, limits: settings.readLimits)
    }
}

extension Timestamp {
    /// Whether this time of Twilio's is not earlier than one of ours: in whole seconds, since Twilio tells no more, by our
    /// clock.
    func isNotBefore(_ ours: Timestamp, clockOffset: Duration?) -> Bool {
        roundedDown + (clockOffset ?? .zero) >= ours.roundedDown
    }
}

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
