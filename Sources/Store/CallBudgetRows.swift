package import Basics

/// What the store keeps of one worker's calls: what the others must count on.
package struct CallLeaseRow: Sendable, Equatable {
    package var worker: Int64
    /// No request of the worker leaves later.
    package var until: MonotonicTime
    package var running: Int
    package var starting: Int
    package var waiting: Int
    /// How many of its calls may be under way.
    package var places: Int
    /// How many of its requests may still leave.
    package var starts: Int
    /// When it last was seen to have started a call: whoever waited longest takes the odd one.
    package var servedAt: MonotonicTime?

    package init(
        worker: Int64, until: MonotonicTime, running: Int, starting: Int, waiting: Int, places: Int, starts: Int,
        servedAt: MonotonicTime?
    ) {
        self.worker = worker
        self.until = until
        self.running = running
        self.starting = starting
        self.waiting = waiting
        self.places = places
        self.starts = starts
        self.servedAt = servedAt
    }

    /// What has left counts once it is written down as departed.
    func isVoid(at now: MonotonicTime, isAlive: Bool) -> Bool {
        // Written before a reboot: the clock began anew, and no call outlives a machine.
        if until - now > CallLease.length { return true }
        return now - until >= (isAlive ? CallLease.longestCall : CallLease.window)
    }
}

/// The rows that ``CallStore``'s rules need, inside one transaction.
package protocol CallRows {
    associatedtype Failure: Error

    /// The worker that acts.
    var worker: Int64 { get }
    var clocks: Clocks { get }
    /// Whether a worker's process lives; the acting one always does.
    func isAlive(_ worker: Int64) throws(Failure) -> Bool

    func callLeases() throws(Failure) -> [CallLeaseRow]
    mutating func put(_ lease: CallLeaseRow) throws(Failure)
    mutating func removeCallLease(of worker: Int64) throws(Failure)
    /// The requests that left after a time, by worker.
    func departures(after: MonotonicTime) throws(Failure) -> [Int64: Int]
    /// Notes requests of the acting worker as departed at a time.
    mutating func addDepartures(_ count: Int, at time: MonotonicTime) throws(Failure)
    /// Forgets departures up to a time, and those after now: they were written before a reboot.
    mutating func forgetDepartures(upTo past: MonotonicTime, after now: MonotonicTime) throws(Failure)
}
