import Basics
import Foundation
import GRDB
import Store

/// A store in a file that is copied to another kind of store: no worker writes or enters it until it is closed.
final class SQLiteCopySource: CopySource {
    let keyFile: String
    private let pool: DatabasePool
    private let writer: LockFile

    private init(_ pool: DatabasePool, _ writer: LockFile, keyFile: String) {
        (self.pool, self.writer, self.keyFile) = (pool, writer, keyFile)
    }

    static func open(_ configuration: SQLiteStoreConfiguration) async throws(StoreError) -> SQLiteCopySource {
        try await SQLiteFile.blocking {
            let sealing = try SQLiteFile.sealing(of: configuration)
            let pool = try SQLiteFile.openPool(configuration.path)
            let writer = try LockFile(configuration.path + ".writer")
            try writer.lock()
            let source = SQLiteCopySource(pool, writer, keyFile: configuration.keyFile)
            do { try source.prepare(configuration, sealing) } catch {
                source.letGo()
                throw error
            }
            return source
        }
    }

    private func prepare(_ configuration: SQLiteStoreConfiguration, _ sealing: Sealing) throws {
        try pool.read { db in
            try Schema.check(db, sealing, configuration)
            try Schema.requireCompleted(db)
        }
        let live = try LockFile(configuration.path + ".live")
        try StoreKeeping.requireNoWorker(pool, live)
        guard sealing.isBindingAll else {
            throw StoreError(
                .failed, "The store's values are not bound to their rows yet: 'store rekey' binds them; then copy it.")
        }
        // What is still to be made of some rows can be made here only.
        var isMore = true
        while isMore {
            isMore = try pool.write { db in
                let rows = SQLiteRows.looking(db, .system, sealing, Liveness(watching: live))
                try rows.noteKilled()
                let most = SQLiteRows.countedAtOnce
                let made = [
                    try rows.countOutcomes(limit: most), try rows.nameLetters(limit: most),
                    try rows.nameEntries(limit: most),
                ]
                return made.contains(most)
            }
        }
    }

    func rows(
        of table: CopiedTable, after place: [CopiedValue]?, limit: Int
    ) async throws(StoreError) -> [[CopiedValue]] {
        try await SQLiteFile.blocking { [pool] in try pool.read { try table.rows($0, after: place, limit: limit) } }
    }

    func lastNumber(of table: CopiedTable) async throws(StoreError) -> Int64 {
        try await SQLiteFile.blocking { [pool] in
            try pool.read { db in
                let given = try Int64.fetchOne(
                    db, sql: "SELECT seq FROM sqlite_sequence WHERE name = ?", arguments: [table.name])
                let last = try Int64.fetchOne(db, sql: "SELECT max(id) FROM \(table.name.quotedDatabaseIdentifier)")
                return max(given ?? 0, last ?? 0)
            }
        }
    }

    func fact(_ name: String) async throws(StoreError) -> Int64? {
        try await SQLiteFile.blocking { [pool] in
            try pool.read { try Int64.fetchOne($0, sql: "SELECT value FROM meta WHERE name = ?", arguments: [name]) }
        }
    }

    func close() async { letGo() }

    private func letGo() {
        try? pool.close()
        writer.unlock()
    }
}

/// A file beside the store's place that gets its name when all of it is there.
final class SQLiteCopyTarget: CopyTarget {
    private let configuration: SQLiteStoreConfiguration
    private let path: String
    private let queue: DatabaseQueue
    /// The key file was made here, and goes where the copy fails.
    private let hasMadeKeyFile: Bool

    private init(
        _ configuration: SQLiteStoreConfiguration, _ path: String, _ queue: DatabaseQueue, hasMadeKeyFile: Bool
    ) {
        (self.configuration, self.path, self.queue) = (configuration, path, queue)
        self.hasMadeKeyFile = hasMadeKeyFile
    }

    static func make(
        _ configuration: SQLiteStoreConfiguration, keyFile: String
    ) async throws(StoreError) -> SQLiteCopyTarget {
        try await SQLiteFile.blocking {
            try requireNothing(at: configuration.path)
            let makesKeyFile = keyFile != configuration.keyFile
            if makesKeyFile { try KeyFile.copy(keyFile, to: configuration.keyFile) }
            let path = configuration.path + ".copying"
            do {
                // One that was killed left it.
                SQLiteFile.removeStore(path)
                try SQLiteFile.makeFile(path)
                let queue = try DatabaseQueue(path: path)
                // All of it reaches the disk before it gets its name.
                try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = OFF") }
                try Schema.migrator.migrate(queue)
                let sealing = try KeyFile.read(configuration.keyFile)
                try queue.write { try SQLiteFile.fill($0, sealing, [:]) }
                return SQLiteCopyTarget(configuration, path, queue, hasMadeKeyFile: makesKeyFile)
            } catch {
                SQLiteFile.removeStore(path)
                if makesKeyFile { KeyFile.remove(configuration.keyFile) }
                throw error
            }
        }
    }

    private static func requireNothing(at path: String) throws {
        guard access(path, F_OK) != 0 else {
            throw StoreError(.exists, "There is a store at \(path) already; it is left alone.")
        }
    }

    func storable(_ text: String) -> String { text }

    func add(_ rows: [[CopiedValue]], to table: CopiedTable) async throws(StoreError) {
        try await SQLiteFile.blocking { [queue] in
            try queue.write { db in for row in rows { try table.insert(row, db) } }
        }
    }

    func rows(
        of table: CopiedTable, after place: [CopiedValue]?, limit: Int
    ) async throws(StoreError) -> [[CopiedValue]] {
        try await SQLiteFile.blocking { [queue] in try queue.read { try table.rows($0, after: place, limit: limit) } }
    }

    func setLastNumber(_ number: Int64, of table: CopiedTable) async throws(StoreError) {
        try await SQLiteFile.blocking { [queue] in
            try queue.write { db in
                // Of a table whose numbers may be given again there is nothing to keep.
                let sql = try String.fetchOne(
                    db, sql: "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = ?", arguments: [table.name])
                guard sql?.contains("AUTOINCREMENT") == true, number > 0 else { return }
                try db.execute(sql: "DELETE FROM sqlite_sequence WHERE name = ?", arguments: [table.name])
                try db.execute(
                    sql: "INSERT INTO sqlite_sequence (name, seq) VALUES (?, ?)", arguments: [table.name, number])
            }
        }
    }

    func setFact(_ name: String, _ number: Int64) async throws(StoreError) {
        try await SQLiteFile.blocking { [queue] in
            try queue.write { try $0.execute(sql: "REPLACE INTO meta VALUES (?, ?)", arguments: [name, number]) }
        }
    }

    func finish() async throws(StoreError) {
        try await SQLiteFile.blocking { [queue, path, configuration] in
            let lines = try queue.write { db in
                // All outcomes are counted where they came from.
                try db.execute(sql: "REPLACE INTO meta SELECT 'counted_to', ifnull(max(id), 0) FROM history")
                return try String.fetchAll(db, sql: "PRAGMA integrity_check(5)")
            }
            guard lines == ["ok"] else { throw StoreError(.corrupt, "The copy is damaged; is the disk sound?") }
            try queue.close()
            try SQLiteFile.sync(path)
            // Unlike a renaming, a link replaces nothing.
            guard link(path, configuration.path) == 0 else {
                try Self.requireNothing(at: configuration.path)
                throw StoreError(.failed, "The copy cannot get its name: \(String(cString: strerror(errno))).")
            }
            unlink(path)
            do {
                try SQLiteFile.syncFolder(of: configuration.path)
                try SQLiteFile.syncFolder(of: configuration.keyFile)
            } catch {
                unlink(configuration.path)
                throw error
            }
        }
    }

    func abandon() async {
        try? queue.close()
        SQLiteFile.removeStore(path)
        if hasMadeKeyFile { KeyFile.remove(configuration.keyFile) }
    }
}

extension CopiedTable {
    private func list(_ names: [String]) -> String { names.map(\.quotedDatabaseIdentifier).joined(separator: ", ") }

    fileprivate func rows(_ db: Database, after place: [CopiedValue]?, limit: Int) throws -> [[CopiedValue]] {
        let key = list(self.key)
        let behind = place.map { "WHERE (\(key)) > (\($0.map { _ in "?" }.joined(separator: ", ")))" } ?? ""
        let statement = try db.cachedStatement(
            sql: "SELECT \(list(columns)) FROM \(list([name])) \(behind) ORDER BY \(key) LIMIT \(limit)")
        let rows = try Row.fetchAll(statement, arguments: StatementArguments((place ?? []).map(\.databaseValue)))
        return try rows.map { row in try columns.indices.map { try CopiedValue(row[$0] as DatabaseValue) } }
    }

    /// What a row has here besides.
    private var more: [(column: String, value: Int64)] {
        switch name {
        // Its worker is gone.
        case "job": [("lease_until", 0)]
        case "worker_report": [("heard", 0)]
        // The names in it come with the copy.
        case "dead_letter", "audit": [("named", 1)]
        case _: []
        }
    }

    fileprivate func insert(_ row: [CopiedValue], _ db: Database) throws {
        let names = columns + more.map(\.column)
        let marks = names.map { _ in "?" }.joined(separator: ", ")
        let values = row.map(\.databaseValue) + more.map(\.value.databaseValue)
        try db.cachedStatement(sql: "INSERT INTO \(list([name])) (\(list(names))) VALUES (\(marks))")
            .execute(arguments: StatementArguments(values))
    }
}

extension CopiedValue {
    fileprivate init(_ value: DatabaseValue) throws {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = .bytes(Array(data))
        // No column is one of these.
        case .double: throw NotReadable()
        }
    }

    fileprivate var databaseValue: DatabaseValue {
        switch self {
        case .null: .null
        case .integer(let number): number.databaseValue
        case .text(let text): text.databaseValue
        case .bytes(let bytes): Data(bytes).databaseValue
        }
    }
}
