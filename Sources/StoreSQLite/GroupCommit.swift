import Basics
import DequeModule
import GRDB
import Glibc
import Store
import Wire

/// Puts all operations that wait while a commit is under way into the next one, so that they share its fsync.
///
/// Lanes take turns: hundreds of sends that end at once do not hold up a check.
final class GroupCommit: Sendable {
    /// One operation: whose it is, its work, and the telling of its caller once the commit is on disk or has failed.
    struct Operation: Sendable {
        /// `nil`: no lane's, which has turns of its own.
        var lane: LaneName?
        var work: @Sendable (Database) throws -> Void
        var end: @Sendable (StoreError?) -> Void
    }

    /// That a reply was confirmed.
    ///
    /// Nobody waits for it: it is written a little later, with others of its kind.
    struct Note: Sendable {
        var key: JobKey
        var at: Timestamp
    }

    private struct State {
        var waiting = Turns<LaneName?, Operation>()
        var notes: Deque<Note> = []
        /// The notes have waited long enough for each other.
        var notesAreDue = false
        var isTimed = false
        var isRunning = false
        var isClosed = false
        var whenIdle: [CheckedContinuation<Void, Never>] = []
        var truncation = LogTruncation()
        var pause = GatheringPause(at: .now())
    }

    private static let mostOperations = 256
    /// Short: who comes with a check's code waits for the batch under way, here and in every other process.
    private static let longestBatch: Duration = .milliseconds(5)
    /// Beyond so many, while the store cannot be written, the oldest are dropped: each may cost a second reply.
    static let mostNotes = 4096
    /// So long they wait for each other; then they go with the next transaction, or have one of their own.
    private static let notesPause: Duration = .milliseconds(200)

    private let pool: DatabasePool
    private let writer: LockFile
    private let file: OpenFile
    private let watch: StoreWatch
    private let connections: HotConnections
    private let state = Locked(State())

    init(
        _ pool: DatabasePool, writer: LockFile, file: OpenFile, watch: StoreWatch,
        connections: HotConnections = HotConnections()
    ) {
        self.pool = pool
        self.writer = writer
        self.file = file
        self.watch = watch
        self.connections = connections
    }

    func submit(_ operation: Operation) {
        let (isClosed, starts) = state.withLock { state in
            if state.isClosed { return (true, false) }
            state.waiting.append(operation, to: operation.lane)
            state.pause.count()
            let starts = !state.isRunning
            state.isRunning = true
            return (false, starts)
        }
        if isClosed { operation.end(StoreError(.closed, "The store is closed.")) }
        if starts { start() }
    }

    /// Leaves a note; lost only with the process, or when there are too many.
    func leave(_ note: Note) {
        let isFirst = state.withLock { state in
            guard !state.isClosed else { return false }
            if state.notes.count >= Self.mostNotes { state.notes.removeFirst() }
            state.notes.append(note)
            defer { state.isTimed = true }
            return !state.isTimed
        }
        if isFirst { writeNotesSoon() }
    }

    private func writeNotesSoon() {
        Task {
            try? await Task.sleep(for: Self.notesPause)
            let starts = state.withLock { state in
                state.isTimed = false
                return Self.startsForNotes(&state)
            }
            if starts { start() }
        }
    }

    /// Whether the notes need somebody to begin with them.
    private static func startsForNotes(_ state: inout State) -> Bool {
        guard !state.notes.isEmpty else { return false }
        state.notesAreDue = true
        defer { state.isRunning = true }
        return !state.isRunning
    }

    private func start() { pool.asyncWriteWithoutTransaction { self.drain($0) } }

    /// So many notes wait.
    var noteCount: Int { state.withLock { $0.notes.count } }

    /// Has the log emptied behind the next commit: it keeps what was deleted from the database itself.
    func emptyLogSoon() { state.withLock { $0.truncation.want() } }

    /// Lets no more in, and waits for what is queued.
    func close() async {
        await withCheckedContinuation { continuation in
            let (isIdle, starts) = state.withLock { state in
                state.isClosed = true
                let starts = Self.startsForNotes(&state)
                if state.isRunning { state.whenIdle.append(continuation) }
                return (!state.isRunning, starts)
            }
            if starts { start() }
            if isIdle { continuation.resume() }
        }
    }

    /// On the writer's own thread, so that waiting for the other processes' lock blocks no task.
    private func drain(_ db: Database) {
        while hasWork() {
            gather()
            commit(db)
            emptyLogIfDue(db)
        }
        let idle = state.withLock { state in
            let idle = state.isRunning ? [] : state.whenIdle
            if !state.isRunning { state.whenIdle = [] }
            return idle
        }
        for continuation in idle { continuation.resume() }
    }

    /// Outside everybody's transaction.
    ///
    /// Whoever still reads the log is not waited for: it is tried again behind a later commit.
    private func emptyLogIfDue(_ db: Database) {
        guard state.withLock({ $0.truncation.isDue(at: .now()) }) else { return }
        let isDone = (try? emptyLog(db)) != nil
        state.withLock { $0.truncation.tried(isDone, at: .now()) }
    }

    private func emptyLog(_ db: Database) throws {
        try writer.lock()
        defer { writer.unlock() }
        try db.execute(sql: "PRAGMA busy_timeout = \(LogTruncation.patience)")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(SQLiteFile.busyTimeout)") }
        try db.checkpoint(.truncate)
    }

    /// Blocks the writer's thread alone, before it has taken the lock that other processes wait for.
    private func gather() {
        let pause = state.withLock { $0.isClosed ? .zero : $0.pause.next(at: .now()) }
        if pause > .zero { usleep(UInt32(pause / .microseconds(1))) }
    }

    private func hasWork() -> Bool {
        state.withLock { state in
            if state.waiting.isEmpty, !state.notesAreDue { state.isRunning = false }
            return state.isRunning
        }
    }

    private func next() -> Operation? { state.withLock { $0.waiting.popFirst()?.element } }

    /// Rules decide before anything is written, so an operation mostly fails before its first change, and alone.
    ///
    /// One that fails behind a change takes the whole transaction back; then each has one of its own. Savepoints would
    /// do as well, at the cost of a journal of every statement that writes.
    private func commit(_ db: Database) {
        var batch: [Operation] = []
        var errors: [StoreError?] = []
        do {
            try transaction(db) { began in
                let end = began + Self.longestBatch
                while batch.count < Self.mostOperations, batch.isEmpty || MonotonicTime.now() < end,
                    let operation = next()
                {
                    batch.append(operation)
                    errors.append(try run(operation, db))
                }
            }
        } catch let half as HalfDone {
            return commitEach(batch, half, db)
        } catch {
            // Nothing could begin: then nothing that waits can.
            if batch.isEmpty {
                while batch.count < Self.mostOperations, let operation = next() { batch.append(operation) }
            }
            let failure = StoreError(sqlite: error)
            for operation in batch { operation.end(failure) }
            return
        }
        for (operation, error) in zip(batch, errors) { operation.end(error) }
    }

    private func transaction(_ db: Database, _ body: (_ began: MonotonicTime) throws -> Void) throws {
        let notes = takeNotes()
        do {
            try writer.lock()
            defer { writer.unlock() }
            try file.requirePresence()
            let began = MonotonicTime.now()
            try db.cachedStatement(sql: "BEGIN IMMEDIATE").execute()
            let statements = connections.statements(of: db)
            statements.begin(db)
            try write(notes, statements, db)
            try body(began)
            try db.cachedStatement(sql: "COMMIT").execute()
            statements.committed(db)
            watch.committed(since: began)
        } catch {
            if db.isInsideTransaction { try? db.rollback() }
            connections.statements(of: db).forget()
            putBack(notes, isTriedAtOnce: error is HalfDone)
            throw error
        }
    }

    /// Those that are due.
    ///
    /// The others wait for more, which are written as quickly.
    private func takeNotes() -> Deque<Note> {
        state.withLock { state in
            guard state.notesAreDue else { return [] }
            defer { (state.notes, state.notesAreDue) = ([], false) }
            return state.notes
        }
    }

    /// For another transaction: the next one, or a later one, of which there are none once the store is closed.
    private func putBack(_ notes: Deque<Note>, isTriedAtOnce: Bool) {
        let isFirst = state.withLock { state in
            guard !notes.isEmpty, isTriedAtOnce || !state.isClosed else { return false }
            state.notes = notes + state.notes
            state.notes.removeFirst(max(0, state.notes.count - Self.mostNotes))
            if isTriedAtOnce { state.notesAreDue = true }
            guard !isTriedAtOnce, !state.isTimed else { return false }
            state.isTimed = true
            return true
        }
        if isFirst { writeNotesSoon() }
    }

    /// Notes that cannot be written are nobody's trouble, unless they end the transaction.
    private func write(_ notes: Deque<Note>, _ statements: HotStatements, _ db: Database) throws {
        guard let oldest = notes.first else { return }
        do {
            try statements.confirm(notes.map(\.key), at: oldest.at, db)
        } catch {
            guard db.isInsideTransaction else { throw error }
        }
    }

    /// What an operation failed of that had changed something by then.
    private struct HalfDone: Error {
        var cause: any Error
    }

    /// - Returns: why the operation failed without having changed anything.
    private func run(_ operation: Operation, _ db: Database) throws -> StoreError? {
        let before = db.totalChangesCount
        do {
            try operation.work(db)
            return nil
        } catch {
            // Some errors (a full disk) end the whole transaction; then the batch has failed.
            guard db.isInsideTransaction else { throw error }
            guard db.totalChangesCount == before else { throw HalfDone(cause: error) }
            return StoreError(sqlite: error)
        }
    }

    private func commitEach(_ batch: [Operation], _ half: HalfDone, _ db: Database) {
        // Alone, it would fail of the same once more.
        if batch.count == 1 { return batch[0].end(StoreError(sqlite: half.cause)) }
        for operation in batch {
            do {
                try transaction(db) { _ in try operation.work(db) }
                operation.end(nil)
            } catch {
                operation.end(StoreError(sqlite: error))
            }
        }
    }
}
