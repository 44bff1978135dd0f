import Basics
import Foundation
import GRDB
import Store
import StoreSQLite
import TestKit
import Testing
import Wire

@Suite("Looking at a store", .timeLimit(.minutes(5)))
struct StoreLookTests {
    private func rows(_ world: World, _ sql: String) async throws -> [String] {
        try await DatabaseQueue(path: world.configuration.path).read { try String.fetchAll($0, sql: sql) }
    }

    @Test("enters no worker, and sees what the workers wrote and who of them lives")
    func looks() async throws {
        try await withStore(.sqlite) { world, store in
            _ = try await store.begin(Sample.job("one"), decide: Sample.calling)
            try await store.write([.audit(Sample.entry(user: "ada"))])
            let workers = try await rows(world, "SELECT id FROM worker")
            let look = try await StoreLook.open(world.configuration, clocks: world.time.clocks)
            #expect(try await look.audit(AuditQuery()).map(\.user) == ["ada"])
            #expect(try await look.outcomes(HistoryQuery()).entries.count == 1)
            #expect(try await look.timelines(of: "one").first?.waitsFor?.contains("carrying it out") == true)
            look.close()
            #expect(try await rows(world, "SELECT id FROM worker") == workers)
        }
    }

    @Test("refuses a store of an older or a newer version, and changes neither")
    func versions() async throws {
        let world = try await World(.sqlite)
        let queue = try DatabaseQueue(path: world.configuration.path)
        for change in [
            "DELETE FROM grdb_migrations WHERE identifier = '0008-letters'",
            "INSERT INTO grdb_migrations VALUES ('9999')",
        ] {
            try await queue.write { try $0.execute(sql: change) }
            let before = try await rows(world, "SELECT identifier FROM grdb_migrations ORDER BY 1")
            do {
                _ = try await StoreLook.open(world.configuration)
                Issue.record("a store of another version was opened")
            } catch { #expect(error.code == .wrongSchema) }
            #expect(try await rows(world, "SELECT identifier FROM grdb_migrations ORDER BY 1") == before)
        }
    }
}
