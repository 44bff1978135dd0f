import Basics
import Foundation
import Store
import Wire

extension PostgresRows {
    private static let facts =
        "id, at, reason, routing_key, front_end, message_id, properties, deadline, state, replays, due_at"

    func put(_ letter: DeadLetter) throws {
        let entry = NameIndex.entry(ofBody: letter.body.revealed)
        var letter = letter
        letter.body = Redacted(entry.body)
        (letter.routingKey, letter.frontEnd) = (Self.storable(letter.routingKey), Self.storable(letter.frontEnd))
        (letter.messageID, letter.properties) = (letter.messageID.map(Self.storable), Self.storable(letter.properties))
        let length = entry.body.count + Sealing.overhead
        if letter.mayBeKnown, try recent(like: letter, length).contains(where: { $0.letter.isSame(as: letter) }) {
            return
        }
        let id = try nextID("dead_letter")
        try run(
            """
            INSERT INTO dead_letter
            (id, at, reason, routing_key, front_end, message_id, properties, body, deadline, state, replays)
            VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'waiting', 0)
            """,
            [
                .integer(id), .time(letter.at), .text(letter.reason.rawValue), .text(letter.routingKey),
                .text(letter.frontEnd), .words(letter.messageID), .text(letter.properties),
                try seal(entry.body, in: .letter, String(id)), .time(letter.deadline),
            ])
        try run(
            """
            INSERT INTO letter_name (hash, letter) SELECT hash, $2 FROM unnest($1::bytea[]) AS hash
            ON CONFLICT DO NOTHING
            """, [.list(Set(entry.keys.map(nameHash)).map { .bytes($0) }), .integer(id)])
        try dropOldest(of: letter.frontEnd)
    }

    /// The one character that PostgreSQL has no place for in a text.
    private static func storable(_ text: String) -> String {
        text.utf8.contains(0) ? String(text.unicodeScalars.map { $0 == "\0" ? "\u{FFFD}" : Character($0) }) : text
    }

    /// Half a hash is enough: what it finds is opened and looked through.
    func nameHash(_ key: String) -> [UInt8] { Array(lookup(key).prefix(16)) }

    /// Beyond its bounds a front end's oldest go.
    private func dropOldest(of frontEnd: String) throws {
        let row = try one("SELECT letters, bytes FROM letter_total WHERE front_end = $1", [.text(frontEnd)])
        guard let row else { return }
        var (letters, bytes) = (try row.number(0), try row.number(1))
        let bounds = context.letters
        guard letters > bounds.letters || bytes > bounds.bytes else { return }
        let oldest = try all(
            """
            SELECT id, length(body) + octet_length(properties) FROM dead_letter WHERE front_end = $1 ORDER BY id
            LIMIT $2::bigint
            """, [.text(frontEnd), .number(LetterBounds.mostAtOnce)])
        var gone: [PostgresValue] = []
        for letter in oldest where letters > bounds.letters || bytes > bounds.bytes {
            gone.append(.integer(try letter.integer(0)))
            letters -= 1
            bytes -= try letter.number(1)
        }
        try run("DELETE FROM dead_letter WHERE id = ANY($1::bigint[])", [.list(gone)])
        transaction.lettersDropped += gone.count
    }

    func setLetters(
        _ ids: [Int64], _ state: DeadLetterState, _ dueAt: [Timestamp], _ from: Set<DeadLetterState>
    ) throws {
        let due = ids.indices.map { $0 < dueAt.count ? PostgresValue.time(dueAt[$0]) : .null }
        try run(
            """
            UPDATE dead_letter SET state = $1, due_at = moved.due_at, replays = replays + $2::bigint
            FROM unnest($3::bigint[], $4::bigint[]) AS moved (id, due_at)
            WHERE dead_letter.id = moved.id AND state = ANY($5::text[])
            """,
            [
                .text(state.rawValue), .integer(state == .replayed ? 1 : 0), .list(ids.map { .integer($0) }),
                .list(due),
                .list(from.map { .text($0.rawValue) }),
            ])
    }

    /// Those of the newest that came under the same key, front end and id, and are as long.
    private func recent(like letter: DeadLetter, _ sealedBytes: Int) throws -> [DeadLetterRow] {
        let rows = try all(
            """
            SELECT \(Self.facts), body FROM dead_letter WHERE id > (SELECT max(id) FROM dead_letter) - $1::bigint
            AND routing_key = $2 AND front_end = $3 AND message_id IS NOT DISTINCT FROM $4 AND length(body) = $5
            """,
            [
                .number(DeadLetter.remembered), .text(letter.routingKey), .text(letter.frontEnd),
                .words(letter.messageID), .number(sealedBytes),
            ])
        // One that cannot be read is none that is known.
        return rows.compactMap { try? readLetter($0, withBody: true) }
    }

    func letters(_ query: LetterQuery) throws -> LetterPage {
        var page = LetterPage()
        let selected = LetterConditions(query.selection)
        var paged = selected
        paged.add("id >", .integer(query.selection.after ?? 0))
        let ids = try all(
            "SELECT id FROM dead_letter WHERE \(paged.text) ORDER BY id LIMIT \(query.limit + 1)", paged.values
        ).map { try $0.integer(0) }
        let shown = Array(ids.prefix(query.limit))
        (page.hasMore, page.last) = (ids.count > query.limit, shown.last)
        let columns = query.withBodies ? "\(Self.facts), body" : Self.facts
        let rows = try all(
            "SELECT \(columns) FROM dead_letter WHERE id = ANY($1::bigint[]) ORDER BY id",
            [.list(shown.map { .integer($0) })])
        page.letters = try rows.compactMap { row in
            try readable { try readLetter(row, withBody: query.withBodies) }
        }
        if query.withCounts { page.counts = try counts(selected) }
        if unreadable > 0 { page.counts["unreadable"] = unreadable }
        return page
    }

    private func counts(_ conditions: LetterConditions) throws -> [String: Int] {
        let rows = try all(
            """
            SELECT state, reason, COUNT(*) FROM dead_letter WHERE \(conditions.text) GROUP BY state, reason
            """, conditions.values)
        return try rows.reduce(into: [:]) { counts, row in
            counts[try row.text(0), default: 0] += try row.number(2)
            counts["reason.\(try row.text(1))", default: 0] += try row.number(2)
        }
    }

    /// What another worker takes just now is passed over.
    func dueLetters(at now: Timestamp, limit: Int) throws -> [DeadLetterRow] {
        try firstReadable(
            limit,
            """
            SELECT \(Self.facts), body FROM dead_letter WHERE state = 'replaying' AND due_at <= $1
            ORDER BY due_at, id LIMIT $2::bigint FOR UPDATE SKIP LOCKED
            """, [.time(now)]
        ) { try readLetter($0, withBody: true) }
    }

    private func readLetter(_ row: PostgresRow, withBody: Bool) throws -> DeadLetterRow {
        let id = try row.integer(0)
        return try reading("dead_letter", String(id)) {
            let letter = DeadLetter(
                reason: try row.choice(2), routingKey: try row.text(3), frontEnd: try row.text(4),
                messageID: try row.textIfAny(5), properties: try row.text(6),
                body: Redacted(withBody ? try open(row.bytes(11), in: .letter, String(id)) : []),
                deadline: try row.timeIfAny(7), at: try row.time(1))
            return DeadLetterRow(
                id: id, letter: letter, state: try row.choice(8), replays: try row.number(9),
                dueAt: try row.timeIfAny(10))
        }
    }

    func newLetters(since: Timestamp) throws -> Int {
        try one(
            "SELECT COUNT(*) FROM dead_letter WHERE at >= $1 AND state = 'waiting'", [.time(since)])?.number(0) ?? 0
    }

    /// Dead letters that nobody has dealt with, by reason.
    func waitingLetters() throws -> [(reason: String, count: Int, oldest: Timestamp)] {
        try all("SELECT reason, COUNT(*), MIN(at) FROM dead_letter WHERE state = 'waiting' GROUP BY reason").map {
            (reason: try $0.text(0), count: try $0.number(1), oldest: try $0.time(2))
        }
    }
}

/// Which letters a selection is about, in SQL.
private struct LetterConditions {
    private(set) var text = "true"
    private(set) var values: [PostgresValue] = []

    init(_ selection: DeadSelection) {
        if let state = selection.state { add("state =", .text(state.rawValue)) }
        if let reason = selection.reason { add("reason =", .text(reason.rawValue)) }
        if let frontEnd = selection.frontEnd { add("front_end =", .text(frontEnd)) }
        if let key = selection.routingKey { add("routing_key =", .text(key)) }
        if let ids = selection.ids {
            values.append(.list(ids.map { .integer($0) }))
            text += " AND id = ANY($\(values.count)::bigint[])"
        }
    }

    mutating func add(_ condition: String, _ value: PostgresValue) {
        values.append(value)
        text += " AND \(condition) $\(values.count)"
    }
}
