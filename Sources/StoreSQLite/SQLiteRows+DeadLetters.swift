import Basics
import Foundation
import GRDB
import Store
import Wire

extension SQLiteRows {
    func put(_ letter: DeadLetter) throws {
        let entry = NameIndex.entry(ofBody: letter.body.revealed)
        var letter = letter
        letter.body = Redacted(entry.body)
        let length = entry.body.count + Sealing.overhead
        if letter.mayBeKnown, try recent(like: letter, length).contains(where: { $0.letter.isSame(as: letter) }) {
            return
        }
        let id = try nextID("dead_letter")
        try run(
            """
            INSERT INTO dead_letter
            (id, at, reason, routing_key, front_end, message_id, properties, body, deadline, state, replays, named)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'waiting', 0, 1)
            """,
            [
                id, letter.at.milliseconds, letter.reason.rawValue, letter.routingKey, letter.frontEnd,
                letter.messageID, letter.properties, try seal(entry.body, in: .letter, String(id)),
                letter.deadline?.milliseconds,
            ])
        try index(entry.keys, ofLetter: id)
        try dropOldest(of: letter.frontEnd)
    }

    private func index(_ keys: Set<String>, ofLetter id: Int64) throws {
        for key in keys { try run("INSERT OR IGNORE INTO letter_name VALUES (?, ?)", [nameHash(key), id]) }
    }

    /// Half a hash is enough: what it finds is opened and looked through.
    func nameHash(_ key: String) -> Data { Data(lookup(key).prefix(16)) }

    /// Beyond its bounds a front end's oldest go.
    private func dropOldest(of frontEnd: String) throws {
        let row = try one("SELECT letters, bytes FROM letter_total WHERE front_end = ?", [frontEnd])
        guard let row, (row[0] as Int) > bounds.letters || (row[1] as Int) > bounds.bytes else { return }
        var (letters, bytes): (Int, Int) = (row[0], row[1])
        let oldest = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT id, length(body) + length(properties) FROM dead_letter WHERE front_end = ? ORDER BY id LIMIT ?
                    """), arguments: [frontEnd, LetterBounds.mostAtOnce])
        for letter in oldest where letters > bounds.letters || bytes > bounds.bytes {
            try run("DELETE FROM dead_letter WHERE id = ?", [letter[0] as Int64])
            letters -= 1
            bytes -= letter[1] as Int
            notes.told.lettersDropped += 1
        }
    }

    /// Indexes letters of older versions.
    ///
    /// - Returns: how many.
    func nameLetters(limit: Int) throws -> Int {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT id, body FROM dead_letter WHERE named = 0 ORDER BY id LIMIT ?"),
            arguments: [limit])
        for row in rows {
            let id: Int64 = row[0]
            if let body = try readable({
                try reading("dead_letter", String(id)) { try open(row.at(1), in: .letter, String(id)) }
            }) {
                let entry = NameIndex.entry(ofBody: body)
                if entry.body != body {
                    let body = try seal(entry.body, in: .letter, String(id))
                    try run("UPDATE dead_letter SET body = ? WHERE id = ?", [body, id])
                }
                try index(entry.keys, ofLetter: id)
            }
            try run("UPDATE dead_letter SET named = 1 WHERE id = ?", [id])
        }
        return rows.count
    }

    func setLetters(
        _ ids: [Int64], _ state: DeadLetterState, _ dueAt: [Timestamp], _ from: Set<DeadLetterState>
    ) throws {
        let states = from.map { "'\($0.rawValue)'" }.sorted().joined(separator: ", ")
        for (index, id) in ids.enumerated() {
            let due = index < dueAt.count ? dueAt[index].milliseconds : nil
            try run(
                """
                UPDATE dead_letter SET state = ?, due_at = ?, replays = replays + ?
                WHERE id = ? AND state IN (\(states))
                """, [state.rawValue, due, state == .replayed ? 1 : 0, id])
        }
    }

    /// Those of the newest that came under the same key, front end and id, and are as long.
    private func recent(like letter: DeadLetter, _ sealedBytes: Int) throws -> [DeadLetterRow] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(Self.facts), body FROM dead_letter WHERE id > (SELECT max(id) FROM dead_letter) - ?
                    AND routing_key = ? AND front_end = ? AND message_id IS ? AND length(body) = ?
                    """),
            arguments: [
                DeadLetter.remembered, letter.routingKey, letter.frontEnd, letter.messageID, sealedBytes,
            ])
        // One that cannot be read is none that is known.
        return rows.compactMap { try? readLetter($0, withBody: true) }
    }

    func letters(_ query: LetterQuery) throws -> LetterPage {
        var page = LetterPage()
        let conditions = LetterConditions(query.selection)
        let ids = try Int64.fetchAll(
            db,
            sql: """
                SELECT id FROM dead_letter \(conditions.index) WHERE \(conditions.text) AND id > ? ORDER BY id LIMIT ?
                """,
            arguments: StatementArguments(conditions.arguments + [query.selection.after ?? 0, query.limit + 1]))
        page.hasMore = ids.count > query.limit
        page.last = ids.prefix(query.limit).last
        let columns = query.withBodies ? "\(Self.facts), body" : Self.facts
        for id in ids.prefix(query.limit) {
            // Each by its number: what is shown is few, and nothing else is touched.
            guard let row = try one("SELECT \(columns) FROM dead_letter WHERE id = ?", [id]) else { continue }
            if let letter = try readable({ try readLetter(row, withBody: query.withBodies) }) {
                page.letters.append(letter)
            }
        }
        if query.withCounts { page.counts = try counts(conditions) }
        if unreadable > 0 { page.counts["unreadable"] = unreadable }
        return page
    }

    private func counts(_ conditions: LetterConditions) throws -> [String: Int] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT state, reason, COUNT(*) FROM dead_letter \(conditions.countingIndex) WHERE \(conditions.text)
                GROUP BY state, reason
                """,
            arguments: StatementArguments(conditions.arguments))
        return rows.reduce(into: [:]) { counts, row in
            counts[row[0], default: 0] += row[2] as Int
            counts["reason.\(row[1] as String)", default: 0] += row[2] as Int
        }
    }

    func dueLetters(at now: Timestamp, limit: Int) throws -> [DeadLetterRow] {
        try firstReadable(
            limit,
            """
            SELECT \(Self.facts), body FROM dead_letter INDEXED BY dead_letter_due
            WHERE state = 'replaying' AND due_at <= ? ORDER BY due_at, id
            """, [now.milliseconds]
        ) { try readLetter($0, withBody: true) }
    }

    private static let facts =
        "id, at, reason, routing_key, front_end, message_id, properties, deadline, state, replays, due_at"

    private func readLetter(_ row: Row, withBody: Bool) throws -> DeadLetterRow {
        let id: Int64 = row[0]
        return try reading("dead_letter", String(id)) {
            let letter = DeadLetter(
                reason: try row.choice(2), routingKey: try row.at(3), frontEnd: try row.at(4),
                messageID: try row.at(5), properties: try row.at(6),
                body: Redacted(withBody ? try open(try row.at(11), in: .letter, String(id)) : []),
                deadline: try row.timeIfAny(7),
                at: try row.time(1))
            return DeadLetterRow(
                id: id, letter: letter, state: try row.choice(8), replays: try row.at(9), dueAt: try row.timeIfAny(10))
        }
    }
}

/// Which letters a selection is about, in SQL.
private struct LetterConditions {
    private(set) var text = "1"
    private(set) var arguments: [any DatabaseValueConvertible] = []
    /// What is told apart by more than number and front end is found in the index alone: in a letter itself it stands behind
    /// the body.
    let index: String
    let countingIndex: String

    private static let covering = "INDEXED BY dead_letter_by_state"

    init(_ selection: DeadSelection) {
        countingIndex = selection.ids == nil ? Self.covering : ""
        let isPlain = selection.state == nil && selection.reason == nil && selection.routingKey == nil
        index = isPlain ? "" : countingIndex
        add("state", selection.state?.rawValue)
        add("reason", selection.reason?.rawValue)
        add("front_end", selection.frontEnd)
        add("routing_key", selection.routingKey)
        // Numbers, so nothing needs quoting; and more of them than a statement may have parameters.
        if let ids = selection.ids { text += " AND id IN (\(ids.map(String.init).joined(separator: ",")))" }
    }

    private mutating func add(_ column: String, _ value: String?) {
        guard let value else { return }
        text += " AND \(column) = ?"
        arguments.append(value)
    }
}
