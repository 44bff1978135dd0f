import Basics
import Testing

@testable import AMQP

@Suite("Connecting again") struct ReconnectPlanTests {
    private let start = MonotonicTime(nanoseconds: 1_000_000_000_000)

    @Test("URLs are tried in turn, with pauses that grow to 3 s while nobody answers")
    func turns() {
        var plan = ReconnectPlan(count: 3, random: Longest())
        var tried: [Int] = []
        var pauses: [Duration] = []
        for _ in 0..<9 {
            tried.append(plan.index)
            pauses.append(plan.failed(isRefusal: false, now: start))
        }
        #expect(tried == [0, 1, 2, 0, 1, 2, 0, 1, 2])
        #expect(pauses.prefix(4) == [.milliseconds(250), .milliseconds(500), .seconds(1), .seconds(2)])
        #expect(pauses.last == .seconds(3))
    }

    @Test("one URL that refuses us is tried again after 30 s")
    func refusal() {
        var plan = ReconnectPlan(count: 1, random: Longest())
        let pause = plan.failed(isRefusal: true, now: start)
        #expect(pause == .seconds(30))
        #expect(plan.index == 0)
    }

    @Test("a URL that refuses us is passed over for 30 s while another may work")
    func passedOver() {
        var plan = ReconnectPlan(count: 2, random: Longest())
        let pause = plan.failed(isRefusal: true, now: start)
        #expect(pause == .milliseconds(250))
        var tried: [Int] = []
        for second in 1...3 {
            tried.append(plan.index)
            _ = plan.failed(isRefusal: false, now: start + .seconds(second))
        }
        #expect(tried == [1, 1, 1])
        _ = plan.failed(isRefusal: false, now: start + .seconds(31))
        #expect(plan.index == 0)
    }

    @Test("when all refuse us, the one that did so first is next, once its time has come")
    func allRefuse() {
        var plan = ReconnectPlan(count: 2, random: Longest())
        _ = plan.failed(isRefusal: true, now: start)
        let pause = plan.failed(isRefusal: true, now: start + .seconds(5))
        #expect(pause == .seconds(25))
        #expect(plan.index == 0)
    }

    @Test("a connection that served and held makes the next pause short; one that did not lets it grow")
    func afterLoss() {
        var plan = ReconnectPlan(count: 1, random: Longest())
        func lose(after life: Duration, hasServed: Bool) -> Duration {
            plan.lost(since: start, hasServed: hasServed, now: start + life)
        }
        for _ in 0..<3 { _ = lose(after: .milliseconds(999), hasServed: true) }
        // A busy broker is slow to refuse a channel, too.
        _ = lose(after: .seconds(60), hasServed: false)
        #expect(lose(after: .milliseconds(999), hasServed: true) == .seconds(4))
        #expect(lose(after: .seconds(1), hasServed: true) == .milliseconds(250))
    }

    @Test(
        "one that answers and does not serve is left up to 30 s, one that nobody answers at 3 s, whatever came before")
    func answeredOrNot() {
        var plan = ReconnectPlan(count: 1, random: Longest())
        func lose() -> Duration { plan.lost(since: start, hasServed: false, now: start) }
        for _ in 0..<9 { _ = lose() }
        #expect(lose() == .seconds(30))
        #expect(plan.failed(isRefusal: false, now: start) == .seconds(3))
        #expect(lose() == .seconds(30))
    }
}
