import Basics
import TestKit
import Testing

@Suite("Turns", .timeLimit(.minutes(10))) struct TurnsTests {
    @Test("lines take turns, and within a line the first comes first")
    func turns() {
        var turns = Turns<String, Int>()
        for number in 1...4 { turns.append(number, to: "a") }
        turns.append(10, to: "b")
        turns.append(20, to: "c")
        turns.append(11, to: "b")
        var order: [Int] = []
        while let next = turns.popFirst() { order.append(next.element) }
        #expect(order == [1, 10, 20, 2, 11, 3, 4])
        #expect(turns.isEmpty)
    }

    @Test("whatever comes and goes, nothing is lost or overtaken in its line, and nobody waits for a line's second one")
    func property() {
        for seed in 0..<100 as Range<UInt64> {
            var random = Seeded(seed)
            var turns = Turns<Int, Int>()
            var model: [Int: [Int]] = [:]
            // How often another line was served while one waited.
            var passed: [Int: [Int: Int]] = [:]
            for number in 0..<300 {
                if Int.random(in: 0..<3, using: &random) > 0 {
                    let line = Int.random(in: 0..<4, using: &random)
                    turns.append(line * 1000 + number, to: line)
                    model[line, default: []].append(line * 1000 + number)
                } else if let (line, next) = turns.popFirst() {
                    let expected = model[line]?.removeFirst()
                    #expect(expected == next)
                    passed[line] = nil
                    for (other, waiting) in model where other != line && !waiting.isEmpty {
                        passed[other, default: [:]][line, default: 0] += 1
                        #expect(passed[other]?[line] == 1, "seed \(seed)")
                    }
                }
                let count = model.values.map(\.count).reduce(0, +)
                #expect(turns.count == count && turns.isEmpty == (count == 0))
            }
        }
    }

    @Test("lines that may not go are passed over, and keep their turn")
    func choice() {
        var turns = Turns<String, Int>()
        for (number, line) in ["a", "b", "a", "b"].enumerated() { turns.append(number, to: line) }
        #expect(turns.popFirst { $0 == "b" }?.element == 1)
        #expect(turns.popFirst { $0 == "c" } == nil)
        #expect(turns.popFirst()?.element == 0)
        #expect(turns.popFirst()?.element == 3)
        #expect(turns.popFirst()?.element == 2)
    }

    @Test("who leaves is not served, and a line that nobody stands in has no turn")
    func leaving() {
        var turns = Turns<String, Int>()
        for (number, line) in ["a", "a", "b", "c"].enumerated() { turns.append(number, to: line) }
        turns.remove(from: "a") { $0 == 0 }
        turns.remove(from: "b") { $0 == 2 }
        turns.remove(from: "b") { $0 == 2 }
        #expect(turns.count == 2)
        #expect(turns.popFirst()?.element == 1)
        #expect(turns.popFirst()?.element == 3)
        #expect(turns.isEmpty)
    }
}
