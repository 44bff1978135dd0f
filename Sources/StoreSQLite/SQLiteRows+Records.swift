import Basics
import Foundation
import GRDB
import Store
import Wire

/// What only grows: the audit trail and the history of outcomes.
extension SQLiteRows {
    /// A query by exact fields.
    private struct Conditions {
        private(set) var text = ["1"]
        private(set) var arguments: [any DatabaseValueConvertible] = []

        mutating func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
            guard let value else { return }
            text.append(condition)
            arguments.append(value)
        }
    }

    private func newest(_ table: String, _ conditions: Conditions, limit: Int) throws -> [Row] {
        let sql = "SELECT * FROM \(table) WHERE \(conditions.text.joined(separator: " AND ")) ORDER BY id DESC LIMIT ?"
        return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(conditions.arguments + [limit]))
    }

    func audit(_ query: AuditQuery) throws -> [AuditEntry] {
        var conditions = Conditions()
        conditions.add("user = ?", query.user)
        conditions.add("operator = ?", query.administrator)
        conditions.add("kind = ?", query.kind?.rawValue)
        conditions.add("at >= ?", query.since?.milliseconds)
        conditions.add("at < ?", query.until?.milliseconds)
        return try newest("audit", conditions, limit: query.limit).map(readAudit)
    }

    private func readAudit(_ row: Row) throws -> AuditEntry {
        guard let kind = JobKind(rawValue: row[4]), let outcome = Outcome(rawValue: row[7]) else { throw damaged() }
        let reason: String? = row[8]
        return AuditEntry(
            at: Timestamp(milliseconds: row[1]), administrator: row[2], frontEnd: row[3], kind: kind, messageID: row[5],
            user: row[6], formerUser: row[10], outcome: outcome, reason: reason.flatMap(Reason.init), detail: row[9])
    }

    func history(_ query: HistoryQuery) throws -> [HistoryEntry] {
        var conditions = Conditions()
        conditions.add("user = ?", query.user)
        conditions.add("message_id = ?", query.messageID)
        conditions.add("number_hmac = ?", query.number.map(hash))
        conditions.add("outcome = ?", query.outcome?.rawValue)
        conditions.add("at >= ?", query.since?.milliseconds)
        conditions.add("at < ?", query.until?.milliseconds)
        return try newest("history", conditions, limit: query.limit).map(readHistory)
    }

    private func readHistory(_ row: Row) throws -> HistoryEntry {
        guard let kind = JobKind(rawValue: row[2]), let application = Application(rawValue: row[6]),
            let outcome = Outcome(rawValue: row[9])
        else { throw damaged() }
        let reason: String? = row[10]
        return HistoryEntry(
            at: Timestamp(milliseconds: row[1]), begunAt: Timestamp(milliseconds: row[11]), kind: kind,
            frontEnd: row[3], messageID: row[4], user: row[5], application: application, masked: row[8],
            outcome: outcome, reason: reason.flatMap(Reason.init), providerCode: row["provider_code"])
    }

    func addHistory(_ row: JobRow, _ answer: Answer, number: E164?) throws {
        try run(
            """
            INSERT INTO history
            (at, kind, front_end, message_id, user, application, number_hmac, masked, outcome, reason, begun_at,
             provider_code)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            [
                row.recordedAt?.milliseconds, row.kind.rawValue, row.key.frontEnd, row.key.messageID, row.login.user,
                row.login.application.rawValue, number.map(hash), number?.masked, row.outcome?.rawValue,
                answer.reason?.rawValue, row.begunAt.milliseconds, answer.providerCode,
            ])
    }
}
