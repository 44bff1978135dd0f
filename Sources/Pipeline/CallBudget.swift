import Basics
import Logging
import Store

/// Room for calls to Twilio: so many per second and at once, over all workers of one store.
///
/// The worker's share is leased from the store in blocks; who finds no room in it waits here, in memory. Without
/// limits there is nothing to lease, and the store is not asked.
final class CallBudget: Sendable {
    let store: any CallStore
    let limits: CallLimits
    let clocks: Clocks
    let sleep: @Sendable (Duration) async -> Void
    let logger: Logger
    let state: Locked<CallBudgetState>
    /// Calls under way while there are no limits.
    private let unlimited = Locked(0)

    /// - Parameter sleep: how the renewing task waits; returns when the time is over.
    init(
        store: any CallStore, limits: CallLimits, clocks: Clocks = .system, logger: Logger,
        sleep: @escaping @Sendable (Duration) async -> Void = { try? await Task.sleep(for: $0) }
    ) {
        self.store = store
        self.limits = limits
        self.clocks = clocks
        self.sleep = sleep
        self.logger = logger
        state = Locked(CallBudgetState(limits))
    }

    var load: CallLoad {
        var load = state.withLock { $0.load }
        if limits.isNone { load.running = unlimited.withLock { $0 } }
        return load
    }

    /// A place in line, or room at once.
    ///
    /// Whoever has one must give it up by ``CallPlace/leave()``.
    func lineUp(in line: CallLine) -> CallPlace {
        guard !limits.isNone else {
            unlimited.withLock { $0 += 1 }
            return CallPlace(budget: self, ticket: nil)
        }
        let now = clocks.monotonic()
        let (ticket, awakened, startsRenewing) = state.withLock { state in
            let (ticket, awakened) = state.lineUp(in: line, at: now)
            return (ticket, awakened, state.startsRenewing())
        }
        resume(awakened)
        if startsRenewing { startRenewing() }
        return CallPlace(budget: self, ticket: ticket)
    }

    func wait(_ ticket: CallBudgetState.Ticket, until: MonotonicTime) async -> Bool {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let now = clocks.monotonic()
                let awakened = state.withLock { $0.wait(ticket, until: until, at: now, continuation) }
                resume(awakened.map { [$0] } ?? [])
                // A cancellation before the wait was known has found nothing to end.
                if Task.isCancelled { stopWaiting(ticket) }
            }
        } onCancel: {
            stopWaiting(ticket)
        }
    }

    private func stopWaiting(_ ticket: CallBudgetState.Ticket) {
        let awakened = state.withLock { $0.stopWaiting(ticket) }
        resume(awakened.map { [$0] } ?? [])
    }

    func mayDepart(_ ticket: CallBudgetState.Ticket) -> Bool {
        let now = clocks.monotonic()
        return state.withLock { $0.mayDepart(ticket, at: now) }
    }

    func leave(_ ticket: CallBudgetState.Ticket?) {
        guard let ticket else { return unlimited.withLock { $0 -= 1 } }
        let now = clocks.monotonic()
        resume(state.withLock { $0.leave(ticket, at: now) })
    }

    func resume(_ awakened: [CallBudgetState.Awakening]) {
        for one in awakened { one.continuation.resume(returning: one.hasRoom) }
    }
}

/// One call's room, or its place in the line for it.
struct CallPlace: Sendable {
    private let budget: CallBudget
    /// `nil` where there are no limits: then there is always room.
    private let ticket: CallBudgetState.Ticket?

    fileprivate init(budget: CallBudget, ticket: CallBudgetState.Ticket?) {
        self.budget = budget
        self.ticket = ticket
    }

    /// Waits for room.
    ///
    /// `false` when there is none by then, or the task was cancelled: the place in line stays, and one may wait again.
    func wait(until: MonotonicTime) async -> Bool {
        guard let ticket else { return true }
        return await budget.wait(ticket, until: until)
    }

    /// Asked when the request is about to leave, once: `false` when the worker's lease ran out meanwhile.
    func mayDepart() -> Bool {
        ticket.map { budget.mayDepart($0) } ?? true
    }

    /// Gives up the room, or the place in line.
    func leave() {
        budget.leave(ticket)
    }
}

/// This worker's calls to Twilio.
public struct CallLoad: Sendable, Equatable {
    /// Under way.
    public var running: Int
    /// Waiting for room.
    public var waiting: Int
    /// How many may run at once by the grant in force; 0 without one.
    public var places: Int
}

extension CallBudget {
    /// Starts the task that leases room.
    ///
    /// It lives as long as there is something to lease for: from the first call that lines up until the room of the
    /// last one is given back. So nobody has to start it before and stop it after all that calls, as a service would
    /// have to be, and a worker at rest asks nothing.
    func startRenewing() {
        // Detached: it serves all calls, not the one that happens to come first.
        Task.detached { await self.renew() }
    }

    /// One turn in each block.
    private func renew() async {
        while true {
            let began = clocks.monotonic()
            switch state.withLock({ $0.nextStep(at: began) }) {
            case .end: return
            case .rest: break
            case .ask(let demand): await ask(demand)
            case .giveBack(let demand):
                await giveBack(demand)
                continue
            }
            let now = clocks.monotonic()
            resume(state.withLock { $0.expire(at: now) })
            let left = CallLease.block - (now - began)
            if left > .zero { await sleep(left) }
        }
    }

    private func ask(_ demand: CallDemand) async {
        do throws(StoreError) {
            let grant = try await store.leaseCalls(demand, limits: limits)
            let now = clocks.monotonic()
            resume(state.withLock { $0.take(grant, to: demand, at: now) })
        } catch {
            // No new room: who waits goes on waiting, and asks again in the next block.
            logger.debug("no room for calls leased: the store cannot be used", metadata: ["error": "\(error)"])
        }
    }

    /// If it fails, the others count on this worker's places for some seconds more.
    private func giveBack(_ demand: CallDemand) async {
        do throws(StoreError) {
            _ = try await store.leaseCalls(demand, limits: limits)
            state.withLock { $0.gaveBack(demand) }
        } catch {
            logger.debug("room for calls not given back: the store cannot be used", metadata: ["error": "\(error)"])
        }
    }
}
