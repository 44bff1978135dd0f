public import Basics

/// Why the store cannot be used just now.
public enum StoreTrouble: Sendable, Equatable, CustomStringConvertible {
    /// The latest operation that mattered failed.
    case failing(StoreError)
    /// An operation has waited for long: another program holds the store's lock, or its disk does not answer.
    case stuck(since: MonotonicTime)

    /// As it is logged.
    public var description: String {
        switch self {
        case .failing(let error): error.message
        case .stuck:
            "The store does not answer: another program holds its lock file or its database, or its disk hangs."
        }
    }
}

/// Whether a store can be used, by how its operations end.
///
/// Pure: it is told the time.
///
/// What failed is taken back by a write that changed something, never by a look: a full disk can be read.
struct StoreHealth: Sendable {
    /// How long one operation may take before the store counts as stuck.
    ///
    /// Longer than SQLite waits for another program.
    static let patience: Duration = .seconds(8)

    private var error: StoreError?
    private var underWay: [UInt64: MonotonicTime] = [:]
    private var last: UInt64 = 0

    mutating func begin(at now: MonotonicTime) -> UInt64 {
        last += 1
        underWay[last] = now
        return last
    }

    /// - Parameter wrote: something was changed, and is on disk.
    mutating func end(_ operation: UInt64, _ failure: StoreError?, wrote: Bool) {
        underWay[operation] = nil
        if let failure {
            // Neither a store that is closed nor one record of it, nor a task that was cancelled, is its trouble.
            if failure.isTrouble { error = failure }
        } else if wrote {
            error = nil
        }
    }

    func trouble(at now: MonotonicTime) -> StoreTrouble? {
        if let oldest = underWay.values.min(), now - oldest >= Self.patience { return .stuck(since: oldest) }
        return error.map(StoreTrouble.failing)
    }
}

/// Hears of every operation of a store when it has ended.
///
/// Must be quick: somebody waits.
public protocol StoreObserver: Sendable {
    /// - Parameters:
    ///   - operation: its name, of a closed list.
    ///   - failure: `nil` when it did not fail.
    func ended(_ operation: String, _ failure: StoreError?, after: Duration)

    /// A commit that several operations may have shared is on disk.
    func committed(after: Duration)

    /// A record was found that cannot be read; told once of each, as far as that is remembered.
    func found(_ record: UnreadableRecord)

    /// So many dead letters went because their front end had more than are kept.
    func dropped(letters: Int)
}

/// Watches how a store's operations end, for whoever has to stop working while it cannot be used.
public final class StoreWatch: Sendable {
    private let health = Locked(StoreHealth())
    private let clocks: Clocks
    private let observer: (any StoreObserver)?

    /// Of a store that nothing has been asked of yet.
    public init(clocks: Clocks = .system, observer: (any StoreObserver)? = nil) {
        self.clocks = clocks
        self.observer = observer
    }

    /// Why the store cannot be used now; `nil` while it can.
    public var trouble: StoreTrouble? {
        let now = clocks.monotonic()
        return health.withLock { $0.trouble(at: now) }
    }

    /// One operation that is under way.
    package struct Operation: Sendable {
        fileprivate let id: UInt64
        fileprivate let name: String
        fileprivate let began: MonotonicTime
    }

    package func begin(_ name: String) -> Operation {
        let now = clocks.monotonic()
        return Operation(id: health.withLock { $0.begin(at: now) }, name: name, began: now)
    }

    package func end(_ operation: Operation, _ failure: StoreError?, wrote: Bool) {
        health.withLock { $0.end(operation.id, failure, wrote: wrote) }
        observer?.ended(operation.name, failure, after: clocks.monotonic() - operation.began)
    }

    package func dropped(letters: Int) { observer?.dropped(letters: letters) }
    package func found(_ record: UnreadableRecord) { observer?.found(record) }

    package func committed(since began: MonotonicTime) {
        observer?.committed(after: clocks.monotonic() - began)
    }
}
