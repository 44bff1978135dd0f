/// Which connections to the operators' port are open, and which one goes when there are too many.
///
/// Pure: it is told what happens.
///
/// A connection is busy from a whole request to the end of its answer. All others wait for their peer, which may send
/// nothing for ever; so whoever has waited longest makes room for a newcomer, and an orchestrator is answered however many
/// idle connections a stranger holds.
struct ConnectionTable<ID: Hashable> {
    enum Verdict: Equatable {
        case take
        /// Take it, and close that one.
        case takeInPlace(of: ID)
        /// Close the newcomer.
        case refuse
    }

    private let most: Int
    /// By connection: its turn among those that wait, or `nil` while it is busy.
    private var open: [ID: UInt64?] = [:]
    private var turn: UInt64 = 0

    /// - Parameter most: connections at once; 1 at least.
    init(most: Int) {
        self.most = max(1, most)
    }

    var count: Int { open.count }

    /// - Parameter isShort: the process is short of descriptors: nothing that waits is worth one.
    mutating func opened(_ id: ID, isShort: Bool) -> Verdict {
        if isShort { return .refuse }
        guard open.count >= most else {
            wait(id)
            return .take
        }
        let waiting = open.compactMap { id, turn in turn.map { (id: id, turn: $0) } }
        guard let oldest = waiting.min(by: { $0.turn < $1.turn }) else { return .refuse }
        open[oldest.id] = nil
        wait(id)
        return .takeInPlace(of: oldest.id)
    }

    /// A whole request has come in.
    mutating func began(_ id: ID) {
        if open[id] != nil { open[id] = .some(nil) }
    }

    /// The answer has left.
    mutating func answered(_ id: ID) {
        if open[id] != nil { wait(id) }
    }

    mutating func closed(_ id: ID) {
        open[id] = nil
    }

    private mutating func wait(_ id: ID) {
        turn += 1
        open[id] = turn
    }
}
