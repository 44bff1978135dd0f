import Basics
import Store

/// When to stop taking jobs for want of the store, when to try it, and when to go on.
///
/// Pure: it is told the time.
struct StorePause {
    enum Step: Equatable {
        case none
        case stop(StoreTrouble)
        /// Try whether it can be written.
        case probe
        case goOn
    }

    private var isPaused = false
    private var backoff = Backoff(first: .milliseconds(500), longest: .seconds(5))
    private var nextProbe: MonotonicTime?

    mutating func look(_ trouble: StoreTrouble?, at now: MonotonicTime) -> Step {
        guard let trouble else {
            guard isPaused else { return .none }
            isPaused = false
            return .goOn
        }
        guard isPaused else {
            isPaused = true
            backoff.reset()
            nextProbe = now + backoff.next()
            return .stop(trouble)
        }
        // What is stuck is a probe itself; one more would only be stuck too.
        guard case .failing = trouble, let nextProbe, nextProbe <= now else { return .none }
        self.nextProbe = now + backoff.next()
        return .probe
    }
}
