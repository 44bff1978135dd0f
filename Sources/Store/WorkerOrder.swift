public import Basics
public import Wire

/// What an operator wants of workers.
public enum WorkerWish: String, Sendable, CaseIterable {
    /// Take no more jobs; what is in hand is finished.
    case pause
    /// Take jobs again.
    case resume
    /// Finish what is in hand, and end.
    case drain
}

/// A standing wish, as the store keeps it: each worker looks at it every two seconds.
public struct WorkerOrder: Sendable, Equatable {
    /// Later ones are greater, and count before earlier ones.
    public var id: Int64
    /// The worker that is meant; `nil` means all, those that start later too.
    public var worker: Int64?
    /// The lane that is meant; `nil` means all.
    public var lane: LaneName?
    /// What is wanted.
    public var wish: WorkerWish
    /// Who wants it, by their own word.
    public var by: String
    /// Why, in their words.
    public var why: String
    /// When it was said.
    public var at: Timestamp
    /// A pause ends then by itself; `nil` is for as long as nobody resumes.
    public var until: Timestamp?

    package init(
        id: Int64, worker: Int64?, lane: LaneName?, wish: WorkerWish, by: String, why: String, at: Timestamp,
        until: Timestamp?
    ) {
        self.id = id
        self.worker = worker
        self.lane = lane
        self.wish = wish
        self.by = by
        self.why = why
        self.at = at
        self.until = until
    }
}

/// What standing orders come to.
///
/// Pure: the latest word on a worker's lane counts, and a pause whose time is over is one that was ended.
public struct WorkerOrders: Sendable, Equatable {
    /// All that stands, in any order.
    public var orders: [WorkerOrder]

    package init(_ orders: [WorkerOrder] = []) {
        self.orders = orders.sorted { $0.id < $1.id }
    }

    /// The pause of a worker's lane; `nil` while it is to work.
    ///
    /// - Parameter worker: `nil` is one that starts later.
    public func pause(of lane: LaneName, worker: Int64?, at now: Timestamp) -> WorkerOrder? {
        let latest = orders.last { order in
            guard order.worker == nil || order.worker == worker, order.lane == nil || order.lane == lane else {
                return false
            }
            switch order.wish {
            case .pause, .resume: return true
            case .drain: return false
            }
        }
        guard let latest, latest.wish == .pause, latest.until.map({ now < $0 }) ?? true else { return nil }
        return latest
    }

    /// The order by which a worker is to end.
    public func drain(of worker: Int64) -> WorkerOrder? {
        orders.last { $0.worker == worker && $0.wish == .drain }
    }
}

/// Something that an operator asks of workers, before it stands.
public struct WorkerCommand: Sendable {
    /// What is wanted.
    public var wish: WorkerWish
    /// Of which worker; `nil` is all.
    public var worker: Int64?
    /// Of which lane; `nil` is all.
    public var lane: LaneName?
    /// When a pause ends by itself.
    public var until: Timestamp?
    /// Who asks, by their own word, for the audit trail.
    public var by: String
    /// Why, for the audit trail and whoever looks.
    public var why: String

    /// - Parameters:
    ///   - lane: not with ``WorkerWish/drain``, which ends whole workers.
    ///   - until: with ``WorkerWish/pause`` only.
    public init(
        _ wish: WorkerWish, worker: Int64?, lane: LaneName? = nil, until: Timestamp? = nil, by: String, why: String
    ) {
        self.wish = wish
        self.worker = worker
        self.lane = lane
        self.until = until
        self.by = by
        self.why = why
    }

    /// The act's name in the audit trail.
    package var act: OperatorAct {
        switch wish {
        case .pause: .pauseWorkers
        case .resume: .resumeWorkers
        case .drain: .drainWorkers
        }
    }

    /// What it makes needless of what stood before: whatever it says something later of.
    package func supersedes(_ order: WorkerOrder) -> Bool {
        switch wish {
        case .pause, .resume:
            // Resumed in every lane, a worker that has not begun to drain need not.
            if order.wish == .drain {
                return wish == .resume && lane == nil && (worker == nil || worker == order.worker)
            }
            return (worker == nil || worker == order.worker) && (lane == nil || lane == order.lane)
        case .drain: return order.wish == .drain && order.worker == worker
        }
    }
}

/// What became of a command.
public enum WorkerCommandResult: Sendable {
    /// It stands; these live and are meant.
    case stands([WorkerRecord])
    /// No living worker has that number; these live.
    case noSuchWorker(living: [WorkerRecord])
}

/// What a worker hears when it reports.
package struct BeatReply: Sendable {
    /// All that operators want of workers.
    package var orders: WorkerOrders
    /// It is for this worker to ask the broker of the queues; one does it for all.
    package var samplesQueues: Bool

    package init(orders: WorkerOrders, samplesQueues: Bool) {
        self.orders = orders
        self.samplesQueues = samplesQueues
    }
}
