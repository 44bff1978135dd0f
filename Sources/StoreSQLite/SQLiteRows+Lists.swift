import Basics
import Foundation
import GRDB
import Store
import Wire

/// Lists that administrators and operators ask for.
extension SQLiteRows {
    func census() throws -> [Census] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT required, grace_until, phone IS NOT NULL, factor_sid IS NOT NULL, COUNT(*) FROM user
                    WHERE known GROUP BY 1, 2, 3, 4
                    """))
        return rows.map { row in
            let factors: Set<Factor> = Set((row[2] ? [.phone] : []) + (row[3] ? [.authenticator] : []))
            return Census(required: row[0], graceUntil: time(row[1]), factors: factors, count: row[4])
        }
    }

    func page(_ page: UserPage) throws -> [UserRecord] {
        let condition =
            switch page.filter {
            case nil: "1"
            case .required: "required"
            case .registered: "(phone IS NOT NULL OR factor_sid IS NOT NULL)"
            case .unregistered: "(phone IS NULL AND factor_sid IS NULL)"
            }
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT * FROM user WHERE known AND name > ? AND \(condition) ORDER BY name LIMIT ?"),
            arguments: [page.after ?? "", page.limit])
        return try rows.map(readUser)
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
