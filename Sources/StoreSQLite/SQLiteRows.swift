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

    /// What is sealed with an intent: all that a takeover needs and nobody else may read.
    private struct SealedCall: Codable {
        var call: PlannedCall
        var client: String?
        var locale: String?
    }

    func isAlive(_ worker: Int64) -> Bool { liveness.isAlive(worker) }
    func fingerprint(_ kind: JobKind, _ body: [UInt8]) -> [UInt8] { sealing.fingerprint(kind, body) }
    func lookup(_ text: String) -> [UInt8] { sealing.lookup(text) }
    func damaged() -> any Error { StoreError(.corrupt, "A row of the store cannot be read.") }

    func one(_ sql: String, _ arguments: StatementArguments) throws -> Row? {
        try Row.fetchOne(db.cachedStatement(sql: sql), arguments: arguments)
    }

    func run(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    func hash(_ number: E164) -> Data { Data(sealing.lookup(number.revealed)) }
    func seal(_ place: NumberPlace) throws -> Data { Data(try sealing.seal(Array(place.packed.utf8))) }
    func openPlace(_ sealed: Data) throws -> NumberPlace {
        guard let place = NumberPlace(packed: String(decoding: try sealing.open(Array(sealed)), as: UTF8.self))
        else { throw damaged() }
        return place
    }

    /// A reply can tell of people what is sealed everywhere else.
    private func seal(reply: [UInt8]) throws -> Data { reply.isEmpty ? Data() : Data(try sealing.seal(reply)) }

    /// Older versions wrote replies as they are: a brace is no id of a key.
    private func open(reply: Data) throws -> [UInt8] {
        reply.isEmpty || reply.first == UInt8(ascii: "{") ? Array(reply) : try sealing.open(Array(reply))
    }

    func job(_ key: JobKey) throws -> JobRow? {
        try one(
            "SELECT * FROM job WHERE front_end = ? AND message_id = ?", [key.frontEnd, key.messageID]
        ).map(readJob)
    }

    func begunJob(on lock: CallLock, except key: JobKey) throws -> JobRow? {
        try one(
            """
            SELECT * FROM job WHERE lock_hmac = ? AND state = 0 AND NOT (front_end = ? AND message_id = ?) LIMIT 1
            """, [Data(lookup(lock.text)), key.frontEnd, key.messageID]
        ).map(readJob)
    }

    func readJob(_ row: Row) throws -> JobRow {
        guard let kind = JobKind(rawValue: row[2]), let application = Application(rawValue: row[5]),
            let state = JobRow.State(rawValue: row[7]), let replyState = ReplyState(rawValue: row[19])
        else { throw damaged() }
        let fingerprint: Data = row[3]
        let reply: Data = row[18]
        var job = JobRow(
            key: JobKey(frontEnd: row[0], messageID: row[1]), kind: kind, fingerprint: Array(fingerprint),
            login: Job.Login(user: row[4], application: application, login: row[6]),
            begunAt: Timestamp(milliseconds: row[12]), deadline: Timestamp(milliseconds: row[13]))
        job.state = state
        (job.worker, job.fence, job.begins, job.generation) = (row[8], row[9], row[10], row[14])
        job.leaseUntil = MonotonicTime(nanoseconds: row[11])
        let outcome: String? = row[17]
        job.outcome = outcome.flatMap(Outcome.init)
        (job.reply, job.replyState) = (try open(reply: reply), replyState)
        job.recordedAt = time(row[20])
        let withheld: String? = row[21]
        job.withheld = withheld.flatMap { WithheldField(packed: $0) }
        (job.receivedAt, job.settledAt) = (time(row[22]), time(row[23]))
        return job
    }

    func loadCall(of row: inout JobRow) throws {
        let found = try one(
            "SELECT call FROM job WHERE front_end = ? AND message_id = ?", [row.key.frontEnd, row.key.messageID])
        guard let sealed: Data = found?[0] else { throw damaged() }
        let content = try JSONDecoder().decode(SealedCall.self, from: Data(sealing.open(Array(sealed))))
        row.call = content.call
        row.login.client = content.client
        row.login.locale = content.locale
    }

    private func sealedCall(of row: JobRow) throws -> Data? {
        guard let call = row.call else { return nil }
        let content = SealedCall(call: call, client: row.login.client, locale: row.login.locale)
        return Data(try sealing.seal(Array(try JSONEncoder().encode(content))))
    }

    func put(_ row: JobRow) throws {
        try run(
            "REPLACE INTO job VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                row.key.frontEnd, row.key.messageID, row.kind.rawValue, Data(row.fingerprint), row.login.user,
                row.login.application.rawValue, row.login.login, row.state.rawValue, row.worker, row.fence,
                row.begins, row.leaseUntil.nanoseconds, row.begunAt.milliseconds, row.deadline.milliseconds,
                row.generation, (row.call?.lock).map { Data(lookup($0.text)) }, try sealedCall(of: row),
                row.outcome?.rawValue, try seal(reply: row.reply), row.replyState.rawValue,
                row.recordedAt?.milliseconds, row.withheld?.packed, row.receivedAt?.milliseconds,
                row.settledAt?.milliseconds,
            ])
    }

    func settle(_ key: JobKey, as state: ReplyState) throws {
        try run(
            "UPDATE job SET reply_state = ?, settled_at = ? WHERE front_end = ? AND message_id = ? AND state = 1",
            [state.rawValue, clocks.wall().milliseconds, key.frontEnd, key.messageID])
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
