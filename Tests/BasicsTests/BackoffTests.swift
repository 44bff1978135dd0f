import Basics
import TestKit
import Testing

@Suite("Backoff")
struct BackoffTests {
    /// Always the greatest number there is, so that every wait is its ceiling.
    private struct Greatest: RandomNumberGenerator {
        mutating func next() -> UInt64 { .max }
    }

    @Test("doubles its ceiling up to the longest wait")
    func ceilings() {
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(3))
        var greatest = Greatest()
        let waits = (0..<7).map { _ in backoff.next(using: &greatest) }
        #expect(waits.map(\.milliseconds) == [200, 400, 800, 1600, 3000, 3000, 3000])
    }

    @Test("waits anything from zero to the ceiling", arguments: [UInt64(7), 8, 9])
    func bounds(seed: UInt64) {
        var generator = Seeded(seed)
        for _ in 0..<200 {
            var backoff = Backoff(first: .milliseconds(100), longest: .milliseconds(350))
            for ceiling in [100, 200, 350, 350] {
                let wait = backoff.next(using: &generator).milliseconds
                #expect((0...Int64(ceiling)).contains(wait))
            }
        }
    }

    @Test("starts over after a success")
    func reset() {
        var backoff = Backoff(first: .milliseconds(200), longest: .seconds(3))
        var greatest = Greatest()
        _ = backoff.next(using: &greatest)
        _ = backoff.next(using: &greatest)
        backoff.reset()
        #expect(backoff.next(using: &greatest) == .milliseconds(200))
    }

    @Test("never overflows, however often it fails")
    func manyFailures() {
        var backoff = Backoff(first: .seconds(1), longest: .seconds(60))
        for _ in 0..<100 { #expect(backoff.next() <= .seconds(60)) }
    }
}
