import Basics
import Store
import TestKit
import Testing
import Wire

@Suite("8 Queues by the hour, dead letters by group", .timeLimit(.minutes(10)))
struct QueueHourTests {
    private func report(settled: Int, inHand: Int) -> WorkerReport {
        var report = WorkerReport(host: "h", pid: 1, version: "1", listen: nil, settings: "s")
        report.lanes = LaneName.allCases.map {
            WorkerReport.Lane(
                lane: $0, slots: 4, held: 0, inHand: inHand, prefetch: 8, isConsumed: true, isPaused: false,
                settled: settled)
        }
        return report
    }

    @Test(
        "8 queues: an hour's fewest, most and last, whoever looks; silence of the leader is no zero",
        arguments: StoreKind.allCases)
    func hours(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try #require(try await world.worker() as? any WorkingStore)
        let hour = QueueHour.start(of: world.time.clocks.wall())
        world.time.advance(hour + .seconds(3600) - world.time.clocks.wall())
        // Ready, consumers, in hand, settled, a minute apart; 0 and 0 of a queue that is consumed is silence.
        let seen = [(5, 2, 1, 10), (9, 1, 4, 30), (0, 0, 2, 40), (3, 2, 2, 70)]
        for (ready, consumers, inHand, settled) in seen {
            let readings = [QueueReading(queue: "verify.send", ready: ready, consumers: consumers)]
            _ = try await store.beat(report(settled: settled, inHand: inHand), readings)
            world.time.advance(.seconds(60))
        }
        let look = try await world.look()
        defer { look.close() }
        let (since, until) = (hour, world.time.clocks.wall())
        let told = try await look.queueHours(since: since, until: until)
        #expect(
            told == [
                QueueHour(
                    start: hour + .seconds(3600), queue: "verify.send", samples: 4,
                    ready: QueueHour.Spread(least: 3, most: 9, last: 3), fewestConsumers: 1, mostInHand: 4, settled: 60)
            ])
        #expect(try await look.queueHours(since: until + .seconds(3600), until: until + .seconds(7200)).isEmpty)
        world.time.advance(.seconds(41 * 86_400))
        _ = try await store.sweep(Retention(), limit: 500)
        #expect(try await look.queueHours(since: since, until: until).isEmpty)
        await world.end(store)
    }

    @Test(
        "8 dead groups: by state, reason, front end and key, with the first and the last", arguments: StoreKind.allCases
    )
    func groups(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        for index in 0..<6 {
            let letter = DeadLetter(
                reason: index == 5 ? .poison : .malformed, routingKey: "send",
                frontEnd: index % 2 == 0 ? "portal" : "desk",
                messageID: "m-\(index)", body: Redacted([1]), at: Sample.now + .seconds(index))
            try await store.write([.deadLetter(letter)])
        }
        let look = try await world.look()
        defer { look.close() }
        let groups = try await look.letterGroups(limit: 10)
        let told = groups.map { "\($0.count) \($0.state) \($0.reason) \($0.frontEnd) \($0.key)" }
        #expect(
            Set(told) == [
                "3 waiting malformed portal send", "2 waiting malformed desk send", "1 waiting poison desk send",
            ])
        let portal = try #require(groups.first { $0.frontEnd == "portal" })
        #expect(portal.first == Sample.now && portal.last == Sample.now + .seconds(4))
        #expect(try await look.letterGroups(limit: 1).count == 1)
        await world.end(store)
    }
}
