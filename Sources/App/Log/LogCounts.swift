import Basics
import Logging

/// How many lines were logged of each level since the start; those that were lost on the way out are among them.
final class LogCounts: Sendable {
    /// Of what goes to standard error.
    static let standardError = LogCounts()

    private let counts = Locked<[Logger.Level: Int]>([:])

    func note(_ level: Logger.Level) { counts.withLock { $0[level, default: 0] += 1 } }

    /// Every level by its name, the least first.
    var all: [(level: String, count: Int)] {
        let counts = counts.withLock { $0 }
        return Logger.Level.allCases.map { (level: $0.rawValue, count: counts[$0] ?? 0) }
    }
}
