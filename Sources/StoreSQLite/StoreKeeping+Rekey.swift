import Foundation
import GRDB
package import Store

extension StoreKeeping {
    /// Seals every value of a store with a new key, bound to its place.
    ///
    /// Refused while a worker works on it: workers know the keys that they began with.
    ///
    /// Goes in steps, each whole by itself; the key file holds all keys that are still needed at any moment. Called again
    /// after it was interrupted, it goes on with the key that it had made. Keys that nothing is sealed with are taken out
    /// at the end, but the oldest: look-up hashes come from it, of what the store no longer knows in clear. A value that cannot
    /// be opened ends it, by table and key; only what an erasure has blanked is passed over.
    package static func rekey(
        _ configuration: SQLiteStoreConfiguration, step: Int = 500
    ) async throws(StoreError) -> StoreRekeying {
        let told = StoreProgress.told
        return try await atRest(configuration) { pool, before in
            // What an older version had begun cannot bind: a key that does is made for it all.
            let isUnfinished = try pool.read { try before.isBinding && hasOlder(than: before.current, $0) }
            let sealing = isUnfinished ? before : try KeyFile.addKey(configuration.keyFile)
            try pool.write {
                try $0.execute(sql: "REPLACE INTO meta VALUES ('key_current', ?)", arguments: [sealing.current])
            }
            var values = 0
            for column in SealedColumn.all {
                var place: [DatabaseValue]?
                while true {
                    let from = place
                    let (count, last) = try pool.write { try reseal(column, after: from, step, sealing, $0) }
                    values += count
                    told?(StoreProgress("values sealed anew", values))
                    guard let last else { break }
                    place = last
                }
            }
            // What was overwritten still lies in the log until it is begun anew.
            try pool.writeWithoutTransaction { _ = try $0.checkpoint(.truncate) }
            try KeyFile.removeUnused(configuration.keyFile)
            return StoreRekeying(key: sealing.current, values: values)
        }
    }

    private static func hasOlder(than key: UInt8, _ db: Database) throws -> Bool {
        for column in SealedColumn.all {
            let sql = """
                SELECT 1 FROM \(column.table) WHERE \(column.column) IS NOT NULL
                AND substr(\(column.column), 1, 1) <> ? AND \(column.column) <> \(SealedColumn.blank) LIMIT 1
                """
            if try Row.fetchOne(db, sql: sql, arguments: [Data([key])]) != nil { return true }
        }
        return false
    }

    /// - Returns: how many were sealed anew, and the last one's place if there may be more.
    private static func reseal(
        _ column: SealedColumn, after place: [DatabaseValue]?, _ step: Int, _ sealing: Sealing, _ db: Database
    ) throws -> (Int, [DatabaseValue]?) {
        let rows = try column.rows(db, after: place, limit: step)
        var count = 0
        for row in rows where row.sealed.first != sealing.current && row.sealed != [0] {
            guard let plain = try? column.open(row.sealed, of: row.key, sealing) else {
                let key = row.key.map { String(describing: $0.storage.value ?? "") }.joined(separator: "/")
                throw StoreError(unreadable: UnreadableRecord(table: column.table, key: key))
            }
            try column.put(try column.seal(plain, of: row.key, sealing), at: row.key, db)
            count += 1
        }
        return (count, rows.count == step ? rows.last?.key : nil)
    }
}
