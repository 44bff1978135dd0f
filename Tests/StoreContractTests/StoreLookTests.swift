import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("Looking at a store", .timeLimit(.minutes(10)))
struct StoreLookTests {
    @Test("enters no worker, and sees what the workers wrote and who of them lives", arguments: StoreKind.allCases)
    func looks(_ kind: StoreKind) async throws {
        try await withStore(kind) { world, store in
            _ = try await store.begin(Sample.job("one"), decide: Sample.calling)
            try await store.write([.audit(Sample.entry(user: "ada"))])
            let workers = try await world.query("SELECT id FROM worker")
            let look = try await world.look()
            #expect(try await look.audit(AuditQuery()).map(\.user) == ["ada"])
            #expect(try await look.outcomes(HistoryQuery()).entries.count == 1)
            #expect(try await look.timelines(of: "one").first?.waitsFor?.contains("carrying it out") == true)
            look.close()
            #expect(try await world.query("SELECT id FROM worker") == workers)
        }
    }

    @Test("refuses a store of an older or a newer version, and changes neither", arguments: StoreKind.allCases)
    func versions(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let table: String
        let names: String
        switch kind {
        case .sqlite: (table, names) = ("grdb_migrations", "identifier")
        case .postgres: (table, names) = ("schema_migration", "name")
        }
        let done = "SELECT \(names) FROM \(table) ORDER BY 1"
        let last = try #require(try await world.query(done).last)
        for change in ["DELETE FROM \(table) WHERE \(names) = '\(last)'", "INSERT INTO \(table) VALUES ('9999')"] {
            try await world.change(change)
            let before = try await world.query(done)
            do {
                _ = try await world.look()
                Issue.record("a store of another version was opened")
            } catch let error as StoreError { #expect(error.code == .wrongSchema) }
            #expect(try await world.query(done) == before)
        }
    }
}
