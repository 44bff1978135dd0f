package import Basics
package import Logging

/// Tells that dead letters went because there were too many: at once, then once a minute at the most.
package final class DropLog: Sendable {
    private struct State {
        var count = 0
        var toldAt: MonotonicTime?
    }

    package static let pause: Duration = .seconds(60)

    private let state = Locked(State())
    private let watch: StoreWatch
    private let clocks: Clocks
    private let logger: Logger

    package init(watch: StoreWatch, clocks: Clocks, logger: Logger) {
        self.watch = watch
        self.clocks = clocks
        self.logger = logger
    }

    package func note(_ count: Int) {
        guard count > 0 else { return }
        watch.dropped(letters: count)
        let now = clocks.monotonic()
        let told: Int? = state.withLock { state in
            state.count += count
            if let last = state.toldAt, now - last < Self.pause { return nil }
            defer { state = State(toldAt: now) }
            return state.count
        }
        guard let told else { return }
        logger.warning(
            "a front end has more dead letters than are kept (dead.max_letters, dead.max_megabytes): its oldest went",
            metadata: ["letters": "\(told)"])
    }
}
