import Basics
import Wire

/// Who gets a lane's slots, and in which order.
///
/// Pure: it is told what happens and says whose wait is over.
///
/// A slot is never idle while a job waits. While others wait, a front end that holds half of the slots gets no more,
/// and an operation neither; within a share, first come, first served. What is held is never taken away.
///
/// A job that waits for another one gives its slot up and comes back with its old ticket. It may have begun by then,
/// and so may a redelivered one: such jobs are *firm*, they wait their turn but are never crowded out.
struct LaneShares<Waiter> {
    typealias Ended = (waiter: Waiter, verdict: SlotVerdict)

    struct Group {
        var held = 0
        /// Slots that went to younger jobs of other shares since it had one itself.
        var passedOver = 0
        var line = WaitingLine<Waiter>()
        var firm = WaitingLine<Waiter>()

        var ticket: Int? {
            guard let first = line.first?.ticket else { return firm.first?.ticket }
            return min(first, firm.first?.ticket ?? first)
        }

        mutating func removeFirst() -> WaitingLine<Waiter>.Entry? {
            firm.first?.ticket == ticket ? firm.removeFirst() : line.removeFirst()
        }
    }

    /// Slots, and what one front end or operation may hold of them while others wait.
    let count: Int
    let half: Int
    /// How many deliveries the broker hands out at the most before one is settled.
    let prefetch: Int

    private(set) var held = 0
    /// Deliveries that were neither settled nor crowded out.
    var inHand = 0
    var groups: [Share: Group] = [:]
    var frontEnds = ShareTally<String>()
    var operations = ShareTally<ProviderOperation?>()
    /// The lane was found stuck: jobs are crowded out without a wait until then.
    var crowdedUntil: MonotonicTime?
    private var lastTicket = 0

    init(count: Int, prefetch: Int) {
        self.count = max(1, count)
        half = max(1, count / 2)
        self.prefetch = prefetch
    }

    /// A job was delivered.
    mutating func draw(_ share: Share) -> Claim {
        lastTicket += 1
        inHand += 1
        return Claim(share: share, ticket: lastTicket)
    }

    /// It wants a slot, and has it at once where one is free.
    mutating func enter(_ claim: Claim, at now: MonotonicTime) -> Bool {
        frontEnds.hear(of: claim.share.frontEnd, at: now)
        operations.hear(of: claim.share.operation, at: now)
        guard held < count else { return false }
        hold(claim.share)
        return true
    }

    /// It wants a slot, and waits for one where none is free.
    mutating func enter(_ claim: Claim, isFirm: Bool, _ waiter: Waiter, at now: MonotonicTime) -> [Ended] {
        guard !enter(claim, at: now) else { return [(waiter, .granted)] }
        let entry = WaitingLine<Waiter>.Entry(ticket: claim.ticket, since: now, waiter: waiter)
        if isFirm {
            groups[claim.share, default: Group()].firm.insert(entry)
        } else {
            groups[claim.share, default: Group()].line.insert(entry)
        }
        frontEnds.startWaiting(claim.share.frontEnd)
        operations.startWaiting(claim.share.operation)
        return crowdOut(at: now)
    }

    /// A crowded-out job turned out to have begun before: it is in hand again.
    mutating func stay() {
        inHand += 1
    }

    /// A slot is given back, for good or for a while.
    mutating func release(_ share: Share) -> [Ended] {
        held -= 1
        change(share) { $0.held -= 1 }
        frontEnds.release(share.frontEnd)
        operations.release(share.operation)
        forget(share)
        return grantNext()
    }

    /// A job was settled: the broker may deliver another.
    mutating func leave() {
        inHand -= 1
    }

    private mutating func grantNext() -> [Ended] {
        guard let share = next(), let entry = groups[share]?.removeFirst() else { return [] }
        stopWaiting(share)
        hold(share)
        for (other, group) in groups where group.ticket.map({ $0 < entry.ticket }) ?? false {
            change(other) { $0.passedOver += 1 }
        }
        change(share) { $0.passedOver = 0 }
        return [(entry.waiter, .granted)]
    }

    private mutating func hold(_ share: Share) {
        held += 1
        change(share) { $0.held += 1 }
        frontEnds.take(share.frontEnd)
        operations.take(share.operation)
    }

    /// Read and put back: changed in place, a dictionary's value costs allocations.
    ///
    /// Only for what counts: lines would be copied.
    private mutating func change(_ share: Share, _ body: (inout Group) -> Void) {
        var group = groups[share] ?? Group()
        body(&group)
        groups[share] = group
    }

    mutating func stopWaiting(_ share: Share) {
        frontEnds.endWaiting(share.frontEnd)
        operations.endWaiting(share.operation)
    }

    mutating func forget(_ share: Share) {
        if let group = groups[share], group.held == 0, group.ticket == nil { groups[share] = nil }
    }
}
