import Basics
import Logging
import Store
import TestKit
import Testing
import TwilioVerify
import Wire

@testable import Pipeline

/// Time that only the test moves, and who sleeps through it.
final class ManualTime: Sendable {
    private struct State {
        var elapsed = Duration.zero
        var sleepers: [(until: Duration, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Locked(State())

    var clocks: Clocks {
        Clocks(
            wall: { Timestamp(seconds: 1_800_000_000) + self.elapsed },
            monotonic: { MonotonicTime(nanoseconds: 1_000_000_000) + self.elapsed })
    }
    var now: MonotonicTime { clocks.monotonic() }
    var sleeperCount: Int { state.withLock { $0.sleepers.count } }
    private var elapsed: Duration { state.withLock { $0.elapsed } }

    func sleep(_ time: Duration) async {
        await withCheckedContinuation { continuation in
            state.withLock { $0.sleepers.append(($0.elapsed + time, continuation)) }
        }
    }

    func advance(_ time: Duration) {
        let woken = state.withLock { state in
            state.elapsed += time
            let elapsed = state.elapsed
            let woken = state.sleepers.filter { $0.until <= elapsed }.map(\.continuation)
            state.sleepers.removeAll { $0.until <= elapsed }
            return woken
        }
        for continuation in woken { continuation.resume() }
    }
}

/// A worker's store that counts what it is asked, and can be away.
final class WatchedStore: CallStore {
    let inner: any LoginStore
    private let state = Locked((asked: [CallDemand](), isAway: false))

    init(_ inner: any LoginStore) { self.inner = inner }

    var asked: [CallDemand] { state.withLock { $0.asked } }
    func setAway(_ isAway: Bool) { state.withLock { $0.isAway = isAway } }

    func leaseCalls(_ demand: CallDemand, limits: CallLimits) async throws(StoreError) -> CallGrant {
        let isAway = state.withLock { state in
            state.asked.append(demand)
            return state.isAway
        }
        if isAway { throw StoreError(.failed, "The store is away.") }
        return try await inner.leaseCalls(demand, limits: limits)
    }
}

/// Some workers of one store, each with its budget, in one time.
final class BudgetScene: Sendable {
    let time = ManualTime()
    let stores: [WatchedStore]
    let budgets: [CallBudget]
    let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let world: StoreWorld

    init(_ limits: CallLimits, workers: Int = 1) async throws {
        world = try await StoreWorld()
        let (time, logger) = (time, logger)
        var stores: [WatchedStore] = []
        for _ in 0..<workers { stores.append(WatchedStore(try await world.worker(clocks: time.clocks))) }
        self.stores = stores
        budgets = stores.map { store in
            CallBudget(store: store, limits: limits, clocks: time.clocks, logger: logger) { await time.sleep($0) }
        }
    }

    var budget: CallBudget { budgets[0] }
    var store: WatchedStore { stores[0] }

    /// Returns once every renewing task has done what this moment asks of it.
    func settle() async {
        await eventually("every renewing task to sleep") {
            self.budgets.count(where: { $0.state.withLock { $0.isRenewing } }) == self.time.sleeperCount
        }
    }

    /// Returns once somebody waits for room at the first worker.
    func somebodyWaits() async throws {
        try await Wait.until("somebody who waits for room", pause: .zero) {
            budget.state.withLock { $0.waiterCount } > 0
        }
    }

    /// What does not come is a failure of the test, which goes on.
    private func eventually(_ what: String, _ isMet: () -> Bool) async {
        do { try await Wait.until(what, pause: .zero, isMet) } catch { Issue.record(error) }
    }

    func advance(_ time: Duration) async {
        self.time.advance(time)
        await settle()
    }

    /// Lets time pass block by block.
    func pass(_ blocks: Int) async {
        for _ in 0..<blocks { await advance(CallLease.block) }
    }

    /// A place with room: the first one of a worker has to be asked for.
    func enter(_ budget: CallBudget) async -> CallPlace {
        let place = budget.lineUp(in: .lane(.send))
        await settle()
        return place
    }

    func hasRoom(_ place: CallPlace) async -> Bool { await place.wait(until: time.now) }

    /// Starts a wait, and returns once it is one.
    func waiting(_ place: CallPlace, for length: Duration = .seconds(60)) async -> Task<Bool, Never> {
        let before = waiterCount
        let until = time.now + length
        let task = Task { await place.wait(until: until) }
        await eventually("one more who waits") { self.waiterCount != before }
        return task
    }

    private var waiterCount: Int { budgets.reduce(0) { $0 + $1.state.withLock { $0.waiterCount } } }
}
