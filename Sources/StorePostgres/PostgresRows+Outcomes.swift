import Basics
import Store
import Wire

/// Recorded outcomes, looked up: by an index, newest first, and never more than so many rows, whether they fit or not.
extension PostgresRows {
    /// More than Twilio makes of one code.
    private static var mostSends: Int { 100 }

    private static let entry = """
        id, at, kind, front_end, message_id, person, application, masked, outcome, reason, begun_at, provider_code, channel,
        country, login, sid
        """

    func outcomes(_ query: HistoryQuery) throws -> HistoryPage {
        guard let sid = query.sid else { return try outcomes(query, found(by: query)) }
        let sends = try all(
            "SELECT at, person FROM history WHERE sid = $1 AND outcome = 'sent' ORDER BY at LIMIT $2::bigint",
            [.text(sid), .number(Self.mostSends)])
        var conditions = found(by: query)
        // Whatever else is about a code comes behind its send, within its life, and mostly of the same person.
        if let (first, last) = try sends.first.map({ (try $0.time(0), try sends[sends.count - 1].time(0)) }) {
            conditions.add("at >=", .time(first))
            conditions.add("at <", .time(last + .seconds(86_400)))
            let users = Set(try sends.map { try $0.text(1) })
            if users.count == 1 { conditions.add("person =", .words(users.first)) }
        }
        return try outcomes(query, conditions)
    }

    /// What an index finds, and the time.
    private func found(by query: HistoryQuery) -> Conditions {
        var conditions = Conditions()
        conditions.add("person =", query.user.map { .text($0) })
        conditions.add("message_id =", query.messageID.map { .text($0) })
        conditions.add("number_hmac =", query.number.map { .bytes(lookup($0.revealed)) })
        conditions.add("at >=", query.since.map { .time($0) })
        conditions.add("at <", query.until.map { .time($0) })
        if let place = query.after { conditions.add("(at, id) <", .time(place.at), .integer(place.row)) }
        return conditions
    }

    /// What is looked for among that.
    private func want(_ query: HistoryQuery, in conditions: inout Conditions) {
        conditions.add("sid =", query.sid.map { .text($0) })
        conditions.add("login =", query.login.map { .text($0) })
        conditions.add("front_end =", query.frontEnd.map { .text($0) })
        conditions.add("application =", (query.application?.rawValue).map { .text($0) })
        conditions.add("kind =", (query.kind?.rawValue).map { .text($0) })
        conditions.add("outcome =", (query.outcome?.rawValue).map { .text($0) })
        conditions.add("reason =", (query.reason?.rawValue).map { .text($0) })
        conditions.add("channel =", (query.channel?.rawValue).map { .text($0) })
        conditions.add("country =", query.country.map { .text($0) })
        conditions.add("provider_code =", query.providerCode.map { .number($0) })
    }

    private func outcomes(_ query: HistoryQuery, _ found: Conditions) throws -> HistoryPage {
        let newest = "FROM history WHERE \(found.text) ORDER BY at DESC, id DESC"
        var wanted = found.behind(.number(query.mostRead))
        let mostRead = "$\(wanted.values.count)::bigint"
        want(query, in: &wanted)
        // The inner part stops at its limit, and the outer one hands on what fits as it comes: in the index's order.
        let rows = try all(
            """
            SELECT * FROM (SELECT \(Self.entry) \(newest) LIMIT \(mostRead)) AS latest WHERE \(wanted.text)
            ORDER BY at DESC, id DESC LIMIT $\(wanted.values.count + 1)::bigint
            """, wanted.values + [.number(query.limit)])
        let entries = try rows.compactMap { row in
            let id = try row.integer(0)
            return try readable { try reading("history", String(id)) { try readOutcome(row) } }
        }
        if rows.count == query.limit, let last = rows.last {
            return HistoryPage(entries: entries, next: try place(of: last))
        }
        // All that could be looked at was: is there more?
        let end = try one(
            "SELECT id, at \(newest) LIMIT 1 OFFSET $\(found.values.count + 1)::bigint",
            found.values + [.number(query.mostRead - 1)])
        return HistoryPage(entries: entries, next: try end.map(place))
    }

    private func place(of row: PostgresRow) throws -> HistoryPlace {
        HistoryPlace(at: try row.time(1), id: try row.integer(0))
    }

    private func readOutcome(_ row: PostgresRow) throws -> HistoryEntry {
        var entry = HistoryEntry(
            at: try row.time(1), begunAt: try row.time(10), kind: try row.choice(2), frontEnd: try row.text(3),
            messageID: try row.text(4), user: try row.text(5), application: try row.choice(6),
            masked: try row.textIfAny(7), outcome: try row.choice(8), reason: try row.choiceIfAny(9),
            providerCode: try row.integerIfAny(11).map(Int.init))
        // One that only a newer version knows is passed over: nothing is decided by it.
        entry.channel = try row.textIfAny(12).flatMap(Wire.Method.init(rawValue:))
        entry.country = try row.textIfAny(13)
        (entry.login, entry.sid) = (try row.textIfAny(14), try row.textIfAny(15))
        return entry
    }
}
