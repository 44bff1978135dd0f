package import Basics
package import Logging
package import Store
package import Wire

/// Where a PostgreSQL store is.
package struct PostgresConfiguration: Sendable {
    let location: PostgresLocation
    /// The file with the keys that values are sealed with; empty where none is named.
    package var keyFile: String
    /// How many dead letters a front end may have.
    package var letters = LetterBounds()
    /// Whose time decides: a test may bring its own.
    var time = DatabaseTime.server

    /// - Parameters:
    ///   - location: what stands behind `postgresql:`; `nil` is made of one that is none.
    ///   - keyFile: where every host that works on the store has a copy of the same file.
    package init?(_ location: String, keyFile: String? = nil) {
        guard let location = PostgresLocation(location) else { return nil }
        self.location = location
        self.keyFile = keyFile ?? ""
    }

    /// Has a test's clocks decide in place of the database's.
    package mutating func use(_ clocks: Clocks) { time = .given(clocks) }

    /// What every connection is made by.
    ///
    /// - Throws: what is wrong with the location, its password's file, or the key file's name.
    func usable() throws(StoreError) -> PostgresLocation {
        if let problem = location.problem ?? location.problemOfPasswordFile {
            throw StoreError(.failed, "store.url \(problem).")
        }
        guard !keyFile.isEmpty else {
            throw StoreError(
                .wrongKey,
                """
                With PostgreSQL store.key_file must be set: it names the file that opens what is sealed, of which every host with \
                workers has the same copy (such as /etc/verify-courier/store.key).
                """)
        }
        return location
    }
}

/// A store in a PostgreSQL database that workers on many hosts share.
///
/// A phase of a job is two round trips: one takes the locks, reads the database's clock and all that the decision rests on; the other
/// writes and commits. What belongs to one job, person or number is done by one at a time (``LockPlan``).
package final class PostgresStore: WorkingStore {
    private let pool: PostgresPool
    private let context: PostgresContext
    private let life: PostgresLife
    private let confirmed: ConfirmedReplies
    private let unreadable: UnreadableLog
    private let drops: DropLog
    /// How its operations end.
    package let watch: StoreWatch

    private init(
        _ pool: PostgresPool, _ life: PostgresLife, _ context: PostgresContext, watch: StoreWatch, logger: Logger
    ) {
        self.pool = pool
        self.context = context
        self.life = life
        self.watch = watch
        unreadable = UnreadableLog(watch: watch, clocks: context.clocks, logger: logger)
        drops = DropLog(watch: watch, clocks: context.clocks, logger: logger)
        confirmed = ConfirmedReplies { [pool] notes in
            do throws(StoreError) {
                _ = try await pool.with(lane: nil) { session throws(StoreError) in
                    try await session.transact(context, PostgresStart()) { try $0.confirm(notes) }
                }
                return true
            } catch {
                // A store that is closed takes no more notes.
                return error.code == .closed
            }
        }
    }

    /// Opens a store that is there, brings it up to date and enters this process as a worker.
    ///
    /// - Parameter watch: is told how every operation ends.
    package static func open(
        _ configuration: PostgresConfiguration, clocks: Clocks = .system, watch: StoreWatch = StoreWatch(),
        logger: Logger
    ) async throws(StoreError) -> PostgresStore {
        let location = try configuration.usable()
        let sealing = try KeyFile.read(configuration.keyFile)
        var context = PostgresContext(
            sealing: sealing, worker: -1, clocks: clocks, time: configuration.time, letters: configuration.letters)
        let life = PostgresLife(location, logger: logger)
        context.worker = try await life.begin(context, keyFile: configuration.keyFile)
        logger.debug("store opened", metadata: ["worker": "\(context.worker)"])
        let pool = PostgresPool(location, for: .writing)
        return PostgresStore(pool, life, context, watch: watch, logger: logger)
    }

    /// Waits for what is queued, then lets go; this worker counts as dead from then on, and makes no more calls.
    package func close() async {
        await confirmed.flush()
        await pool.close()
        await life.end(context)
    }

    /// - Parameters:
    ///   - operation: the name of whatever calls it.
    ///   - lane: for whose job it is: however many operations of one lane wait, one of another waits for one of them.
    private func transact<Value: Sendable>(
        _ start: PostgresStart, as operation: String = #function, for lane: LaneName? = nil,
        _ body: @escaping @Sendable (inout PostgresRows) throws -> Value
    ) async throws(StoreError) -> Value {
        // `begin` of `begin(_:decide:)`.
        let observed = watch.begin(String(operation.prefix { $0 != "(" }))
        let began = MonotonicTime.now()
        do throws(StoreError) {
            let context = context
            let done = try await pool.with(lane: lane) { session throws(StoreError) in
                try await session.transact(context, start, body)
            }
            if start.isWriting { watch.committed(since: began) }
            watch.end(observed, nil, wrote: done.wrote)
            unreadable.note(done.passedOver)
            drops.note(done.lettersDropped)
            return done.value
        } catch {
            watch.end(observed, error, wrote: false)
            unreadable.note(error.record.map { [$0] } ?? [])
            throw error
        }
    }

    private func read<Value: Sendable>(
        _ operation: String = #function, _ body: @escaping @Sendable (PostgresRows) throws -> Value
    ) async throws(StoreError) -> Value {
        try await transact(.reading, as: operation) { try body($0) }
    }

    /// Tries again while the store cannot be used, until the task is cancelled or the store is closed.
    private func patiently<Value: Sendable>(
        _ body: () async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
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
        try await transact(PostgresStart(JobQuery(job)), for: job.kind.lane) { rows in
            let begun = try rows.begin(job, decide: decide)
            return rows.local(begun)
        }
    }

    package func finish(
        _ intent: Intent, wanted: Wanted, conclude: @escaping @Sendable (Situation) -> Answer
    ) async throws(StoreError) -> Finished {
        let start = PostgresStart(intent.query(wanted))
        return try await patiently { () async throws(StoreError) in
            try await transact(start, as: "finish", for: intent.kind.lane) {
                try $0.finish(intent, wanted: wanted, conclude: conclude)
            }
        }
    }

    package func end(_ intent: Intent, answer: Answer) async throws(StoreError) -> Finished {
        try await patiently { () async throws(StoreError) in
            try await transact(PostgresStart(job: intent.query()), as: "end", for: intent.kind.lane) {
                try $0.end(intent, answer)
            }
        }
    }

    package func release(_ intent: Intent) async throws(StoreError) {
        try await transact(PostgresStart(job: intent.query()), for: intent.kind.lane) { try $0.release(intent) }
    }

    package func renew(_ intent: Intent) async throws(StoreError) -> Intent? {
        try await transact(PostgresStart(job: intent.query()), for: intent.kind.lane) { rows in
            guard var renewed = try rows.renew(intent) else { return nil }
            // The rest is as it was given.
            renewed.leaseUntil = rows.local(renewed).leaseUntil
            return renewed
        }
    }

    package func refuse(_ job: NewJob?, answer: Answer) async throws(StoreError) -> Begun? {
        let start = job.map { job in
            PostgresStart(
                job: JobQuery(key: job.key, kind: job.kind, login: job.login, place: job.place, wanted: Wanted()))
        }
        return try await transact(start ?? PostgresStart(), for: job?.kind.lane) { rows in
            let begun = try rows.refuse(job, answer)
            return begun.map { rows.local($0) }
        }
    }

    package func state(of key: JobKey) async throws(StoreError) -> JobState {
        var start = PostgresStart.reading
        start.job = key
        return try await transact(start) { try $0.state(of: key) }
    }

    package func settle(_ key: JobKey, as state: ReplyState) async throws(StoreError) {
        switch state {
        case .confirmed: confirmed.leave(ConfirmedReplies.Note(key: key, at: context.clocks.monotonic()))
        case .pending, .undeliverable:
            try await transact(PostgresStart()) { try $0.settle(key, as: state, at: $0.clocks.wall()) }
        }
    }

    package func situation(of login: Job.Login, wanted: Wanted) async throws(StoreError) -> Situation {
        let nobody = JobKey(frontEnd: "", messageID: "")
        let query = JobQuery(key: nobody, kind: nil, login: login, place: nil, wanted: wanted)
        var start = PostgresStart.reading
        start.query = query
        return try await transact(start) { try $0.load(query).situation.get() }
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
        try await transact(PostgresStart()) { try $0.takeDueLetters(limit: limit) }
    }

    package func takeDueChores(limit: Int) async throws(StoreError) -> [ProviderChoreRow] {
        try await transact(PostgresStart()) { try $0.takeDueChores(limit: limit) }
    }

    package func probe() async throws(StoreError) {
        try await transact(PostgresStart()) { try $0.probe() }
    }

    package func sweep(_ retention: Retention, limit: Int) async throws(StoreError) -> Int {
        let isOurs = try await transact(PostgresStart(.sweep)) { try $0.maySweep() }
        guard isOurs else { return 0 }
        var gone = 0
        let bytes = try await read { try $0.one("SELECT pg_database_size(current_database())")?.integer(0) }
        life.size.withLock { $0 = bytes }
        for step in PostgresSweep.allCases where !Task.isCancelled {
            let start = step.isOfRollups ? PostgresStart(.rollups) : PostgresStart()
            let count = try await transact(start) { try $0.sweep(step, retention, limit: limit) }
            // What is gathered has not gone, but more of it may wait.
            if step != .gathering || count >= limit { gone += count }
        }
        return gone
    }

    package var worker: Int64 { context.worker }

    package func beat(_ report: WorkerReport, _ readings: [QueueReading]) async throws(StoreError) -> BeatReply {
        let reply = try await transact(PostgresStart(.samples)) { rows in
            try rows.meetServer()
            try rows.noteKilled()
            try rows.put(report)
            try rows.add(readings)
            return BeatReply(orders: WorkerOrders(try rows.orders()), samplesQueues: try rows.maySampleQueues())
        }
        try await gatherRollups()
        return reply
    }

    package func snapshots(limit: Int) async throws(StoreError) -> [QueueSnapshot] {
        try await read { try $0.snapshots(limit: limit) }
    }

    package func brakes() async throws(StoreError) -> Brakes { try await read { try $0.brakes() } }

    /// Adds what jobs have written down to the roll-ups, in transactions of which none takes long.
    private func gatherRollups() async throws(StoreError) {
        let most = 500
        var count = most
        while count == most {
            count = try await transact(PostgresStart(.rollups)) { try $0.gatherRollups(limit: most) }
        }
    }

    package func leave(_ end: WorkerEnd) async throws(StoreError) {
        try await transact(PostgresStart(.samples)) { try $0.end($0.worker, end, at: $0.clocks.wall()) }
        try await gatherRollups()
    }

    package func workers() async throws(StoreError) -> [WorkerRecord] { try await read { try $0.workers() } }

    package func auditRows(_ query: AuditQuery) async throws(StoreError) -> [AuditRow] {
        try await read { try $0.auditRows(query) }
    }

    package func outcomes(_ query: HistoryQuery) async throws(StoreError) -> HistoryPage {
        try await read { try $0.outcomes(query) }
    }

    package func takeRead(_ kind: ReadKind, limits: [ReadLimit]) async throws(StoreError) -> Bool {
        try await transact(PostgresStart(.readBudget)) { try $0.takeRead(kind, limits: limits) }
    }

    package func leaseCalls(_ demand: CallDemand, limits: CallLimits) async throws(StoreError) -> CallGrant {
        try await transact(PostgresStart(.callBudget)) { rows in
            let grant = try rows.leaseCalls(demand, limits)
            return rows.local(grant)
        }
    }

    /// Its database and its size, as the server told it at the latest sweep.
    package var files: [(name: String, bytes: Int64)] { life.sizes }

    /// That is the server's to know.
    package var freeBytes: UInt64? { nil }

    /// When a backup was last made; `nil` for never, and for those that the program did not make itself.
    package func lastBackup() async throws -> Timestamp? {
        try await read {
            try $0.one("SELECT number FROM meta WHERE name = 'last_backup'")?.integerIfAny(0)
                .map(Timestamp.init(milliseconds:))
        }
    }

    /// Dead letters that nobody has dealt with, by reason.
    package func waitingLetters() async throws -> [(reason: String, count: Int, oldest: Timestamp)] {
        try await read { try $0.waitingLetters() }
    }

    /// What it has cost the server and whoever waited for it: all sessions together.
    package func counts() async -> PostgresCounts {
        var all = PostgresCounts()
        for session in pool.all {
            let counts = await session.counts
            all = PostgresCounts(
                roundTrips: all.roundTrips + counts.roundTrips, statements: all.statements + counts.statements,
                commits: all.commits + counts.commits)
        }
        return all
    }

    /// Cuts every connection off, as a network does: for tests.
    package func cutOff() async {
        for session in pool.all + [life.session] { await session.cutOff() }
    }
}

extension Intent {
    /// What its end looks at.
    fileprivate func query(_ wanted: Wanted = Wanted()) -> JobQuery {
        JobQuery(key: key, kind: kind, login: login, place: call.place, wanted: wanted)
    }
}
