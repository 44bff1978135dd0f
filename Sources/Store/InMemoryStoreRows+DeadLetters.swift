import Basics
import Wire

extension InMemoryRows {
    mutating func keep(_ letter: DeadLetter) {
        let recent = content.letters.suffix(DeadLetter.remembered)
        if letter.mayBeKnown, recent.contains(where: { $0.letter.isSame(as: letter) }) { return }
        content.lastLetter += 1
        content.letters.append(DeadLetterRow(id: content.lastLetter, letter: letter))
    }

    mutating func setLetters(_ ids: [Int64], _ state: DeadLetterState, _ dueAt: [Timestamp]) {
        for (index, id) in ids.enumerated() {
            guard let place = content.letters.firstIndex(where: { $0.id == id }) else { continue }
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
}
