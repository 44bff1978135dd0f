import Basics
import GRDB
import Store
import TestKit
import Testing
import Wire

@testable import StoreSQLite

/// Operations that share a transaction, one of which fails.
@Suite("A batch with one that fails", .timeLimit(.minutes(10)))
struct BatchTests {
    private enum Failing {
        /// As a rule's reading does, before anything is written.
        case unreadable
        /// Behind a write of its own.
        case write
    }

    private static let record = UnreadableRecord(table: "user", key: "ada")
    private static let count = 40

    /// What came of operations of one batch, each of which writes a row of its own.
    private struct Course {
        var errors: [StoreError?]
        /// How often each was run.
        var runs: [Int]
        /// The rows on disk, by operation.
        var rows: [Int: Int]
    }

    private func course(_ failing: [Int: Failing]) async throws -> Course {
        let world = try await World()
        let path = world.configuration.path
        let pool = try DatabasePool(path: path)
        try await pool.write {
            try $0.execute(sql: "CREATE TABLE row (operation INTEGER, part INTEGER CHECK (part < 3))")
        }
        let writer = try LockFile(path + ".writer")
        let commits = try GroupCommit(of: path, pool)
        let errors = Locked<[Int: StoreError]>([:])
        let runs = Locked(Array(repeating: 0, count: Self.count))
        // So that all of them are there before the first begins.
        try writer.lock()
        for operation in 0..<Self.count {
            commits.submit(
                GroupCommit.Operation(lane: nil) { db in
                    runs.withLock { $0[operation] += 1 }
                    if failing[operation] == .unreadable { throw StoreError(unreadable: Self.record) }
                    try db.execute(sql: "INSERT INTO row VALUES (?, 1)", arguments: [operation])
                    try db.execute(sql: "INSERT INTO row VALUES (?, 2)", arguments: [operation])
                    if failing[operation] == .write {
                        try db.execute(sql: "INSERT INTO row VALUES (?, 3)", arguments: [operation])
                    }
                } end: { error in
                    errors.withLock { $0[operation] = error }
                })
        }
        writer.unlock()
        await commits.close()
        let rows = try await pool.read { db in
            try Row.fetchAll(db, sql: "SELECT operation, COUNT(*) FROM row GROUP BY 1").map {
                ($0[0] as Int, $0[1] as Int)
            }
        }
        return Course(
            errors: errors.withLock { errors in (0..<Self.count).map { errors[$0] } }, runs: runs.withLock { $0 },
            rows: Dictionary(uniqueKeysWithValues: rows))
    }

    private func expectOthers(_ course: Course, than failing: [Int]) {
        for operation in 0..<Self.count where !failing.contains(operation) {
            #expect(course.errors[operation] == nil && course.rows[operation] == 2, "operation \(operation)")
        }
        for operation in failing { #expect(course.rows[operation] == nil, "operation \(operation)") }
    }

    @Test("behind its own write: it is undone and says why; each of the others is committed once, before and after it")
    func write() async throws {
        for place in [0, 7, Self.count - 1] {
            let course = try await course([place: .write])
            expectOthers(course, than: [place])
            #expect(course.errors[place]?.code == .failed)
        }
        let course = try await course([3: .write, 4: .write, 30: .write])
        expectOthers(course, than: [3, 4, 30])
        #expect([3, 4, 30].allSatisfy { course.errors[$0]?.code == .failed })
    }

    @Test("for a record that cannot be read: it alone, and nothing is done twice for it")
    func unreadable() async throws {
        for place in [0, 7, Self.count - 1] {
            let course = try await course([place: .unreadable])
            expectOthers(course, than: [place])
            #expect(course.errors[place]?.record == Self.record)
            #expect(course.runs.allSatisfy { $0 == 1 })
        }
    }

    @Test("for a record that cannot be read, beside one that fails behind its write: each says its own")
    func both() async throws {
        let course = try await course([5: .unreadable, 20: .write, 35: .unreadable])
        expectOthers(course, than: [5, 20, 35])
        #expect(course.errors[5]?.record == Self.record && course.errors[35]?.record == Self.record)
        #expect(course.errors[20]?.code == .failed)
    }

    @Test("alone: it is not tried twice")
    func alone() async throws {
        let world = try await World()
        let path = world.configuration.path
        let pool = try DatabasePool(path: path)
        let commits = try GroupCommit(of: path, pool)
        let (runs, told) = (Locked(0), Locked<StoreError?>(nil))
        commits.submit(
            GroupCommit.Operation(lane: nil) { db in
                runs.withLock { $0 += 1 }
                try db.execute(sql: "INSERT INTO site_option VALUES ('a', 'b')")
                throw StoreError(unreadable: Self.record)
            } end: { error in
                told.withLock { $0 = error }
            })
        await commits.close()
        #expect(runs.withLock { $0 } == 1 && told.withLock { $0?.record } == Self.record)
        #expect(try await pool.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM site_option") } == 0)
    }
}
