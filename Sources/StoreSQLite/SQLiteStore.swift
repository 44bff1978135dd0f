package import Basics
import GRDB
package import Logging
package import Store
package import Wire

/// Where an SQLite store is.
package struct SQLiteStoreConfiguration: Sendable {
    /// The database's file; `-wal`, `-shm` and `-lock` lie beside it.
    package var path: String
    /// The file with the keys that values are sealed with.
    package var keyFile: String
    /// How many dead letters a front end may have.
    package var letters = LetterBounds()

    /// The key file is beside the store unless told otherwise.
    package init(path: String, keyFile: String? = nil) {
        self.path = path
        self.keyFile = keyFile ?? path + ".key"
    }
}

/// A store in one file that all processes of a machine can share.
package final class SQLiteStore: WorkingStore {
    private let pool: DatabasePool
    private let writes: GroupCommit
    private let context: Context
    private let unreadable: UnreadableLog
    private let drops: DropLog
    private let uncounted = UncountedOutcomes()
    /// How its operations end.
    package let watch: StoreWatch
    let path: String

    /// What every transaction needs beside its connection.
    struct Context: Sendable {
        var clocks: Clocks
        var sealing: Sealing
        var liveness: Liveness
        var letters = LetterBounds()
        let connections = HotConnections()

        func rows(_ db: Database) -> SQLiteRows {
            SQLiteRows(
                db: db, worker: liveness.worker, clocks: clocks, sealing: sealing, liveness: liveness, bounds: letters,
                statements: connections.statements(of: db))
        }
    }

    init(
        _ pool: DatabasePool, writer: LockFile, file: OpenFile, watch: StoreWatch, context: Context, logger: Logger
    ) {
        self.pool = pool
        self.context = context
        self.watch = watch
        unreadable = UnreadableLog(watch: watch, clocks: context.clocks, logger: logger)
        drops = DropLog(watch: watch, clocks: context.clocks, logger: logger)
        path = file.path
        writes = GroupCommit(
            pool, writer: writer, file: file, watch: watch, connections: context.connections)
    }

    /// Makes the key file and the store; throws `.exists` if either is there.
    package static func create(
        _ configuration: SQLiteStoreConfiguration, siteOptions: [String: String], clocks: Clocks = .system
    ) async throws(StoreError) {
        try await SQLiteFile.blocking { try SQLiteFile.create(configuration, siteOptions) }
    }

    /// Opens a store that is there, brings it up to date and enters this process as a worker.
    ///
    /// - Parameter watch: is told how every operation ends.
    package static func open(
        _ configuration: SQLiteStoreConfiguration, clocks: Clocks = .system, watch: StoreWatch = StoreWatch(),
        logger: Logger
    ) async throws(StoreError) -> SQLiteStore {
        let store = try await SQLiteFile.blocking { try SQLiteFile.open(configuration, clocks, watch, logger) }
        logger.debug("store opened", metadata: ["worker": "\(store.context.liveness.worker)"])
        return store
    }

    /// Waits for what is queued, then closes the file; this worker counts as dead from then on.
    package func close() async {
        await writes.close()
        _ = try? await SQLiteFile.blocking { [self] in
            // Readers are waited for: a connection that is in use cannot lose its statements.
            try? pool.barrierWriteWithoutTransaction { _ in context.connections.end() }
            try? pool.close()
            context.liveness.end()
        }
    }

    /// - Parameters:
    ///   - operation: the name of whatever calls it.
    ///   - lane: for whose job it is: however many operations of one lane wait, one of another waits for one of them.
    private func write<Result: Sendable>(
        _ operation: String = #function, for lane: LaneName? = nil,
        _ body: @escaping @Sendable (inout SQLiteRows) throws -> Result
    ) async throws(StoreError) -> Result {
        let observed = watch.begin(Self.name(operation))
        // One operation is worked once and ended after that, both on the writer's thread.
        let result = Locked<(value: Result, wrote: Bool, told: RowNotes.Told)?>(nil)
        let failure: StoreError? = await withCheckedContinuation { continuation in
            writes.submit(
                GroupCommit.Operation(lane: lane) { [context, writes] db in
                    var rows = context.rows(db)
                    let before = db.totalChangesCount
                    let value = try body(&rows)
                    if rows.notes.forgets { writes.emptyLogSoon() }
                    let wrote = db.totalChangesCount != before
                    result.withLock { $0 = (value, wrote, rows.notes.told) }
                } end: {
                    continuation.resume(returning: $0)
                })
        }
        let outcome = result.withLock { $0 }
        watch.end(observed, failure, wrote: outcome?.wrote == true)
        unreadable.note((outcome?.told.passedOver ?? []) + (failure?.record.map { [$0] } ?? []))
        if let failure { throw failure }
        guard let outcome else { throw StoreError(.failed, "The store gave no result.") }
        drops.note(outcome.told.lettersDropped)
        if outcome.told.outcomes > 0, uncounted.isDue(after: outcome.told.outcomes) { countSoon() }
        return outcome.value
    }

    func read<Result: Sendable>(
        _ operation: String = #function, _ body: @escaping @Sendable (SQLiteRows) throws -> Result
    ) async throws(StoreError) -> Result {
        let observed = watch.begin(Self.name(operation))
        do {
            let (value, passedOver) = try await pool.read { [context] db in
                let rows = context.rows(db)
                rows.statements.forget()
                return (try body(rows), rows.notes.told.passedOver)
            }
            watch.end(observed, nil, wrote: false)
            unreadable.note(passedOver)
            return value
        } catch {
            let failure = StoreError(sqlite: error)
            watch.end(observed, failure, wrote: false)
            unreadable.note(failure.record.map { [$0] } ?? [])
            throw failure
        }
    }

    /// A look that is no operation of a job's.
    func look<Result: Sendable>(_ body: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        try await pool.read(body)
    }

    /// `begin` of `begin(_:decide:)`.
    private static func name(_ function: String) -> String { String(function.prefix { $0 != "(" }) }

    /// Tries again while the store cannot be used, until the task is cancelled or the store is closed.
    private func patiently<Result: Sendable>(
        _ body: () async throws(StoreError) -> Result
    ) async throws(StoreError) -> Result {
        var backoff = Backoff(first: .milliseconds(100), longest: .seconds(2))
        while true {
            do throws(StoreError) {
                return try await body()
            } catch {
                if error.code == .closed || error.record != nil || Task.isCancelled { throw error }
                try? await Task.sleep(for: backoff.next())
            }
        }
    }

    package func begin(
        _ job: NewJob, decide: @escaping @Sendable (Situation) -> Decision
    ) async throws(StoreError) -> Begun {
        try await write(for: job.kind.lane) { try $0.begin(job, decide: decide) }
    }

    package func finish(
        _ intent: Intent, wanted: Wanted, conclude: @escaping @Sendable (Situation) -> Answer
    ) async throws(StoreError) -> Finished {
        try await patiently { () async throws(StoreError) in
            try await write("finish", for: intent.kind.lane) {
                try $0.finish(intent, wanted: wanted, conclude: conclude)
            }
        }
    }

    package func end(_ intent: Intent, answer: Answer) async throws(StoreError) -> Finished {
        try await patiently { () async throws(StoreError) in
            try await write("end", for: intent.kind.lane) { try $0.end(intent, answer) }
        }
    }

    package func release(_ intent: Intent) async throws(StoreError) {
        try await write(for: intent.kind.lane) { try $0.release(intent) }
    }

    package func renew(_ intent: Intent) async throws(StoreError) -> Intent? {
        try await write(for: intent.kind.lane) { try $0.renew(intent) }
    }

    package func refuse(_ job: NewJob?, answer: Answer) async throws(StoreError) -> Begun? {
        try await write(for: job?.kind.lane) { try $0.refuse(job, answer) }
    }

    package func state(of key: JobKey) async throws(StoreError) -> JobState {
        try await read { try $0.state(of: key) }
    }

    package func settle(_ key: JobKey, as state: ReplyState) async throws(StoreError) {
        let now = context.clocks.wall()
        switch state {
        case .confirmed: writes.leave(GroupCommit.Note(key: key, at: now))
        case .pending, .undeliverable: try await write { try $0.settle(key, as: state, at: now) }
        }
    }

    package func situation(of login: Job.Login, wanted: Wanted) async throws(StoreError) -> Situation {
        try await read { rows in
            let nobody = JobKey(frontEnd: "", messageID: "")
            return try rows.load(JobQuery(key: nobody, kind: nil, login: login, place: nil, wanted: wanted))
                .situation.get()
        }
    }

    package func secret(_ field: WithheldField, of key: JobKey) -> Redacted<String>? {
        context.sealing.secret(field, of: key)
    }

    package func pseudonym(of user: String) -> String { context.sealing.pseudonym(of: user) }

    package func enrolment(of user: String) async throws(StoreError) -> Enrolment? {
        try await read { try $0.enrolment(of: user) }
    }

    package func letters(_ query: LetterQuery) async throws(StoreError) -> LetterPage {
        try await read { try $0.letters(query) }
    }

    package func takeDueLetters(limit: Int) async throws(StoreError) -> [DeadLetterRow] {
        try await write { try $0.takeDueLetters(limit: limit) }
    }

    package func takeDueChores(limit: Int) async throws(StoreError) -> [ProviderChoreRow] {
        try await write { try $0.takeDueChores(limit: limit) }
    }

    package func probe() async throws(StoreError) {
        try await write { try $0.probe() }
    }

    package func sweep(_ retention: Retention, limit: Int) async throws(StoreError) -> Int {
        let isOurs = try await write { try $0.maySweep() }
        guard isOurs else { return 0 }
        // What is deleted below was counted before.
        try await countOutcomes()
        var gone = 0
        for step in SweepStep.allCases where !Task.isCancelled {
            gone += try await write { try $0.sweep(step, retention, limit: limit) }
        }
        return gone
    }

    package var worker: Int64 { context.liveness.worker }

    package func beat(_ report: WorkerReport, _ readings: [QueueReading]) async throws(StoreError) -> BeatReply {
        let reply = try await write {
            try $0.noteKilled()
            try $0.put(report)
            try $0.add(readings)
            return BeatReply(orders: WorkerOrders(try $0.orders()), samplesQueues: try $0.maySampleQueues())
        }
        try await countOutcomes()
        return reply
    }

    /// Has outcomes counted in the next transaction that anybody has.
    ///
    /// What fails is left to the next beat.
    private func countSoon() {
        writes.submit(
            GroupCommit.Operation(lane: nil) { [context] db in
                _ = try context.rows(db).countOutcomes(limit: SQLiteRows.countedAtOnce)
            } end: { _ in
            })
    }

    /// Adds all outcomes that are in no roll-up yet, in transactions of which none holds up a job for long.
    func countOutcomes() async throws(StoreError) {
        let most = SQLiteRows.countedAtOnce
        var count = most
        while count == most { count = try await write { try $0.countOutcomes(limit: most) } }
    }

    package func snapshots(limit: Int) async throws(StoreError) -> [QueueSnapshot] {
        try await read { try $0.snapshots(limit: limit) }
    }

    package func brakes() async throws(StoreError) -> Brakes { try await read { try $0.brakes() } }

    package func leave(_ end: WorkerEnd) async throws(StoreError) {
        try await write { try $0.end($0.worker, end, at: $0.clocks.wall()) }
        try await countOutcomes()
    }

    package func workers() async throws(StoreError) -> [WorkerRecord] { try await read { try $0.workers() } }

    package func auditRows(_ query: AuditQuery) async throws(StoreError) -> [AuditRow] {
        try await read { try $0.auditRows(query) }
    }

    package func takeRead(_ kind: ReadKind, limits: [ReadLimit]) async throws(StoreError) -> Bool {
        try await write { try $0.takeRead(kind, limits: limits) }
    }

    package func leaseCalls(_ demand: CallDemand, limits: CallLimits) async throws(StoreError) -> CallGrant {
        try await write { try $0.leaseCalls(demand, limits) }
    }

    package func outcomes(_ query: HistoryQuery) async throws(StoreError) -> HistoryPage {
        try await read { try $0.outcomes(query) }
    }
}
