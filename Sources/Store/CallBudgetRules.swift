import Basics

/// What ``CallStore`` promises, written once over any store's rows.
///
/// Every worker's row says what its calls may come to until it asks again, and no answer lets that sum pass a limit:
///
/// - a living worker's places count until the last call that its grant allows must be over, even if it never asks again;
/// - a start counts from its grant until a second after the request left, as told, or can have left at the latest;
/// - a dead worker's places are free at once, its starts only when they can have left no more.
extension CallRows {
    package mutating func leaseCalls(_ demand: CallDemand, _ limits: CallLimits) throws(Failure) -> CallGrant {
        let now = clocks.monotonic()
        try forgetDepartures(upTo: now + (.zero - CallLease.window), after: now)
        if demand.departed > 0, limits.perSecond > 0 { try addDepartures(demand.departed, at: now) }
        guard !demand.isNone else {
            try removeCallLease(of: worker)
            return CallGrant(places: 0, starts: 0, until: now, isUnbroken: false)
        }
        let (grant, row) = try books(at: now).grant(demand, limits, worker)
        try put(row)
        return grant
    }

    private mutating func books(at now: MonotonicTime) throws(Failure) -> CallBooks {
        var books = CallBooks(now: now, departures: try departures(after: now + (.zero - CallLease.window)))
        for row in try callLeases() {
            let isAlive = try isAlive(row.worker)
            if row.isVoid(at: now, isAlive: isAlive) {
                try removeCallLease(of: row.worker)
            } else if row.worker == worker {
                books.own = row
            } else {
                books.others.append((row, isAlive))
            }
        }
        return books
    }
}

/// All that bears on one answer.
struct CallBooks {
    var now: MonotonicTime
    /// Requests that left within the window, by worker.
    var departures: [Int64: Int]
    var own: CallLeaseRow?
    var others: [(row: CallLeaseRow, isAlive: Bool)] = []

    init(now: MonotonicTime, departures: [Int64: Int]) {
        self.now = now
        self.departures = departures
    }

    /// The answer, and what is written down of it.
    func grant(_ demand: CallDemand, _ limits: CallLimits, _ worker: Int64) -> (CallGrant, CallLeaseRow) {
        let isUnbroken = own.map { now < $0.until } ?? false
        var row = CallLeaseRow(
            worker: worker, until: now + CallLease.length, running: demand.running,
            starting: starting(demand, isUnbroken), waiting: demand.waiting, places: 0, starts: 0,
            servedAt: own?.servedAt)
        var grant = CallGrant(places: .max, starts: .max, until: row.until, isUnbroken: isUnbroken)
        if limits.atOnce > 0 {
            grant.places = CallShare.allowance(
                placeClaim(of: row, isAlive: true), beside: others.map(placeClaim), of: limits.atOnce)
            // Calls may have started while the question was under way, by the grant before.
            row.places = max(demand.running, own == nil ? 0 : demand.reach, grant.places)
        }
        if limits.perSecond > 0 {
            let claim = startClaim(of: row, isAlive: true)
            let allowed = CallShare.allowance(claim, beside: otherStarts(than: worker), of: limits.perSecond)
            grant.starts = max(0, allowed - claim.used)
            row.starts = row.starting + max(isUnbroken ? demand.spare : 0, grant.starts)
        }
        // After the sharing: whoever started a call has had its turn.
        if demand.departed > 0 || demand.starting > 0 { row.servedAt = now }
        return (grant, row)
    }

    /// What may have left untold, or leave yet.
    ///
    /// After a break what has not left stays, but how much that is the worker tells next time.
    private func starting(_ demand: CallDemand, _ isUnbroken: Bool) -> Int {
        if isUnbroken { return demand.starting }
        guard let own, now < own.until + CallLease.window else { return 0 }
        return demand.starting + demand.spare
    }

    private func placeClaim(of row: CallLeaseRow, isAlive: Bool) -> CallClaim {
        let asks = isAlive && now < row.until
        return CallClaim(
            worker: row.worker, used: row.running, wanted: asks ? row.running + row.waiting : 0,
            held: isAlive ? row.places : 0, servedAt: row.servedAt)
    }

    private func startClaim(of row: CallLeaseRow, isAlive: Bool) -> CallClaim {
        let asks = isAlive && now < row.until
        let used = (departures[row.worker] ?? 0) + row.starting
        let canLeave = now < row.until + CallLease.window
        return CallClaim(
            worker: row.worker, used: used, wanted: asks ? used + row.waiting : 0,
            held: used - row.starting + (canLeave ? row.starts : 0), servedAt: row.servedAt)
    }

    /// Those of workers too that have no row any more: what they started counts like any other.
    private func otherStarts(than worker: Int64) -> [CallClaim] {
        let present = Set(others.map(\.row.worker) + [worker])
        let gone = departures.filter { !present.contains($0.key) }
        return others.map(startClaim)
            + gone.map { CallClaim(worker: $0.key, used: $0.value, wanted: 0, held: $0.value, servedAt: nil) }
    }
}
