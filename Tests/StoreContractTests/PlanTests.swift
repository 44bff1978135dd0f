import Basics
import Foundation
import GRDB
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

/// How SQLite goes about statements: what reads a whole table grows with it, and all workers wait meanwhile.
@Suite("No statement reads a whole table that grows", .timeLimit(.minutes(5)))
struct PlanTests {
    /// Tables of a few rows: options, workers, a total for each front end, codes that were used within five minutes.
    private static let small = [
        "site_option", "worker", "letter_total", "meta", "call_lease", "call_departure", "audit_refusal", "used_code",
        "sqlite_master", "CONSTANT",
    ]

    /// The steps of every statement that `body` runs, in SQLite's words, with the statement.
    private func steps(
        _ world: World, _ body: @escaping @Sendable (SQLiteRows) throws -> Void
    ) async throws -> [(step: String, sql: String)] {
        let queue = try DatabaseQueue(path: world.configuration.path)
        let sealing = try KeyFile.read(world.configuration.keyFile)
        let clocks = world.time.clocks
        return try await queue.write { db in
            let seen = Locked<[String]>([])
            db.trace { event in
                guard case .statement(let statement) = event else { return }
                seen.withLock { $0.append(statement.expandedSQL) }
            }
            let rows = SQLiteRows(
                db: db, worker: 1, clocks: clocks, sealing: sealing,
                liveness: Liveness(watching: world.configuration.path + ".live"), bounds: LetterBounds(),
                statements: HotStatements())
            try body(rows)
            db.trace(options: [])
            return try Set(seen.withLock { $0 }).filter { !$0.hasPrefix("--") && !$0.hasPrefix("PRAGMA") }.flatMap {
                sql in
                try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { (step: $0["detail"] as String, sql: sql) }
            }
        }
    }

    /// Indices that hold a few rows only, or that a look goes through instead of the letters.
    private static let smallIndices = [
        "INDEX job_begun_on_number", "INDEX dead_letter_unnamed", "INDEX audit_unnamed",
        "COVERING INDEX dead_letter_by_state",
    ]

    private func expectNoScan(_ steps: [(step: String, sql: String)], over tables: [String]? = nil) {
        #expect(!steps.isEmpty)
        for (step, sql) in steps where step.hasPrefix("SCAN ") {
            let table = String(step.dropFirst(5).prefix { $0 != " " })
            if Self.small.contains(table) || table.hasPrefix("pragma_") || (tables.map { !$0.contains(table) } ?? false)
            {
                continue
            }
            if Self.smallIndices.contains(where: step.contains) { continue }
            Issue.record("\(step): \(sql)")
        }
    }

    private func letter(_ user: String, text: String = "") -> DeadLetter {
        DeadLetter(
            reason: .malformed, routingKey: "send", frontEnd: "portal", messageID: "m", properties: "{}",
            body: Redacted(Array((text.isEmpty ? #"{"user":"\#(user)"}"# : text).utf8)), at: Sample.now,
            mayBeKnown: true)
    }

    @Test("8 dead letters: kept, looked at, counted, moved, replayed, erased")
    func letters() async throws {
        let world = try await World(.sqlite)
        let steps = try await steps(world) { rows in
            for index in 0..<20 { try rows.put(letter("user\(index)")) }
            try rows.put(letter("", text: "no fields, but user7 is in it"))
            try rows.setLetters([1, 2], .discarded, [], [.waiting])
            try rows.setLetters([3], .replaying, [Sample.now], [.waiting])
            #expect(try rows.dueLetters(at: Sample.now, limit: 9).map(\.id) == [3])
            var narrow = DeadSelection()
            (narrow.reason, narrow.frontEnd, narrow.state, narrow.routingKey) = (.malformed, "portal", .waiting, "send")
            _ = try rows.letters(LetterQuery(narrow, limit: 5, withBodies: true))
            (narrow.state, narrow.reason, narrow.routingKey, narrow.after) = (nil, nil, nil, 3)
            _ = try rows.letters(LetterQuery(narrow, limit: 5))
            narrow.ids = [4, 5]
            _ = try rows.letters(LetterQuery(narrow, limit: 5, withCounts: true))
            _ = try rows.letters(LetterQuery(DeadSelection(), limit: 5))
            _ = try rows.nameLetters(limit: 5)
            try rows.applyToPerson(.erase(user: "user7", pseudonym: "erased-1"))
            #expect(try rows.letters(LetterQuery(DeadSelection(), limit: 99)).letters.count == 19)
        }
        expectNoScan(steps, over: ["dead_letter", "letter_name", "audit", "audit_name"])
    }

    @Test("what has ended is swept without a look at the rest", arguments: SweepStep.allCases)
    func sweeps(step: SweepStep) async throws {
        let world = try await World(.sqlite)
        let steps = try await steps(world) { rows in
            var retention = Retention()
            (retention.history, retention.audit) = (.seconds(86_400), .seconds(86_400))
            var walk = SweepWalk()
            for _ in 0..<2 { _ = try rows.sweep(step, retention, limit: 5, &walk) }
        }
        expectNoScan(steps)
    }

    @Test("unlock, rename, erasure and a verification's end find what they change")
    func people() async throws {
        let world = try await World(.sqlite)
        let steps = try await steps(world) { rows in
            try rows.applyToPerson(.unlock(user: "ada"))
            try rows.applyToPerson(.rename(user: "ada", to: "bob"))
            try rows.applyToPerson(.endAccess(user: "bob", AccessGrant.all, .reset))
            try rows.applyToPerson(.erase(user: "bob", pseudonym: "erased-1"))
            try rows.applyChore(.endCode(sid: "VE1", .reset), Sample.now)
        }
        expectNoScan(steps)
    }

    @Test("8 dead letters: counts and what metrics ask for touch an index only, never a letter")
    func counts() async throws {
        let world = try await World(.sqlite)
        let steps = try await steps(world) { rows in
            _ = try rows.letters(LetterQuery(DeadSelection(), limit: 1, withCounts: true))
            _ = try SQLiteStore.waitingLetters(rows.db)
        }
        for (step, sql) in steps where step.contains("dead_letter") {
            #expect(step.contains("COVERING INDEX") || step.hasPrefix("SEARCH"), "\(step): \(sql)")
        }
    }
}
