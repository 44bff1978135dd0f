public import Basics
public import Wire

/// What a worker is doing, by its own word.
public enum WorkerState: String, Sendable, Codable, CaseIterable {
    /// It has not consumed its lanes yet.
    case starting
    /// It takes jobs from every lane.
    case ready
    /// Something keeps it from taking jobs: see ``WorkerReport/obstacles``.
    case notReady = "not_ready"
    /// An operator has paused a lane of it, or all; nothing else is in its way.
    case paused
    /// It finishes what it has in hand, and ends.
    case draining
}

/// What a worker tells the store of itself every two seconds.
///
/// Holds no secret and nothing of any person.
public struct WorkerReport: Sendable, Codable, Equatable {
    /// How one lane of it stands.
    public struct Lane: Sendable, Codable, Equatable {
        /// The lane's name: `send`, `check`, `account`, `admin`.
        public var lane: String
        /// Jobs at once.
        public var slots: Int
        /// Jobs that have a slot.
        public var held: Int
        /// Deliveries that the broker waits to have settled.
        public var inHand: Int
        /// Deliveries at once, at most.
        public var prefetch: Int
        /// Messages of it are coming, or would.
        public var isConsumed: Bool
        /// It takes none by an operator's wish.
        public var isPaused: Bool
        /// Messages that it has settled for good since it started.
        public var settled: Int

        package init(
            lane: LaneName, slots: Int, held: Int, inHand: Int, prefetch: Int, isConsumed: Bool, isPaused: Bool,
            settled: Int
        ) {
            self.lane = lane.rawValue
            self.slots = slots
            self.held = held
            self.inHand = inHand
            self.prefetch = prefetch
            self.isConsumed = isConsumed
            self.isPaused = isPaused
            self.settled = settled
        }
    }

    /// An operation of Twilio's that is not called, because nearly all of its calls failed.
    public struct OpenCircuit: Sendable, Codable, Equatable {
        /// What is not called, in words: `a send by text message`.
        public var operation: String
        /// A single call passes, to find out whether it works again.
        public var isProbing: Bool

        package init(operation: String, isProbing: Bool) {
            self.operation = operation
            self.isProbing = isProbing
        }
    }

    /// The machine's name.
    public var host: String
    /// The process.
    public var pid: Int32
    /// The program's version.
    public var version: String
    /// Where its metrics are; `nil` for nowhere.
    public var listen: String?
    /// The same for workers that are configured alike, secrets left out.
    public var settings: String
    /// What it is doing.
    public var state = WorkerState.starting
    /// What keeps it from taking jobs, in words without names of hosts or users.
    public var obstacles: [String] = []
    /// Its lanes, in the order of their names in the contract.
    public var lanes: [Lane] = []
    /// Operations of Twilio's that it does not call now.
    public var circuits: [OpenCircuit] = []

    package init(host: String, pid: Int32, version: String, listen: String?, settings: String) {
        self.host = host
        self.pid = pid
        self.version = version
        self.listen = listen
        self.settings = settings
    }

    /// Messages in hand, over all lanes.
    public var inHand: Int { lanes.reduce(0) { $0 + $1.inHand } }

    /// How it stands in a lane; `nil` before it has told of any.
    public func lane(_ name: LaneName) -> Lane? { lanes.first { $0.lane == name.rawValue } }
}

/// How a worker ended.
public enum WorkerEnd: String, Sendable, CaseIterable {
    /// It had finished what it had in hand.
    case stopped
    /// It gave up: its log says why.
    case failed
    /// Without a word: killed, crashed, or out of time while it drained.
    case killed
}

/// A worker of the store, living or ended.
public struct WorkerRecord: Sendable, Equatable {
    /// Its number, never given twice.
    public var id: Int64
    /// When it opened the store.
    public var startedAt: Timestamp
    /// Its process lives, by the lock that the kernel drops at its end.
    public var isAlive: Bool
    /// What it told last; `nil` before its first word, and when that cannot be read.
    public var report: WorkerReport?
    /// When it told that.
    public var reportedAt: Timestamp?
    /// How long ago that was.
    public var age: Duration?
    /// How it ended; `nil` while it lives.
    public var end: WorkerEnd?
    /// It has ended, and nobody has written that down yet: what it has settled is not among what the ended have.
    package var isUncounted = false
    /// When it ended, as far as is known; of one that was killed when it spoke last.
    public var endedAt: Timestamp?

    package init(id: Int64, startedAt: Timestamp, isAlive: Bool) {
        self.id = id
        self.startedAt = startedAt
        self.isAlive = isAlive
    }

    /// A living worker that has told nothing for longer does not work: it is stopped, or its store or machine hangs.
    public static let patience: Duration = .seconds(8)
    /// How often a worker reports.
    public static let interval: Duration = .seconds(2)

    /// It lives and has told nothing for too long.
    public var isSilent: Bool { isAlive && (age.map { $0 > Self.patience } ?? false) }

    /// It lives, and what it told is still true.
    public var isPresent: Bool { isAlive && !isSilent }

    /// How it stands, in one word: its ``WorkerState``, its ``WorkerEnd``, or `silent`.
    public var standing: String {
        if let end { return end.rawValue }
        guard isAlive else { return WorkerEnd.killed.rawValue }
        return isSilent ? "silent" : (report?.state ?? .starting).rawValue
    }
}

/// How long ended workers are kept, and how many of them.
package enum EndedWorkers {
    package static let kept: Duration = .seconds(7 * 86_400)
    /// One that ends as soon as it starts, again and again, must not fill the store.
    package static let most = 200
}
