import Testing

@testable import Basics

@Suite("Lines that are told once a minute")
struct RareLinesTests {
    private func time(_ seconds: Int64) -> MonotonicTime { MonotonicTime(nanoseconds: seconds * 1_000_000_000) }

    @Test("one line a minute for each key, with the number of all since the last")
    func counted() {
        var lines = RareLines<String>()
        #expect(lines.note("a", at: time(0))?.count == 1)
        #expect(lines.note("a", at: time(1)) == nil && lines.note("a", at: time(59)) == nil)
        #expect(lines.note("b", at: time(59))?.key == "b")
        #expect(lines.note("a", at: time(60))?.count == 3)
        #expect(lines.note("a", at: time(120))?.count == 1)
    }

    @Test("more keys than are kept share one line, and old ones make room")
    func bounded() {
        var lines = RareLines<Int>()
        for key in 0..<RareLines<Int>.mostKeys { #expect(lines.note(key, at: time(0))?.key == key) }
        let beyond = lines.note(-1, at: time(1))
        #expect(beyond?.count == 1 && beyond?.key == nil)
        #expect(lines.note(-2, at: time(2)) == nil)
        // A minute on, the first ones have made room.
        #expect(lines.note(-3, at: time(60))?.key == -3)
        #expect(lines.note(-1, at: time(61))?.key == -1)
    }
}
