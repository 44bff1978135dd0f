import Basics
import Wire

extension InMemoryRows {
    mutating func keep(_ letter: DeadLetter) {
        let recent = content.letters.suffix(DeadLetter.remembered)
        if letter.mayBeKnown, recent.contains(where: { $0.letter.isSame(as: letter) }) { return }
        content.lastLetter += 1
        var letter = letter
        letter.body = Redacted(NameIndex.entry(ofBody: letter.body.revealed).body)
        content.letters.append(DeadLetterRow(id: content.lastLetter, letter: letter))
        let own = content.letters.filter { $0.letter.frontEnd == letter.frontEnd }
        var bytes = own.reduce(0) { $0 + $1.letter.body.revealed.count }
        for (place, old) in own.enumerated()
        where own.count - place > bounds.letters || bytes > bounds.bytes {
            bytes -= old.letter.body.revealed.count
            content.letters.removeAll { $0.id == old.id }
        }
    }

    mutating func setLetters(
        _ ids: [Int64], _ state: DeadLetterState, _ dueAt: [Timestamp], _ from: Set<DeadLetterState>
    ) {
        for (index, id) in ids.enumerated() {
            guard let place = content.letters.firstIndex(where: { $0.id == id && from.contains($0.state) }) else {
                continue
            }
            content.letters[place].state = state
            content.letters[place].dueAt = index < dueAt.count ? dueAt[index] : nil
            if state == .replayed { content.letters[place].replays += 1 }
        }
    }

    mutating func liftDeadlines(_ ids: [Int64]) {
        for index in content.letters.indices where ids.contains(content.letters[index].id) {
            content.letters[index].letter.deadline = nil
        }
    }

    func letters(_ query: LetterQuery) -> LetterPage {
        var page = LetterPage()
        let all = content.letters.filter { query.selection.matches($0) }
        let rest = all.filter { query.selection.after == nil || $0.id > query.selection.after ?? 0 }
        page.hasMore = rest.count > query.limit
        page.letters = rest.prefix(query.limit).map { row in
            var row = row
            if !query.withBodies { row.letter.body = Redacted([]) }
            return row
        }
        page.last = page.letters.last?.id
        guard query.withCounts else { return page }
        for row in all {
            page.counts[row.state.rawValue, default: 0] += 1
            page.counts["reason.\(row.letter.reason.rawValue)", default: 0] += 1
        }
        return page
    }
}
