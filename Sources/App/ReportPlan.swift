import Basics

/// What a service manager is told of a process, and when: pure, it hears how things stand.
///
/// A copy is asked for what to say, and kept once that was taken: what was not, is said again.
struct ReportPlan: Equatable {
    /// A third of the time that the manager waits: a sign of life may get lost.
    private let interval: Duration?
    private var hasToldReady = false
    private var hasToldStopping = false
    private var lastWords: String?
    private var lastAlive: MonotonicTime?

    /// - Parameter watchdog: how long the manager waits for a sign of life.
    init(watchdog: Duration?) {
        interval = watchdog.map { $0 / 3 }
    }

    /// What to say of a worker now; nothing when all has been said.
    ///
    /// - Parameters:
    ///   - hasBegun: whether it has taken jobs, once.
    ///   - obstacles: why it takes none now, without names of hosts or users.
    ///   - pauses: what it leaves alone by an operator's wish.
    mutating func notices(
        hasBegun: Bool, isDraining: Bool, obstacles: [String], pauses: [String] = [], at now: MonotonicTime
    ) -> [ServiceManager.Notice] {
        let words = Self.words(hasBegun: hasBegun, isDraining: isDraining, obstacles, pauses)
        return notices(hasBegun: hasBegun, isStopping: isDraining, words: words, at: now)
    }

    /// What to say now; nothing when all has been said.
    ///
    /// - Parameter words: how it fares, in one line.
    mutating func notices(
        hasBegun: Bool, isStopping: Bool, words: String, at now: MonotonicTime
    ) -> [ServiceManager.Notice] {
        var notices: [ServiceManager.Notice] = []
        if hasBegun, !hasToldReady {
            notices.append(.ready)
            hasToldReady = true
        }
        if isStopping, !hasToldStopping {
            notices.append(.stopping)
            hasToldStopping = true
        }
        if words != lastWords {
            notices.append(.status(words))
            lastWords = words
        }
        if let interval, lastAlive.map({ now - $0 >= interval }) ?? true {
            notices.append(.alive)
            lastAlive = now
        }
        return notices
    }

    private static func words(
        hasBegun: Bool, isDraining: Bool, _ obstacles: [String], _ pauses: [String]
    ) -> String {
        guard !obstacles.isEmpty else {
            return pauses.isEmpty ? "takes jobs" : "takes jobs, but " + pauses.joined(separator: "; ")
        }
        let reasons = obstacles.joined(separator: "; ")
        if isDraining { return reasons }
        return (hasBegun ? "takes no jobs: " : "starts: ") + reasons
    }
}
