import Basics
import Foundation
import GRDB
import Store
import Wire

/// A query by exact fields.
struct Conditions {
    private(set) var text = ["1"]
    private(set) var arguments: [any DatabaseValueConvertible] = []

    mutating func add(_ condition: String, _ value: (any DatabaseValueConvertible)?) {
        guard let value else { return }
        text.append(condition)
        arguments.append(value)
    }

    mutating func add(_ condition: String, _ first: Int64, _ second: Int64) {
        text.append(condition)
        arguments += [first, second] as [any DatabaseValueConvertible]
    }

    /// All of them.
    var all: String { text.joined(separator: " AND ") }
}

/// What only grows: the audit trail, and what the history of outcomes gets.
extension SQLiteRows {
    private func newest(_ table: String, _ conditions: Conditions, limit: Int) throws -> [Row] {
        // In the order of the indices, so that no more is read than is told.
        let sql = "SELECT * FROM \(table) WHERE \(conditions.all) ORDER BY at DESC, id DESC LIMIT ?"
        return try Row.fetchAll(db, sql: sql, arguments: StatementArguments(conditions.arguments + [limit]))
    }

    /// An entry tells of people by name in its reason only, whoever it concerns.
    func indexReason(ofEntry id: Int64, _ detail: String) throws {
        guard let reason = AuditEntry.reason(inDetail: detail) else { return }
        for key in NameIndex.keys(ofLine: reason) {
            try run("INSERT OR IGNORE INTO audit_name VALUES (?, ?)", [nameHash(key), id])
        }
    }

    /// Beyond some an hour they are only counted.
    func refuse(_ entry: AuditEntry) throws {
        let hour = AuditRefusals.hour(of: entry.at)
        try run(
            """
            INSERT INTO audit_refusal VALUES (?, ?, 1, ?)
            ON CONFLICT DO UPDATE SET count = count + 1, kind = excluded.kind
            """, [entry.frontEnd, hour, entry.kind.rawValue])
        let counted = try one(
            "SELECT count FROM audit_refusal WHERE front_end = ? AND hour = ?", [entry.frontEnd, hour])
        let count: Int = counted?[0] ?? 0
        if count <= AuditRefusals.mostEntries { try put(entry) }
    }

    /// Tells of those that were only counted, once their hour is over.
    func tellRefusals(at now: Timestamp) throws {
        let hour = AuditRefusals.hour(of: now)
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT front_end, hour, count, kind FROM audit_refusal WHERE hour < ? ORDER BY front_end"),
            arguments: [hour])
        for row in rows {
            // A kind that only a newer version knows is that version's to tell of.
            guard let kind: JobKind = try? row.choice(3) else { continue }
            let (frontEnd, hour, count): (String, Int64, Int) = (row[0], row[1], row[2])
            let refusals = AuditRefusals(frontEnd: frontEnd, hour: hour, count: count, kind: kind)
            if let summary = refusals.summary(at: now) { try put(summary) }
            try run(
                "DELETE FROM audit_refusal WHERE front_end = ? AND hour = ?", [refusals.frontEnd, refusals.hour])
        }
    }

    /// Indexes entries of older versions.
    ///
    /// - Returns: how many.
    func nameEntries(limit: Int) throws -> Int {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, detail FROM audit WHERE named = 0 ORDER BY id LIMIT ?"),
            arguments: [limit])
        for row in rows {
            let (id, detail): (Int64, String) = (row[0], row[1])
            try indexReason(ofEntry: id, detail)
            try run("UPDATE audit SET named = 1 WHERE id = ?", [id])
        }
        return rows.count
    }

    func auditRows(_ query: AuditQuery) throws -> [AuditRow] {
        var conditions = Conditions()
        conditions.add("user = ?", query.user)
        conditions.add("operator = ?", query.administrator)
        conditions.add("kind = ?", query.kind?.rawValue)
        conditions.add("at >= ?", query.since?.milliseconds)
        conditions.add("at < ?", query.until?.milliseconds)
        conditions.add("id < ?", query.before)
        return try newest("audit", conditions, limit: query.limit).compactMap { row in
            try readable { AuditRow(id: row[0], entry: try readAudit(row)) }
        }
    }

    private func readAudit(_ row: Row) throws -> AuditEntry {
        try reading("audit", String(row[0] as Int64)) {
            AuditEntry(
                at: try row.time(1), administrator: try row.at(2), frontEnd: try row.at(3), readAs: try row.choice(4),
                messageID: try row.at(5), user: try row.at(6), formerUser: try row.at(10),
                outcome: try row.choice(7), reason: try row.choiceIfAny(8), detail: try row.at(9))
        }
    }

    func addHistory(_ row: JobRow, _ answer: Answer, _ facts: OutcomeFacts, number: E164?) throws {
        try hot(.addHistory).run {
            $0.time(row.recordedAt)
            $0.text(row.kind.rawValue)
            $0.text(row.key.frontEnd)
            $0.text(row.key.messageID)
            $0.text(row.login.user)
            $0.text(row.login.application.rawValue)
            $0.bytes(number.map { lookup($0.revealed) })
            $0.text(number?.masked)
            $0.text(row.outcome?.rawValue)
            $0.text(answer.reason?.rawValue)
            $0.time(row.begunAt)
            $0.integer(answer.providerCode)
            $0.text(facts.channel?.rawValue)
            $0.text(facts.country)
            $0.text(row.login.login.isEmpty ? nil : row.login.login)
            $0.text(facts.sid)
        }
        notes.told.outcomes += 1
    }
}
