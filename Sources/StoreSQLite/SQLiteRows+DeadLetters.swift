import Basics
import Foundation
import GRDB
import Store
import Wire

extension SQLiteRows {
    func put(_ letter: DeadLetter) throws {
        if letter.mayBeKnown, try recent(like: letter).contains(where: { $0.letter.isSame(as: letter) }) { return }
        try run(
            """
            INSERT INTO dead_letter
            (at, reason, routing_key, front_end, message_id, properties, body, deadline, state, replays)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0)
            """,
            [
                letter.at.milliseconds, letter.reason.rawValue, letter.routingKey, letter.frontEnd, letter.messageID,
                letter.properties, Data(try sealing.seal(letter.body.revealed)), letter.deadline?.milliseconds,
            ])
    }

    func setLetters(_ ids: [Int64], _ state: DeadLetterState, _ dueAt: [Timestamp]) throws {
        for (index, id) in ids.enumerated() {
            let due = index < dueAt.count ? dueAt[index].milliseconds : nil
            try run(
                "UPDATE dead_letter SET state = ?, due_at = ?, replays = replays + ? WHERE id = ?",
                [state.rawValue, due, state == .replayed ? 1 : 0, id])
        }
    }

    /// Those of the newest that came under the same key, front end and id.
    private func recent(like letter: DeadLetter) throws -> [DeadLetterRow] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM dead_letter WHERE id > (SELECT max(id) FROM dead_letter) - ?
                    AND routing_key = ? AND front_end = ? AND message_id IS ?
                    """),
            arguments: [DeadLetter.remembered, letter.routingKey, letter.frontEnd, letter.messageID])
        // One that cannot be read is none that is known.
        return rows.compactMap { try? readLetter($0) }
    }

    func letters(_ selection: DeadSelection) throws -> [DeadLetterRow] {
        var conditions = ["1"]
        var arguments: [any DatabaseValueConvertible] = []
        func add(_ column: String, _ value: String?) {
            guard let value else { return }
            conditions.append("\(column) = ?")
            arguments.append(value)
        }
        add("reason", selection.reason?.rawValue)
        add("state", selection.state?.rawValue)
        add("routing_key", selection.routingKey)
        add("front_end", selection.frontEnd)
        if let ids = selection.ids {
            // Numbers, so nothing needs quoting; and more of them than a statement may have parameters.
            conditions.append("id IN (\(ids.map(String.init).joined(separator: ",")))")
        }
        arguments.append(selection.limit ?? 10_000)
        let rows = try Row.fetchAll(
            db,
            sql: "SELECT * FROM dead_letter WHERE \(conditions.joined(separator: " AND ")) ORDER BY id LIMIT ?",
            arguments: StatementArguments(arguments))
        return try rows.map(readLetter)
    }

    func dueLetters(at now: Timestamp, limit: Int) throws -> [DeadLetterRow] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT * FROM dead_letter WHERE state = 'replaying' AND due_at <= ? ORDER BY due_at, id LIMIT ?
                    """), arguments: [now.milliseconds, limit])
        return try rows.map(readLetter)
    }

    private func readLetter(_ row: Row) throws -> DeadLetterRow {
        guard let reason = DeadLetterReason(rawValue: row[2]), let state = DeadLetterState(rawValue: row[9]) else {
            throw damaged()
        }
        let body: Data = row[7]
        let letter = DeadLetter(
            reason: reason, routingKey: row[3], frontEnd: row[4], messageID: row[5], properties: row[6],
            body: Redacted(try sealing.open(Array(body))), deadline: time(row[8]), at: Timestamp(milliseconds: row[1]))
        return DeadLetterRow(id: row[0], letter: letter, state: state, replays: row[10], dueAt: time(row[11]))
    }
}
