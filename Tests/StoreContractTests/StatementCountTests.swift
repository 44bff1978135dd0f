import Basics
import GRDB
import TestKit
import Testing
import Wire

@testable import Store
@testable import StoreSQLite

/// What the store runs for a job, counted without a clock: each statement costs every job, on the one thread that writes.
@Suite("A job costs few statements", .timeLimit(.minutes(10)))
struct StatementCountTests {
    /// A store's rows, and the statements that they run.
    private struct Bench {
        var rows: SQLiteRows
        let seen: Locked<[String]>

        mutating func count(_ body: (inout SQLiteRows) throws -> Void) rethrows -> [String] {
            seen.withLock { $0 = [] }
            try body(&rows)
            return seen.withLock { $0 }
        }
    }

    private func measure(_ body: @escaping @Sendable (inout Bench) throws -> Void) async throws {
        let world = try await World()
        let queue = try DatabaseQueue(path: world.configuration.path)
        let sealing = try KeyFile.read(world.configuration.keyFile)
        let (clocks, path) = (world.time.clocks, world.configuration.path)
        try await queue.write { db in
            let seen = Locked<[String]>([])
            db.trace { event in
                guard case .statement(let statement) = event, !statement.sql.hasPrefix("--") else { return }
                seen.withLock { $0.append(statement.sql) }
            }
            let rows = SQLiteRows(
                db: db, worker: 1, clocks: clocks, sealing: sealing,
                liveness: Liveness(watching: path + ".live"), bounds: LetterBounds(), statements: HotStatements())
            // The options are read once in a transaction, whosever job is the first.
            _ = try rows.options()
            var bench = Bench(rows: rows, seen: seen)
            try body(&bench)
            db.trace(options: [])
        }
    }

    private static func wanted(of kind: JobKind) -> Wanted {
        var wanted = Wanted()
        wanted.approval = true
        if kind == .check {
            (wanted.code, wanted.authenticator) = (Redacted("123456"), true)
            wanted.tallies = [.wrongCodesOfUser: 10, .wrongCodesOfUserAndClient: 5]
        } else {
            (wanted.paces, wanted.strangers) = (true, true)
            wanted.tallies = [
                .unprovenNumberSends: 5, .unprovenCountrySends: 50, .unprovenSiteSends: 100, .userSends: 5,
                .clientSends: 20,
            ]
        }
        return wanted
    }

    @Test("a send of a number that nobody has: four to begin, five to end")
    func send() async throws {
        let number = try Sample.number()
        let (code, tie) = (try Sample.code(), try Sample.tie(Sample.login("ada")))
        try await measure { bench in
            var job = Sample.job("send", kind: .registerPhone)
            job.wanted = Self.wanted(of: .registerPhone)
            var intent: Intent?
            let pace = Pace(streak: 1, notBefore: Sample.now)
            let begin = try bench.count { rows in
                intent = try rows.begin(job) { _ in
                    .call(
                        Sample.call,
                        changes: [
                            .count([.unprovenNumberSends, .unprovenCountrySends, .unprovenSiteSends, .userSends]),
                            .pace(.user("ada"), pace), .pace(.number(number, isProven: false), pace),
                        ])
                }.intent
            }
            #expect(begin.count <= 4, "\(begin)")
            let begun = try #require(intent)
            let end = try bench.count { rows in
                let finished = try rows.finish(begun, wanted: job.wanted) { _ in
                    Sample.answer(.sent, [.code(code), .pending(tie)])
                }
                #expect(finished.recorded != nil)
            }
            #expect(end.count <= 5, "\(end)")
        }
    }

    @Test("a check of its code: four to begin, nine to end")
    func check() async throws {
        let phone = try Sample.phone()
        let code = try Sample.code()
        let tie = try Sample.tie(Sample.login("ada"), purpose: .register)
        try await measure { bench in
            try bench.rows.apply([.code(code), .pending(tie)], .nobody(Sample.now))
            var job = Sample.job("check", kind: .check, number: nil)
            job.wanted = Self.wanted(of: .check)
            var intent: Intent?
            let call = PlannedCall.check(PlannedCheck(place: tie.place, sid: code.sid, purpose: .register))
            let counted: [Change] = [.code(code), .count([.wrongCodesOfUser, .wrongCodesOfUserAndClient])]
            let begin = try bench.count { rows in
                intent = try rows.begin(job) { situation in
                    #expect(situation.code?.sid == code.sid && situation.pending == tie)
                    return .call(call, changes: counted)
                }.intent
            }
            #expect(begin.count <= 4, "\(begin)")
            let begun = try #require(intent)
            var wanted = Wanted()
            wanted.approval = true
            let changes: [Change] = [
                .user(Sample.user { $0.phone = phone }), .code(code), .pending(tie),
                .uncount([.wrongCodesOfUser, .wrongCodesOfUserAndClient]),
                .approval(Sample.login("ada"), client: nil), .pace(.user("ada"), nil),
                .pace(.number(phone.number, isProven: true), nil), .pace(.number(phone.number, isProven: false), nil),
            ]
            let end = try bench.count { rows in
                let finished = try rows.finish(begun, wanted: wanted) { _ in Sample.answer(.approved, changes) }
                #expect(finished.recorded != nil)
            }
            #expect(end.count <= 9, "\(end)")
        }
    }

    @Test("a send to the registered number, which only its sealed phone tells, needs one look more")
    func registered() async throws {
        let phone = try Sample.phone()
        let code = try Sample.code()
        try await measure { bench in
            try bench.rows.apply([.user(Sample.user { $0.phone = phone }), .code(code)], .nobody(Sample.now))
            var job = Sample.job("send", kind: .send, number: nil)
            job.wanted = Self.wanted(of: .send)
            let begin = try bench.count { rows in
                let begun = try rows.begin(job) { situation in
                    #expect(situation.code?.sid == code.sid && situation.number == phone.number)
                    return .call(Sample.call, changes: [.count([.numberSends])])
                }
                #expect(begun.intent != nil)
            }
            // The job, the number, strangers; the count and the job.
            #expect(begin.count <= 5, "\(begin)")
        }
    }

    @Test("the options are read once in a transaction, and again when it changes them")
    func options() async throws {
        try await measure { bench in
            let job = Sample.job("first", number: nil)
            let isRead = { (statements: [String]) in statements.contains { $0.contains("site_option") } }
            let seen = try bench.count { rows in _ = try rows.begin(job) { _ in .answer(Sample.answer(.done)) } }
            #expect(!isRead(seen))
            try bench.rows.apply([.options(["a": "b"])], .nobody(Sample.now))
            #expect(try bench.rows.options() == ["a": "b"])
            bench.rows.statements.forget()
            let again = try bench.count { rows in _ = try rows.options() }
            #expect(isRead(again))
        }
    }

    @Test("6 what somebody might get in with is hashed anew each time, and remembered nowhere")
    func secrets() async throws {
        try await measure { bench in
            let rows = bench.rows
            let before = rows.statements.lookups.known.count
            for _ in 0..<2 {
                _ = rows.hash(ofTicket: "AAAA-BBBB-CCCC-DDDD")
                _ = rows.hash(ofBypass: "12345678", of: "anna")
                _ = rows.hash(ofCode: "123456", factorSID: "YF1")
            }
            #expect(rows.statements.lookups.known.count == before)
            _ = rows.hash(ofClient: "203.0.113.7")
            #expect(rows.statements.lookups.known.count == before + 1)
        }
    }
}
