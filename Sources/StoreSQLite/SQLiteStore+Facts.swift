public import Basics
import GRDB

/// What operators' metrics tell of a store.
extension SQLiteStore {
    /// Its files and their sizes: `main` and `wal`.
    public var files: [(name: String, bytes: Int64)] {
        [("main", ""), ("wal", "-wal")].compactMap { name, suffix in
            OpenFile.size(of: path + suffix).map { (name, $0) }
        }
    }

    /// What is free on its file system.
    public var freeBytes: UInt64? {
        let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? "."
        return DiskFacts(path: folder)?.freeBytes
    }

    /// Dead letters that nobody has dealt with, by reason.
    public func waitingLetters() async throws -> [(reason: String, count: Int, oldest: Timestamp)] {
        try await look { db in
            try Row.fetchAll(
                db, sql: "SELECT reason, COUNT(*), MIN(at) FROM dead_letter WHERE state = 'waiting' GROUP BY reason"
            ).map { (reason: $0[0], count: $0[1], oldest: Timestamp(milliseconds: $0[2])) }
        }
    }
}
