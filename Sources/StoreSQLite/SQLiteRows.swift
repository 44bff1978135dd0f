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
    let notes = RowNotes()

    /// What is sealed with an intent: all that a takeover needs and nobody else may read.
    private struct SealedCall: Codable {
        var call: PlannedCall
        var client: String?
        var locale: String?
    }

    func isAlive(_ worker: Int64) -> Bool { liveness.isAlive(worker) }
    func fingerprint(_ kind: JobKind, _ body: [UInt8]) -> [UInt8] { sealing.fingerprint(kind, body) }
    func lookup(_ text: String) -> [UInt8] { sealing.lookup(text) }

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

    func hash(_ number: E164) -> Data { Data(sealing.lookup(number.revealed)) }

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
    private func seal(reply: [UInt8], of key: JobKey) throws -> Data {
        reply.isEmpty ? Data() : try seal(reply, in: .reply, key.frontEnd, key.messageID)
    }

    private func open(reply: Data, of key: JobKey) throws -> [UInt8] {
        let bytes = Array(reply)
        if bytes.isEmpty || sealing.isPlain(reply: bytes) { return bytes }
        return try open(reply, in: .reply, key.frontEnd, key.messageID)
    }

    func job(_ key: JobKey) throws -> JobRow? {
        try one(
            "SELECT * FROM job WHERE front_end = ? AND message_id = ?", [key.frontEnd, key.messageID]
        ).map(readJob)
    }

    /// Only what does not depend on the version: a newer one's job keeps its number to itself as long as its worker lives.
    func begunJob(on lock: CallLock, except key: JobKey) throws -> LockHolder? {
        try one(
            """
            SELECT front_end, message_id, worker, lease_until FROM job
            WHERE lock_hmac = ? AND state = 0 AND NOT (front_end = ? AND message_id = ?) LIMIT 1
            """, [Data(lookup(lock.text)), key.frontEnd, key.messageID]
        ).map { row in
            LockHolder(
                key: JobKey(frontEnd: row[0], messageID: row[1]), worker: (try? row.at(2)) ?? 0,
                leaseUntil: MonotonicTime(nanoseconds: (try? row.at(3)) ?? 0))
        }
    }

    func dropLock(of key: JobKey) throws {
        try run(
            "UPDATE job SET lock_hmac = NULL WHERE front_end = ? AND message_id = ?", [key.frontEnd, key.messageID])
    }

    func readJob(_ row: Row) throws -> JobRow {
        let key = JobKey(frontEnd: row[0], messageID: row[1])
        return try reading("job", self.key(key)) { try readJob(row, key) }
    }

    private func readJob(_ row: Row, _ key: JobKey) throws -> JobRow {
        var job = JobRow(
            key: key, kind: try row.choice(2), fingerprint: try row.bytes(3),
            login: Job.Login(user: try row.at(4), application: try row.choice(5), login: try row.at(6)),
            begunAt: try row.time(12), deadline: try row.time(13))
        job.state = try row.choice(7)
        (job.worker, job.fence, job.begins, job.generation) = (
            try row.at(8), try row.at(9), try row.at(10), try row.at(14)
        )
        job.leaseUntil = MonotonicTime(nanoseconds: try row.at(11))
        // An outcome that this version does not know is one all the same: the job is over, and not to be done again.
        job.outcome = try row.choiceIfAny(17)
        (job.reply, job.replyState) = (try open(reply: try row.at(18), of: key), try row.choice(19))
        job.recordedAt = try row.timeIfAny(20)
        let withheld: String? = try row.at(21)
        job.withheld = try withheld.map {
            guard let field = WithheldField(packed: $0) else { throw NotReadable() }
            return field
        }
        (job.receivedAt, job.settledAt) = (try row.timeIfAny(22), try row.timeIfAny(23))
        if job.state == .recorded, job.outcome == nil { throw NotReadable() }
        return job
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

    private func sealedCall(of row: JobRow) throws -> Data? {
        guard let call = row.call else { return nil }
        let content = SealedCall(call: call, client: row.login.client, locale: row.login.locale)
        return try seal(Array(try JSONEncoder().encode(content)), in: .call, row.key.frontEnd, row.key.messageID)
    }

    func put(_ row: JobRow) throws {
        try run(
            "REPLACE INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                row.key.frontEnd, row.key.messageID, row.kind.rawValue, Data(row.fingerprint), row.login.user,
                row.login.application.rawValue, row.login.login, row.state.rawValue, row.worker, row.fence,
                row.begins, row.leaseUntil.nanoseconds, row.begunAt.milliseconds, row.deadline.milliseconds,
                row.generation, (row.call?.lock).map { Data(lookup($0.text)) }, try sealedCall(of: row),
                row.outcome?.rawValue, try seal(reply: row.reply, of: row.key), row.replyState.rawValue,
                row.recordedAt?.milliseconds, row.withheld?.packed, row.receivedAt?.milliseconds,
                row.settledAt?.milliseconds,
            ])
    }

    /// Notes what became of a reply.
    static func settle(_ key: JobKey, as state: ReplyState, at now: Timestamp, _ db: Database) throws {
        try db.cachedStatement(
            sql: "UPDATE job SET reply_state = ?, settled_at = ? WHERE front_end = ? AND message_id = ? AND state = 1"
        ).execute(arguments: [state.rawValue, now.milliseconds, key.frontEnd, key.messageID])
    }

    func reads(_ kind: ReadKind, after: Timestamp) throws -> Int {
        try one("SELECT COUNT(*) FROM read_log WHERE kind = ? AND at_ms > ?", [kind.rawValue, after.milliseconds])?[0]
            ?? 0
    }

    func addRead(_ kind: ReadKind, at now: Timestamp, forgetting before: Timestamp) throws {
        try run("INSERT INTO read_log (kind, at_ms) VALUES (?, ?)", [kind.rawValue, now.milliseconds])
        try run("DELETE FROM read_log WHERE kind = ? AND at_ms <= ?", [kind.rawValue, before.milliseconds])
    }

    func time(_ milliseconds: Int64?) -> Timestamp? { milliseconds.map { Timestamp(milliseconds: $0) } }
}
