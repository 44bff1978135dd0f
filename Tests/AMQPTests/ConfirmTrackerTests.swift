import TestKit
import Testing

@testable import AMQP

@Suite struct ConfirmTrackerTests {
    private func tracker(_ ids: [String]) -> ConfirmTracker<String> {
        var tracker = ConfirmTracker<String>()
        for id in ids { tracker.add(id, identity(id)) }
        return tracker
    }

    private func identity(_ id: String, to queue: String = "q") -> MessageIdentity {
        MessageIdentity(exchange: "", routingKey: queue, messageID: id, correlationID: nil)
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
        tracker.markReturned(identity("b"), code: 312, text: "NO_ROUTE")
        tracker.markReturned(identity("unknown"), code: 312, text: "NO_ROUTE")
        let outcomes = tracker.settle(2, multiple: true, isAck: true).map(\.1)
        #expect(outcomes == [.confirmed, .returned(code: 312, text: "NO_ROUTE")])
    }

    @Test("a return is its own message's, whoever else uses the same id")
    func sharedIDs() {
        var tracker = ConfirmTracker<String>()
        for id in ["1", "2", "3"] {
            for queue in ["here", "gone"] { tracker.add(queue + id, identity(id, to: queue)) }
        }
        for id in ["1", "2", "3"] { tracker.markReturned(identity(id, to: "gone"), code: 312, text: "NO_ROUTE") }
        for (waiter, outcome) in tracker.settle(6, multiple: true, isAck: true) {
            #expect(outcome == (waiter.hasPrefix("gone") ? .returned(code: 312, text: "NO_ROUTE") : .confirmed))
        }
    }

    @Test("exchange and correlation id tell messages apart, too")
    func everyPart() {
        let base = MessageIdentity(exchange: "", routingKey: "q", messageID: "a", correlationID: [1])
        var (exchange, correlation, key, id) = (base, base, base, base)
        (exchange.exchange, correlation.correlationID, key.routingKey, id.messageID) = ("e", [2], "r", nil)
        for other in [exchange, correlation, key, id] {
            var tracker = ConfirmTracker<String>()
            tracker.add("other", other)
            tracker.add("base", base)
            tracker.markReturned(base, code: 312, text: "NO_ROUTE")
            #expect(
                tracker.settle(2, multiple: true, isAck: true).map(\.1) == [
                    .confirmed, .returned(code: 312, text: "NO_ROUTE"),
                ])
        }
    }

    @Test("of two copies of one message the older is the returned one")
    func copies() {
        var tracker = tracker(["a", "a"])
        tracker.markReturned(identity("a"), code: 312, text: "NO_ROUTE")
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

    @Test("a bulk confirm after ever so many single ones goes by what is there, not by what was ever sent")
    func bulkAfterMany() {
        let start: UInt64 = 1 << 48
        var tracker = ConfirmTracker<Int>(next: start)
        for number in 0..<4 { tracker.add(number, identity("a")) }
        #expect(tracker.settle(start, multiple: false, isAck: true).map(\.0) == [0])
        #expect(tracker.settle(start + 2, multiple: true, isAck: true).map(\.0) == [1, 2])
        #expect(tracker.count == 1)
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
