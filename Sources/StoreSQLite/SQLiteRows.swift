import Basics
import Foundation
import GRDB
import Store
import Wire

/// The rows of an SQLite store during one transaction.
struct SQLiteRows: StoreRows {
    typealias Failure = any Error

    let db: Database
    let worker: Int64
    let clocks: Clocks
    let sealing: Sealing
    let liveness: Liveness
    let bounds: LetterBounds
    let statements: HotStatements
    let notes = RowNotes()

    /// For whoever is no worker.
    static func looking(_ db: Database, _ clocks: Clocks, _ sealing: Sealing, _ liveness: Liveness) -> SQLiteRows {
        SQLiteRows(
            db: db, worker: liveness.worker, clocks: clocks, sealing: sealing, liveness: liveness,
            bounds: LetterBounds(), statements: HotStatements())
    }

    func hot(_ text: HotText) throws -> HotStatement { try statements.statement(text, db) }

    /// What is sealed with an intent: all that a takeover needs and nobody else may read.
    private struct SealedCall: Decodable {
        var call: PlannedCall
        var client: String?
        var locale: String?
    }

    func isAlive(_ worker: Int64) -> Bool { liveness.isAlive(worker) }
    func fingerprint(_ kind: JobKind, _ body: [UInt8]) -> [UInt8] { sealing.fingerprint(kind, body) }
    func lookup(_ text: String) -> [UInt8] { statements.lookups.hash(text, sealing.lookup) }
    func lookup(secret: String) -> [UInt8] { sealing.lookup(secret) }

    func one(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    /// The number that the next row of a table gets that never gives one twice: what is sealed is bound to it, so it is taken
    /// first.
    func nextID(_ table: String) throws -> Int64 {
        let last = try one(
            """
            SELECT max(ifnull((SELECT seq FROM sqlite_sequence WHERE name = ?), 0),
                ifnull((SELECT max(id) FROM \(table)), 0))
            """, [table])
        let (next, isOver) = ((try last?.at(0) as Int64?) ?? 0).addingReportingOverflow(1)
        guard !isOver else { throw StoreError(.full, "The store has no number left for a row of \(table).") }
        return next
    }

    func hash(_ number: E164) -> Data { Data(lookup(number.revealed)) }

    /// Seals a value for the row with this key.
    func seal(_ plain: [UInt8], in column: SealedColumn, _ key: String...) throws -> Data {
        Data(try sealing.seal(plain, at: column.place(key)))
    }

    /// Opens a value that was sealed for the row with this key.
    func open(_ sealed: Data, in column: SealedColumn, _ key: String...) throws -> [UInt8] {
        try sealing.open(Array(sealed), at: column.place(key))
    }

    func number(_ packed: [UInt8]) throws -> NumberPlace {
        guard let place = NumberPlace(packed: String(decoding: packed, as: UTF8.self)) else { throw NotReadable() }
        return place
    }

    func openPlace(_ sealed: Data, of login: LoginKey) throws -> NumberPlace {
        try number(open(sealed, in: .pendingPlace, login.user, login.application.rawValue, login.login))
    }

    /// A reply can tell of people what is sealed everywhere else.
    private func seal(reply: [UInt8], of key: JobKey) throws -> [UInt8] {
        reply.isEmpty ? [] : try sealing.seal(reply, at: SealedColumn.reply.place([key.frontEnd, key.messageID]))
    }

    private func open(reply: [UInt8], of key: JobKey) throws -> [UInt8] {
        if reply.isEmpty || sealing.isPlain(reply: reply) { return reply }
        return try sealing.open(reply, at: SealedColumn.reply.place([key.frontEnd, key.messageID]))
    }

    func job(_ key: JobKey) throws -> JobRow? {
        try one(
            "SELECT \(RecordColumns.list(RecordColumns.job)) FROM job WHERE front_end = ? AND message_id = ?",
            [key.frontEnd, key.messageID]
        ).map { try readJob(key, $0, at: 0) }
    }

    func dropLock(of key: JobKey) throws {
        try run(
            "UPDATE job SET lock_hmac = NULL WHERE front_end = ? AND message_id = ?", [key.frontEnd, key.messageID])
    }

    func readJob(_ key: JobKey, _ row: some Columns, at first: Int) throws -> JobRow {
        try reading("job", self.key(key)) {
            var job = JobRow(
                key: key, kind: try row.choice(first), fingerprint: try row.bytes(first + 1),
                login: Job.Login(
                    user: try row.text(first + 2), application: try row.choice(first + 3),
                    login: try row.text(first + 4)),
                begunAt: try row.time(first + 10), deadline: try row.time(first + 11))
            job.state = try row.choice(first + 5)
            (job.worker, job.fence) = (try row.integer(first + 6), try row.integer(first + 7))
            (job.begins, job.generation) = (try row.number(first + 8), try row.integer(first + 12))
            job.leaseUntil = MonotonicTime(nanoseconds: try row.integer(first + 9))
            // An outcome that this version does not know is one all the same: the job is over, and not to be done again.
            job.outcome = try row.choiceIfAny(first + 13)
            job.reply = try open(reply: try row.bytes(first + 14), of: key)
            (job.replyState, job.recordedAt) = (try row.choice(first + 15), try row.timeIfAny(first + 16))
            job.withheld = try row.textIfAny(first + 17).map {
                guard let field = WithheldField(packed: $0) else { throw NotReadable() }
                return field
            }
            (job.receivedAt, job.settledAt) = (try row.timeIfAny(first + 18), try row.timeIfAny(first + 19))
            if job.state == .recorded, job.outcome == nil { throw NotReadable() }
            return job
        }
    }

    func loadCall(of row: inout JobRow) throws {
        let found = try one(
            "SELECT call FROM job WHERE front_end = ? AND message_id = ?", [row.key.frontEnd, row.key.messageID])
        let content = try reading("job", key(row.key)) {
            guard let found else { throw NotReadable() }
            let call = try open(try found.at(0), in: .call, row.key.frontEnd, row.key.messageID)
            return try JSONDecoder().decode(SealedCall.self, from: Data(call))
        }
        row.call = content.call
        row.login.client = content.client
        row.login.locale = content.locale
    }

    private func sealedCall(of row: JobRow) throws -> [UInt8]? {
        guard let call = row.call else { return nil }
        let content = CanonicalJSON.object { json in
            json.member("call", call) { $1.write(to: &$0) }
            json.member("client", row.login.client)
            json.member("locale", row.login.locale)
        }
        return try sealing.seal(content, at: SealedColumn.call.place([row.key.frontEnd, row.key.messageID]))
    }

    func put(_ row: JobRow) throws {
        let (reply, call) = (try seal(reply: row.reply, of: row.key), try sealedCall(of: row))
        try hot(.putJob).run {
            $0.text(row.key.frontEnd)
            $0.text(row.key.messageID)
            $0.text(row.kind.rawValue)
            $0.bytes(row.fingerprint)
            $0.text(row.login.user)
            $0.text(row.login.application.rawValue)
            $0.text(row.login.login)
            $0.integer(row.state.rawValue)
            $0.integer(row.worker)
            $0.integer(row.fence)
            $0.integer(row.begins)
            $0.integer(row.leaseUntil.nanoseconds)
            $0.time(row.begunAt)
            $0.time(row.deadline)
            $0.integer(row.generation)
            $0.text(row.outcome?.rawValue)
            $0.bytes(reply)
            $0.integer(row.replyState.rawValue)
            $0.time(row.recordedAt)
            $0.text(row.withheld?.packed)
            $0.time(row.receivedAt)
            $0.time(row.settledAt)
            $0.bytes((row.call?.lock).map { lookup($0.text) })
            $0.bytes(call)
            $0.text(ProviderCall.pack(row.calls))
            $0.text(row.events?.packed)
        }
    }

    /// Notes what became of a reply.
    func settle(_ key: JobKey, as state: ReplyState, at now: Timestamp) throws {
        try statements.settle(key, as: state, at: now, db)
    }

    func reads(_ kind: ReadKind, after: Timestamp) throws -> Int {
        try one("SELECT COUNT(*) FROM read_log WHERE kind = ? AND at_ms > ?", [kind.rawValue, after.milliseconds])?[0]
            ?? 0
    }

    func addRead(_ kind: ReadKind, at now: Timestamp, forgetting before: Timestamp) throws {
        try run("INSERT INTO read_log (kind, at_ms) VALUES (?, ?)", [kind.rawValue, now.milliseconds])
        try run("DELETE FROM read_log WHERE kind = ? AND at_ms <= ?", [kind.rawValue, before.milliseconds])
    }

    /// Writes something of no meaning.
    func probe() throws { try run("REPLACE INTO meta VALUES ('probe', ?)", [clocks.wall().milliseconds]) }

    func time(_ milliseconds: Int64?) -> Timestamp? { milliseconds.map { Timestamp(milliseconds: $0) } }
}
