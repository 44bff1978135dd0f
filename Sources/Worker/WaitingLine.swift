import Basics

/// Jobs that wait, in the order of their tickets.
struct WaitingLine<Waiter> {
    struct Entry {
        let ticket: Int
        let since: MonotonicTime
        let waiter: Waiter
    }

    private var entries: [Entry] = []
    private var head = 0

    var first: Entry? { head < entries.count ? entries[head] : nil }

    /// Tickets nearly always come in order; one that returns goes before those that were drawn after it.
    mutating func insert(_ entry: Entry) {
        var index = entries.count
        while index > head, entries[index - 1].ticket > entry.ticket { index -= 1 }
        entries.insert(entry, at: index)
    }

    mutating func removeFirst() -> Entry? {
        guard let entry = first else { return nil }
        head += 1
        // The served part is dropped in one go once it is the larger half.
        if head * 2 > entries.count {
            entries.removeFirst(head)
            head = 0
        }
        return entry
    }
}
