import Basics
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

    private var waiting = Turns<CallLine, Ticket>()
    private var running: [CallLine: Int] = [:]

    var waitingCount: Int { waiting.count }

    mutating func append(_ ticket: Ticket, to line: CallLine) { waiting.append(ticket, to: line) }

    /// Takes the next call that may run out of its line.
    mutating func popFirst(places: Int) -> Ticket? {
        let most = Self.most(of: places)
        guard
            let next = waiting.popFirst(where: { $0 == .read })
                ?? waiting.popFirst(where: { running[$0, default: 0] < most })
        else { return nil }
        running[next.line] = running[next.line, default: 0] + 1
        return next.element
    }

    /// Forgets a call that has waited to its end.
    mutating func remove(_ ticket: Ticket, from line: CallLine) { waiting.remove(from: line) { $0 == ticket } }

    /// Forgets a call that has run.
    mutating func end(_ line: CallLine) { running[line] = running[line, default: 0] - 1 }

    /// How many of so many places one lane may hold.
    static func most(of places: Int) -> Int {
        switch places {
        case .max: .max
        case ..<2: places
        default: places - max(1, places / 4)
        }
    }
}
