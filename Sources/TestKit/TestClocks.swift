package import Basics

/// Time that only the test moves.
package final class TestClocks: Sendable {
    /// Where the wall clock begins.
    package static let start = Timestamp(seconds: 1_800_000_000)

    private let elapsed = Locked(Duration.zero)

    package init() {}

    package var clocks: Clocks {
        Clocks(
            wall: { Self.start + self.now }, monotonic: { MonotonicTime(nanoseconds: 1_000_000_000) + self.now })
    }

    package var wall: Timestamp { Self.start + now }

    private var now: Duration { elapsed.withLock { $0 } }

    package func advance(_ duration: Duration) { elapsed.withLock { $0 += duration } }
}
