public import Basics
public import Store
public import Wire

/// The workers of a store and what is wanted of them, at one moment.
public struct Fleet: Sendable {
    /// Living ones, and those that ended within the last days, in the order in which they came.
    public var workers: [WorkerRecord]
    /// What operators want of them.
    public var orders: WorkerOrders
    /// When that was.
    public var now: Timestamp

    init(workers: [WorkerRecord], orders: WorkerOrders, now: Timestamp) {
        self.workers = workers
        self.orders = orders
        self.now = now
    }

    /// The pause of a worker's lane, as an operator wants it.
    public func pause(of lane: LaneName, _ worker: WorkerRecord) -> WorkerOrder? {
        orders.pause(of: lane, worker: worker.id, at: now)
    }

    /// Whether a worker does in all lanes as it is wanted to, or has ended.
    public func obeys(_ worker: WorkerRecord) -> Bool {
        guard worker.isAlive else { return true }
        guard worker.isPresent, let report = worker.report else { return false }
        if orders.drain(of: worker.id) != nil { return report.state == .draining }
        return LaneName.allCases.allSatisfy { lane in
            report.lane(lane).map { $0.isPaused == (pause(of: lane, worker) != nil) } ?? false
        }
    }
}

/// Workers, from wherever the store can be reached.
extension App {
    /// All workers of the store and what is wanted of them.
    public func fleet() async throws -> Fleet {
        try await looking { store in
            Fleet(workers: try await store.workers(), orders: try await store.orders(), now: .now())
        }
    }

    /// Has a command to workers stand; each obeys within five seconds.
    public func order(_ command: WorkerCommand) async throws -> WorkerCommandResult {
        try await settings.store().order(command, clocks: .system)
    }

    /// Waits until these workers do as they are wanted to.
    ///
    /// - Returns: those that do not by then.
    public func disobedient(_ workers: [Int64], after patience: Duration) async throws -> [WorkerRecord] {
        let end = MonotonicTime.now() + patience
        while true {
            let fleet = try await fleet()
            let left = fleet.workers.filter { workers.contains($0.id) && !fleet.obeys($0) }
            if left.isEmpty || MonotonicTime.now() >= end { return left }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}

extension Fleet {
    /// One worker as a JSON object (contract, section 8).
    public func json(of worker: WorkerRecord) -> String {
        String(decoding: CanonicalJSON.object { json in write(worker, to: &json) }, as: UTF8.self)
    }

    func write(_ worker: WorkerRecord, to json: inout CanonicalJSON) {
        let report = worker.report
        json.member("alive", worker.isAlive)
        json.member("circuits", list: report?.circuits) { json, circuit in
            json.object {
                $0.member("operation", circuit.operation)
                $0.member("probing", circuit.isProbing)
            }
        }
        json.member("drain", object: worker.isAlive ? orders.drain(of: worker.id) : nil) { Self.write($1, to: &$0) }
        json.member("ended_at", worker.endedAt?.description)
        json.member("host", report?.host)
        json.member("id", worker.id)
        json.member("in_hand", report?.inHand)
        json.member("lanes", list: report?.lanes) { json, lane in
            json.object {
                $0.member("consumed", lane.isConsumed)
                $0.member("held", lane.held)
                $0.member("in_hand", lane.inHand)
                $0.member("lane", lane.lane)
                let order = worker.isAlive ? LaneName(rawValue: lane.lane).flatMap { pause(of: $0, worker) } : nil
                $0.member("pause", object: order) { Self.write($1, to: &$0) }
                $0.member("paused", lane.isPaused)
                $0.member("prefetch", lane.prefetch)
                $0.member("settled", lane.settled)
                $0.member("slots", lane.slots)
            }
        }
        json.member("listen", report?.listen)
        json.member("obstacles", list: report?.obstacles) { $0.string($1) }
        json.member("pid", report?.pid)
        json.member("reported_at", worker.reportedAt?.description)
        json.member("settings", report?.settings)
        json.member("started_at", worker.startedAt.description)
        json.member("state", worker.standing)
        json.member("version", report?.version)
    }

    private static func write(_ order: WorkerOrder, to json: inout CanonicalJSON) {
        json.member("at", order.at.description)
        json.member("by", order.by)
        json.member("until", order.until?.description)
        json.member("why", order.why)
    }
}
