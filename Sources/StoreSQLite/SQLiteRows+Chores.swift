import Basics
import Foundation
import GRDB
import Store
import Wire

extension Schema {
    /// What is still to be undone at Twilio.
    static let chores = """
        CREATE TABLE provider_chore (
            id INTEGER PRIMARY KEY AUTOINCREMENT, kind TEXT NOT NULL, payload BLOB NOT NULL, due_at INTEGER NOT NULL,
            tries INTEGER NOT NULL);
        CREATE INDEX provider_chore_due ON provider_chore (due_at);
        """
}

extension SQLiteRows {
    func dueChores(at now: Timestamp, limit: Int) throws -> [ProviderChoreRow] {
        var found: [ProviderChoreRow] = []
        // One look for each: the index then hands the rows out in order, however many wait.
        for priority in ProviderChore.Priority.allCases where found.count < limit {
            found += try firstReadable(
                limit - found.count,
                """
                SELECT id, payload, due_at, tries FROM provider_chore WHERE priority = ? AND due_at <= ?
                ORDER BY due_at, id
                """, [priority.rawValue, now.milliseconds]
            ) { row in
                let id: Int64 = row[0]
                return try reading("provider_chore", String(id)) {
                    let payload = try open(try row.at(1), in: .chore, String(id))
                    return ProviderChoreRow(
                        id: id, chore: try JSONDecoder().decode(ProviderChore.self, from: Data(payload)),
                        dueAt: try row.time(2), tries: try row.at(3))
                }
            }
        }
        return found
    }

    func put(_ row: ProviderChoreRow) throws {
        try run(
            "UPDATE provider_chore SET due_at = ?, tries = ? WHERE id = ?", [row.dueAt.milliseconds, row.tries, row.id])
    }

    func put(_ chore: ProviderChore, _ now: Timestamp) throws {
        let id = try nextID("provider_chore")
        let payload = try seal(Array(try JSONEncoder().encode(chore)), in: .chore, String(id))
        let due = now + ProviderChoreRow.pause(after: 0)
        try run(
            "INSERT INTO provider_chore (id, kind, payload, due_at, tries, priority) VALUES (?, ?, ?, ?, 0, ?)",
            [id, chore.kind, payload, due.milliseconds, chore.priority.rawValue])
    }
}
