/// Which of many alike events are told, and how many stand behind a line: one line a minute for each key.
///
/// Pure: it is told the time.
///
/// Keys may be others' to choose, so there are no more than some of them at a time; what is beyond shares one line.
package struct RareLines<Key: Hashable & Sendable>: Sendable {
    package static var pause: Duration { .seconds(60) }
    package static var mostKeys: Int { 256 }

    package struct Line: Sendable {
        /// `nil` for all those that found no room of their own.
        package var key: Key?
        /// Events since the last line of the key, this one included.
        package var count: Int
    }

    private struct Told {
        var at: MonotonicTime
        var heldBack = 0
    }

    private var told: [Key?: Told] = [:]

    package init() {}

    /// - Returns: the line to write now, if there is one.
    package mutating func note(_ key: Key, at now: MonotonicTime) -> Line? {
        let key = room(for: key, at: now)
        if let last = told[key], now - last.at < Self.pause {
            told[key]?.heldBack += 1
            return nil
        }
        let heldBack = told.updateValue(Told(at: now), forKey: key)?.heldBack ?? 0
        return Line(key: key, count: heldBack + 1)
    }

    private mutating func room(for key: Key, at now: MonotonicTime) -> Key? {
        guard told[key] == nil, told.count >= Self.mostKeys else { return key }
        told = told.filter { now - $0.value.at < Self.pause }
        return told.count < Self.mostKeys ? key : nil
    }
}
