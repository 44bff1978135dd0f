import Basics

extension InMemoryRows {
    func dueChores(at now: Timestamp, limit: Int) -> [ProviderChoreRow] {
        let due = content.chores.filter { $0.dueAt <= now }
        let sorted = due.sorted { ($0.chore.priority, $0.dueAt, $0.id) < ($1.chore.priority, $1.dueAt, $1.id) }
        return Array(sorted.prefix(limit))
    }

    mutating func put(_ row: ProviderChoreRow) {
        content.chores = content.chores.map { $0.id == row.id ? row : $0 }
    }

    mutating func applyChore(_ change: Change, _ now: Timestamp) {
        switch change {
        case .chore(let chore):
            content.lastChore += 1
            content.chores.append(
                ProviderChoreRow(
                    id: content.lastChore, chore: chore, dueAt: now + ProviderChoreRow.pause(after: 0)))
        case .choreDone(let id): content.chores.removeAll { $0.id == id }
        case .endCode(let sid, let reason):
            for (number, code) in content.codes where code.sid == sid && code.ended == nil {
                content.codes[number]?.ended = reason
            }
        default: break
        }
    }
}
