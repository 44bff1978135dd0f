public import Wire

/// How much a worker does at once, and how long it takes to stop.
public struct WorkerSettings: Sendable {
    /// Jobs at once per lane (`worker.*_slots`); prefetch is twice that.
    public var slots: [LaneName: Int] = [.send: 128, .check: 128, .account: 64, .admin: 4]
    /// How long SIGTERM waits for jobs in hand (`worker.drain_seconds`).
    public var drain: Duration = .seconds(20)
    /// Whether fresh outcomes are told on `verify.events` (`events.enabled`).
    public var events = false

    /// As configuration has it where nothing is set.
    public init() {}

    /// Slots of a lane; 1 to 32,767, so that the prefetch fits its 16 bits.
    func count(of lane: LaneName) -> Int { min(max(1, slots[lane] ?? 1), Int(UInt16.max) / 2) }

    /// Deliveries at once: as many again wait in hand, ready to be begun.
    func prefetch(of lane: LaneName) -> Int { count(of: lane) * 2 }
}
