import Basics

/// One way of dividing a lane, by front end or by operation: what each holds of the slots, and what of it waits.
struct ShareTally<Key: Hashable & Sendable>: Sendable {
    /// How long somebody who was heard of counts as one of several: what the broker still holds back cannot be seen.
    static var memory: Duration { .seconds(60) }

    private struct Entry {
        var held = 0
        var waiting = 0
        var heardOf: MonotonicTime
    }

    private var entries: [Key: Entry] = [:]
    private var waiting = 0

    /// To be called before anything else is said of it.
    mutating func hear(of key: Key, at now: MonotonicTime) {
        if entries[key] == nil {
            entries = entries.filter { $0.value.held + $0.value.waiting > 0 || now - $0.value.heardOf < Self.memory }
        }
        var entry = entries[key] ?? Entry(heardOf: now)
        entry.heardOf = now
        entries[key] = entry
    }

    /// Read and put back: changed in place, a dictionary's value costs allocations.
    private mutating func change(_ key: Key, _ body: (inout Entry) -> Void) {
        guard var entry = entries[key] else { return }
        body(&entry)
        entries[key] = entry
    }

    mutating func startWaiting(_ key: Key) {
        change(key) { $0.waiting += 1 }
        waiting += 1
    }

    mutating func endWaiting(_ key: Key) {
        change(key) { $0.waiting -= 1 }
        waiting -= 1
    }

    mutating func take(_ key: Key) {
        change(key) { $0.held += 1 }
    }

    mutating func release(_ key: Key) {
        change(key) { $0.held -= 1 }
    }

    /// It holds its share already, and others wait.
    func mustYield(_ key: Key, share: Int) -> Bool {
        guard let entry = entries[key] else { return false }
        return entry.held >= share && waiting > entry.waiting
    }

    /// It holds its share already, and is not the only one that comes by these days.
    func crowds(_ key: Key, share: Int, at now: MonotonicTime) -> Bool {
        guard let entry = entries[key], entry.held >= share else { return false }
        return entries.contains { other, theirs in
            other != key && (theirs.held + theirs.waiting > 0 || now - theirs.heardOf < Self.memory)
        }
    }
}
