import Basics
import Foundation
import Store
import Wire

/// What every transaction of a store needs beside its connection.
struct PostgresContext: Sendable {
    var sealing: Sealing
    /// -1 for whoever is no worker.
    var worker: Int64
    /// This process's own clocks: what is handed out is in their time.
    var clocks: Clocks
    var time = DatabaseTime.server
    var letters = LetterBounds()
}

/// Whose time decides.
enum DatabaseTime: Sendable {
    /// The database's, told anew with each transaction: hosts' clocks may differ as they like.
    case server
    /// A test's.
    case given(Clocks)
}

/// Where one transaction stands: what was read ahead for it, and what it came upon.
///
/// Used on its connection's thread only.
final class PostgresTransaction {
    let connection: PostgresConnection
    /// The database's time, the same for all of the transaction.
    private(set) var clocks = Clocks(
        wall: { Timestamp(milliseconds: 0) }, monotonic: { MonotonicTime(nanoseconds: 0) })
    /// The server's number for it, to ask by whether it was committed; `nil` while nothing can be.
    private(set) var number: String?
    /// Between these moments of this host was the time that ``clocks`` tell; the first by its wall clock as well.
    private(set) var asked: (from: MonotonicTime, to: MonotonicTime, wall: Timestamp)
    /// Something was sent that changes rows.
    var wrote = false
    /// Rows that were passed over because they cannot be read.
    var passedOver: [UnreadableRecord] = []
    /// Dead letters that went because there were too many.
    var lettersDropped = 0
    /// The numbers that it adds one to.
    var counted: [RollupKey] = []
    /// The look that was sent with the beginning, for whoever asks for it first.
    var ahead: (answer: PostgresConnection.Answer, options: PostgresConnection.Answer)?
    var jobAhead: (key: JobKey, answer: PostgresConnection.Answer)?
    /// How shared counters are locked.
    let counters: CounterLock
    /// So many others may be under way at the server at the same time, at the most.
    let mostBeside: Int
    /// What only reads waits for nobody.
    let isWriting: Bool
    /// What its locks are on.
    var held: Set<Int64> = []
    private var living: Set<Int64>?

    init(
        _ connection: PostgresConnection, _ counters: CounterLock, mostBeside: Int, isWriting: Bool,
        _ context: PostgresContext
    ) {
        self.connection = connection
        self.counters = counters
        self.mostBeside = mostBeside
        self.isWriting = isWriting
        asked = (context.clocks.monotonic(), context.clocks.monotonic(), context.clocks.wall())
    }

    /// Begins it: takes the locks, reads the clock behind them, and what is read ahead, all in one round trip.
    func begin(_ rows: PostgresRows, _ start: PostgresStart) throws {
        let context = rows.context
        // What only reads sees one moment; what writes sees behind each lock what those before it have written.
        try connection.queue(
            isWriting ? "BEGIN ISOLATION LEVEL READ COMMITTED" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        if isWriting { try start.plan(rows).take(self) }
        let clock = try connection.queue(isWriting ? Self.clockAndNumber : Self.clock)
        if let query = start.query { try rows.lookAhead(query) }
        if let job = start.job {
            let key: [PostgresValue] = [.text(job.frontEnd), .text(job.messageID)]
            jobAhead = (job, try connection.queue(PostgresRows.selectJob, key))
        }
        asked.from = context.clocks.monotonic()
        asked.wall = context.clocks.wall()
        try connection.flush()
        asked.to = context.clocks.monotonic()
        guard let row = try clock.result().first else { throw StoreError(.failed, "The database told no time.") }
        try set(row, context)
    }

    private static let clock = "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, NULL::text"
    private static let clockAndNumber =
        "SELECT (extract(epoch FROM clock_timestamp()) * 1000000)::bigint, pg_current_xact_id()::text"

    private func set(_ row: PostgresRow, _ context: PostgresContext) throws {
        let microseconds = try row.integer(0)
        number = try row.textIfAny(1)
        switch context.time {
        case .server:
            clocks = Clocks(
                wall: { Timestamp(milliseconds: microseconds / 1000) },
                monotonic: { MonotonicTime(nanoseconds: microseconds * 1000) })
        case .given(let given): clocks = given
        }
    }

    /// The workers that live, looked up once.
    func livingWorkers(_ find: () throws -> Set<Int64>) rethrows -> Set<Int64> {
        if let living { return living }
        let found = try find()
        living = found
        return found
    }
}

/// Leases are written in the database's time, and kept by each host in its own.
///
/// What the two have to do with each other is known but for the time that the question was under way: an own lease ends for its holder
/// as early as it can have ended, and another's as late.
extension PostgresRows {
    func local(_ intent: Intent) -> Intent {
        var intent = intent
        intent.leaseUntil = early(intent.leaseUntil)
        intent.formerLeaseUntil = intent.formerLeaseUntil.map(late)
        // Beside Twilio's times it is compared by this host's clock, whose difference from Twilio's is known.
        switch context.time {
        case .server: intent.begunAt = transaction.asked.wall + (intent.begunAt - clocks.wall())
        case .given: break
        }
        return intent
    }

    func local(_ begun: Begun) -> Begun {
        switch begun {
        case .abandoned(let intent): .abandoned(local(intent))
        case .intent(let intent): .intent(local(intent))
        case .recorded, .reused, .inProgress, .busy: begun
        }
    }

    func local(_ grant: CallGrant) -> CallGrant {
        var grant = grant
        grant.until = early(grant.until)
        return grant
    }

    /// When a reply was confirmed, in the database's time: as early as it can have been.
    func early(_ note: ConfirmedReplies.Note) -> Timestamp {
        switch context.time {
        case .server: clocks.wall() - (transaction.asked.to - note.at)
        case .given: clocks.wall() - (clocks.monotonic() - note.at)
        }
    }

    private func early(_ time: MonotonicTime) -> MonotonicTime {
        switch context.time {
        case .server: transaction.asked.from + (time - clocks.monotonic())
        case .given: time
        }
    }

    private func late(_ time: MonotonicTime) -> MonotonicTime {
        switch context.time {
        case .server: transaction.asked.to + (time - clocks.monotonic())
        case .given: time
        }
    }
}

/// The rows of a PostgreSQL store during one transaction.
struct PostgresRows: StoreRows {
    typealias Failure = any Error

    let transaction: PostgresTransaction
    let context: PostgresContext

    var worker: Int64 { context.worker }
    var clocks: Clocks { transaction.clocks }
    var sealing: Sealing { context.sealing }
    private var connection: PostgresConnection { transaction.connection }

    /// `nil` while the database's own clock counts.
    var givenTime: Timestamp? {
        switch context.time {
        case .server: nil
        case .given(let clocks): clocks.wall()
        }
    }

    func fingerprint(_ kind: JobKind, _ body: [UInt8]) -> [UInt8] { sealing.fingerprint(kind, body) }
    func lookup(_ text: String) -> [UInt8] { sealing.lookup(text) }
    func lookup(secret: String) -> [UInt8] { sealing.lookup(secret) }

    /// Sends a change; whether it went well is known at the next answer, at the latest with the commit.
    func run(_ sql: String, _ values: [PostgresValue] = []) throws {
        transaction.wrote = true
        try connection.queue(sql, values)
    }

    func all(_ sql: String, _ values: [PostgresValue] = []) throws -> [PostgresRow] {
        try connection.fetch(sql, values).rows
    }

    func one(_ sql: String, _ values: [PostgresValue] = []) throws -> PostgresRow? {
        try connection.fetch(sql, values).first
    }

    /// Changes rows, and waits to hear how many.
    func change(_ sql: String, _ values: [PostgresValue] = []) throws -> Int {
        let changes = try connection.fetch(sql, values).changes
        if changes > 0 { transaction.wrote = true }
        return changes
    }

    /// The number that the next row of a table gets: what is sealed is bound to it, so it is taken first.
    func nextID(_ table: String) throws -> Int64 {
        guard let row = try one("SELECT nextval(pg_get_serial_sequence($1, 'id'))", [.text(table)]) else {
            throw StoreError(.failed, "The database gave no number for a row of \(table).")
        }
        return try row.integer(0)
    }

    /// Seals a value for the row with this key.
    func seal(_ plain: [UInt8], in column: PostgresSealedColumn, _ key: String...) throws -> PostgresValue {
        .bytes(try sealing.seal(plain, at: column.place(key)))
    }

    /// Opens a value that was sealed for the row with this key.
    func open(_ sealed: [UInt8], in column: PostgresSealedColumn, _ key: String...) throws -> [UInt8] {
        try sealing.open(sealed, at: column.place(key))
    }

    func number(_ packed: [UInt8]) throws -> NumberPlace {
        guard let place = NumberPlace(packed: String(decoding: packed, as: UTF8.self)) else { throw NotReadable() }
        return place
    }

    func openPlace(_ sealed: [UInt8], of login: LoginKey) throws -> NumberPlace {
        try number(open(sealed, in: .pendingPlace, login.user, login.application.rawValue, login.login))
    }

    func reads(_ kind: ReadKind, after: Timestamp) throws -> Int {
        try one(
            "SELECT COUNT(*) FROM read_log WHERE kind = $1 AND at_ms > $2", [.text(kind.rawValue), .time(after)])?
            .number(0) ?? 0
    }

    func addRead(_ kind: ReadKind, at now: Timestamp, forgetting before: Timestamp) throws {
        try run("INSERT INTO read_log (kind, at_ms) VALUES ($1, $2)", [.text(kind.rawValue), .time(now)])
        try run("DELETE FROM read_log WHERE kind = $1 AND at_ms <= $2", [.text(kind.rawValue), .time(before)])
    }

    /// Writes something of no meaning.
    func probe() throws {
        try run(
            """
            INSERT INTO meta (name, number) VALUES ('probe', $1)
            ON CONFLICT (name) DO UPDATE SET number = excluded.number
            """, [.time(clocks.wall())])
    }

    /// Says something of the store as a whole.
    func note(_ name: String, _ number: Int64) throws {
        try run(
            """
            INSERT INTO meta (name, number) VALUES ($1, $2)
            ON CONFLICT (name) DO UPDATE SET number = excluded.number
            """, [.text(name), .integer(number)])
    }
}

/// A row that cannot be read ends the job that needs it and nothing else: its trouble is told apart from the store's here,
/// in one place.
extension PostgresRows {
    var unreadable: Int { transaction.passedOver.count }

    /// Whatever goes wrong in reading a row is the row's, unless the database itself fails.
    ///
    /// - Parameter key: finds the row in its table; never a value of it.
    func reading<Value>(_ table: String, _ key: @autoclosure () -> String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as PostgresFailure {
            throw error
        } catch let error as StoreError where error.record != nil {
            throw error
        } catch {
            throw StoreError(unreadable: UnreadableRecord(table: table, key: key()))
        }
    }

    /// What `body` makes; `nil`, and a note, for a row that cannot be read.
    func readable<Value>(_ body: () throws -> Value) throws -> Value? {
        do {
            return try body()
        } catch let error as StoreError {
            guard let record = error.record else { throw error }
            transaction.passedOver.append(record)
            return nil
        }
    }

    /// The first rows that can be read.
    ///
    /// Those that cannot are passed over, however many stand in front; that of very many only some are looked at bounds
    /// what one look costs. The statement takes the number of its rows as its last parameter.
    func firstReadable<Value>(
        _ limit: Int, _ sql: String, _ values: [PostgresValue], _ read: (PostgresRow) throws -> Value
    ) throws -> [Value] {
        guard limit > 0 else { return [] }
        var found = try readAll(sql, values + [.number(limit)], read)
        // Only when something was passed over is there a second look, at more.
        if found.passedOver > 0 {
            transaction.passedOver.removeLast(found.passedOver)
            found = try readAll(sql, values + [.number(limit + Self.mostPassedOver)], read)
        }
        return Array(found.values.prefix(limit))
    }

    private func readAll<Value>(
        _ sql: String, _ values: [PostgresValue], _ read: (PostgresRow) throws -> Value
    ) throws -> (values: [Value], passedOver: Int) {
        let before = unreadable
        let found = try all(sql, values).compactMap { row in try readable { try read(row) } }
        return (found, unreadable - before)
    }

    private static var mostPassedOver: Int { 1000 }

    func key(_ key: JobKey) -> String { "\(key.frontEnd)/\(key.messageID)" }
    func key(_ login: LoginKey) -> String { "\(login.user)/\(login.application.rawValue)/\(login.login)" }
    func key(_ hash: [UInt8]) -> String { PostgresValue.digits(hash) }

    func damaged(_ job: JobKey) -> any Error {
        StoreError(unreadable: UnreadableRecord(table: "job", key: key(job)))
    }
}

/// Where sealed values are: what a new key has to reach, and what a check opens.
///
/// A place bears the names that it has in every store, so that what is sealed can go from one to another as it is.
struct PostgresSealedColumn: Sendable, Hashable {
    /// The table's name here.
    var table: String
    var column: String
    /// The columns of the table's primary key.
    var keys: [String]
    /// The table's name in every store.
    var commonTable: String

    init(_ table: String, _ column: String, keys: [String], commonTable: String? = nil) {
        (self.table, self.column, self.keys, self.commonTable) = (table, column, keys, commonTable ?? table)
    }

    static let phone = Self("person", "phone", keys: ["name"], commonTable: "user")
    static let pendingPlace = Self("pending", "place", keys: ["person", "application", "login"])
    static let call = Self("job", "call", keys: ["front_end", "message_id"])
    static let reply = Self("job", "reply", keys: ["front_end", "message_id"])
    static let letter = Self("dead_letter", "body", keys: ["id"])
    static let chore = Self("provider_chore", "payload", keys: ["id"])
    static let seed = Self("enrolment", "seed", keys: ["person"])

    static let all = [phone, pendingPlace, call, reply, letter, chore, seed]

    /// What an erasure leaves of a reply that cannot be read: no key has the id 0.
    static let blank: [UInt8] = [0]

    func place(_ key: [String]) -> SealedPlace { SealedPlace(table: commonTable, column: column, key: key) }
}
