import Basics
import Store
import Wire

/// Who has room for a call and who waits for it: told the time, apart from any waiting and any store.
///
/// What a transition wakes is returned, to be resumed after the lock is let go.
struct CallBudgetState {
    typealias Ticket = UInt64

    /// How far a call has come.
    enum Standing {
        case inLine, starting, departed
        /// It was starting when the grant ran out: its room may be somebody else's by now.
        case stopped
    }

    /// What to tell a waiter: whether its call has room.
    struct Awakening {
        var continuation: CheckedContinuation<Bool, Never>
        var hasRoom: Bool
    }

    private struct Call {
        var line: CallLine
        var standing = Standing.inLine
    }

    private struct Waiter {
        var continuation: CheckedContinuation<Bool, Never>
        var until: MonotonicTime
    }

    private let limits: CallLimits
    private var lastTicket: Ticket = 0
    private var calls: [Ticket: Call] = [:]
    private var waiters: [Ticket: Waiter] = [:]
    private var lines = CallLines()
    private var grant: CallGrant?
    /// Starts that the grant still allows.
    private var spare = 0
    private var running = 0
    private var starting = 0
    private var departed = 0
    /// The renewing task lives.
    private(set) var isRenewing = false
    private var idleBlocks = 0

    init(_ limits: CallLimits) {
        self.limits = limits
    }

    var waiterCount: Int { waiters.count }

    var load: CallLoad {
        CallLoad(
            running: running, waiting: lines.waitingCount, places: grant.map { min($0.places, limits.atOnce) } ?? 0)
    }

    // MARK: Calls

    mutating func lineUp(in line: CallLine, at now: MonotonicTime) -> (Ticket, [Awakening]) {
        lastTicket += 1
        calls[lastTicket] = Call(line: line)
        lines.append(lastTicket, to: line)
        return (lastTicket, admit(at: now))
    }

    /// Answers at once if there is nothing to wait for any more, or no time; else keeps the continuation.
    mutating func wait(
        _ ticket: Ticket, until: MonotonicTime, at now: MonotonicTime, _ continuation: CheckedContinuation<Bool, Never>
    ) -> Awakening? {
        let isInLine = calls[ticket]?.standing == .inLine
        guard isInLine, now < until else { return Awakening(continuation: continuation, hasRoom: !isInLine) }
        waiters[ticket] = Waiter(continuation: continuation, until: until)
        return nil
    }

    /// Ends a wait without room; the place in line stays.
    mutating func stopWaiting(_ ticket: Ticket) -> Awakening? {
        waiters.removeValue(forKey: ticket).map { Awakening(continuation: $0.continuation, hasRoom: false) }
    }

    /// The last-moment check, once for each call: from here on it has left.
    mutating func mayDepart(_ ticket: Ticket, at now: MonotonicTime) -> Bool {
        guard var call = calls[ticket], call.standing == .starting, let grant, now < grant.until else { return false }
        call.standing = .departed
        calls[ticket] = call
        starting -= 1
        departed += 1
        return true
    }

    /// Gives up room, or the place in line.
    mutating func leave(_ ticket: Ticket, at now: MonotonicTime) -> [Awakening] {
        guard let call = calls.removeValue(forKey: ticket) else { return [] }
        if call.standing == .inLine {
            lines.remove(ticket, from: call.line)
        } else {
            lines.end(call.line)
            running -= 1
        }
        if call.standing == .starting {
            // Nothing left: its start can be another's.
            starting -= 1
            spare += 1
        }
        guard let own = stopWaiting(ticket) else { return admit(at: now) }
        return [own] + admit(at: now)
    }

    /// Lets in as many as there is room for.
    private mutating func admit(at now: MonotonicTime) -> [Awakening] {
        guard let grant, now < grant.until else { return [] }
        var awakened: [Awakening] = []
        while running < grant.places, spare > 0 || limits.perSecond == 0,
            let next = lines.popFirst(places: grant.places)
        {
            if var call = calls[next] {
                call.standing = .starting
                calls[next] = call
            }
            running += 1
            starting += 1
            if limits.perSecond > 0 { spare -= 1 }
            if let waiter = waiters.removeValue(forKey: next) {
                awakened.append(Awakening(continuation: waiter.continuation, hasRoom: true))
            }
        }
        return awakened
    }

    /// Wakes those whose time is up.
    mutating func expire(at now: MonotonicTime) -> [Awakening] {
        waiters.filter { now >= $0.value.until }.keys.compactMap { stopWaiting($0) }
    }

    // MARK: The grant

    /// What the renewing task does next.
    enum Step {
        case ask(CallDemand)
        /// Wait a block.
        case rest
        /// Give all room back.
        case giveBack(CallDemand)
        case end
    }

    /// Whether the caller must start the renewing task.
    mutating func startsRenewing() -> Bool {
        guard !isRenewing, running > 0 || lines.waitingCount > 0 else { return false }
        isRenewing = true
        return true
    }

    /// Room that nobody uses is given back after a block without calls: not at once, so that a worker with few calls
    /// does not ask and give back in turn all the time.
    mutating func nextStep(at now: MonotonicTime) -> Step {
        if running > 0 || lines.waitingCount > 0 {
            idleBlocks = 0
            return .ask(demand(at: now))
        }
        guard grant != nil else {
            isRenewing = false
            return .end
        }
        idleBlocks += 1
        if idleBlocks == 1 { return .rest }
        let last = demand(at: now)
        (grant, spare, idleBlocks) = (nil, 0, 0)
        return .giveBack(last)
    }

    private mutating func demand(at now: MonotonicTime) -> CallDemand {
        var demand = CallDemand()
        demand.running = running
        demand.reach = running
        demand.starting = starting
        demand.departed = departed
        demand.waiting = lines.waitingCount
        if let grant, now < grant.until {
            demand.reach = limits.atOnce > 0 ? max(running, grant.places) : running
        } else {
            spare = 0
        }
        demand.spare = spare
        return demand
    }

    /// What was told is written down.
    mutating func gaveBack(_ told: CallDemand) {
        departed -= told.departed
    }

    /// Takes over the answer to what was asked.
    mutating func take(_ answer: CallGrant, to asked: CallDemand, at now: MonotonicTime) -> [Awakening] {
        departed -= asked.departed
        if answer.isUnbroken {
            // What was started, or came back, since the question was asked.
            spare = limits.perSecond > 0 ? max(0, answer.starts + spare - asked.spare) : 0
        } else {
            stopStarting()
            spare = limits.perSecond > 0 ? answer.starts : 0
        }
        grant = answer
        return admit(at: now)
    }

    private mutating func stopStarting() {
        for (ticket, call) in calls where call.standing == .starting { calls[ticket]?.standing = .stopped }
        starting = 0
    }
}

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
