import Foundation
import GRDB
package import Store

/// What operators do to a store beside the workers: back it up, move it, look through it.
package enum StoreKeeping {
    /// Copies a store into a new file while workers go on; the copy is one moment's state, and is looked through.
    ///
    /// The key file is not copied: whoever gets hold of one of the two can read nothing.
    /// - Throws: ``StoreError``, `.exists` when there is something at that place.
    package static func backup(_ configuration: SQLiteStoreConfiguration, to path: String) async throws(StoreError) {
        let told = StoreProgress.told
        try await SQLiteFile.blocking {
            let sealing = try SQLiteFile.sealing(of: configuration)
            let pool = try SQLiteFile.openPool(configuration.path)
            defer { try? pool.close() }
            try pool.read { try Schema.check($0, sealing, configuration) }
            try SQLiteFile.makeCopy(of: pool, at: path, told)
            try note("last_backup", pool, configuration)
        }
    }

    /// Moves a store to another place, with its keys.
    ///
    /// Refused while a worker works on it: what the worker went on to write would be missing there.
    ///
    /// - Throws: ``StoreError``, `.exists` when there is something at either place.
    package static func copy(
        _ configuration: SQLiteStoreConfiguration, to target: SQLiteStoreConfiguration
    ) async throws(StoreError) {
        let told = StoreProgress.told
        try await atRest(configuration) { pool, _ in
            try KeyFile.copy(configuration.keyFile, to: target.keyFile)
            do {
                try SQLiteFile.makeCopy(of: pool, at: target.path, told)
            } catch {
                unlink(target.keyFile)
                throw error
            }
        }
    }

    /// Brings a store up to date, as a worker does at its start.
    ///
    /// - Returns: the names of the steps that were missing.
    package static func migrate(_ configuration: SQLiteStoreConfiguration) async throws(StoreError) -> [String] {
        try await locked(configuration) { pool, _ in
            let done = try pool.read { try Schema.migrator.completedMigrations($0) }
            try Schema.migrator.migrate(pool)
            return Schema.migrator.migrations.filter { !done.contains($0) }
        }
    }

    /// Works on a store while no worker writes, or enters it.
    static func locked<Result: Sendable>(
        _ configuration: SQLiteStoreConfiguration,
        _ work: @escaping @Sendable (DatabasePool, Sealing) throws -> Result
    ) async throws(StoreError) -> Result {
        try await SQLiteFile.blocking {
            let sealing = try SQLiteFile.sealing(of: configuration)
            let pool = try SQLiteFile.openPool(configuration.path)
            defer { try? pool.close() }
            let writer = try LockFile(configuration.path + ".writer")
            try writer.lock()
            defer { writer.unlock() }
            try pool.read { try Schema.check($0, sealing, configuration) }
            return try work(pool, sealing)
        }
    }

    /// Works on a store that no worker holds, and lets none begin meanwhile.
    static func atRest<Result: Sendable>(
        _ configuration: SQLiteStoreConfiguration,
        _ work: @escaping @Sendable (DatabasePool, Sealing) throws -> Result
    ) async throws(StoreError) -> Result {
        try await locked(configuration) { pool, sealing in
            let live = try LockFile(configuration.path + ".live")
            try requireNoWorker(pool, live)
            return try work(pool, sealing)
        }
    }

    static func requireNoWorker(_ pool: DatabasePool, _ live: LockFile) throws {
        let living = try pool.read(SQLiteFile.workers).count { Liveness.lives($0, live) }
        guard living == 0 else {
            throw StoreError(
                .busy,
                "Processes at work on the store: \(living). Stop the workers first; their jobs wait in the queues.")
        }
    }

    private static func note(_ name: String, _ pool: DatabasePool, _ configuration: SQLiteStoreConfiguration) throws {
        let writer = try LockFile(configuration.path + ".writer")
        try writer.lock()
        defer { writer.unlock() }
        let now = Int64(Date.now.timeIntervalSince1970 * 1000)
        try pool.write { try $0.execute(sql: "REPLACE INTO meta VALUES (?, ?)", arguments: [name, now]) }
    }
}

extension SQLiteFile {
    /// Makes a file of one moment's state, found sound, on disk.
    ///
    /// Nothing is left behind when it fails.
    static func makeCopy(of pool: DatabasePool, at path: String, _ told: StoreProgress.Told? = nil) throws {
        try makeFile(path)
        let watching = told.map { watch(path, of: pool.path, $0) }
        defer { watching?.cancel() }
        do {
            let copy = try DatabaseQueue(path: path)
            try pool.backup(to: copy)
            let lines = try copy.inDatabase { try String.fetchAll($0, sql: "PRAGMA integrity_check(5)") }
            try copy.close()
            guard lines == ["ok"] else { throw StoreError(.corrupt, "The copy is damaged, as the store may be.") }
            try sync(path)
            try syncFolder(of: path)
        } catch {
            removeStore(path)
            throw error
        }
    }

    /// Looks at the new file while it grows: SQLite copies in one go, since it would begin again with every change of a worker's.
    private static func watch(
        _ path: String, of original: String, _ told: @escaping StoreProgress.Told
    ) -> Task<Void, Never> {
        Task {
            while !Task.isCancelled {
                told(StoreProgress("megabytes copied", size(path) >> 20, of: size(original) >> 20))
                try? await Task.sleep(for: .milliseconds(500))
            }
        }
    }

    private static func size(_ path: String) -> Int {
        var facts = stat()
        return stat(path, &facts) == 0 ? Int(facts.st_size) : 0
    }

    static func sync(_ path: String) throws {
        let file = Foundation.open(path, O_RDONLY | O_CLOEXEC)
        defer { close(file) }
        guard file >= 0, fsync(file) == 0 else { throw StoreError(.failed, "The copy could not be synced.") }
    }
}
