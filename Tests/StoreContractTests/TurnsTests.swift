import Basics
import Foundation
import GRDB
import Store
import TestKit
import Testing
import Wire

@testable import StoreSQLite

@Suite("Turns", .timeLimit(.minutes(2))) struct TurnsTests {
    @Test("lines take turns, and within a line the first comes first")
    func turns() {
        var turns = Turns<String, Int>()
        for number in 1...4 { turns.append(number, to: "a") }
        turns.append(10, to: "b")
        turns.append(20, to: "c")
        turns.append(11, to: "b")
        var order: [Int] = []
        while let next = turns.popFirst() { order.append(next) }
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
                } else if let next = turns.popFirst() {
                    let line = next / 1000
                    let expected = model[line]?.removeFirst()
                    #expect(expected == next)
                    passed[line] = nil
                    for (other, waiting) in model where other != line && !waiting.isEmpty {
                        passed[other, default: [:]][line, default: 0] += 1
                        #expect(passed[other]?[line] == 1, "seed \(seed)")
                    }
                }
                let isEmpty = model.values.allSatisfy(\.isEmpty)
                #expect(turns.isEmpty == isEmpty)
            }
        }
    }

    @Test("a check that comes after hundreds of sends is written after one of them")
    func lanes() async throws {
        let world = try await World(.sqlite)
        let path = world.configuration.path
        let writer = try LockFile(path + ".writer")
        let commits = GroupCommit(
            try DatabasePool(path: path), writer: try LockFile(path + ".writer"), file: try OpenFile(path),
            watch: StoreWatch())
        try writer.lock()
        let order = Locked<[LaneName]>([])
        func submit(_ lane: LaneName) {
            commits.submit(
                GroupCommit.Operation(lane: lane) { _ in
                    order.withLock { $0.append(lane) }
                } end: { _ in
                })
        }
        for _ in 0..<300 { submit(.send) }
        submit(.check)
        writer.unlock()
        await commits.close()
        #expect(order.withLock { $0.count } == 301)
        #expect(order.withLock { $0.firstIndex(of: .check) ?? 301 } <= 2)
    }
}
