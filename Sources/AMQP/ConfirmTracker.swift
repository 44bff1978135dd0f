/// Which published messages the broker has not spoken of yet.
///
/// Pure: it is told what came and says who is to be told.
///
/// Confirms come in any order, singly and many at once; a return comes before the confirm of its message and carries no
/// number, so it is matched by where its message went and by what it is. Publishers may share message ids, so the id
/// alone tells nothing. Messages that are alike in all of it are copies of one for one queue; those come back in the
/// order in which they were sent.
struct ConfirmTracker<Waiter> {
    private struct Entry {
        var waiter: Waiter
        var identity: MessageIdentity
        var returned: (code: Int, text: String)?
    }

    private var entries: [UInt64: Entry] = [:]
    private var next: UInt64

    var count: Int { entries.count }

    /// - Parameter next: the number of the first publish; another one than 1 is for tests.
    init(next: UInt64 = 1) {
        self.next = next
    }

    /// Notes one publish; numbers start at 1 with `confirm.select`.
    mutating func add(_ waiter: Waiter, _ identity: MessageIdentity) {
        entries[next] = Entry(waiter: waiter, identity: identity)
        next += 1
    }

    /// A message came back: the oldest one of those that are the same.
    mutating func markReturned(_ identity: MessageIdentity, code: Int, text: String) {
        let numbers = entries.lazy.filter { $0.value.identity == identity && $0.value.returned == nil }.map(\.key)
        guard let number = numbers.min() else { return }
        entries[number]?.returned = (code, text)
    }

    /// The broker confirmed (`isAck`) or refused a number, and with `multiple` all before it.
    ///
    /// Unknown numbers are nobody's.
    mutating func settle(_ number: UInt64, multiple: Bool, isAck: Bool) -> [(Waiter, PublishOutcome)] {
        guard number < next else { return [] }
        // By what is there, not by what was ever sent: this is on the connection's thread.
        let meant = multiple ? entries.keys.filter { $0 <= number }.sorted() : [number]
        return meant.compactMap { number in
            entries.removeValue(forKey: number).map { ($0.waiter, Self.outcome($0, isAck)) }
        }
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

/// What a returned message is known by.
struct MessageIdentity: Sendable, Equatable {
    var exchange: String
    var routingKey: String
    var messageID: String?
    var correlationID: [UInt8]?
}

extension MessageIdentity {
    init(_ message: Message) {
        self.init(
            exchange: message.exchange, routingKey: message.routingKey, messageID: message.properties.messageID,
            correlationID: message.properties.correlationID)
    }
}
