package import Basics
import GRDB
import Store

/// What operators' metrics tell of a store.
extension SQLiteStore {
    /// Its files and their sizes: `main` and `wal`.
    package var files: [(name: String, bytes: Int64)] {
        [("main", ""), ("wal", "-wal")].compactMap { name, suffix in
            OpenFile.size(of: path + suffix).map { (name, $0) }
        }
    }

    /// What is free on its file system.
    package var freeBytes: UInt64? {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        return DiskFacts(path: folder)?.freeBytes
    }

    /// When a backup was last made; `nil` for never.
    package func lastBackup() async throws -> Timestamp? {
        try await look { db in
            try Int64.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'last_backup'")
                .map(Timestamp.init(milliseconds:))
        }
    }

    /// Dead letters that nobody has dealt with, by reason.
    package func waitingLetters() async throws -> [(reason: String, count: Int, oldest: Timestamp)] {
        try await look(Self.waitingLetters)
    }

    @Sendable static func waitingLetters(
        _ db: Database
    ) throws -> [(reason: String, count: Int, oldest: Timestamp)] {
        try Row.fetchAll(
            db, sql: "SELECT reason, COUNT(*), MIN(at) FROM dead_letter WHERE state = 'waiting' GROUP BY reason"
        ).map { (reason: $0[0], count: $0[1], oldest: Timestamp(milliseconds: $0[2])) }
    }
}

extension SQLiteRows {
    func newLetters(since: Timestamp) throws -> Int {
        // By time: those of ten minutes are few, those that wait may be many.
        try one(
            "SELECT COUNT(*) FROM dead_letter WHERE at >= ? AND +state = 'waiting'", [since.milliseconds])?[0] ?? 0
    }

    func timelines(of messageID: String) throws -> [JobTimeline] {
        // From one front end to the next by the key's first column: there are few of them, and many jobs.
        let frontEnds = try String.fetchAll(
            db,
            sql: """
                WITH RECURSIVE place (name) AS (
                    SELECT MIN(front_end) FROM job
                    UNION ALL SELECT (SELECT MIN(front_end) FROM job WHERE front_end > name) FROM place
                    WHERE name IS NOT NULL)
                SELECT name FROM place WHERE name IS NOT NULL
                """)
        return try frontEnds.compactMap { frontEnd in
            guard var row = try job(JobKey(frontEnd: frontEnd, messageID: messageID)) else { return nil }
            row.calls = try calls(of: row.key)
            return JobTimeline(row, isAlive: isAlive(row.worker))
        }
    }

    /// What is read for a look only.
    private func calls(of key: JobKey) throws -> [ProviderCall] {
        let row = try one(
            "SELECT calls FROM job WHERE front_end = ? AND message_id = ?", [key.frontEnd, key.messageID])
        return (try row?.textIfAny(0)).map { ProviderCall.unpack($0) } ?? []
    }
}
