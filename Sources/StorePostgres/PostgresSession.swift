import Basics
import CPostgres
import Glibc
import PollExecutor
import Store

/// One session at the server, on a thread of its own, which connects when it is needed and again when it was lost.
///
/// What it is given runs on the thread from beginning to end, so a transaction is plain code: it waits for the server in `poll(2)`
/// and for nothing else, and no task of anybody's is held up. While it rests, the thread hears what the server says.
actor PostgresSession {
    /// How long the server itself lets things take: a statement, a wait for a lock, a transaction in which nothing is asked.
    static let settings = [
        ("statement_timeout", "15s"), ("lock_timeout", "10s"), ("idle_in_transaction_session_timeout", "30s"),
        ("client_connection_check_interval", "5s"), ("idle_session_timeout", "0"),
    ]
    /// Beyond the server's own limits, so that it mostly says itself what it was.
    private static let patience: Duration = .seconds(20)

    private nonisolated let executor: PollExecutor
    private let poller: EventFDPoller
    private let options: [(String, String)]
    private var connection: PostgresConnection?
    /// How many connections the server takes, as it said when it was connected to.
    private var mostConnections = 100
    /// Which run of which server the connection is to, or was.
    private var lastRun = ""

    /// Tells a run of a server from any other, also from its next one after a crash in which the postmaster lived on: that begins its
    /// statistics anew.
    private static let serverRun = """
        pg_postmaster_start_time()::text || ' ' || coalesce((SELECT stats_reset::text FROM pg_stat_bgwriter), '')
        """
    /// Whether it has no connection, and would like one.
    nonisolated let isDown = Watched(false)

    nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

    init(_ location: PostgresLocation, for use: PostgresLocation.Use) {
        options = location.options(for: use, Self.settings)
        // A process that cannot have one more descriptor at its start cannot work at all.
        guard let poller = try? EventFDPoller() else { fatalError("no eventfd: raise the limit of open files") }
        self.poller = poller
        executor = PollExecutor(name: "postgres", poller: poller)
        executor.start { [weak self] in self?.assumeIsolated { $0.rest() } }
    }

    deinit {
        poller.unwatch()
        executor.stop()
    }

    /// Runs `body` with a connection.
    func use<Result: Sendable>(
        _ body: @Sendable (PostgresConnection) throws -> Result
    ) throws(StoreError) -> Result {
        do {
            let connection = try connected()
            defer { dropIfBroken() }
            return try body(connection)
        } catch {
            throw StoreError(postgres: error)
        }
    }

    /// Lets go of the connection; the server ends what belongs to it.
    func disconnect() {
        poller.unwatch()
        connection = nil
        isDown.set(false)
    }

    /// As if the network had cut it off: for tests.
    func cutOff() { if let connection { shutdown(connection.descriptor, Int32(SHUT_RDWR)) } }

    /// What it has cost the server and whoever waited for it, since it was connected to.
    var counts: PostgresCounts { connection?.counts ?? PostgresCounts() }

    private func rest() -> MonotonicTime? {
        connection?.listen()
        dropIfBroken()
        return nil
    }

    private func dropIfBroken() {
        guard connection?.isBroken == true else { return }
        poller.unwatch()
        connection = nil
        isDown.set(true)
    }

    private func connected() throws -> PostgresConnection {
        if let connection {
            // What the server has said since it was used last.
            connection.listen()
            if !connection.isBroken { return connection }
            dropIfBroken()
        }
        let new = try PostgresConnection(options, patience: Self.patience)
        // What was answered must be on disk, whatever the server's own setting is.
        let row = try new.fetch(
            """
            SELECT current_setting('max_connections')::bigint, current_setting('server_version_num')::bigint,
                CASE WHEN current_setting('synchronous_commit') = 'off'
                THEN set_config('synchronous_commit', 'on', false) END, \(Self.serverRun)
            """
        ).first
        guard let row, try row.integer(1) >= 140_000 else {
            throw StoreError(.wrongSchema, "The database server is older than PostgreSQL 14; use a newer one.")
        }
        mostConnections = try row.number(0)
        lastRun = try row.text(3)
        connection = new
        poller.watch(new.descriptor, events: Int16(POLLIN))
        isDown.set(false)
        return new
    }
}

/// What a transaction begins with: its locks, and what is read in the same round trip.
struct PostgresStart: Sendable {
    var isWriting = true
    /// The look that the operation will ask for first.
    var query: JobQuery?
    /// The job that it will ask for first.
    var job: JobKey?
    var plan: @Sendable (PostgresRows) -> LockPlan = { _ in LockPlan() }

    static let reading = PostgresStart(isWriting: false)

    /// Everything that is decided for a job.
    init(_ query: JobQuery) {
        self.query = query
        plan = { $0.plan(query) }
    }

    /// A change of a job's row alone.
    init(job query: JobQuery) {
        job = query.key
        plan = { $0.plan(query) }
    }

    /// What there is one of.
    init(_ thing: PostgresContext.SharedThing) {
        plan = { LockPlan(entities: [$0.context.lock(ofThe: thing)]) }
    }

    init(isWriting: Bool = true) { self.isWriting = isWriting }
}

/// What became of a transaction.
struct PostgresDone<Value: Sendable>: Sendable {
    var value: Value
    var wrote: Bool
    var passedOver: [UnreadableRecord]
    var lettersDropped: Int
}

extension PostgresSession {
    private static var mostTries: Int { 8 }

    /// One transaction, begun anew where that is of use: when another stood in its way, when a shared counter is near its limit, and
    /// when the connection was lost before anything could have been written.
    ///
    /// `body` may run more than once.
    func transact<Value: Sendable>(
        _ context: PostgresContext, _ start: PostgresStart, _ body: @Sendable (inout PostgresRows) throws -> Value
    ) throws(StoreError) -> PostgresDone<Value> {
        var counters = CounterLock.shared
        var tries = 0
        var isReconnected = false
        while true {
            tries += 1
            do {
                return try once(context, start, counters, body)
            } catch is NeedsExclusiveCounters {
                counters = .exclusive
            } catch let failure as PostgresFailure where failure.isCollision && tries < Self.mostTries {
                usleep(UInt32.random(in: 500...5_000) * UInt32(tries))
            } catch let failure as PostgresFailure
                where failure.kind == .lost && !failure.mayHaveCommitted && !isReconnected
            {
                isReconnected = true
            } catch {
                throw StoreError(postgres: error)
            }
        }
    }

    private func once<Value: Sendable>(
        _ context: PostgresContext, _ start: PostgresStart, _ counters: CounterLock,
        _ body: (inout PostgresRows) throws -> Value
    ) throws -> PostgresDone<Value> {
        let connection = try connected()
        defer { dropIfBroken() }
        let transaction = PostgresTransaction(
            connection, counters, mostBeside: mostConnections, isWriting: start.isWriting, context)
        var rows = PostgresRows(transaction: transaction, context: context)
        let value: Value
        do {
            try transaction.begin(rows, start)
            value = try body(&rows)
            try rows.writeCounted()
        } catch {
            connection.rollBack()
            throw error
        }
        do {
            if transaction.wrote { connection.counts.commits += 1 }
            guard try connection.fetch("COMMIT").command == "COMMIT" else { throw PostgresFailure(sqlState: "25P02") }
        } catch let failure as PostgresFailure {
            connection.rollBack()
            guard failure.endsConnection, transaction.wrote else { throw failure }
            // The answer was lost, and the commit with it or not: the server is asked, since nobody else can tell.
            guard try wasCommitted(transaction) else { throw PostgresFailure(.lost) }
        }
        return PostgresDone(
            value: value, wrote: transaction.wrote, passedOver: transaction.passedOver,
            lettersDropped: transaction.lettersDropped)
    }

    /// How long the server is asked what became of a transaction whose commit was not answered.
    private static var askingForOutcome: Duration { .seconds(15) }

    /// - Throws: what kept the server from being asked: then it is not known.
    private func wasCommitted(_ transaction: PostgresTransaction) throws -> Bool {
        var unknown = PostgresFailure(.lost)
        unknown.mayHaveCommitted = true
        guard let number = transaction.number else { throw unknown }
        let run = lastRun
        let end = MonotonicTime.now() + Self.askingForOutcome
        repeat {
            dropIfBroken()
            do {
                let connection = try connected()
                // A server that crashed gives the numbers again that its log did not hold yet, and so does a standby that took over: the
                // answer would be another transaction's.
                guard lastRun == run else { throw unknown }
                let status = try connection.fetch("SELECT pg_xact_status($1::text::xid8)", [.text(number)])
                // A transaction that is still under way is that of a session that the server has not missed yet.
                let word = try status.first?.textIfAny(0)
                if word != "in progress" { return word == "committed" }
            } catch let failure as PostgresFailure where failure.mayHaveCommitted || !failure.endsConnection {
                throw unknown
            } catch {}
            usleep(100_000)
        } while MonotonicTime.now() < end
        throw unknown
    }
}

extension PostgresConnection {
    /// Leaves a transaction, and nothing that was asked in it; a connection on which that fails is of no use any more.
    func rollBack() {
        guard !isBroken else { return }
        // What was queued behind a failure is passed over by the server, and so would a ROLLBACK be.
        try? flush()
        if !isBroken { _ = try? queue("ROLLBACK") }
        try? flush()
    }
}
