import Basics
import Testing

@Suite("MonotonicTime")
struct MonotonicTimeTests {
    @Test("never goes back")
    func neverBack() {
        var last = MonotonicTime.now()
        for _ in 0..<1000 {
            let next = MonotonicTime.now()
            #expect(next >= last)
            last = next
        }
    }

    @Test("adds lengths of time to the nanosecond")
    func arithmetic() {
        let time = MonotonicTime(nanoseconds: 5)
        #expect(time + .seconds(2) == MonotonicTime(nanoseconds: 2_000_000_005))
        #expect(time + .nanoseconds(7) == MonotonicTime(nanoseconds: 12))
        #expect(time + .milliseconds(-1) == MonotonicTime(nanoseconds: -999_995))
        #expect(MonotonicTime(nanoseconds: 12) - time == .nanoseconds(7))
        #expect(time < MonotonicTime(nanoseconds: 6))
    }

    @Test("the clocks of a test are the test's own")
    func clocks() {
        let clocks = Clocks(
            wall: { Timestamp(seconds: 3) }, monotonic: { MonotonicTime(nanoseconds: 4) })
        #expect(clocks.wall() == Timestamp(seconds: 3))
        #expect(clocks.monotonic() == MonotonicTime(nanoseconds: 4))
    }
}
