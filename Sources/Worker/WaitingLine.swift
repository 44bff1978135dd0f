import Basics
import DequeModule

/// Jobs that wait, in the order of their tickets.
struct WaitingLine<Waiter> {
    struct Entry {
        let ticket: Int
        let since: MonotonicTime
        let waiter: Waiter
    }

    private var entries: Deque<Entry> = []

    var first: Entry? { entries.first }

    /// Tickets nearly always come in order; one that returns goes before those that were drawn after it.
    mutating func insert(_ entry: Entry) {
        var index = entries.count
        while index > 0, entries[index - 1].ticket > entry.ticket { index -= 1 }
        entries.insert(entry, at: index)
    }

    mutating func removeFirst() -> Entry? { entries.popFirst() }
}
