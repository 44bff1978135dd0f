import Basics
import Foundation
import GRDB
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

/// How SQLite goes about statements: what reads a whole table grows with it, and all workers wait meanwhile.
@Suite("No statement reads a whole table that grows", .timeLimit(.minutes(10)))
struct PlanTests {
    /// Tables of a few rows: options, workers, a total for each front end, codes that were used within five minutes; and the front
    /// ends, which a look collects step by step.
    private static let small = [
        "site_option", "worker", "worker_report", "report", "worker_order", "lane_settled", "letter_total", "meta",
        "call_lease",
        "call_departure",
        "audit_refusal", "used_code",
        "sqlite_master", "CONSTANT", "place",
    ]

    /// Whoever looks for outcomes of one kind, or at those of a time, reads from the newest on, and holds nobody up.
    private static let looks = ["INDEX history_by_time", "INDEX audit_by_time"]

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
                seen.withLock { $0.append(statement.sql) }
            }
            let rows = SQLiteRows(
                db: db, worker: 1, clocks: clocks, sealing: sealing,
                liveness: Liveness(watching: world.configuration.path + ".live"), bounds: LetterBounds(),
                statements: HotStatements())
            try body(rows)
            db.trace(options: [])
            return try Set(seen.withLock { $0 }).filter { !$0.hasPrefix("--") && !$0.hasPrefix("PRAGMA") }
                .flatMap { try Self.plan($0, db) }
        }
    }

    /// Whatever the values are: SQLite goes by the text alone.
    private static func plan(_ sql: String, _ db: Database) throws -> [(step: String, sql: String)] {
        let statement = try db.makeStatement(sql: "EXPLAIN QUERY PLAN " + sql)
        statement.setUncheckedArguments(StatementArguments())
        return try Row.fetchAll(statement).map { (step: $0["detail"] as String, sql: sql) }
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
            if table.hasPrefix("(subquery") || step.hasSuffix("CONSTANT ROWS") || step.hasSuffix("CONSTANT ROW") {
                continue
            }
            if (Self.smallIndices + Self.looks).contains(where: step.contains) { continue }
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
            try rows.erase("user7", as: "erased-1")
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
            _ = try rows.sweep(step, retention, limit: 5)
        }
        expectNoScan(steps)
    }

    @Test("what nearly every job runs")
    func hot() async throws {
        let world = try await World(.sqlite)
        let texts: [HotText] = [
            .look(tallies: 5, paces: 3), .lookAtNumber(tallies: 5, paces: 3), .confirm(4), .options, .putJob,
            .addHistory, .settle, .putUser,
            .putPending, .putCode, .putApproval, .count(5), .uncount(5), .putPaces(2), .dropPaces(3), .addRollups(9),
        ]
        let steps = try await DatabaseQueue(path: world.configuration.path).read { db in
            try texts.flatMap { try Self.plan($0.sql, db) }
        }
        expectNoScan(steps)
    }

    @Test("a job with all that it may want to know")
    func jobs() async throws {
        let world = try await World(.sqlite)
        let (code, tie, phone) = (try Sample.code(), try Sample.tie(Sample.login("ada")), try Sample.phone())
        let steps = try await steps(world) { rows in
            var rows = rows
            let factor = Authenticator(factorSID: "YF1", identity: "person-1", registeredAt: Sample.now)
            try rows.apply(
                [
                    .user(
                        Sample.user {
                            $0.phone = phone
                            $0.authenticator = factor
                        }), .code(code), .pending(tie),
                ], .nobody(Sample.now))
            for kind in [JobKind.send, .check, .registerPhone] {
                var job = Sample.job("\(kind)", kind: kind, number: kind == .registerPhone ? Sample.text : nil)
                (job.wanted.approval, job.wanted.authenticator, job.wanted.strangers) = (true, true, true)
                (job.wanted.openCodes, job.wanted.paces, job.wanted.code) = (true, true, Redacted("123456"))
                (job.wanted.ticket, job.wanted.begunTicket, job.wanted.otherUser) = (Redacted("T"), [1], "bob")
                job.wanted.tallies = [.userSends: 5, .numberSends: 5]
                let begun = try rows.begin(job) { _ in
                    .call(.cancel(PlannedCancel(codes: [])), changes: [.count(Tally.allCases)])
                }
                let intent = try #require(begun.intent)
                _ = try rows.renew(intent)
                _ = try rows.finish(intent, wanted: job.wanted) { _ in
                    Sample.answer(.sent, [.uncount(Tally.allCases), .releaseCode])
                }
                try rows.settle(job.key, as: .undeliverable, at: Sample.now)
            }
        }
        expectNoScan(steps)
    }

    @Test("7 outcomes find, outcomes show, admin audit: by whatever is asked")
    func looks() async throws {
        let world = try await World(.sqlite)
        let number = try Sample.number()
        let steps = try await steps(world) { rows in
            for change: (inout HistoryQuery) -> Void in [
                { $0.user = "ada" }, { $0.messageID = "m" }, { $0.number = number }, { $0.outcome = .sent },
                { ($0.since, $0.until) = (Sample.now, Sample.now) }, { ($0.user, $0.since) = ("ada", Sample.now) },
                { $0.sid = "VE1" }, { $0.login = "one" }, { $0.frontEnd = "portal" }, { $0.application = .web },
                { $0.kind = .send }, { $0.reason = .landline }, { $0.channel = .code(.sms) }, { $0.country = "GB" },
                { $0.providerCode = 60410 }, { $0.after = HistoryPlace(at: Sample.now, id: 7) },
                { ($0.user, $0.country, $0.after) = ("ada", "GB", HistoryPlace(at: Sample.now, id: 7)) },
            ] {
                var query = HistoryQuery()
                change(&query)
                _ = try rows.outcomes(query)
            }
            _ = try rows.timelines(of: "m")
            for series in RollupSeries.allCases {
                _ = try rows.rollups(RollupQuery([series], since: Sample.now, until: Sample.now))
            }
            for change: (inout AuditQuery) -> Void in [
                { $0.user = "ada" }, { $0.administrator = "olga" }, { $0.kind = .job(.adminUserGet) },
                { ($0.since, $0.until) = (Sample.now, Sample.now) },
            ] {
                var query = AuditQuery()
                change(&query)
                _ = try rows.auditRows(query)
            }
        }
        expectNoScan(steps)
        // Nothing is sorted that an index has in order, but for the few jobs of one message id.
        for (step, sql) in steps where step.contains("TEMP B-TREE") {
            #expect(sql.contains("message_id"), "\(step): \(sql)")
        }
    }

    @Test("the index of jobs whose replies name anybody has the ones that say so of themselves")
    func listing() {
        let kinds = JobRow.kindsThatList.map { "'\($0.rawValue)'" }
        #expect(Schema.listing == kinds.joined(separator: ", "))
    }

    @Test("unlock, rename, erasure and a verification's end find what they change")
    func people() async throws {
        let world = try await World(.sqlite)
        let steps = try await steps(world) { rows in
            try rows.apply(
                [
                    .unlock(user: "ada"), .rename(user: "ada", to: "bob"),
                    .endAccess(user: "bob", AccessGrant.all, .reset),
                    .erase(user: "bob", pseudonym: "erased-1"), .endCode(sid: "VE1", .reset),
                ], .nobody(Sample.now))
        }
        expectNoScan(steps)
    }

    @Test("8 dead letters: counts and what metrics ask for touch an index only, never a letter")
    func counts() async throws {
        let world = try await World(.sqlite)
        let steps = try await steps(world) { rows in
            _ = try rows.letters(LetterQuery(DeadSelection(), limit: 1, withCounts: true))
            _ = try SQLiteStore.waitingLetters(rows.db)
            _ = try rows.newLetters(since: Sample.now)
            _ = try rows.letterGroups(limit: 5)
            _ = try rows.queueHours(since: Sample.now, until: Sample.now)
        }
        for (step, sql) in steps where step.contains("dead_letter") {
            #expect(step.contains("COVERING INDEX") || step.hasPrefix("SEARCH"), "\(step): \(sql)")
        }
    }
}
