import Basics

/// Counts what was left out, and says when to speak of it: at once, then once a minute at the most.
struct DropTally {
    static let pause: Duration = .seconds(60)

    private var count = 0
    private var spokeAt: MonotonicTime?

    /// - Returns: how many were left out since it was last spoken of, if it is time to speak.
    mutating func drop(at now: MonotonicTime) -> Int? {
        count += 1
        if let spokeAt, now - spokeAt < Self.pause { return nil }
        defer { count = 0 }
        spokeAt = now
        return count
    }
}
