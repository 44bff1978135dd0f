import Basics
import Foundation
import Store
import Wire

/// A query by exact fields.
struct Conditions {
    private(set) var text = "true"
    private(set) var values: [PostgresValue] = []

    mutating func add(_ condition: String, _ value: PostgresValue?) {
        guard let value else { return }
        values.append(value)
        text += " AND \(condition) $\(values.count)"
    }

    /// Of two columns at once.
    mutating func add(_ condition: String, _ first: PostgresValue, _ second: PostgresValue) {
        values += [first, second]
        text += " AND \(condition) ($\(values.count - 1), $\(values.count))"
    }

    /// Others of the same statement, whose values come behind these and one more.
    func behind(_ value: PostgresValue) -> Conditions {
        var conditions = Conditions()
        conditions.values = values + [value]
        return conditions
    }
}

/// What only grows: the audit trail, and what the history of outcomes gets.
extension PostgresRows {
    private func newest(_ table: String, _ columns: String, _ conditions: Conditions, limit: Int) throws
        -> [PostgresRow]
    {
        // In the order of the indices, so that no more is read than is told.
        try all(
            """
            SELECT \(columns) FROM \(table) WHERE \(conditions.text) ORDER BY at DESC, id DESC
            LIMIT $\(conditions.values.count + 1)::bigint
            """, conditions.values + [.number(limit)])
    }

    /// An entry tells of people by name in its reason only, whoever it concerns: it is found by the names there.
    func put(_ entry: AuditEntry) throws {
        let names = AuditEntry.reason(inDetail: entry.detail).map(NameIndex.keys(ofLine:)) ?? []
        try run(
            """
            WITH entry AS (
                INSERT INTO audit
                (at, operator, front_end, kind, message_id, person, outcome, reason, detail, former_person)
                VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id)
            INSERT INTO audit_name (hash, entry) SELECT hash, entry.id FROM entry, unnest($11::bytea[]) AS hash
            """,
            [
                .time(entry.at), .text(entry.administrator), .text(entry.frontEnd), .text(entry.kind.rawValue),
                .words(entry.messageID), .text(entry.user), .text(entry.outcome.rawValue),
                .words(entry.reason?.rawValue), .text(entry.detail), .words(entry.formerUser),
                .list(Set(names.map(nameHash)).map { .bytes($0) }),
            ])
    }

    /// Beyond some an hour they are only counted.
    func refuse(_ entry: AuditEntry) throws {
        let row = try one(
            """
            INSERT INTO audit_refusal AS known (front_end, hour, count, kind) VALUES ($1, $2, 1, $3)
            ON CONFLICT (front_end, hour) DO UPDATE SET count = known.count + 1, kind = excluded.kind
            RETURNING count
            """, [.text(entry.frontEnd), .integer(AuditRefusals.hour(of: entry.at)), .text(entry.kind.rawValue)])
        if try row?.number(0) ?? 0 <= AuditRefusals.mostEntries { try put(entry) }
    }

    /// Tells of those that were only counted, once their hour is over.
    func tellRefusals(at now: Timestamp) throws {
        let rows = try all(
            "SELECT front_end, hour, count, kind FROM audit_refusal WHERE hour < $1 ORDER BY front_end FOR UPDATE",
            [.integer(AuditRefusals.hour(of: now))])
        for row in rows {
            // A kind that only a newer version knows is that version's to tell of.
            guard let kind: JobKind = try? row.choice(3) else { continue }
            let refusals = AuditRefusals(
                frontEnd: try row.text(0), hour: try row.integer(1), count: try row.number(2), kind: kind)
            if let summary = refusals.summary(at: now) { try put(summary) }
            try run(
                "DELETE FROM audit_refusal WHERE front_end = $1 AND hour = $2",
                [.text(refusals.frontEnd), .integer(refusals.hour)])
        }
    }

    private static let audit =
        "id, at, operator, front_end, kind, message_id, person, outcome, reason, detail, former_person"

    func auditRows(_ query: AuditQuery) throws -> [AuditRow] {
        var conditions = Conditions()
        conditions.add("person =", query.user.map { .text($0) })
        conditions.add("operator =", query.administrator.map { .text($0) })
        conditions.add("kind =", (query.kind?.rawValue).map { .text($0) })
        conditions.add("at >=", query.since.map { .time($0) })
        conditions.add("at <", query.until.map { .time($0) })
        conditions.add("id <", query.before.map { .integer($0) })
        return try newest("audit", Self.audit, conditions, limit: query.limit).compactMap { row in
            try readable { AuditRow(id: try row.integer(0), entry: try readAudit(row)) }
        }
    }

    private func readAudit(_ row: PostgresRow) throws -> AuditEntry {
        let id = try row.integer(0)
        return try reading("audit", String(id)) {
            AuditEntry(
                at: try row.time(1), administrator: try row.text(2), frontEnd: try row.text(3),
                readAs: try row.choice(4), messageID: try row.textIfAny(5), user: try row.text(6),
                formerUser: try row.textIfAny(10), outcome: try row.choice(7), reason: try row.choiceIfAny(8),
                detail: try row.text(9))
        }
    }

    func timelines(of messageID: String) throws -> [JobTimeline] {
        // From one front end to the next by the key's first column: there are few of them, and many jobs.
        let frontEnds = try all(
            """
            WITH RECURSIVE place (name) AS (
                SELECT MIN(front_end) FROM job
                UNION ALL SELECT (SELECT MIN(front_end) FROM job WHERE front_end > name) FROM place
                WHERE name IS NOT NULL)
            SELECT name FROM place WHERE name IS NOT NULL
            """)
        return try frontEnds.compactMap { row in
            guard var job = try job(JobKey(frontEnd: row.text(0), messageID: messageID)) else { return nil }
            job.calls = try calls(of: job.key)
            return JobTimeline(job, isAlive: try isAlive(job.worker))
        }
    }

    /// What is read for a look only.
    private func calls(of key: JobKey) throws -> [ProviderCall] {
        let row = try one(
            "SELECT calls FROM job WHERE front_end = $1 AND message_id = $2",
            [.text(key.frontEnd), .text(key.messageID)])
        return (try row?.textIfAny(0)).map { ProviderCall.unpack($0) } ?? []
    }
}
