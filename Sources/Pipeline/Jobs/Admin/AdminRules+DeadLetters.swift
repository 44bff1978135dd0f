import Basics
import Store
import Wire

/// Dead letters: looked at, put through again, put away, fetched back.
extension AdminRules {
    /// At most so many are moved by one job, and looked at for it.
    static let mostMoved = 10_000
    /// Letters on one page of a list.
    private static let page = 500

    /// What the job wants to know of dead letters before it is decided; `nil` for any other.
    var letterQuery: LetterQuery? {
        switch request.action {
        case .deadList(let selection):
            LetterQuery(selection, limit: min(selection.limit ?? Self.page, Self.page), withCounts: true)
        case .deadShow(let selection):
            LetterQuery(selection, limit: min(selection.limit ?? Self.page, 100), withBodies: true, withCounts: true)
        case .deadReplay(let selection, _, _), .deadDiscard(let selection, _): moving(selection, only: .waiting)
        case .deadRestore(let selection): moving(selection)
        case .optionsGet, .optionsSet, .userGet, .userSet, .userList, .userReset, .userUnlock, .userBypass, .userErase,
            .userRename, .userDelivery, .explain, .auditList:
            nil
        }
    }

    /// - Parameter state: the only one from which letters are moved: of others a limit would be used up by those that stay.
    private func moving(_ selection: DeadSelection, only state: DeadLetterState? = nil) -> LetterQuery {
        var selection = selection
        if selection.ids == nil { selection.state = selection.state ?? state }
        return LetterQuery(selection, limit: min(selection.limit ?? Self.mostMoved, Self.mostMoved))
    }

    func listed(withBodies: Bool, _ situation: Situation) -> Answer {
        let all = letters.letters.map { ReplySize.fitted(Reply.Letter($0, withBody: withBodies)) }
        let shown = Array(all.prefix(ReplySize.fitting(all)))
        return audited(.done, situation) {
            $0.counts = letters.counts
            $0.letters = shown
            let isWhole = shown.count == all.count
            let next = isWhole ? (letters.hasMore ? letters.last : nil) : shown.last?.id
            $0.next = next.map { String($0) }
        }
    }

    /// One step before the last.
    ///
    /// Never inlined: a situation would lie in the frame of who waits.
    @inline(never)
    fileprivate mutating func taking(_ step: ArraySlice<LetterMoves.Part>, of moves: LetterMoves, at now: Timestamp)
        -> Answer
    {
        let tally = moves.tally(of: step)
        moved = moved + tally
        let detail = moves.detail.merging(tally.counts(moves).mapValues { String($0) }) { $1 }
        return audited(.done, Situation(now: now), changes: moves.changes(step), detail: detail)
    }

    /// The last step, with what came of all of them.
    func move(_ situation: Situation) -> Answer {
        guard let moves = letterMoves(at: situation.now) else { return audited(.invalid, situation) }
        let tally = moves.tally(of: moves.steps.last ?? [])
        var detail = moves.detail.merging(tally.counts(moves).mapValues { String($0) }) { $1 }
        if moves.isReplay { detail["selected"] = String(letters.letters.count) }
        return audited(.done, situation, changes: moves.changes(moves.steps.last ?? []), detail: detail) {
            $0.counts = (moved + tally).counts(moves).merging(["selected": letters.letters.count]) { $1 }
        }
    }
}

/// What a job does to dead letters, in steps that each are short: under the lock of all workers nothing takes long.
struct LetterMoves: Sendable {
    /// Letters that one step moves.
    static let stepSize = 500

    struct Tally: Sendable {
        var moved = 0
        /// Not put through again, since nobody waits for them any more.
        var late = 0

        static func + (one: Tally, other: Tally) -> Tally {
            Tally(moved: one.moved + other.moved, late: one.late + other.late)
        }

        func counts(_ moves: LetterMoves) -> [String: Int] {
            moves.isReplay ? [moves.name: moved, "late": late] : [moves.name: moved]
        }
    }

    /// One letter's part; late ones may only be counted.
    struct Part: Sendable {
        var id: Int64
        var dueAt: Timestamp?
        var isLate = false
        var isMoved = true
    }

    var state: DeadLetterState
    var from: Set<DeadLetterState>
    /// For counts and the audit trail.
    var name: String
    var isReplay = false
    var detail: [String: String] = [:]
    var parts: [Part] = []

    var steps: [ArraySlice<Part>] {
        stride(from: 0, to: parts.count, by: Self.stepSize).map {
            parts[$0..<min($0 + Self.stepSize, parts.count)]
        }
    }

    func tally(of step: ArraySlice<Part>) -> Tally {
        Tally(moved: step.count(where: \.isMoved), late: step.count { !$0.isMoved })
    }

    func changes(_ step: ArraySlice<Part>) -> [Change] {
        let moved = step.filter(\.isMoved)
        let late = moved.filter(\.isLate).map(\.id)
        let move = Change.letters(moved.map(\.id), state, dueAt: moved.compactMap(\.dueAt), from: from)
        return [move] + (late.isEmpty ? [] : [.liftDeadlines(late)])
    }
}

extension AdminRules {
    /// What is to be done to the letters that were looked at; `nil` where nothing is.
    func letterMoves(at now: Timestamp) -> LetterMoves? {
        switch request.action {
        case .deadReplay(_, let perSecond, let evenLate): return replays(perSecond, evenLate, now)
        case .deadDiscard(_, let reason):
            var moves = LetterMoves(state: .discarded, from: [.waiting], name: "discarded")
            moves.detail = reason.map { ["reason": $0] } ?? [:]
            return selected(moves)
        case .deadRestore:
            return selected(LetterMoves(state: .waiting, from: [.discarded, .replaying], name: "restored"))
        case .deadList, .deadShow, .optionsGet, .optionsSet, .userGet, .userSet, .userList, .userReset, .userUnlock,
            .userBypass, .userErase, .userRename, .userDelivery, .explain, .auditList:
            return nil
        }
    }

    private func selected(_ moves: LetterMoves) -> LetterMoves {
        var moves = moves
        moves.parts = letters.letters.filter { moves.from.contains($0.state) }.map { LetterMoves.Part(id: $0.id) }
        return moves
    }

    /// Each gets its turn, so that many do not come at once; one whose person will have stopped waiting by then only when
    /// asked for.
    private func replays(_ perSecond: Int, _ evenLate: Bool, _ now: Timestamp) -> LetterMoves {
        var moves = LetterMoves(state: .replaying, from: [.waiting], name: "replaying", isReplay: true)
        var chosen = 0
        for row in letters.letters where row.state == .waiting {
            let due = now + .milliseconds(chosen * 1000 / perSecond)
            let isLate = !(row.letter.deadline.map { $0 - due >= ReplyDraft.leastTime } ?? false)
            let isMoved = evenLate || !isLate
            moves.parts.append(LetterMoves.Part(id: row.id, dueAt: due, isLate: isLate, isMoved: isMoved))
            if isMoved { chosen += 1 }
        }
        return moves
    }
}

extension Reply.Letter {
    init(_ row: DeadLetterRow, withBody: Bool) {
        self.init(
            id: row.id, reason: row.letter.reason, state: row.state, key: row.letter.routingKey,
            frontEnd: row.letter.frontEnd, job: row.letter.messageID, at: row.letter.at.description,
            replays: row.replays,
            body: withBody
                ? String(decoding: CodeBlanker.withoutNumbers(row.letter.body.revealed), as: UTF8.self) : nil)
    }
}

/// Jobs about dead letters and the audit trail look at them before their transaction, which all workers wait for, and move many of them in
/// steps.
extension Pipeline {
    /// The same rules with what they are about.
    ///
    /// All steps but the last are done by then, each with its own line in the audit trail; a job that comes again finds
    /// what is left.
    func withLetters(_ prepared: any JobRules, _ job: NewJob) async throws(StoreError) -> any JobRules {
        guard var rules = prepared as? AdminRules,
            rules.letterQuery != nil || rules.trailQuery != nil || rules.sendJob != nil
        else { return prepared }
        // A repeat gets the recorded answer, and one that is too late nothing but that.
        guard case .unknown = try await store.state(of: job.key), job.deadline - clocks.wall() >= ReplyDraft.leastTime
        else { return rules }
        if let send = rules.sendJob { rules.delivery = try await delivery(of: send, to: rules.login.user) }
        if let query = rules.trailQuery { rules.trail = try await store.auditRows(query) }
        return rules.letterQuery == nil ? rules : try await withSelection(rules)
    }

    /// With the letters that it is about; all steps but the last are done by then.
    @inline(never)
    private func withSelection(_ prepared: AdminRules) async throws(StoreError) -> any JobRules {
        var rules = prepared
        guard let query = rules.letterQuery else { return rules }
        rules.letters = try await store.letters(query)
        guard let moves = rules.letterMoves(at: clocks.wall()) else { return rules }
        for step in moves.steps.dropLast() {
            try throwIfStopping()
            _ = try await store.refuse(nil, answer: rules.taking(step, of: moves, at: clocks.wall()))
        }
        return rules
    }

    /// Answers an administrator's job that only reads: nothing of it is recorded but its line in the audit trail, so that no
    /// copy of what it tells of people stays behind.
    func look(_ rules: any JobRules, _ context: JobContext) async throws(StoreError) {
        guard case .answer(let answer) = rules.decide(Situation(now: clocks.wall())) else { return }
        _ = try await store.refuse(nil, answer: answer)
        context.answer(answer.body, answer.outcome)
    }
}
