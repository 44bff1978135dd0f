import Basics
import Foundation
import GRDB
import Store
import StoreSQLite
import TestKit
import Testing
import Wire

@Suite("Contract 2: the audit trail and the history", .timeLimit(.minutes(10)))
struct TrailTests {
    private func fill(_ world: World, _ store: any LoginStore) async throws -> [AuditEntry] {
        var entries: [AuditEntry] = []
        for index in 0..<12 {
            var entry = Sample.entry(
                index % 2 == 0 ? .adminUserSet : .adminUserReset, user: "user\(index % 3)", by: "root\(index % 4)")
            entry.at = Sample.now + .seconds(index)
            (entry.outcome, entry.reason) = index == 5 ? (.notAllowed, .notAdmin) : (.done, nil)
            entry.messageID = index == 7 ? nil : "m-\(index)"
            entry.formerUser = index == 8 ? "before" : nil
            entries.append(entry)
            try await store.write([.audit(entry)])
        }
        return entries
    }

    @Test("2 audit trail: every field, newest first", arguments: StoreKind.allCases)
    func entries(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            let entries = try await fill(world, store)
            #expect(try await store.audit(AuditQuery()) == entries.reversed())
        }
    }

    @Test("7 admin audit: by person, administrator, job, time; so many", arguments: StoreKind.allCases)
    func filters(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            let entries = Array(try await fill(world, store).reversed())
            func found(_ change: (inout AuditQuery) -> Void) async throws -> [AuditEntry] {
                var query = AuditQuery()
                change(&query)
                return try await store.audit(query)
            }
            #expect(try await found { $0.user = "user1" } == entries.filter { $0.user == "user1" })
            #expect(try await found { $0.administrator = "root2" } == entries.filter { $0.administrator == "root2" })
            #expect(
                try await found { $0.kind = .job(.adminUserReset) }
                    == entries.filter { $0.kind == .job(.adminUserReset) })
            let (since, until) = (Sample.now + .seconds(3), Sample.now + .seconds(7))
            let between = entries.filter { $0.at >= since && $0.at < until }
            #expect(try await found { ($0.since, $0.until) = (since, until) } == between && between.count == 4)
            #expect(try await found { $0.limit = 2 } == Array(entries.prefix(2)))
            #expect(try await found { ($0.user, $0.limit) = ("nobody", 5) }.isEmpty)
        }
    }

    @Test("2 audit trail: rows are only ever added")
    func appendOnly() async throws {
        let world = try await World(.sqlite)
        let store = try await world.worker()
        let entries = try await fill(world, store)
        let raw = try DatabaseQueue(path: world.configuration.path)
        let columns = ["id", "at", "operator", "front_end", "kind", "message_id", "outcome", "reason", "detail"]
        for sql in columns.map({ "UPDATE audit SET \($0) = 77" })
            + ["DELETE FROM audit", "DELETE FROM audit WHERE id = 1", "REPLACE INTO audit SELECT * FROM audit LIMIT 1"]
        {
            await #expect(throws: DatabaseError.self, "\(sql)") {
                try await raw.write { try $0.execute(sql: "PRAGMA recursive_triggers = ON; " + sql) }
            }
        }
        try raw.close()
        #expect(try await store.audit(AuditQuery()) == entries.reversed())
        await world.end(store)
    }

    @Test(
        "2 audit trail: refused jobs of who may not administer, by entries of their own and then by number",
        arguments: StoreKind.allCases)
    func refusals(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            var entry = Sample.entry(.adminUserReset, user: "ada")
            entry.frontEnd = "portal"
            for _ in 0..<150 { try await store.write([.refusedAudit(entry)]) }
            var other = entry
            other.frontEnd = "kiosk"
            try await store.write([.refusedAudit(other)])
            var all = AuditQuery()
            all.limit = 1000
            #expect(try await store.audit(all).count == 101)
            _ = try await store.sweep(Retention(), limit: 100)
            #expect(try await store.audit(all).count == 101)
            world.time.advance(.seconds(3600))
            for _ in 0..<2 { _ = try await store.sweep(Retention(), limit: 100) }
            let told = try await store.audit(all)
            #expect(told.count == 102 && told.first?.frontEnd == "portal" && told.first?.reason == .notAdmin)
            #expect(
                told.first?.detail.contains(#""refused":"50""#) == true && told.first?.kind == .job(.adminUserReset))
        }
    }

    @Test("8 retention.audit_days: what is older goes with the sweep, and nothing in any other way")
    func retention() async throws {
        try await withStore(.sqlite) { world, store in
            var old = Sample.entry(user: "ada", detail: #"{"reason":"old"}"#)
            old.at = Sample.now - .seconds(3 * 86_400)
            try await store.write([.audit(old), .audit(Sample.entry(user: "bob"))])
            _ = try await store.sweep(Retention(), limit: 100)
            #expect(try await store.audit(AuditQuery()).count == 2)
            var retention = Retention()
            retention.audit = .seconds(86_400)
            _ = try await store.sweep(retention, limit: 100)
            #expect(try await store.audit(AuditQuery()).map(\.user) == ["bob"])
            let raw = try DatabaseQueue(path: world.configuration.path)
            await #expect(throws: DatabaseError.self) {
                try await raw.write { try $0.execute(sql: "DELETE FROM audit") }
            }
            let names = try await raw.read { try Int.fetchOne($0, sql: "SELECT COUNT(*) FROM audit_name") }
            #expect(names == 0)
        }
    }

    @Test("2 audit trail: an entry's person changes only with the person")
    func person() async throws {
        try await withStore(.sqlite) { world, store in
            try await store.write([.user(Sample.user("ada")), .audit(Sample.entry(user: "ada", former: "eve"))])
            let raw = try DatabaseQueue(path: world.configuration.path)
            for sql in [
                "UPDATE audit SET user = 'bob'", "UPDATE audit SET former_user = NULL",
                "UPDATE audit SET former_user = 'bob'",
            ] {
                await #expect(throws: DatabaseError.self, "\(sql)") { try await raw.write { try $0.execute(sql: sql) } }
            }
            try await store.write([.rename(user: "ada", to: "bob")])
            #expect(try await store.audit(AuditQuery()).map(\.user) == ["bob"])
            try await store.write([.erase(user: "bob", pseudonym: "erased-1")])
            let left = try await store.audit(AuditQuery())
            #expect(left.map(\.user) == ["erased-1"] && left.map(\.formerUser) == ["erased-1"])
        }
    }

    @Test("7 outcomes find: by person, job, number, outcome, time", arguments: StoreKind.allCases)
    func history(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            for index in 0..<8 {
                let number = index % 2 == 0 ? Sample.text : nil
                let job = Sample.job("m-\(index)", kind: .registerPhone, user: "user\(index % 3)", number: number)
                let outcome: Outcome = index == 4 ? .blocked : .sent
                _ = try await store.begin(job) { _ in
                    var answer = Answer(outcome: outcome, reason: index == 4 ? .landline : nil, body: [])
                    answer.providerCode = index == 4 ? 60205 : nil
                    return .answer(answer)
                }
                world.time.advance(.seconds(1))
            }
            func found(_ change: (inout HistoryQuery) -> Void) async throws -> [String] {
                var query = HistoryQuery()
                change(&query)
                return try await store.history(query).map(\.messageID)
            }
            #expect(try await found { _ in } == (0..<8).reversed().map { "m-\($0)" })
            #expect(try await found { $0.user = "user1" } == ["m-7", "m-4", "m-1"])
            #expect(try await found { $0.messageID = "m-3" } == ["m-3"])
            let number = try Sample.number()
            #expect(try await found { $0.number = number } == ["m-6", "m-4", "m-2", "m-0"])
            #expect(try await found { $0.outcome = .blocked } == ["m-4"])
            let (since, until) = (Sample.now + .seconds(2), Sample.now + .seconds(4))
            #expect(try await found { ($0.since, $0.until) = (since, until) } == ["m-3", "m-2"])
            #expect(try await found { $0.limit = 1 } == ["m-7"])
            var query = HistoryQuery()
            query.messageID = "m-4"
            let entry = try #require(try await store.history(query).first)
            #expect(entry.reason == .landline && entry.masked == "+1········42" && entry.kind == .registerPhone)
            #expect(entry.frontEnd == "portal" && entry.application == .web && entry.at == Sample.now + .seconds(4))
            #expect(entry.begunAt == entry.at)
            #expect(
                try await store.history(HistoryQuery()).map(\.providerCode) == [
                    nil, nil, nil, 60205, nil, nil, nil, nil,
                ])
        }
    }
}
