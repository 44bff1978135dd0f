import Foundation
import GRDB
import Glibc
import Store
import StoreSQLite
import TestKit
import Testing

/// Looking at a store without working on it.
@Suite("Inspecting a store", .timeLimit(.minutes(10)))
struct StoreInspectionTests {
    private func error(_ configuration: SQLiteStoreConfiguration) async -> StoreError.Code? {
        do {
            _ = try await SQLiteStore.inspect(configuration)
            return nil
        } catch { return error.code }
    }

    @Test("finds a new store sound, beside a worker too")
    func sound() async throws {
        let world = try await World(.sqlite)
        let sound = StoreInspection(journalMode: "wal", synchronous: 2)
        #expect(try await SQLiteStore.inspect(world.configuration) == sound)
        let store = try await world.worker()
        var beside = try await SQLiteStore.inspect(world.configuration)
        #expect(beside.logBytes > 0)
        beside.logBytes = 0
        #expect(beside == sound)
        await world.end(store)
    }

    @Test("makes nothing where there is no store, and says so")
    func missing() async throws {
        let world = try await World(.sqlite)
        let nowhere = world.folder.path + "/nowhere.db"
        #expect(await error(SQLiteStoreConfiguration(path: nowhere)) == .missing)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: world.folder.path).allSatisfy {
                !$0.contains("nowhere")
            })
    }

    @Test("refuses another store's key and a file that is no database")
    func wrong() async throws {
        let world = try await World(.sqlite)
        let other = world.folder.path + "/other.key"
        _ = try KeyFile.create(other)
        #expect(await error(SQLiteStoreConfiguration(path: world.configuration.path, keyFile: other)) == .wrongKey)
        try Data(repeating: 7, count: 8192).write(to: URL(fileURLWithPath: world.configuration.path))
        #expect(await error(world.configuration) == .corrupt)
    }

    @Test("finds damage inside, and another journal, which it leaves as it is")
    func damage() async throws {
        let world = try await World(.sqlite)
        let path = world.configuration.path
        let queue = try DatabaseQueue(path: path)
        try await queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = DELETE")
            try db.execute(sql: "PRAGMA writable_schema = ON")
            // An index that the table does not know of: every row is missing from it.
            try db.execute(sql: "INSERT INTO site_option VALUES ('x', 'y')")
            let page = try Int.fetchOne(db, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'read_log_by_time'")
            try db.execute(
                sql: "UPDATE sqlite_schema SET rootpage = ? WHERE name = 'job_begun_on_number'", arguments: [page])
        }
        try queue.close()
        let inspection = try await SQLiteStore.inspect(world.configuration)
        #expect(inspection.journalMode == "delete")
        #expect(!inspection.damage.isEmpty)
        #expect(try await SQLiteStore.inspect(world.configuration).journalMode == "delete")
    }

    @Test("says who keeps everybody from writing: another process by its number and name, or this one")
    func locked() async throws {
        let world = try await World(.sqlite)
        let path = world.configuration.path
        var unsafe = Configuration()
        unsafe.allowsUnsafeTransactions = true
        let holder = try DatabaseQueue(path: path, configuration: unsafe)
        try await holder.writeWithoutTransaction { try $0.beginTransaction(.immediate) }
        #expect(try await SQLiteStore.inspect(world.configuration).lockedBy == "another program")
        try await holder.writeWithoutTransaction { try $0.rollback() }
        try holder.close()
        #expect(try await SQLiteStore.inspect(world.configuration).lockedBy == nil)

        let script = """
            import sqlite3, sys
            store = sqlite3.connect(sys.argv[1], isolation_level=None)
            store.execute("BEGIN IMMEDIATE")
            open(sys.argv[2], "w").write("held")
            sys.stdin.read()
            """
        let (input, mark) = (world.folder.path + "/input", world.folder.path + "/mark")
        #expect(mkfifo(input, 0o600) == 0)
        let end = Glibc.open(input, O_RDWR | O_CLOEXEC)
        defer { close(end) }
        let other = try ChildProcess(
            "/usr/bin/env", ["python3", "-c", script, path, mark], ChildProcess.Streams(input: input))
        while !FileManager.default.fileExists(atPath: mark), other.isRunning {
            try await Task.sleep(for: .milliseconds(10))
        }
        let holderName = try #require(try await SQLiteStore.inspect(world.configuration).lockedBy)
        #expect(holderName.hasPrefix("process \(other.id) (python"))
        other.signal(SIGKILL)
        _ = await other.waitUntilEnd()
    }

    @Test("counts the dead letters that wait")
    func letters() async throws {
        let world = try await World(.sqlite)
        #expect(try await SQLiteStore.inspect(world.configuration).waitingLetters == 0)
    }

    @Test("tells the disk that it is on")
    func disk() async throws {
        let world = try await World(.sqlite)
        let disk = try #require(DiskFacts(path: world.folder.path))
        #expect(disk.freeBytes > 0)
        #expect(disk.kind != .network("NFS"))
        #expect(DiskFacts(path: world.folder.path + "/nowhere") == nil)
        #expect(DiskFacts(path: "/dev/shm")?.kind == .memory)
    }
}
