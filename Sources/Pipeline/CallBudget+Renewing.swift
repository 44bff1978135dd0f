import Basics
import Logging
import Store

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
