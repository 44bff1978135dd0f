import Basics

/// What an in-memory store holds of calls.
struct InMemoryCalls: Sendable {
    struct Departure: Sendable {
        var worker: Int64
        var at: MonotonicTime
        var count: Int
    }

    var leases: [Int64: CallLeaseRow] = [:]
    var departures: [Departure] = []
}

extension InMemoryRows {
    func callLeases() -> [CallLeaseRow] { Array(content.calls.leases.values) }
    mutating func put(_ lease: CallLeaseRow) { content.calls.leases[lease.worker] = lease }
    mutating func removeCallLease(of worker: Int64) { content.calls.leases[worker] = nil }

    func departures(after time: MonotonicTime) -> [Int64: Int] {
        content.calls.departures.reduce(into: [:]) { sums, departure in
            if departure.at > time { sums[departure.worker, default: 0] += departure.count }
        }
    }
    mutating func addDepartures(_ count: Int, at time: MonotonicTime) {
        content.calls.departures.append(InMemoryCalls.Departure(worker: worker, at: time, count: count))
    }
    mutating func forgetDepartures(upTo past: MonotonicTime, after now: MonotonicTime) {
        content.calls.departures.removeAll { $0.at <= past || $0.at > now }
    }
}
