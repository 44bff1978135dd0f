import Basics
import Testing

@testable import Worker

@Suite struct DropTallyTests {
    @Test("it speaks at once, then once a minute, and of all that it kept quiet about")
    func pace() {
        var tally = DropTally()
        let start = MonotonicTime(nanoseconds: 0)
        let spoken = ([0] + Array(1...59) + [60, 61, 500]).map { tally.drop(at: start + .seconds($0)) }
        #expect(spoken == [1] + Array(repeating: nil, count: 59) + [60, nil, 2])
    }
}
