package import Basics
package import Logging

/// A store at one place, before anything of it is opened: one type for each kind of store, found by the scheme of `store.url`.
///
/// What workers need of an open store is ``WorkingStore``; all else here is what operators do. All throw ``StoreError``.
package protocol StoreDriver: Sendable {
    /// What `store.url` begins with, and the label `backend` of metrics: `sqlite`.
    static var scheme: String { get }
    /// How its URL looks, for whoever wrote another: `sqlite:PATH`.
    static var form: String { get }

    /// - Parameters:
    ///   - location: what stands behind the scheme and its colon; `nil` is made of one that is none.
    ///   - keyFile: the file with the keys that values are sealed with; `nil` is the driver's own choice.
    ///   - letters: how many dead letters a front end may have.
    init?(_ location: String, keyFile: String?, letters: LetterBounds)

    /// As operators are told of it; holds no password.
    var name: String { get }
    /// The file with the keys, which has to be kept apart from backups.
    var keyFile: String { get }

    /// What is wrong with the place as it is written, in words behind `store.url` that say what to do; `nil` where nothing is.
    var problem: String? { get }

    /// Makes key file and store; `.exists` when either is there.
    func create(siteOptions: [String: String]) async throws(StoreError)

    /// Brings the store up to date and enters this process as a worker.
    ///
    /// - Parameter watch: is told how every operation ends.
    func open(clocks: Clocks, watch: StoreWatch, logger: Logger) async throws(StoreError) -> any WorkingStore

    /// For reading records: makes nothing, changes nothing, enters no worker.
    func look() async throws(StoreError) -> any StoreReader

    /// Has a command to workers stand, with its line in the audit trail; enters no worker, and takes no step to a newer schema.
    ///
    /// - Parameter clocks: whose time the command carries.
    func order(_ command: WorkerCommand, clocks: Clocks) async throws(StoreError) -> WorkerCommandResult

    /// Sets or lifts a brake on sends, with its line in the audit trail; likewise.
    ///
    /// - Parameter clocks: whose time the command carries.
    func brake(_ command: BrakeCommand, clocks: Clocks) async throws(StoreError) -> BrakeCommandResult

    /// Keeps what the broker told of the queues, unless a worker does that just now, and writes something of no meaning in any
    /// case: whether the store can be written. Enters no worker.
    func note(_ readings: [QueueReading]) async throws(StoreError)

    /// What `doctor` tells of it without working on it.
    func inspect() async -> StoreCondition

    /// Reads all of it, also while workers work; changes nothing.
    func check() async throws(StoreError) -> StoreReport

    /// Writes one moment's state into a new file, also while workers work; the key file is not in it.
    func backup(to path: String) async throws(StoreError)

    /// Takes the steps to this version's schema.
    ///
    /// - Returns: the names of those that were missing.
    func migrate() async throws(StoreError) -> [String]

    /// Seals every value with a new key; `.busy` while a worker works on it. Interrupted, it is called again.
    func rekey() async throws(StoreError) -> StoreRekeying

    /// Moves store and keys to a place where there is none; `.busy` while a worker works on it.
    func copy(to target: Self) async throws(StoreError)

    /// Opens it for a copy to another kind of store; `.busy` while a worker works on it, and nobody begins to meanwhile.
    func copySource() async throws(StoreError) -> any CopySource

    /// Begins a store there with the keys of another; `.exists` when there is one.
    ///
    /// - Parameter keyFile: the other one's; copied to this one's place, unless it is the same.
    func copyTarget(keyFile: String) async throws(StoreError) -> any CopyTarget
}

extension StoreDriver {
    /// A path may be any.
    package var problem: String? { nil }
}

/// A store that a worker is at work on, and what metrics tell of it.
package protocol WorkingStore: LoginStore {
    /// How its operations end.
    var watch: StoreWatch { get }
    /// Its parts and their sizes.
    var files: [(name: String, bytes: Int64)] { get }
    /// What is free where it is; `nil` when that cannot be told.
    var freeBytes: UInt64? { get }

    /// When a backup was last made; `nil` for never.
    func lastBackup() async throws -> Timestamp?

    /// Dead letters that nobody has dealt with, by reason.
    func waitingLetters() async throws -> [(reason: String, count: Int, oldest: Timestamp)]

    /// This worker's number, never given twice.
    var worker: Int64 { get }

    /// Replaces what this worker tells of itself, in a transaction of its own; and adds the outcomes that were recorded since the
    /// last time, by whichever worker, to the roll-ups.
    ///
    /// - Parameter readings: what the broker told of the queues; kept where it is for this worker to ask.
    /// - Returns: all that operators want of workers, and whether it is for this worker to ask the broker.
    func beat(_ report: WorkerReport, _ readings: [QueueReading]) async throws(StoreError) -> BeatReply

    /// How the queues stood lately, the oldest first.
    func snapshots(limit: Int) async throws(StoreError) -> [QueueSnapshot]

    /// What operators have stopped.
    func brakes() async throws(StoreError) -> Brakes

    /// Says how this worker ends, as its last word.
    func leave(_ end: WorkerEnd) async throws(StoreError)

    /// All workers of the store, those that ended within the last days too.
    func workers() async throws(StoreError) -> [WorkerRecord]

    /// Waits for what is queued and lets go; this worker counts as dead from then on.
    func close() async
}

/// A store that is only looked at, whoever works there.
package protocol StoreReader: Sendable {
    /// Entries of the audit trail, newest first.
    func audit(_ query: AuditQuery) async throws(StoreError) -> [AuditEntry]

    /// Recorded outcomes, newest first; of very many only some are looked at.
    func outcomes(_ query: HistoryQuery) async throws(StoreError) -> HistoryPage

    /// What became of the jobs with this message id, of whichever front end; for as long as jobs are recorded.
    func timelines(of messageID: String) async throws(StoreError) -> [JobTimeline]

    /// What was counted: bounded by ``RollupQuery/mostRows``, and found by series and time alone.
    func rollups(_ query: RollupQuery) async throws(StoreError) -> RollupPage

    /// All workers of the store, those that ended within the last days too.
    func workers() async throws(StoreError) -> [WorkerRecord]

    /// How the queues stood lately, the oldest first.
    func snapshots(limit: Int) async throws(StoreError) -> [QueueSnapshot]

    /// How the queues stood hour by hour, the oldest first; hours that begin in the range, and the one that it begins in.
    func queueHours(since: Timestamp, until: Timestamp) async throws(StoreError) -> [QueueHour]

    /// Dead letters by what they have in common; at most so many groups.
    func letterGroups(limit: Int) async throws(StoreError) -> [LetterGroup]

    /// What the broker tells of the queues now, with what the workers say of them.
    func snapshot(_ readings: [QueueReading]) async throws(StoreError) -> QueueSnapshot

    /// How many dead letters came since then and wait for an operator.
    func newLetters(since: Timestamp) async throws(StoreError) -> Int

    /// What operators want of workers.
    func orders() async throws(StoreError) -> WorkerOrders

    /// What operators have stopped.
    func brakes() async throws(StoreError) -> Brakes

    /// Lets go of it.
    func close()
}

/// What a look through a whole store found.
package struct StoreReport: Sendable, Equatable {
    /// The store's own findings; empty when it is sound.
    package var damage: [String] = []
    /// Steps that the next worker will take.
    package var missingMigrations: [String] = []
    /// Sealed values.
    package var sealed = 0
    /// Whether they open at their places only; a new key binds those of older versions.
    package var isBound = true
    /// How many sealed values cannot be opened, by table and column.
    package var unreadable: [String: Int] = [:]
    /// Rows that break a rule, by the rule in words.
    package var violations: [String: Int] = [:]

    /// Whether nothing is wrong.
    package var isSound: Bool { damage.isEmpty && unreadable.isEmpty && violations.isEmpty }

    package init() {}
}

/// What a change of keys has come to.
package struct StoreRekeying: Sendable, Equatable {
    /// The id of the key that everything is sealed with now.
    package var key: UInt8
    /// Values that were sealed anew.
    package var values: Int

    package init(key: UInt8, values: Int) {
        self.key = key
        self.values = values
    }
}

/// What can be told of a store without working on it.
package struct StoreCondition: Sendable {
    /// Something that is wrong or odd, in words that say what to do.
    package enum Issue: Sendable, Equatable {
        /// No worker should work like this.
        case failure(String)
        case warning(String)
    }

    /// Why it cannot be looked at; `nil` where it can.
    package var error: StoreError?
    /// What is wrong with the store.
    package var issues: [Issue] = []
    /// Dead letters that wait for an operator.
    package var waitingLetters = 0
    /// How long people wait at most, by front end, as the deadlines of the latest jobs say.
    package var longestWaits: [String: Duration] = [:]
    /// What it lies on: the facts, and what is wrong there; `nil` where that cannot be told.
    package var medium: (facts: String, issues: [Issue])?

    package init() {}
}
