import Basics
import Store
import TestKit
import Testing
import Wire

/// What workers tell of themselves, and how they ended.
@Suite("Contract 8: workers report", .timeLimit(.minutes(10)))
struct WorkerReportTests {
    private func report(_ state: WorkerState = .ready) -> WorkerReport {
        var report = WorkerReport(host: "h", pid: 7, version: "1.0", listen: "127.0.0.1:8090", settings: "abc")
        report.state = state
        report.obstacles = ["verify.send is not consumed"]
        report.lanes = LaneName.allCases.map {
            WorkerReport.Lane(
                lane: $0, slots: 4, held: 1, inHand: 2, prefetch: 8, isConsumed: true, isPaused: false, settled: 9)
        }
        report.circuits = [WorkerReport.OpenCircuit(operation: "a call", isProbing: true)]
        return report
    }

    private func worker(_ world: World) async throws -> any WorkingStore {
        let store = try await world.worker()
        return try #require(store as? any WorkingStore)
    }

    private func look(_ world: World) async throws -> [WorkerRecord] {
        let look = try await world.look()
        defer { look.close() }
        return try await look.workers()
    }

    @Test("what a worker told last is there as it was told, with its age", arguments: StoreKind.allCases)
    func reports(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (first, second) = (try await worker(world), try await worker(world))
        _ = try await first.beat(report(.starting), [])
        world.time.advance(.seconds(3))
        _ = try await second.beat(report(), [])
        _ = try await first.beat(report(.notReady), [])
        world.time.advance(.seconds(2))
        for records in [try await first.workers(), try await look(world)] {
            #expect(records.map(\.id) == [first.worker, second.worker])
            #expect(records.map(\.report) == [report(.notReady), report()])
            #expect(records.map(\.age) == [.seconds(2), .seconds(2)])
            #expect(records.map(\.standing) == ["not_ready", "ready"])
            #expect(records[0].report?.inHand == 8)
        }
        await world.end(first)
        await world.end(second)
    }

    @Test(
        "a living worker that says nothing for too long is silent, and nobody takes it for working",
        arguments: StoreKind.allCases)
    func silent(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await worker(world)
        #expect(try await store.workers().map(\.standing) == ["starting"])
        _ = try await store.beat(report(), [])
        world.time.advance(WorkerRecord.patience)
        #expect(try await store.workers().map(\.isPresent) == [true])
        world.time.advance(.milliseconds(1))
        #expect(try await store.workers().map(\.standing) == ["silent"])
        _ = try await store.beat(report(), [])
        #expect(try await store.workers().map(\.standing) == ["ready"])
        await world.end(store)
    }

    @Test("how it ended: stopped and failed by its own word, killed without one", arguments: StoreKind.allCases)
    func ends(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        for end in [WorkerEnd.stopped, .failed] {
            let store = try await worker(world)
            _ = try await store.beat(report(.draining), [])
            try await store.leave(end)
            // Nobody takes it for a killed one between its last word and its end.
            #expect(try await store.workers().last?.standing == end.rawValue)
            await world.end(store)
        }
        let killed = try await worker(world)
        _ = try await killed.beat(report(), [])
        let spoke = world.time.wall
        await world.end(killed)
        world.time.advance(.seconds(60))
        // At once, though nobody has written it down yet; and the same once somebody has.
        #expect(try await look(world).map(\.standing) == ["stopped", "failed", "killed"])
        let next = try await worker(world)
        let records = try await next.workers()
        #expect(records.map(\.standing) == ["stopped", "failed", "killed", "starting"])
        #expect(records[2].endedAt == spoke && records[2].report == report() && !records[2].isAlive)
        await world.end(next)
    }

    @Test("one that is killed while others work is written down by them", arguments: StoreKind.allCases)
    func noted(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (living, killed) = (try await worker(world), try await worker(world))
        _ = try await killed.beat(report(), [])
        await world.end(killed)
        _ = try await living.beat(report(), [])
        #expect(try await world.query("SELECT COUNT(*) FROM worker WHERE ended_how = 'killed'") == ["1"])
        await world.end(living)
    }

    @Test(
        "ended ones stay for seven days, with what they told; living ones for as long as they live",
        arguments: StoreKind.allCases)
    func kept(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let living = try await worker(world)
        let ended = try await worker(world)
        _ = try await ended.beat(report(), [])
        try await ended.leave(.stopped)
        await world.end(ended)
        world.time.advance(.seconds(7 * 86_400 - 1))
        _ = try await living.sweep(Retention(), limit: 100)
        #expect(try await living.workers().map(\.id) == [living.worker, ended.worker])
        world.time.advance(.seconds(2))
        _ = try await living.sweep(Retention(), limit: 100)
        #expect(try await living.workers().map(\.id) == [living.worker])
        #expect(try await world.number("SELECT COUNT(*) FROM worker_report") == 0)
        await world.end(living)
    }

    @Test("one that ends as soon as it starts, again and again, does not fill the store", arguments: StoreKind.allCases)
    func bounded(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let living = try await worker(world)
        let rows = (100..<900).map { "(\($0), 1, 2, 'failed')" }.joined(separator: ", ")
        switch kind {
        case .sqlite:
            try await world.change("INSERT INTO worker (id, started_at, ended_at, ended_how) VALUES \(rows)")
        case .postgres:
            try await world.change(
                """
                ALTER TABLE worker ALTER COLUMN incarnation SET DEFAULT 'one of before';
                INSERT INTO worker (id, started_at, ended_at, ended_how) VALUES \(rows);
                ALTER TABLE worker ALTER COLUMN id RESTART WITH 900
                """)
        }
        let next = try await worker(world)
        let records = try await next.workers()
        #expect(records.count == EndedWorkers.most + 2)
        #expect(records.first?.id == living.worker && records[1].id == 900 - Int64(EndedWorkers.most))
        await world.end(next)
        await world.end(living)
    }

    @Test(
        "words of a newer version are passed over; that the worker lives is known all the same",
        arguments: StoreKind.allCases)
    func newer(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await worker(world)
        _ = try await store.beat(report(), [])
        try await world.change("UPDATE worker_report SET body = replace(body, 'ready', 'levitating')")
        let record = try #require(try await store.workers().first)
        #expect(record.isPresent && record.report == nil && record.standing == "starting")
        await world.end(store)
    }
}
