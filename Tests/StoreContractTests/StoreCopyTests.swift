import Basics
import Foundation
import Logging
import Store
import TestKit
import Testing
import Wire

/// A store goes from one kind to another, with all that it holds.
@Suite(
    "Contract 8: store copy between kinds of stores", .enabled(if: StoreKind.allCases.count > 1),
    .timeLimit(.minutes(10)))
struct StoreCopyTests {
    /// Every kind that there is, and those that it goes to.
    private static let ways = StoreKind.allCases.flatMap { from in
        StoreKind.allCases.filter { $0 != from }.map { (from: from, to: $0) }
    }

    private func place(_ kind: StoreKind) async throws -> World { try await World(kind, isThere: false) }

    private func copy(_ world: World, to place: World) async throws {
        try await StoreCopying.copy(from: try world.driver(), to: try place.driver())
    }

    private func counts(_ world: World) async throws -> [String] {
        let look = try await world.look()
        defer { look.close() }
        let ever = RollupQuery(
            RollupSeries.allCases, since: Timestamp(seconds: 0), until: Timestamp(seconds: 4_000_000_000))
        return try await look.rollups(ever).rows.map { "\($0)" }.sorted()
    }

    @Test(
        "store copy: whatever a store holds, it answers the same at the other place, and back again", arguments: ways,
        UInt64(1)...3)
    func anything(_ way: (from: StoreKind, to: StoreKind), seed: UInt64) async throws {
        var random = RandomChanges(seed: seed)
        let world = try await World(way.from)
        let store = try await world.worker()
        for _ in 0..<150 {
            world.time.advance(.seconds(1))
            try await store.write(random.changes(at: world.time.wall), as: random.job(random.user()))
        }
        let (told, counted) = (try await Snapshot.of(store), try await counts(world))
        await world.end(store)
        let check = try await world.driver().check()
        var last = world
        for kind in [way.to, way.from] {
            let next = try await place(kind)
            try await copy(last, to: next)
            let found = try await next.driver().check()
            // Not all that random changes make keeps to the rules of jobs.
            #expect(found.sealed == check.sealed && found.violations == check.violations && found.unreadable.isEmpty)
            #expect(try await counts(next) == counted)
            let worker = try await next.worker(clocks: world.time.clocks)
            #expect(try await Snapshot.of(worker) == told)
            await next.end(worker)
            last = next
        }
    }

    @Test("store copy: jobs, workers, orders and brakes go on where they were", arguments: ways)
    func goesOn(_ way: (from: StoreKind, to: StoreKind)) async throws {
        let world = try await World(way.from)
        let store = try await world.worker(logger: Logger(label: "test"))
        let report = WorkerReport(host: "h", pid: 1, version: "1", listen: nil, settings: "s")
        let done = Sample.job("done", number: nil)
        _ = try await store.begin(done) { _ in .answer(Sample.answer(.blocked)) }
        #expect(try await store.begin(Sample.job("begun"), decide: Sample.calling).intent?.fence == 1)
        try await store.settle(done.key, as: .undeliverable)
        _ = try await store.beat(report, [QueueReading(queue: "verify.send", ready: 3, consumers: 1)])
        try await world.order(WorkerCommand(.pause, worker: nil, lane: .send, until: nil, by: "mara", why: "late"))
        let now = world.time.wall
        let brake = Brake(
            .country("GB"), everyone: true, by: "mara", why: "pumping", at: now, until: now + .seconds(60))
        try await world.brake(.set(brake))
        #expect(try await store.takeRead(.verification, limits: [ReadLimit(count: 1, per: .seconds(60))]))
        let history = try await store.history(HistoryQuery())
        await world.end(store)

        let other = try await place(way.to)
        try await copy(world, to: other)
        let moved = try await other.worker(clocks: world.time.clocks, logger: Logger(label: "test"))
        #expect(moved.worker > store.worker)
        let again = try await moved.begin(done) { _ in .answer(Sample.answer(.done)) }
        #expect(!again.isFresh && again.recorded?.outcome == .blocked)
        #expect(try await moved.begin(Sample.job("begun"), decide: Sample.calling).abandoned?.fence == 2)
        #expect(try await moved.history(HistoryQuery()) == history)
        #expect(try await moved.brakes().brakes == [brake])
        #expect(try await !moved.takeRead(.verification, limits: [ReadLimit(count: 1, per: .seconds(60))]))
        #expect(try await moved.snapshots(limit: 9).map { $0.queues[0].ready } == [3])
        let orders = try await moved.beat(report, []).orders
        #expect(orders.pause(of: .send, worker: moved.worker, at: now)?.why == "late")
        let former = try await moved.workers().first { $0.id == store.worker }
        #expect(former?.standing == "killed" && former?.report == report)
        await other.end(moved)
    }

    private func code(_ body: () async throws -> Void) async -> StoreError.Code? {
        do {
            try await body()
            return nil
        } catch { return (error as? StoreError)?.code }
    }

    private func isEmpty(_ place: World) async throws -> Bool {
        let keys = try FileManager.default.contentsOfDirectory(atPath: place.folder.path)
        switch place.kind {
        case .sqlite: return keys.isEmpty
        case .postgres:
            let hasNoTable = try await place.query("SELECT to_regclass('meta') IS NULL") == ["t"]
            return keys.isEmpty && hasNoTable
        }
    }

    @Test(
        "store copy: refused while a worker works, and where there is a store; then nothing was changed there",
        arguments: ways)
    func refused(_ way: (from: StoreKind, to: StoreKind)) async throws {
        let world = try await World(way.from)
        let store = try await world.worker()
        try await store.write([.user(Sample.user("ada"))])
        let other = try await place(way.to)
        #expect(await code { try await copy(world, to: other) } == .busy)
        #expect(try await isEmpty(other))
        try await store.write([.user(Sample.user("bob"))])
        await world.end(store)
        let taken = try await World(way.to)
        #expect(await code { try await copy(world, to: taken) } == .exists)
        let there = try await taken.worker()
        #expect(try await there.user("ada") == nil)
        await taken.end(there)
        try await copy(world, to: other)
        #expect(await code { try await copy(world, to: other) } == .exists)
        let moved = try await other.worker()
        #expect(try await moved.user("bob") != nil)
        await other.end(moved)
    }

    /// A place that keeps one word other than it was told.
    private struct Forgetful: CopyTarget {
        let target: any CopyTarget

        func storable(_ text: String) -> String { target.storable(text) }
        func add(_ rows: [[CopiedValue]], to table: CopiedTable) async throws(StoreError) {
            try await target.add(
                rows.map { row in row.map { $0 == .text("sign-in-7") ? .text("sign-in-8") : $0 } }, to: table)
        }
        func rows(
            of table: CopiedTable, after place: [CopiedValue]?, limit: Int
        ) async throws(StoreError) -> [[CopiedValue]] {
            try await target.rows(of: table, after: place, limit: limit)
        }
        func setLastNumber(_ number: Int64, of table: CopiedTable) async throws(StoreError) {
            try await target.setLastNumber(number, of: table)
        }
        func setFact(_ name: String, _ number: Int64) async throws(StoreError) {
            try await target.setFact(name, number)
        }
        func finish() async throws(StoreError) { try await target.finish() }
        func abandon() async { await target.abandon() }
    }

    @Test("store copy: one row that differs, and there is no copy", arguments: ways)
    func compared(_ way: (from: StoreKind, to: StoreKind)) async throws {
        let world = try await World(way.from)
        let store = try await world.worker()
        for index in 0..<9 {
            try await store.write([], as: Sample.job("m-\(index)", login: "sign-in-\(index)", number: nil))
        }
        await world.end(store)
        let other = try await place(way.to)
        let source = try await world.driver().copySource()
        let target = Forgetful(target: try await other.driver().copyTarget(keyFile: source.keyFile))
        #expect(await code { try await StoreCopying.copy(source, into: target) } == .corrupt)
        await source.close()
        #expect(try await isEmpty(other))
        // Without that, there is one.
        try await copy(world, to: other)
        #expect(try await other.driver().check().isSound)
    }

    @Test("store copy: every table and column is copied, or said not to be", arguments: StoreKind.allCases)
    func complete(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let sql: String
        switch kind {
        case .sqlite:
            sql = """
                SELECT m.name || '.' || c.name FROM sqlite_schema m, pragma_table_info(m.name) c WHERE m.type = 'table'
                """
        case .postgres:
            sql = """
                SELECT table_name || '.' || column_name FROM information_schema.columns
                WHERE table_schema = current_schema()
                """
        }
        let names = try await world.query(sql).map { name in
            let parts = name.split(separator: ".").map { part in
                part == "person" ? "user" : part == "former_person" ? "former_user" : String(part)
            }
            return (table: parts[0], column: parts.joined(separator: "."))
        }
        let found = Set(names.filter { !CopiedTable.left.contains($0.table) }.map(\.column))
        let copied = Set(CopiedTable.all.flatMap { table in table.columns.map { "\(table.name).\($0)" } })
        #expect(copied.isSubset(of: found))
        #expect(found.subtracting(copied).isSubset(of: CopiedTable.leftColumns))
    }
}
