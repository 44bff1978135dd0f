import Basics
import Pipeline

/// The slots of one lane: so many jobs of it are worked on at once.
///
/// ``LaneShares`` says who gets one.
///
/// Not cancellable on purpose: whoever waits was delivered a message and must settle it.
final class LaneSlots: Sendable {
    private let shares: Locked<LaneShares<CheckedContinuation<SlotVerdict, Never>>>
    private let clocks: Clocks

    init(count: Int, prefetch: Int, clocks: Clocks) {
        shares = Locked(LaneShares(count: count, prefetch: prefetch))
        self.clocks = clocks
    }

    /// Enters a job that was delivered.
    func place(for share: Share) -> Place {
        Place(lane: self, claim: shares.withLock { $0.draw(share) })
    }

    /// Looks whether the lane is stuck; to be called a few times a second.
    func look() {
        let now = clocks.monotonic()
        end(shares.withLock { $0.crowdOut(at: now) })
    }

    /// What is held and what waits.
    var load: LaneLoad {
        shares.withLock { LaneLoad(slots: $0.count, held: $0.held, inHand: $0.inHand, prefetch: $0.prefetch) }
    }

    fileprivate func enter(_ claim: Claim, isFirm: Bool) async -> SlotVerdict {
        let now = clocks.monotonic()
        if shares.withLock({ $0.enter(claim, at: now) }) { return .granted }
        return await withCheckedContinuation { waiter in
            end(shares.withLock { $0.enter(claim, isFirm: isFirm, waiter, at: now) })
        }
    }

    fileprivate func stay() {
        shares.withLock { $0.stay() }
    }

    fileprivate func release(_ claim: Claim) {
        end(shares.withLock { $0.release(claim.share) })
    }

    fileprivate func leave() {
        shares.withLock { $0.leave() }
    }

    private func end(_ waits: [(waiter: CheckedContinuation<SlotVerdict, Never>, verdict: SlotVerdict)]) {
        for wait in waits { wait.waiter.resume(returning: wait.verdict) }
    }
}

/// One job's place in its lane.
struct Place: Slot {
    let lane: LaneSlots
    let claim: Claim

    /// Waits for a slot.
    /// - Parameter mayBeCrowdedOut: whether the job was surely never begun; only then it may be crowded out.
    func enter(mayBeCrowdedOut: Bool) async -> SlotVerdict {
        await lane.enter(claim, isFirm: !mayBeCrowdedOut)
    }

    /// Waits on after it was crowded out, since it cannot be answered yet.
    func stay() async {
        lane.stay()
        await acquire()
    }

    /// Takes a slot again; never crowded out.
    func acquire() async {
        _ = await lane.enter(claim, isFirm: true)
    }

    func release() async {
        lane.release(claim)
    }

    /// The job is settled, or given up.
    func leave() {
        lane.leave()
    }
}
