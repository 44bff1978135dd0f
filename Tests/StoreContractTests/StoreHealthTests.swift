import Basics
import Testing

@testable import Store

@Suite struct StoreHealthTests {
    private let full = StoreError(.full, "full")

    private func at(_ time: Duration) -> MonotonicTime { MonotonicTime(nanoseconds: 0) + time }

    @Test("what failed is taken back by a write that changed something, not by a look")
    func recovery() {
        var health = StoreHealth()
        func end(_ failure: StoreError?, wrote: Bool = false) {
            health.end(health.begin(at: at(.zero)), failure, wrote: wrote)
        }
        #expect(health.trouble(at: at(.zero)) == nil)
        end(full)
        #expect(health.trouble(at: at(.zero)) == .failing(full))
        end(nil)
        #expect(health.trouble(at: at(.zero)) == .failing(full))
        end(nil, wrote: true)
        #expect(health.trouble(at: at(.zero)) == nil)
    }

    @Test("a store that this process closed is in no trouble")
    func closed() {
        var health = StoreHealth()
        health.end(health.begin(at: at(.zero)), StoreError(.closed, "closed"), wrote: false)
        #expect(health.trouble(at: at(.zero)) == nil)
    }

    @Test("an operation that takes too long shows a store that is stuck, until it ends")
    func stuck() {
        var health = StoreHealth()
        let first = health.begin(at: at(.seconds(1)))
        let second = health.begin(at: at(.seconds(5)))
        #expect(health.trouble(at: at(.milliseconds(8999))) == nil)
        #expect(health.trouble(at: at(.seconds(9))) == .stuck(since: at(.seconds(1))))
        health.end(first, nil, wrote: false)
        #expect(health.trouble(at: at(.seconds(9))) == nil)
        #expect(health.trouble(at: at(.seconds(13))) == .stuck(since: at(.seconds(5))))
        health.end(second, full, wrote: false)
        #expect(health.trouble(at: at(.seconds(13))) == .failing(full))
    }
}
