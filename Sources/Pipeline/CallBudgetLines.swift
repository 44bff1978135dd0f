import Wire

/// What a call is for: those of one line wait for each other.
enum CallLine: Hashable, Sendable {
    /// Reconciles what was lost. Goes first: such reads are few by limits of their own, and what they look for grows
    /// stale.
    case read
    case lane(LaneName)
}

/// The lines of the calls that wait for room, and how many of each line run.
///
/// No lane waits for another, here as at the broker: lanes take turns, and none takes the last quarter of the places,
/// so that an outage of one operation of Twilio's does not hold all of them.
struct CallLines {
    typealias Ticket = CallBudgetState.Ticket

    private var tickets: [CallLine: TicketLine] = [:]
    private var waiting: Set<Ticket> = []
    private var running: [CallLine: Int] = [:]
    /// Whose turn is next stands first.
    private var turns = LaneName.allCases.map(CallLine.lane)

    var waitingCount: Int { waiting.count }

    mutating func append(_ ticket: Ticket, to line: CallLine) {
        tickets[line, default: TicketLine()].append(ticket)
        waiting.insert(ticket)
    }

    /// Takes the next call that may run out of its line.
    mutating func popFirst(places: Int) -> Ticket? {
        if let ticket = popFirst(of: .read) { return ticket }
        for (position, lane) in turns.enumerated() where running[lane, default: 0] < Self.most(of: places) {
            guard let ticket = popFirst(of: lane) else { continue }
            turns.append(turns.remove(at: position))
            return ticket
        }
        return nil
    }

    private mutating func popFirst(of line: CallLine) -> Ticket? {
        guard let ticket = tickets[line]?.popFirst(among: waiting) else { return nil }
        waiting.remove(ticket)
        running[line, default: 0] += 1
        return ticket
    }

    /// Forgets a call that has waited, or run, to its end.
    mutating func leave(_ ticket: Ticket, from line: CallLine) {
        if waiting.remove(ticket) == nil { running[line, default: 0] -= 1 }
    }

    /// How many of so many places one lane may hold.
    static func most(of places: Int) -> Int {
        switch places {
        case .max: .max
        case ..<2: places
        default: places - max(1, places / 4)
        }
    }
}

/// First come, first served; those that have left in between are passed over.
struct TicketLine {
    private var tickets: [CallBudgetState.Ticket] = []
    private var head = 0

    mutating func append(_ ticket: CallBudgetState.Ticket) { tickets.append(ticket) }

    mutating func popFirst(among waiting: Set<CallBudgetState.Ticket>) -> CallBudgetState.Ticket? {
        while head < tickets.count {
            let ticket = tickets[head]
            head += 1
            // The served part is dropped in one go once it is the larger half.
            if head * 2 > tickets.count {
                tickets.removeFirst(head)
                head = 0
            }
            if waiting.contains(ticket) { return ticket }
        }
        return nil
    }
}
