import Basics
import Store
import Wire

/// Dead letters: looked at, put through again, put away, fetched back.
extension AdminRules {
    func deadLetters(_ situation: Situation) -> Answer {
        switch request.action {
        case .deadList: return listed(situation)
        case .deadShow:
            return audited(.done, situation) {
                $0.counts = counts(situation)
                $0.letters = situation.letters.map { Reply.Letter($0, withBody: true) }
            }
        case .deadReplay(_, let perSecond, let evenLate): return replay(perSecond, evenLate, situation)
        case .deadDiscard(_, let reason):
            return move(
                .discarded, from: [.waiting], "discarded", situation, detail: reason.map { ["reason": $0] } ?? [:])
        default:
            return move(.waiting, from: [.discarded, .replaying], "restored", situation)
        }
    }

    private func listed(_ situation: Situation) -> Answer {
        audited(.done, situation) {
            $0.counts = counts(situation)
            $0.letters = situation.letters.prefix(500).map { Reply.Letter($0, withBody: false) }
        }
    }

    /// How many there are of each state and reason.
    private func counts(_ situation: Situation) -> [String: Int] {
        situation.letters.reduce(into: [:]) { counts, row in
            counts[row.state.rawValue, default: 0] += 1
            counts["reason.\(row.letter.reason.rawValue)", default: 0] += 1
        }
    }

    private func move(
        _ state: DeadLetterState, from: Set<DeadLetterState>, _ name: String, _ situation: Situation,
        detail: [String: String] = [:]
    ) -> Answer {
        let ids = situation.letters.filter { from.contains($0.state) }.map(\.id)
        var detail = detail
        detail[name] = String(ids.count)
        return audited(.done, situation, changes: [.letters(ids, state, dueAt: [])], detail: detail) {
            $0.counts = [name: ids.count, "selected": situation.letters.count]
        }
    }

    /// Each gets its turn, so that many do not come at once; one whose person will have stopped waiting by then only when
    /// asked for.
    private func replay(_ perSecond: Int, _ evenLate: Bool, _ situation: Situation) -> Answer {
        let now = situation.now
        let open = situation.letters.filter { $0.state == .waiting }
        var (chosen, late, dueAt): ([Int64], [Int64], [Timestamp]) = ([], [], [])
        for row in open {
            let due = now + .milliseconds(chosen.count * 1000 / perSecond)
            let isLate = !(row.letter.deadline.map { $0 - due >= ReplyDraft.leastTime } ?? false)
            guard evenLate || !isLate else { continue }
            chosen.append(row.id)
            dueAt.append(due)
            if isLate { late.append(row.id) }
        }
        let changes: [Change] = [.letters(chosen, .replaying, dueAt: dueAt), .liftDeadlines(late)]
        let counts = [
            "replaying": chosen.count, "late": open.count - chosen.count, "selected": situation.letters.count,
        ]
        return audited(.done, situation, changes: changes, detail: counts.mapValues { String($0) }) {
            $0.counts = counts
        }
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
