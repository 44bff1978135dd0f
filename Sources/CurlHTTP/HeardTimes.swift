import Basics

/// When something came last by a connection, by our port of it.
///
/// It is asked for since when a call that is under way has heard nothing, so what was before all of them is forgotten: ports
/// are new ones with every connection.
struct HeardTimes {
    /// Few enough to look through now and then.
    private static let most = 256
    private var times: [Int: MonotonicTime] = [:]

    var count: Int { times.count }

    func last(_ port: Int) -> MonotonicTime? { times[port] }

    /// - Parameter oldest: when the first of the calls under way began.
    mutating func note(_ port: Int, _ time: MonotonicTime, oldest: MonotonicTime) {
        times[port] = max(times[port] ?? time, time)
        guard times.count > Self.most else { return }
        times = times.filter { $0.value >= oldest }
    }
}
