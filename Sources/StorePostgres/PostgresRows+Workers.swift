import Basics
import Foundation
import Store
import Wire

/// The store's workers, those that ended too.
///
/// A worker's life is an advisory lock of a session that it keeps for nothing else: the server drops it with the connection, so
/// a takeover after a crash waits for no lease. A server that restarts, and a standby that takes over, drops everybody's, and all
/// come back within moments: so for the length of a lease after the first word with a server, whoever took its lock at
/// another counts as alive.
extension PostgresRows {
    /// The first half of the locks that show workers alive.
    ///
    /// They have a space apart from all other locks of the store: those have one number, these two. Two stores may be in one
    /// database, so it is each store's own.
    var lifeSpace: Int64 {
        Int64(sealing.lookup("lock life").prefix(4).reduce(UInt32(0)) { $0 << 8 | UInt32($1) } & 0x7FFF_FFFF)
    }

    /// Tells one run of a server from another.
    static let incarnation = "(extract(epoch FROM pg_postmaster_start_time()) * 1000000)::bigint::text"

    func isAlive(_ worker: Int64) throws -> Bool {
        if worker == self.worker { return true }
        return try transaction.livingWorkers(living).contains(worker)
    }

    /// A worker that is gone without a word may have been cut off, and be at a call: only its own last word tells that it is not.
    func mayStillCall(_ worker: Int64) throws -> Bool {
        if worker == self.worker { return true }
        let row = try one(
            "SELECT released_at IS NULL AND (ended_at IS NULL OR ended_how = $2) FROM worker WHERE id = $1",
            [.integer(worker), .text(WorkerEnd.killed.rawValue)])
        return try row?.flag(0) ?? false
    }

    private func living() throws -> Set<Int64> {
        let rows = try all(
            """
            SELECT id FROM worker WHERE ended_at IS NULL AND released_at IS NULL AND (
                id IN (SELECT objid::bigint FROM pg_locks WHERE locktype = 'advisory' AND classid::bigint = $1
                    AND objsubid = 2 AND granted
                    AND database = (SELECT oid FROM pg_database WHERE datname = current_database()))
                OR incarnation <> \(Self.incarnation)
                    AND $2 < $3 + coalesce((SELECT seen_at FROM server WHERE incarnation = \(Self.incarnation)), $2))
            """, [.integer(lifeSpace), .time(clocks.wall()), .number(Lease.length.milliseconds)])
        return Set(try rows.map { try $0.integer(0) })
    }

    /// Remembers the first word with this server.
    func meetServer() throws {
        try run(
            "INSERT INTO server (incarnation, seen_at) VALUES (\(Self.incarnation), $1) ON CONFLICT DO NOTHING",
            [.time(clocks.wall())])
    }

    /// Enters a worker, whose lock its own session has taken.
    func enter(_ id: Int64) throws {
        try meetServer()
        try run(
            "INSERT INTO worker (id, started_at, incarnation) VALUES ($1, $2, \(Self.incarnation))",
            [.integer(id), .time(clocks.wall())])
    }

    /// The same worker with its lock at another server, or taken again; what others have said of its end is taken back.
    func enterAgain() throws {
        try meetServer()
        let ended = try one(
            "SELECT ended_at IS NOT NULL FROM worker WHERE id = $1 FOR UPDATE", [.integer(worker)])
        if try ended?.flag(0) == true { try count(settledBy: worker, times: -1) }
        try run(
            """
            UPDATE worker SET incarnation = \(Self.incarnation), ended_at = NULL, ended_how = NULL WHERE id = $1
            """, [.integer(worker)])
    }

    private static let putReport = PostgresColumns.put("worker_report", key: ["worker"], ["at", "heard", "body"])

    /// Replaces what this worker tells of itself.
    func put(_ report: WorkerReport) throws {
        try run(
            Self.putReport,
            [.integer(worker), .time(clocks.wall()), .time(clocks.monotonic()), .text(try Self.json(report))])
    }

    static func json(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }

    /// All of them, in the order in which they came.
    func workers() throws -> [WorkerRecord] {
        try all(
            """
            SELECT id, started_at, ended_at, ended_how, report.at, heard, body FROM worker
            LEFT JOIN worker_report AS report ON report.worker = worker.id ORDER BY id
            """
        ).compactMap { row in
            let id = try row.integer(0)
            return try readable { try reading("worker", String(id)) { try record(id, row) } }
        }
    }

    private func record(_ id: Int64, _ row: PostgresRow) throws -> WorkerRecord {
        let endedAt = try row.timeIfAny(2)
        var record = WorkerRecord(
            id: id, startedAt: try row.time(1), isAlive: try endedAt == nil && isAlive(id))
        record.reportedAt = try row.timeIfAny(4)
        record.age = try row.integerIfAny(5).map { clocks.monotonic() - MonotonicTime(nanoseconds: $0) }
        // What a newer version tells in other words is not understood here; that it lives is.
        let body = try row.textIfAny(6)
        record.report = body.flatMap { try? JSONDecoder().decode(WorkerReport.self, from: Data($0.utf8)) }
        guard !record.isAlive else { return record }
        record.end = try row.textIfAny(3).flatMap(WorkerEnd.init) ?? .killed
        record.isUncounted = endedAt == nil
        record.endedAt = endedAt ?? record.reportedAt ?? record.startedAt
        return record
    }

    /// Says how a worker ended.
    func end(_ ended: Int64, _ how: WorkerEnd, at time: Timestamp) throws {
        let count = try change(
            "UPDATE worker SET ended_at = $1, ended_how = $2 WHERE id = $3 AND ended_at IS NULL",
            [.time(time), .text(how.rawValue), .integer(ended)])
        guard count > 0 else { return }
        try self.count(settledBy: ended, times: 1)
        try run("DELETE FROM worker_order WHERE worker = $1", [.integer(ended)])
    }

    /// Writes down those that ended without a word.
    ///
    /// Numbers are never given twice, so nobody will be taken for one of these.
    func noteKilled() throws {
        let rows = try all(
            """
            SELECT id, coalesce(at, started_at) FROM worker LEFT JOIN worker_report ON worker = id
            WHERE ended_at IS NULL ORDER BY id
            """)
        for row in rows {
            let id = try row.integer(0)
            if try !isAlive(id) { try end(id, .killed, at: try row.time(1)) }
        }
    }

    /// Of those that ended so many stay, whatever their age.
    func forgetEnded(keeping most: Int) throws {
        try run(
            """
            DELETE FROM worker WHERE ended_at IS NOT NULL AND id <= (
                SELECT id FROM worker WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET $1::bigint)
            """, [.number(most)])
    }

    /// What a worker that ends has settled counts on.
    private func count(settledBy ended: Int64, times: Int) throws {
        let body = try one("SELECT body FROM worker_report WHERE worker = $1", [.integer(ended)])?.textIfAny(0)
        guard let body, let report = try? JSONDecoder().decode(WorkerReport.self, from: Data(body.utf8)) else { return }
        for lane in report.lanes where lane.settled > 0 {
            try run(
                """
                INSERT INTO lane_settled AS known (lane, count) VALUES ($1, $2)
                ON CONFLICT (lane) DO UPDATE SET count = known.count + excluded.count
                """, [.text(lane.lane), .number(lane.settled * times)])
        }
    }
}
