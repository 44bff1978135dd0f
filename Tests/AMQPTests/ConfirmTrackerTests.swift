import TestKit
import Testing

@testable import AMQP

@Suite struct ConfirmTrackerTests {
    private func tracker(_ ids: [String]) -> ConfirmTracker<String> {
        var tracker = ConfirmTracker<String>()
        for id in ids { tracker.add(id, messageID: id) }
        return tracker
    }

    @Test("single and multiple confirms come in any order, each waiter is told once")
    func outOfOrder() {
        var tracker = tracker(["a", "b", "c", "d"])
        #expect(tracker.settle(4, multiple: false, isAck: true).map(\.0) == ["d"])
        #expect(tracker.settle(3, multiple: true, isAck: true).map(\.0) == ["a", "b", "c"])
        #expect(tracker.settle(3, multiple: true, isAck: true).isEmpty)
        #expect(tracker.settle(99, multiple: true, isAck: true).isEmpty)
        #expect(tracker.count == 0)
    }

    @Test("a returned message that is then confirmed was returned")
    func returned() {
        var tracker = tracker(["a", "b"])
        tracker.markReturned(messageID: "b", code: 312, text: "NO_ROUTE")
        tracker.markReturned(messageID: "unknown", code: 312, text: "NO_ROUTE")
        let outcomes = tracker.settle(2, multiple: true, isAck: true).map(\.1)
        #expect(outcomes == [.confirmed, .returned(code: 312, text: "NO_ROUTE")])
    }

    @Test("of two messages with one id the older is the returned one")
    func equalIDs() {
        var tracker = tracker(["a", "a"])
        tracker.markReturned(messageID: "a", code: 312, text: "NO_ROUTE")
        #expect(tracker.settle(2, multiple: false, isAck: true).map(\.1) == [.confirmed])
        #expect(tracker.settle(1, multiple: false, isAck: true).map(\.1) == [.returned(code: 312, text: "NO_ROUTE")])
    }

    @Test("a refusal is told as one, and the end of the channel leaves nobody waiting")
    func refusalAndEnd() {
        var tracker = tracker(["a", "b", "c"])
        #expect(tracker.settle(1, multiple: false, isAck: false).map(\.1) == [.refused])
        #expect(tracker.drain() == ["b", "c"])
        #expect(tracker.drain().isEmpty)
    }

    @Test("whatever order confirms come in, every waiter is told exactly once")
    func anyOrder() {
        var generator = Seeded(7)
        for _ in 0..<200 {
            let ids = (1...20).map(String.init)
            var tracker = tracker(ids)
            var told: [String] = []
            for number in (1...20).map(UInt64.init).shuffled(using: &generator) {
                told += tracker.settle(number, multiple: Bool.random(using: &generator), isAck: true).map(\.0)
            }
            #expect(told.sorted() == ids.sorted())
        }
    }
}
