import Basics
import Store
import TestKit
import Testing
import Wire

/// How the queues stood, as one worker keeps it for all.
@Suite("Contract 8: queues are looked at by one worker for all", .timeLimit(.minutes(10)))
struct QueueSampleTests {
    private func worker(_ world: World) async throws -> any WorkingStore {
        let store = try await world.worker()
        return try #require(store as? any WorkingStore)
    }

    private func report(settled: Int = 0, inHand: Int = 0) -> WorkerReport {
        var report = WorkerReport(host: "h", pid: 1, version: "1", listen: nil, settings: "s")
        report.lanes = LaneName.allCases.map {
            WorkerReport.Lane(
                lane: $0, slots: 4, held: 0, inHand: inHand, prefetch: 8, isConsumed: true, isPaused: false,
                settled: settled)
        }
        return report
    }

    private func readings(_ ready: Int = 5) -> [QueueReading] {
        [QueueReading(queue: "verify.send", ready: ready, consumers: 1)]
    }

    @Test(
        "one worker asks; when it is gone, or says nothing for five seconds, another does",
        arguments: StoreKind.allCases)
    func turns(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (first, second) = (try await worker(world), try await worker(world))
        #expect(try await first.beat(report(), readings()).samplesQueues)
        #expect(try await !second.beat(report(), readings()).samplesQueues)
        #expect(try await first.snapshots(limit: 9).count == 1)
        world.time.advance(.milliseconds(4_999))
        #expect(try await !second.beat(report(), readings()).samplesQueues)
        world.time.advance(.milliseconds(1))
        #expect(try await second.beat(report(), readings()).samplesQueues)
        #expect(try await !first.beat(report(), readings()).samplesQueues)
        await world.end(second)
        #expect(try await first.beat(report(), readings()).samplesQueues)
        #expect(try await first.snapshots(limit: 9).count == 3)
        await world.end(first)
    }

    @Test("health looks too, where no worker does, and takes no worker's turn", arguments: StoreKind.allCases)
    func health(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        try await world.note(readings(7))
        let store = try await worker(world)
        #expect(try await store.snapshots(limit: 9).map { $0.queues[0].ready } == [7])
        world.time.advance(.seconds(2))
        #expect(try await store.beat(report(), readings(8)).samplesQueues)
        try await world.note(readings(9))
        #expect(try await store.snapshots(limit: 9).map { $0.queues[0].ready } == [7, 8])
        await world.end(store)
    }

    @Test(
        "what was settled only grows, whoever ends, and what was in the hand of one that was killed went back",
        arguments: StoreKind.allCases)
    func totals(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (first, second) = (try await worker(world), try await worker(world))
        _ = try await first.beat(report(settled: 10, inHand: 3), [])
        _ = try await second.beat(report(settled: 20, inHand: 4), [])
        func sample() async throws -> QueueSample {
            let look = try await world.look()
            defer { look.close() }
            return try await look.snapshot(readings()).queues[0]
        }
        #expect(try await sample() == QueueSample(queue: "verify.send", ready: 5, consumers: 1, inHand: 7, settled: 30))
        // Killed, and nobody has written that down yet; then somebody has; then it is forgotten.
        await world.end(first)
        let killed = QueueSample(queue: "verify.send", ready: 5, consumers: 1, inHand: 4, settled: 30)
        #expect(try await sample() == killed)
        _ = try await second.beat(report(settled: 20, inHand: 4), [])
        #expect(try await sample() == killed)
        world.time.advance(.seconds(8 * 86_400))
        _ = try await second.sweep(Retention(), limit: 100)
        _ = try await second.beat(report(settled: 20, inHand: 4), [])
        #expect(try await sample() == killed)
        _ = try await second.beat(report(settled: 25, inHand: 0), [])
        try await second.leave(.stopped)
        #expect(try await sample().settled == 35)
        await world.end(second)
    }

    @Test(
        "the older, the wider apart: two seconds, ten, a minute; a day is kept in some 1,600 rows, and no more",
        arguments: StoreKind.allCases)
    func thinned(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await worker(world)
        let start = world.time.wall
        var (middle, coarse): (Timestamp?, Timestamp?)
        var rows: [String] = []
        for second in stride(from: 0, to: 30 * 3600, by: 2) {
            let now = start + .seconds(second)
            let grain = QueueHistory.grain(at: now, middle: [middle, coarse].compactMap(\.self).max(), coarse: coarse)
            switch grain {
            case .fine: break
            case .middle: middle = now
            case .coarse: coarse = now
            }
            rows.append("(\(now.milliseconds),\(grain.rawValue),1,'[]')")
        }
        // A command line has an end.
        for first in stride(from: 0, to: rows.count, by: 3000) {
            let some = rows[first..<min(first + 3000, rows.count)].joined(separator: ",")
            try await world.change("INSERT INTO queue_sample (at, grain, worker, body) VALUES \(some)")
        }
        world.time.advance(.seconds(30 * 3600))
        while try await store.sweep(Retention(), limit: 5_000) >= 5_000 {}
        let ages = try await world.query("SELECT at FROM queue_sample ORDER BY id").compactMap(Int64.init)
            .map { (start + .seconds(30 * 3600) - Timestamp(milliseconds: $0)).components.seconds }
        #expect(ages.count < 1_800)
        for (older, newer) in zip(ages, ages.dropFirst()) {
            #expect(older - newer <= (older > 1200 ? 60 : older > 150 ? 10 : 2))
        }
        #expect(ages.first.map { $0 >= 26 * 3600 - 60 && $0 <= 26 * 3600 } == true)
        await world.end(store)
    }
}
