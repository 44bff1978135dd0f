import Basics
import Testing

@testable import StoreSQLite

@Suite struct GatheringPauseTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000)

    private func after(_ milliseconds: Int64) -> MonotonicTime { start + .milliseconds(milliseconds) }

    /// Counts so many, then asks.
    private func next(_ pause: inout GatheringPause, _ operations: Int, at now: MonotonicTime) -> Duration {
        for _ in 0..<operations { pause.count() }
        return pause.next(at: now)
    }

    @Test func aLoneOperationWaitsForNobody() {
        var pause = GatheringPause(at: start)
        #expect(next(&pause, 1, at: start) == .zero)
        #expect(next(&pause, 1, at: after(3)) == .zero)
        #expect(next(&pause, 1, at: after(5000)) == .zero)
    }

    @Test func aBurstIsNoLoadYet() {
        var pause = GatheringPause(at: start)
        #expect(next(&pause, 1000, at: after(19)) == .zero)
    }

    @Test(arguments: [(39, Duration.zero), (40, GatheringPause.length)])
    func manyAMillisecondAreWaitedFor(_ operations: Int, _ expected: Duration) {
        var pause = GatheringPause(at: start)
        #expect(next(&pause, operations, at: after(20)) == expected)
        // It stays so until the next are counted.
        #expect(next(&pause, 0, at: after(30)) == expected)
    }

    @Test func itEndsWithTheLoad() {
        var pause = GatheringPause(at: start)
        #expect(next(&pause, 100, at: after(20)) == GatheringPause.length)
        #expect(next(&pause, 10, at: after(40)) == .zero)
        #expect(next(&pause, 100, at: after(60)) == GatheringPause.length)
        // The window of a quiet time is as long as the time.
        #expect(next(&pause, 100, at: after(10_000)) == .zero)
    }
}
