/// Which published messages the broker has not spoken of yet. Pure: it is told what came and says who is to be told.
///
/// Confirms come in any order, singly and many at once; a return comes before the confirm of its message and carries no
/// number, so it is matched by the message's id.
struct ConfirmTracker<Waiter> {
    private struct Entry {
        var waiter: Waiter
        var messageID: String?
        var returned: (code: Int, text: String)?
    }

    private var entries: [UInt64: Entry] = [:]
    private var next: UInt64 = 1
    /// Every number below is settled; only what is at or above can be meant by "and all before".
    private var lowest: UInt64 = 1

    var count: Int { entries.count }

    /// Notes one publish; numbers start at 1 with `confirm.select`.
    mutating func add(_ waiter: Waiter, messageID: String?) {
        entries[next] = Entry(waiter: waiter, messageID: messageID)
        next += 1
    }

    /// A message came back. The oldest one of that id is meant.
    mutating func markReturned(messageID: String?, code: Int, text: String) {
        let numbers = entries.filter { $0.value.messageID == messageID && $0.value.returned == nil }.keys
        guard let number = numbers.min() else { return }
        entries[number]?.returned = (code, text)
    }

    /// The broker confirmed (`isAck`) or refused a number, and with `multiple` all before it. Unknown numbers are
    /// nobody's.
    mutating func settle(_ number: UInt64, multiple: Bool, isAck: Bool) -> [(Waiter, PublishOutcome)] {
        guard number < next else { return [] }
        var settled: [(Waiter, PublishOutcome)] = []
        for candidate in multiple && number >= lowest ? lowest...number : number...number {
            guard let entry = entries.removeValue(forKey: candidate) else { continue }
            settled.append((entry.waiter, Self.outcome(entry, isAck)))
        }
        if multiple { lowest = max(lowest, number + 1) }
        return settled
    }

    private static func outcome(_ entry: Entry, _ isAck: Bool) -> PublishOutcome {
        guard isAck else { return .refused }
        guard let returned = entry.returned else { return .confirmed }
        return .returned(code: returned.code, text: returned.text)
    }

    /// The channel is gone: nobody will speak of these any more.
    mutating func drain() -> [Waiter] {
        defer { self = ConfirmTracker() }
        return entries.sorted { $0.key < $1.key }.map(\.value.waiter)
    }
}
