import Basics
import Store
import TestKit
import Testing

/// Workers that do what their grants allow, and what the calls of all of them come to.
final class Crowd {
    let world: World
    let limits: CallLimits
    private(set) var workers: [ModelWorker] = []
    /// The requests that left within the last second.
    private var recent: [MonotonicTime] = []
    /// How many requests of each worker left.
    private(set) var departures: [Int: Int] = [:]
    private var lastName = 0

    init(_ world: World, count: Int, _ limits: CallLimits) async throws {
        self.world = world
        self.limits = limits
        for _ in 0..<count { try await join() }
    }

    private var now: MonotonicTime { world.time.clocks.monotonic() }

    func join() async throws {
        lastName += 1
        workers.append(ModelWorker(name: lastName, store: try await world.worker()))
    }

    func end() async {
        for worker in workers { await world.end(worker.store) }
    }

    func forgetDepartures() { departures = [:] }

    func isWithin(_ limits: CallLimits) -> Bool {
        let underWay = workers.reduce(0) { $0 + $1.underWay }
        return (limits.atOnce == 0 || underWay <= limits.atOnce)
            && (limits.perSecond == 0 || recent.count <= limits.perSecond)
    }

    private func note(_ worker: ModelWorker, _ count: Int) {
        recent += Array(repeating: now, count: count)
        departures[worker.name, default: 0] += count
    }

    private func pass(_ time: Duration) {
        world.time.advance(time)
        recent.removeAll { now - $0 >= .seconds(1) }
        for worker in workers { worker.cutLongest(at: now) }
    }

    /// All ask once, a little after each other, start what they may, and end what has lasted.
    func block(callsLast length: Duration) async throws {
        for worker in workers {
            worker.endCalls(departedBefore: now + (.zero - length))
            let asked = worker.demand(limits, at: now)
            worker.take(try await worker.store.leaseCalls(asked, limits: limits), to: asked, limits)
            while worker.start(limits, at: now) {
                if worker.depart(at: now) { note(worker, 1) }
            }
            pass(CallLease.block / workers.count)
        }
    }

    /// One small thing happens to somebody.
    func disturb(using chance: inout Seeded) async throws {
        pass(.milliseconds(.random(in: 0...4, using: &chance)))
        if Int.random(in: 0..<250, using: &chance) == 0 {
            pass(.milliseconds(.random(in: 0...4000, using: &chance)))
        }
        guard let worker = workers.randomElement(using: &chance) else { return }
        switch Int.random(in: 0..<100, using: &chance) {
        case 0 where Bool.random(using: &chance): try await replace(worker)
        case 1 where Bool.random(using: &chance): worker.waiting = 0
        case 0..<20: worker.waiting += .random(in: 0...3, using: &chance)
        case 20..<45: _ = worker.start(limits, at: now)
        case 45..<65: if worker.depart(at: now) { note(worker, 1) }
        case 65..<80: worker.endOne(using: &chance)
        default: try await worker.nextStepOfAsking(limits, at: now)
        }
    }

    /// Its calls end with it.
    private func replace(_ worker: ModelWorker) async throws {
        await world.end(worker.store)
        workers.removeAll { $0 === worker }
        try await join()
    }
}

/// What a worker must keep to, in its shortest form.
final class ModelWorker {
    enum Asking {
        case no
        case asked(CallDemand)
        case answered(CallDemand, CallGrant)
    }

    let name: Int
    let store: any LoginStore
    var waiting = 0
    private var grant: CallGrant?
    private var spare = 0
    /// Not left yet, with room: and without, since the lease broke.
    private var starting = 0
    private var stopped = 0
    private var departedAt: [MonotonicTime] = []
    private var untold = 0
    private var asking = Asking.no

    init(name: Int, store: any LoginStore) {
        self.name = name
        self.store = store
    }

    var running: Int { starting + stopped + departedAt.count }
    var underWay: Int { departedAt.count }

    func start(_ limits: CallLimits, at now: MonotonicTime) -> Bool {
        guard waiting > 0, let grant, now < grant.until, running < grant.places, spare > 0 || limits.perSecond == 0
        else { return false }
        waiting -= 1
        starting += 1
        spare -= limits.perSecond > 0 ? 1 : 0
        return true
    }

    func depart(at now: MonotonicTime) -> Bool {
        guard starting > 0, let grant, now < grant.until else { return false }
        starting -= 1
        departedAt.append(now)
        untold += 1
        return true
    }

    /// A call is cut after ten seconds.
    func cutLongest(at now: MonotonicTime) { departedAt.removeAll { now - $0 > .seconds(10) } }
    func endCalls(departedBefore time: MonotonicTime) { departedAt.removeAll { $0 <= time } }

    func endOne(using chance: inout Seeded) {
        switch Int.random(in: 0..<4, using: &chance) {
        case 0 where starting > 0:
            starting -= 1
            spare += 1
        case 1 where stopped > 0: stopped -= 1
        default: if !departedAt.isEmpty { departedAt.remove(at: .random(in: departedAt.indices, using: &chance)) }
        }
    }

    func demand(_ limits: CallLimits, at now: MonotonicTime) -> CallDemand {
        let isValid = grant.map { now < $0.until } ?? false
        if !isValid { spare = 0 }
        var demand = CallDemand()
        (demand.running, demand.waiting, demand.starting) = (running, waiting, starting)
        demand.reach = isValid && limits.atOnce > 0 ? max(running, grant?.places ?? 0) : running
        (demand.spare, demand.departed) = (spare, untold)
        return demand
    }

    func take(_ answer: CallGrant, to asked: CallDemand, _ limits: CallLimits) {
        untold -= asked.departed
        guard asked.running + asked.waiting > 0 else {
            (grant, spare) = (nil, 0)
            return
        }
        if answer.isUnbroken {
            spare = limits.perSecond > 0 ? max(0, answer.starts + spare - asked.spare) : 0
        } else {
            stopped += starting
            (starting, spare) = (0, limits.perSecond > 0 ? answer.starts : 0)
        }
        grant = answer
    }

    /// Between question, transaction and answer anything else may happen.
    func nextStepOfAsking(_ limits: CallLimits, at now: MonotonicTime) async throws {
        switch asking {
        case .no:
            let asked = demand(limits, at: now)
            // Before it gives all back it starts nothing any more.
            if asked.running + asked.waiting == 0 { (grant, spare) = (nil, 0) }
            asking = .asked(asked)
        case .asked(let demand): asking = .answered(demand, try await store.leaseCalls(demand, limits: limits))
        case .answered(let demand, let answer):
            take(answer, to: demand, limits)
            asking = .no
        }
    }
}
