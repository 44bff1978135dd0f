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
        var rows: [Row] = []
        // One look for each: the index then hands the rows out in order, however many wait.
        for priority in ProviderChore.Priority.allCases where rows.count < limit {
            rows += try Row.fetchAll(
                db.cachedStatement(
                    sql: """
                        SELECT id, payload, due_at, tries FROM provider_chore WHERE priority = ? AND due_at <= ?
                        ORDER BY due_at, id LIMIT ?
                        """),
                arguments: [priority.rawValue, now.milliseconds, limit - rows.count])
        }
        return try rows.map { row in
            let payload: Data = row[1]
            guard let chore = try? JSONDecoder().decode(ProviderChore.self, from: Data(sealing.open(Array(payload))))
            else { throw damaged() }
            return ProviderChoreRow(
                id: row[0], chore: chore, dueAt: Timestamp(milliseconds: row[2]), tries: row[3])
        }
    }

    func put(_ row: ProviderChoreRow) throws {
        try run(
            "UPDATE provider_chore SET due_at = ?, tries = ? WHERE id = ?", [row.dueAt.milliseconds, row.tries, row.id])
    }

    func applyChore(_ change: Change, _ now: Timestamp) throws {
        switch change {
        case .chore(let chore):
            let payload = Data(try sealing.seal(Array(try JSONEncoder().encode(chore))))
            let due = now + ProviderChoreRow.pause(after: 0)
            try run(
                "INSERT INTO provider_chore (kind, payload, due_at, tries, priority) VALUES (?, ?, ?, 0, ?)",
                [chore.kind, payload, due.milliseconds, chore.priority.rawValue])
        case .choreDone(let id): try run("DELETE FROM provider_chore WHERE id = ?", [id])
        case .endCode(let sid, let reason):
            try run("UPDATE code SET ended = ? WHERE sid = ? AND ended IS NULL", [reason.rawValue, sid])
        default: break
        }
    }
}
