import Basics
import Store
import Testing

@testable import Worker

@Suite struct StorePauseTests {
    private let trouble = StoreTrouble.failing(StoreError(.full, "full"))

    private func at(_ time: Duration) -> MonotonicTime { MonotonicTime(nanoseconds: 0) + time }

    @Test("it stops once, probes more and more rarely, and goes on once")
    func course() {
        var pause = StorePause()
        #expect(pause.look(nil, at: at(.zero)) == .none)
        #expect(pause.look(trouble, at: at(.seconds(1))) == .stop(trouble))
        #expect(pause.look(trouble, at: at(.milliseconds(1001))) == .none)
        var probes: [Int] = []
        for second in 2..<60 where pause.look(trouble, at: at(.seconds(second))) == .probe { probes.append(second) }
        #expect(probes.count >= 11)
        #expect(zip(probes.dropFirst(), probes).allSatisfy { $0 - $1 <= 6 })
        #expect(pause.look(nil, at: at(.seconds(60))) == .goOn)
        #expect(pause.look(nil, at: at(.seconds(61))) == .none)
        #expect(pause.look(trouble, at: at(.seconds(62))) == .stop(trouble))
    }

    @Test("a store that is stuck is not probed: the probe would be stuck too")
    func stuck() {
        var pause = StorePause()
        let stuck = StoreTrouble.stuck(since: at(.zero))
        #expect(pause.look(stuck, at: at(.seconds(9))) == .stop(stuck))
        for second in 10..<60 { #expect(pause.look(stuck, at: at(.seconds(second))) == .none) }
        #expect(pause.look(nil, at: at(.seconds(60))) == .goOn)
    }
}
