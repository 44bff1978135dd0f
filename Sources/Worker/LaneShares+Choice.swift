import Basics

extension LaneShares {
    /// How long the oldest job waits for its share, with the prefetch full, before the lane counts as stuck.
    ///
    /// In one that moves nobody waits that long, and a burst is worked off instead of refused.
    static var patience: Duration { .seconds(1) }

    /// Whose turn it is: the oldest job that is within its shares; if there is none, the oldest of those that are
    /// beyond one of them only; if there is none, the oldest.
    func next() -> Share? {
        var best: (share: Share, excess: Int, ticket: Int)?
        for (share, group) in groups {
            guard let ticket = group.ticket else { continue }
            let excess = excess(of: share, group)
            if let best, (best.excess, best.ticket) < (excess, ticket) { continue }
            best = (share, excess, ticket)
        }
        return best?.share
    }

    /// How many shares one more slot would be beyond.
    ///
    /// Two shares at their half can take turns in keeping out a job that counts against both: who holds nothing and was
    /// passed over often enough counts as within them.
    private func excess(of share: Share, _ group: Group) -> Int {
        if group.held == 0, group.passedOver >= count { return 0 }
        return (frontEnds.mustYield(share.frontEnd, share: half) ? 1 : 0)
            + (operations.mustYield(share.operation, share: half) ? 1 : 0)
    }

    /// Ends the oldest waits for a share when these fill the prefetch of a lane that is stuck: behind them the broker
    /// holds back jobs that have a slot coming.
    ///
    /// Called from time to time as well, since a stuck lane tells nothing.
    mutating func crowdOut(at now: MonotonicTime) -> [Ended] {
        guard inHand >= prefetch, let oldest = oldestCrowding(at: now) else { return [] }
        guard crowdedUntil.map({ now < $0 }) ?? false || now - oldest.since >= Self.patience else { return [] }
        crowdedUntil = now + Self.patience
        var ended: [Ended] = []
        // Several at a time: one by one, the flood would be worked off at the pace of single transactions.
        let room = max(1, prefetch / 16)
        while inHand > prefetch - room, let share = oldestCrowding(at: now)?.share,
            let entry = groups[share]?.line.removeFirst()
        {
            inHand -= 1
            stopWaiting(share)
            forget(share)
            ended.append((entry.waiter, .crowdedOut))
        }
        return ended
    }

    private func oldestCrowding(at now: MonotonicTime) -> (share: Share, since: MonotonicTime)? {
        var oldest: (share: Share, since: MonotonicTime, ticket: Int)?
        for (share, group) in groups {
            guard let entry = group.line.first, entry.ticket < oldest?.ticket ?? .max,
                frontEnds.crowds(share.frontEnd, share: half, at: now)
                    || operations.crowds(share.operation, share: half, at: now)
            else { continue }
            oldest = (share, entry.since, entry.ticket)
        }
        return oldest.map { ($0.share, $0.since) }
    }
}
