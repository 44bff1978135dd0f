import Basics
import Store
import TestKit
import Testing
import Wire

/// Room for calls, shared out among the workers of one store.
@Suite(.timeLimit(.minutes(10)))
struct BudgetTests {
    @Test("a worker alone gets what it asks for and half of what is over", arguments: StoreKind.allCases)
    func alone(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        let limits = CallLimits(perSecond: 20, atOnce: 100)
        let grant = try await store.leaseCalls(.waiting(2), limits: limits)
        #expect(grant.places == 2 + 49 && grant.starts == 2 + 9 && !grant.isUnbroken)
        #expect(grant.until == world.time.clocks.monotonic() + CallLease.length)
        let all = try await store.leaseCalls(.waiting(500), limits: limits)
        #expect(all.places == 100 && all.starts == 20 && all.isUnbroken)
        await world.end(store)
    }

    @Test("what has no limit is not shared out", arguments: StoreKind.allCases)
    func unlimited(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let store = try await world.worker()
        #expect(try await store.leaseCalls(.waiting(9), limits: CallLimits(perSecond: 2)).places == .max)
        #expect(try await store.leaseCalls(.waiting(9), limits: CallLimits(atOnce: 2)).starts == .max)
        await world.end(store)
    }

    @Test("what runs stays counted, and a newcomer gets what is left", arguments: StoreKind.allCases)
    func newcomer(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (first, second) = (try await world.worker(), try await world.worker())
        let limits = CallLimits(atOnce: 10)
        #expect(try await first.leaseCalls(.waiting(20), limits: limits).places == 10)
        #expect(try await second.leaseCalls(.waiting(20), limits: limits).places == 0)
        // It runs ten and is told to let five end; what it may still run counts.
        #expect(try await first.leaseCalls(.running(10, reach: 10, waiting: 10), limits: limits).places == 5)
        #expect(try await second.leaseCalls(.waiting(20), limits: limits).places == 0)
        // Three have ended, and none was started in their place.
        #expect(try await first.leaseCalls(.running(7, reach: 7, waiting: 10), limits: limits).places == 5)
        #expect(try await second.leaseCalls(.waiting(20), limits: limits).places == 3)
        for store in [first, second] { await world.end(store) }
    }

    @Test("room given back, or held by a worker that died, is free at once", arguments: StoreKind.allCases)
    func freed(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let workers = [try await world.worker(), try await world.worker(), try await world.worker()]
        let limits = CallLimits(atOnce: 4)
        #expect(try await workers[0].leaseCalls(.waiting(4), limits: limits).places == 4)
        #expect(try await workers[0].leaseCalls(CallDemand(), limits: limits).places == 0)
        #expect(try await workers[1].leaseCalls(.waiting(4), limits: limits).places == 4)
        #expect(try await workers[2].leaseCalls(.waiting(4), limits: limits).places == 0)
        await world.end(workers[1])
        #expect(try await workers[2].leaseCalls(.waiting(4), limits: limits).places == 4)
        for store in [workers[0], workers[2]] { await world.end(store) }
    }

    @Test("a living worker that asks no more keeps its places while its calls may last", arguments: StoreKind.allCases)
    func silent(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (silent, other) = (try await world.worker(), try await world.worker())
        let limits = CallLimits(atOnce: 4)
        #expect(try await silent.leaseCalls(.waiting(3), limits: limits).places == 3)
        world.time.advance(CallLease.length + .seconds(10))
        #expect(try await other.leaseCalls(.waiting(4), limits: limits).places == 1)
        world.time.advance(.seconds(1))
        #expect(try await other.leaseCalls(.running(1, reach: 1, waiting: 3), limits: limits).places == 4)
        #expect(try await !silent.leaseCalls(.running(3, reach: 3, waiting: 1), limits: limits).isUnbroken)
        for store in [silent, other] { await world.end(store) }
    }

    @Test("a start counts until a second and a tenth after it left", arguments: StoreKind.allCases)
    func window(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (first, second) = (try await world.worker(), try await world.worker())
        let limits = CallLimits(perSecond: 3)
        #expect(try await first.leaseCalls(.waiting(9), limits: limits).starts == 3)
        #expect(try await second.leaseCalls(.waiting(9), limits: limits).starts == 0)
        world.time.advance(.milliseconds(100))
        // One is still connecting: it counts as well.
        var told = CallDemand.running(3, reach: 3, waiting: 6)
        (told.starting, told.departed) = (1, 2)
        #expect(try await first.leaseCalls(told, limits: limits).starts == 0)
        world.time.advance(.milliseconds(1099))
        (told.starting, told.departed) = (1, 0)
        #expect(try await first.leaseCalls(told, limits: limits).starts == 0)
        world.time.advance(.milliseconds(1))
        #expect(try await second.leaseCalls(.waiting(9), limits: limits).starts == 2)
        for store in [first, second] { await world.end(store) }
    }

    @Test("starts of a dead worker count until they can have left no more", arguments: StoreKind.allCases)
    func deadStarts(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let (dead, heir) = (try await world.worker(), try await world.worker())
        let limits = CallLimits(perSecond: 2)
        #expect(try await dead.leaseCalls(.waiting(2), limits: limits).starts == 2)
        await world.end(dead)
        world.time.advance(CallLease.length + .milliseconds(1099))
        #expect(try await heir.leaseCalls(.waiting(2), limits: limits).starts == 0)
        world.time.advance(.milliseconds(1))
        #expect(try await heir.leaseCalls(.waiting(2), limits: limits).starts == 2)
        await world.end(heir)
    }

    @Test("after a reboot, when the clock begins anew, old rows are void", arguments: StoreKind.allCases)
    func reboot(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        world.time.advance(.seconds(86400))
        let former = try await world.worker()
        let limits = CallLimits(perSecond: 2, atOnce: 2)
        _ = try await former.leaseCalls(.waiting(2), limits: limits)
        var told = CallDemand.running(2, reach: 2, waiting: 2)
        told.departed = 2
        _ = try await former.leaseCalls(told, limits: limits)
        // Its liveness lock stays held on purpose: the time alone must tell.
        world.time.advance(.seconds(-86000))
        let next = try await world.worker()
        let grant = try await next.leaseCalls(.waiting(2), limits: limits)
        #expect(grant.places == 2 && grant.starts == 2)
        for store in [former, next] { await world.end(store) }
    }

    @Test("places become equal shares within a few blocks", arguments: StoreKind.allCases, [2, 3])
    func equalPlaces(_ kind: StoreKind, _ count: Int) async throws {
        let world = try await World(kind)
        let crowd = try await Crowd(world, count: count, CallLimits(atOnce: 12))
        crowd.workers[0].waiting = 1000
        for _ in 0..<5 { try await crowd.block(callsLast: .milliseconds(150)) }
        #expect(crowd.workers[0].running == 12)
        for worker in crowd.workers { worker.waiting = 1000 }
        for _ in 0..<4 { try await crowd.block(callsLast: .milliseconds(150)) }
        #expect(crowd.workers.map(\.running) == Array(repeating: 12 / count, count: count))
        await crowd.end()
    }

    @Test("starts become equal shares within a window", arguments: StoreKind.allCases, [2, 3])
    func equalStarts(_ kind: StoreKind, _ count: Int) async throws {
        let world = try await World(kind)
        let crowd = try await Crowd(world, count: count, CallLimits(perSecond: 24))
        crowd.workers[0].waiting = 1000
        for _ in 0..<20 { try await crowd.block(callsLast: .milliseconds(50)) }
        #expect(crowd.departures[1] == 48)
        for worker in crowd.workers { worker.waiting = 1000 }
        for _ in 0..<13 { try await crowd.block(callsLast: .milliseconds(50)) }
        crowd.forgetDepartures()
        for _ in 0..<36 { try await crowd.block(callsLast: .milliseconds(50)) }
        #expect(crowd.departures.values.allSatisfy { $0 == 72 / count }, "\(crowd.departures)")
        await crowd.end()
    }

    @Test("with fewer places than workers they take turns", arguments: StoreKind.allCases)
    func turns(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let crowd = try await Crowd(world, count: 3, CallLimits(atOnce: 1))
        for worker in crowd.workers { worker.waiting = 1000 }
        for _ in 0..<60 { try await crowd.block(callsLast: .milliseconds(250)) }
        let (least, most) = (crowd.departures.values.min() ?? 0, crowd.departures.values.max() ?? 0)
        #expect(crowd.departures.count == 3 && least >= 2 && most <= 3 * least, "\(crowd.departures)")
        await crowd.end()
    }

    @Test("one call a second goes on, at two workers", arguments: StoreKind.allCases)
    func slowest(_ kind: StoreKind) async throws {
        let world = try await World(kind)
        let crowd = try await Crowd(world, count: 2, CallLimits(perSecond: 1, atOnce: 10))
        for worker in crowd.workers { worker.waiting = 1000 }
        for _ in 0..<120 { try await crowd.block(callsLast: .milliseconds(50)) }
        // 12 seconds at one start in 1.1 to 1.3 s.
        #expect((9...11).contains(crowd.departures.values.reduce(0, +)), "\(crowd.departures)")
        #expect((crowd.departures.values.min() ?? 0) >= 4)
        await crowd.end()
    }

    @Test("whatever happens, the limits hold", arguments: StoreKind.allCases, 1...10)
    func property(_ kind: StoreKind, _ seed: UInt64) async throws {
        let world = try await World(kind)
        var chance = Seeded(seed)
        let limits = CallLimits(
            perSecond: .random(in: 0...6, using: &chance), atOnce: .random(in: 1...6, using: &chance))
        let crowd = try await Crowd(world, count: .random(in: 2...5, using: &chance), limits)
        for step in 0..<6000 {
            try await crowd.disturb(using: &chance)
            try #require(crowd.isWithin(limits), "seed \(seed), step \(step), \(limits)")
        }
        #expect(crowd.departures.values.reduce(0, +) > 5)
        await crowd.end()
    }
}

extension CallDemand {
    static func waiting(_ count: Int) -> CallDemand {
        var demand = CallDemand()
        demand.waiting = count
        return demand
    }

    static func running(_ running: Int, reach: Int, waiting: Int) -> CallDemand {
        var demand = CallDemand.waiting(waiting)
        (demand.running, demand.reach) = (running, reach)
        return demand
    }
}
