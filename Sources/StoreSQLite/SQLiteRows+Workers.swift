import Basics
import Foundation
import GRDB
import Store

extension Schema {
    /// What workers tell of themselves, and how they ended.
    ///
    /// A report is replaced every two seconds, so it is apart from what stays.
    static let workers = """
        ALTER TABLE worker ADD COLUMN ended_at INTEGER;
        ALTER TABLE worker ADD COLUMN ended_how TEXT;
        CREATE INDEX worker_by_end ON worker (ended_at) WHERE ended_at IS NOT NULL;
        CREATE INDEX worker_not_ended ON worker (id) WHERE ended_at IS NULL;
        CREATE TABLE worker_report (
            worker INTEGER PRIMARY KEY, at INTEGER NOT NULL, heard INTEGER NOT NULL, body TEXT NOT NULL);
        CREATE TRIGGER worker_gone AFTER DELETE ON worker BEGIN
            DELETE FROM worker_report WHERE worker = OLD.id;
            END;
        """
}

/// The store's workers, those that ended too.
extension SQLiteRows {
    /// Replaces what this worker tells of itself.
    func put(_ report: WorkerReport) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let body = String(decoding: try encoder.encode(report), as: UTF8.self)
        try run(
            "REPLACE INTO worker_report VALUES (?, ?, ?, ?)",
            [worker, clocks.wall().milliseconds, clocks.monotonic().nanoseconds, body])
    }

    /// All of them, in the order in which they came.
    func workers() throws -> [WorkerRecord] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, started_at, ended_at, ended_how, report.at, heard, body FROM worker
                    LEFT JOIN worker_report AS report ON report.worker = worker.id ORDER BY id
                    """)
        ).compactMap { row in try readable { try reading("worker", String(row[0] as Int64)) { try record(row) } } }
    }

    private func record(_ row: Row) throws -> WorkerRecord {
        let id: Int64 = try row.at(0)
        let endedAt: Int64? = try row.at(2)
        var record = WorkerRecord(
            id: id, startedAt: try row.time(1), isAlive: endedAt == nil && isAlive(id))
        record.reportedAt = try row.timeIfAny(4)
        // Both are of one machine, and of one boot of it while the worker lives.
        record.age = (try row.at(5) as Int64?).map { clocks.monotonic() - MonotonicTime(nanoseconds: $0) }
        // What a newer version tells in other words is not understood here; that it lives is.
        let body: String? = try row.at(6)
        record.report = body.flatMap { try? JSONDecoder().decode(WorkerReport.self, from: Data($0.utf8)) }
        guard !record.isAlive else { return record }
        record.end = (try row.at(3) as String?).flatMap(WorkerEnd.init) ?? .killed
        record.isUncounted = endedAt == nil
        record.endedAt = time(endedAt) ?? record.reportedAt ?? record.startedAt
        return record
    }

    /// Says how a worker ended.
    func end(_ ended: Int64, _ how: WorkerEnd, at time: Timestamp) throws {
        try run(
            "UPDATE worker SET ended_at = ?, ended_how = ? WHERE id = ? AND ended_at IS NULL",
            [time.milliseconds, how.rawValue, ended])
        if db.changesCount > 0 { try count(settledBy: ended) }
    }

    /// Writes down those that ended without a word.
    ///
    /// Numbers are never given twice, so nobody will be taken for one of these.
    func noteKilled() throws {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, started_at, at FROM worker LEFT JOIN worker_report ON worker = id
                    WHERE ended_at IS NULL ORDER BY id
                    """))
        for row in rows where !isAlive(row[0]) {
            try end(row[0], .killed, at: Timestamp(milliseconds: (row[2] as Int64?) ?? row[1]))
        }
    }

    /// Of those that ended so many stay, whatever their age.
    func forgetEnded(keeping most: Int) throws {
        try run(
            """
            DELETE FROM worker WHERE ended_at IS NOT NULL AND id <= (
                SELECT id FROM worker WHERE ended_at IS NOT NULL ORDER BY id DESC LIMIT 1 OFFSET ?)
            """, [most])
    }
}
