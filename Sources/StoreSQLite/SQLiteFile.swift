import Basics
import Dispatch
import Foundation
import GRDB
import Logging
import Store

/// Making and opening the store's file.
enum SQLiteFile {
    /// Runs work that blocks on a thread of its own, never on the tasks' few.
    static func blocking<Result: Sendable>(
        _ work: @escaping @Sendable () throws -> Result
    ) async throws(StoreError) -> Result {
        let result: Swift.Result<Result, any Error> = await withCheckedContinuation { continuation in
            DispatchQueue.global().async { continuation.resume(returning: Swift.Result { try work() }) }
        }
        do { return try result.get() } catch { throw StoreError(sqlite: error) }
    }

    static func create(_ configuration: SQLiteStoreConfiguration, _ siteOptions: [String: String]) throws {
        guard !exists(configuration.path) else {
            throw StoreError(.exists, "There is a store at \(configuration.path) already; it is left alone.")
        }
        let sealing = try KeyFile.create(configuration.keyFile)
        do {
            try makeFile(configuration.path)
            let pool = try openPool(configuration.path)
            try Schema.migrator.migrate(pool)
            try pool.write { try fill($0, sealing, siteOptions) }
            try pool.close()
            try syncFolder(of: configuration.path)
            try syncFolder(of: configuration.keyFile)
        } catch {
            // Only what this call made is removed: both files were made exclusively.
            if (error as? StoreError)?.code != .exists { removeStore(configuration.path) }
            unlink(configuration.keyFile)
            throw error
        }
    }

    static func open(
        _ configuration: SQLiteStoreConfiguration, _ clocks: Clocks, _ watch: StoreWatch, _ logger: Logger
    ) throws -> SQLiteStore {
        let sealing = try sealing(of: configuration)
        let pool = try openPool(configuration.path)
        let writer = try LockFile(configuration.path + ".writer")
        try writer.lock()
        defer { writer.unlock() }
        try pool.read { try Schema.check($0, sealing, configuration) }
        try Schema.migrator.migrate(pool)
        let live = try LockFile(configuration.path + ".live")
        let worker = try pool.write { db in
            let rows = SQLiteRows.looking(db, clocks, sealing, Liveness(watching: live))
            try rows.noteKilled()
            try rows.forgetEnded(keeping: EndedWorkers.most)
            try db.execute(sql: "INSERT INTO worker (started_at) VALUES (?)", arguments: [clocks.wall().milliseconds])
            return db.lastInsertedRowID
        }
        // Before the writer's lock goes: whoever writes next must find this one alive.
        let liveness = try Liveness(live, worker: worker)
        return SQLiteStore(
            pool, writer: writer, file: try OpenFile(configuration.path), watch: watch,
            context: .init(clocks: clocks, sealing: sealing, liveness: liveness, letters: configuration.letters),
            logger: logger)
    }

    /// The numbers of those that entered the store, most of which may have ended.
    static func workers(_ db: Database) throws -> [Int64] { try Int64.fetchAll(db, sql: "SELECT id FROM worker") }

    /// The keys of a store that is there.
    static func sealing(of configuration: SQLiteStoreConfiguration) throws -> Sealing {
        guard exists(configuration.path) else {
            throw StoreError(
                .missing, "There is no store at \(configuration.path) (store.url); `store init` makes one.")
        }
        return try KeyFile.read(configuration.keyFile)
    }

    static func openPool(_ path: String) throws -> DatabasePool {
        var configuration = Configuration()
        configuration.label = "store"
        configuration.busyMode = .timeout(Double(busyTimeout) / 1000)
        configuration.maximumReaderCount = 2
        configuration.foreignKeysEnabled = false
        // What a statement puts aside names people, and there may be no folder to write to but the store's.
        configuration.prepareDatabase { try $0.execute(sql: "PRAGMA temp_store = MEMORY") }
        let pool = try DatabasePool(path: path, configuration: configuration)
        // After GRDB's own setting: with NORMAL, a power cut could take back what was answered.
        // What is deleted is overwritten with zeros, as an erased person may expect; Debian's SQLite does it anyway.
        // A log that a long reader let grow shrinks to this once the reader has gone.
        try pool.writeWithoutTransaction {
            try $0.execute(
                sql: "PRAGMA synchronous = FULL; PRAGMA secure_delete = ON; PRAGMA journal_size_limit = \(logLimit)")
        }
        return pool
    }

    /// How long SQLite waits for another program, in milliseconds.
    static let busyTimeout = 5000
    /// Bytes that a log keeps which is begun anew: four times what one normally grows to.
    static let logLimit = 16 << 20

    static func fill(_ db: Database, _ sealing: Sealing, _ siteOptions: [String: String]) throws {
        try db.execute(
            sql: "INSERT INTO meta VALUES ('schema', ?), ('key_check', ?)",
            arguments: [Schema.version, Data(sealing.checkValue)])
        for (name, value) in siteOptions {
            try db.execute(sql: "INSERT INTO site_option VALUES (?, ?)", arguments: [name, value])
        }
    }

    private static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }

    static func makeFile(_ path: String) throws {
        let file = Foundation.open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else {
            let code: StoreError.Code = errno == EEXIST ? .exists : .failed
            throw StoreError(code, "The store's file cannot be made: \(String(cString: strerror(errno))).")
        }
        close(file)
    }

    static func removeStore(_ path: String) {
        for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }

    /// A new file's name is on disk only once its folder is.
    static func syncFolder(of path: String) throws {
        let folder = Foundation.open(URL(fileURLWithPath: path).deletingLastPathComponent().path, O_RDONLY | O_CLOEXEC)
        defer { close(folder) }
        guard folder >= 0, fsync(folder) == 0 else {
            throw StoreError(.failed, "The store's folder could not be synced.")
        }
    }
}
