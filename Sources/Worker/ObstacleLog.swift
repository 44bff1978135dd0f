import Basics

/// Says when to speak of what keeps a worker from consuming.
///
/// Pure: it is told the time.
///
/// Nothing is said of a start, which takes its time, nor of what passes at once.
struct ObstacleLog {
    /// What is there for less is not spoken of.
    static let patience: Duration = .seconds(1)
    /// The words may change with every attempt; they are told no more often than this.
    static let pause: Duration = .seconds(10)

    enum Step: Equatable {
        case none
        case tell([String])
        /// They are gone.
        case goOn
    }

    private var hasBeenReady = false
    private var since: MonotonicTime?
    private var told: [String] = []
    private var spokeAt: MonotonicTime?

    mutating func look(_ obstacles: [String], at now: MonotonicTime) -> Step {
        guard !obstacles.isEmpty else {
            (hasBeenReady, since) = (true, nil)
            defer { told = [] }
            return told.isEmpty ? .none : .goOn
        }
        let began = since ?? now
        since = began
        guard hasBeenReady, now - began >= Self.patience, obstacles != told else { return .none }
        if let spokeAt, now - spokeAt < Self.pause { return .none }
        (told, spokeAt) = (obstacles, now)
        return .tell(obstacles)
    }
}
