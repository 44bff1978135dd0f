import Basics
import Foundation
import GRDB
import Logging
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

/// What operators do to a store: check, back up and restore, migrate, give it new keys, move it.
@Suite("Keeping a store", .timeLimit(.minutes(10)))
struct KeepingTests {
    /// A store with a value in every sealed column.
    private func filled() async throws -> (World, any LoginStore) {
        let world = try await World(.sqlite)
        let store = try await world.worker()
        var user = UserRecord(name: "ada")
        user.phone = Phone(place: try Sample.place(), registeredAt: Sample.now)
        let letter = DeadLetter(
            reason: .malformed, routingKey: "send", frontEnd: "", messageID: nil, body: Redacted(Array("body".utf8)),
            at: Sample.now)
        let job = Sample.job("first")
        let pending = PendingCode(
            login: LoginKey(job.login), place: try Sample.place("+15005550199"), sid: "VE1", purpose: .login)
        try await store.write([.user(user), .deadLetter(letter), .pending(pending)], as: job)
        #expect(try await store.begin(Sample.job("second"), decide: Sample.calling).intent != nil)
        return (world, store)
    }

    private func code(_ body: () async throws(StoreError) -> Void) async -> StoreError.Code? {
        do throws(StoreError) {
            try await body()
            return nil
        } catch { return error.code }
    }

    private func phone(_ configuration: SQLiteStoreConfiguration, _ world: World) async throws -> String? {
        let store = try await SQLiteStore.open(
            configuration, clocks: world.time.clocks, logger: Logger(label: "test"))
        let situation = try await store.situation(of: Job.Login(user: "ada"))
        await store.close()
        return situation.user?.phone?.number.revealed
    }

    @Test("every column of bytes is known to be sealed, or not to be")
    func columns() async throws {
        let world = try await World(.sqlite)
        let queue = try DatabaseQueue(path: world.configuration.path)
        let found = try await queue.read { db in
            try Row.fetchAll(
                db,
                sql: """
                    SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c
                    WHERE m.type = 'table' AND c.type = 'BLOB'
                    """
            ).map { SealedColumn(table: $0[0], column: $0[1]) }
        }
        #expect(Set(found) == Set(SealedColumn.all + SealedColumn.others))
        #expect(Set(SealedColumn.all).isDisjoint(with: SealedColumn.others))
    }

    @Test("a backup of a store at work is sound, holds no key, and restored it is the store")
    func backup() async throws {
        let (world, store) = try await filled()
        let backup = world.folder.path + "/backup.db"
        try await StoreKeeping.backup(world.configuration, to: backup)
        #expect(!FileManager.default.fileExists(atPath: backup + ".key"))
        let mode = try FileManager.default.attributesOfItem(atPath: backup)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(
            await code { () async throws(StoreError) in
                try await StoreKeeping.backup(world.configuration, to: backup)
            } == .exists)
        let facts = try #require(store as? SQLiteStore)
        #expect(try await facts.lastBackup() != nil)
        // What comes after the backup is lost to it.
        _ = try await store.begin(Sample.job("third", number: nil)) { _ in .answer(Sample.answer(.approved)) }
        await world.end(store)
        let path = world.configuration.path
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try FileManager.default.copyItem(atPath: backup, toPath: path)
        #expect(try await StoreKeeping.check(world.configuration).isSound)
        #expect(try await phone(world.configuration, world) == Sample.text)
        let restored = try await world.worker()
        #expect(try await restored.state(of: Sample.job("third").key).name == "unknown")
        #expect(try await restored.begin(Sample.job("second"), decide: Sample.calling).abandoned != nil)
        await world.end(restored)
    }

    @Test("new keys: all values are sealed with it, hashes stay, and the old key is of no use for them")
    func rekey() async throws {
        let (world, store) = try await filled()
        #expect(
            await code { () async throws(StoreError) in
                _ = try await StoreKeeping.rekey(world.configuration)
            } == .busy)
        await world.end(store)
        let before = try KeyFile.read(world.configuration.keyFile)
        // In steps of one row: every boundary between steps is passed.
        let done = try await StoreKeeping.rekey(world.configuration, step: 1)
        #expect(done == StoreRekeying(key: 2, values: 5))
        let report = try await StoreKeeping.check(world.configuration)
        #expect(report.isSound && report.sealed == 5)
        let queue = try DatabaseQueue(path: world.configuration.path)
        for column in SealedColumn.all {
            for row in try await queue.read({ try column.rows($0, after: nil, limit: 10) }) {
                #expect(row.sealed.first == 2)
                #expect(throws: StoreError.self) { try column.open(row.sealed, of: row.key, before) }
            }
        }
        #expect(try await phone(world.configuration, world) == Sample.text)
        let worker = try await world.worker()
        #expect(try await worker.begin(Sample.job("second"), decide: Sample.calling).abandoned != nil)
        await world.end(worker)
        #expect(try await StoreKeeping.rekey(world.configuration).key == 3)
        let keys = try String(contentsOfFile: world.configuration.keyFile, encoding: .utf8)
        #expect(keys.contains(#""1":"#) && keys.contains(#""3":"#) && !keys.contains(#""2":"#))
        #expect(try await StoreKeeping.check(world.configuration).isSound)
    }

    @Test("a key file from before the last change of keys is refused, by workers and by commands")
    func formerKeyFile() async throws {
        let (world, store) = try await filled()
        await world.end(store)
        let file = URL(fileURLWithPath: world.configuration.keyFile)
        let former = try Data(contentsOf: file)
        _ = try await StoreKeeping.rekey(world.configuration)
        let current = try Data(contentsOf: file)
        try former.write(to: file)
        #expect(
            await code { () async throws(StoreError) in
                _ = try await SQLiteStore.open(world.configuration, logger: Logger(label: "test"))
            } == .wrongKey)
        #expect(
            await code { () async throws(StoreError) in _ = try await StoreKeeping.check(world.configuration) }
                == .wrongKey)
        try current.write(to: file)
        #expect(try await StoreKeeping.check(world.configuration).isSound)
    }

    @Test("new keys: interrupted between two steps everything can be read, and it goes on with the same key")
    func interruptedRekey() async throws {
        let (world, store) = try await filled()
        await world.end(store)
        let sealing = try KeyFile.addKey(world.configuration.keyFile)
        let queue = try DatabaseQueue(path: world.configuration.path)
        try await queue.write { db in
            let column = SealedColumn.all[0]
            let row = try #require(try column.rows(db, after: nil, limit: 1).first)
            let plain = try column.open(row.sealed, of: row.key, sealing)
            try column.put(try column.seal(plain, of: row.key, sealing), at: row.key, db)
        }
        try queue.close()
        #expect(try await phone(world.configuration, world) == Sample.text)
        #expect(try await StoreKeeping.rekey(world.configuration) == .init(key: 2, values: 4))
        #expect(try await StoreKeeping.check(world.configuration).isSound)
    }

    @Test("a store is moved with its keys, to a place where there is none, while nobody works on it")
    func copy() async throws {
        let (world, store) = try await filled()
        let target = SQLiteStoreConfiguration(path: world.folder.path + "/target.db")
        #expect(
            await code { () async throws(StoreError) in
                try await StoreKeeping.copy(world.configuration, to: target)
            } == .busy)
        #expect(!FileManager.default.fileExists(atPath: target.keyFile))
        await world.end(store)
        try await StoreKeeping.copy(world.configuration, to: target)
        #expect(try await phone(target, world) == Sample.text)
        for taken in [target.path, target.keyFile] {
            let other = SQLiteStoreConfiguration(
                path: taken == target.path ? taken : target.path + ".2",
                keyFile: taken == target.path ? target.keyFile + ".2" : taken)
            #expect(
                await code { () async throws(StoreError) in
                    try await StoreKeeping.copy(world.configuration, to: other)
                } == .exists)
        }
        #expect(!FileManager.default.fileExists(atPath: target.keyFile + ".2"))
        #expect(try await phone(target, world) == Sample.text)
    }

    @Test("an older store is brought up to date once, and keeps what it holds")
    func migrate() async throws {
        let (world, store) = try await filled()
        await world.end(store)
        let old = SQLiteStoreConfiguration(
            path: world.configuration.path + ".old", keyFile: world.configuration.keyFile)
        let sealed = try DatabaseQueue(path: world.configuration.path).read { db in
            try Row.fetchOne(db, sql: "SELECT value FROM meta WHERE name = 'key_check'")
        }
        let check: Data = try #require(sealed)[0]
        let queue = try DatabaseQueue(path: old.path)
        try Schema.migrator.migrate(queue, upTo: "0005-authenticators")
        try await queue.write { db in
            try db.execute(sql: "INSERT INTO meta VALUES ('key_check', ?)", arguments: [check])
            try db.execute(sql: "INSERT INTO bypass VALUES ('ada', x'01', 1)")
            try db.execute(sql: "INSERT INTO code VALUES (x'02', 'VE1', 'sms', 1, 'VL1', 2, 1, NULL)")
            try db.execute(sql: "INSERT INTO challenge VALUES ('YF1', 'YC1', 1, 3)")
        }
        try queue.close()
        let missing = Array(Schema.migrator.migrations.drop { $0 != "0006-times" })
        #expect(missing.count >= 2)
        #expect(try await StoreKeeping.check(old).missingMigrations == missing)
        #expect(try await StoreKeeping.migrate(old) == missing)
        #expect(try await StoreKeeping.migrate(old) == [])
        #expect(try await StoreKeeping.check(old).missingMigrations.isEmpty)
        let kept = try DatabaseQueue(path: old.path).read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT bypass.tries, code.checks_begun, code.checks_excused, challenge.tries, challenge.checks_begun
                    FROM bypass, code, challenge
                    """)
        }
        #expect(Array(try #require(kept).databaseValues) == [0, 2, 0, 3, 0].map { $0.databaseValue })
    }

    @Test(
        "a check finds what breaks a rule, and what cannot be opened",
        arguments: [
            "UPDATE job SET outcome = NULL WHERE state = 1", "UPDATE job SET call = NULL WHERE state = 0",
            "UPDATE user SET phone_registered_at = NULL", "UPDATE dead_letter SET due_at = 1",
            "UPDATE user SET phone = x'01020304'", "UPDATE dead_letter SET body = x''",
        ])
    func check(damage: String) async throws {
        let (world, store) = try await filled()
        await world.end(store)
        #expect(try await StoreKeeping.check(world.configuration).isSound)
        let queue = try DatabaseQueue(path: world.configuration.path)
        try await queue.write { try $0.execute(sql: damage) }
        let report = try await StoreKeeping.check(world.configuration)
        #expect(!report.isSound && report.damage.isEmpty)
        #expect(report.violations.count + report.unreadable.count == 1)
    }
}
