import Basics
import Foundation
import GRDB
import Store
import Wire

/// Recorded outcomes, looked up: by an index, newest first, and never more than so many rows, whether they fit or not.
extension SQLiteRows {
    /// More than Twilio makes of one code.
    private static var mostSends: Int { 100 }

    func outcomes(_ query: HistoryQuery) throws -> HistoryPage {
        guard let sid = query.sid else { return try outcomes(query, found(by: query)) }
        let sends = try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT at, user FROM history WHERE sid = ? AND outcome = 'sent' ORDER BY at LIMIT ?"),
            arguments: [sid, Self.mostSends])
        var conditions = found(by: query)
        // Whatever else is about a code comes behind its send, within its life, and mostly of the same person.
        if let (first, last) = try sends.first.map({ (try $0.time(0), try sends[sends.count - 1].time(0)) }) {
            conditions.add("at >= ?", first.milliseconds)
            conditions.add("at < ?", (last + .seconds(86_400)).milliseconds)
            let users = Set(try sends.map { try $0.text(1) })
            if users.count == 1 { conditions.add("user = ?", users.first) }
        }
        return try outcomes(query, conditions)
    }

    /// What an index finds, and the time.
    private func found(by query: HistoryQuery) -> Conditions {
        var conditions = Conditions()
        conditions.add("user = ?", query.user)
        conditions.add("message_id = ?", query.messageID)
        conditions.add("number_hmac = ?", query.number.map(hash))
        conditions.add("at >= ?", query.since?.milliseconds)
        conditions.add("at < ?", query.until?.milliseconds)
        if let place = query.after {
            conditions.add("at <= ?", place.at.milliseconds)
            conditions.add("NOT (at = ? AND id >= ?)", place.at.milliseconds, place.row)
        }
        return conditions
    }

    /// What is looked for among that.
    private func wanted(of query: HistoryQuery) -> Conditions {
        var conditions = Conditions()
        conditions.add("sid = ?", query.sid)
        conditions.add("login = ?", query.login)
        conditions.add("front_end = ?", query.frontEnd)
        conditions.add("application = ?", query.application?.rawValue)
        conditions.add("kind = ?", query.kind?.rawValue)
        conditions.add("outcome = ?", query.outcome?.rawValue)
        conditions.add("reason = ?", query.reason?.rawValue)
        conditions.add("channel = ?", query.channel?.rawValue)
        conditions.add("country = ?", query.country)
        conditions.add("provider_code = ?", query.providerCode)
        return conditions
    }

    private func outcomes(_ query: HistoryQuery, _ found: Conditions) throws -> HistoryPage {
        let wanted = wanted(of: query)
        // The inner part stops at its limit, and the outer one hands on what fits as it comes: in the index's order.
        let newest = "FROM history WHERE \(found.all) ORDER BY at DESC, id DESC"
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM (SELECT * \(newest) LIMIT ?) WHERE \(wanted.all) LIMIT ?",
            arguments: StatementArguments(found.arguments + [query.mostRead] + wanted.arguments + [query.limit]))
        let entries = try rows.compactMap { row in try readable { try readOutcome(row) } }
        if rows.count == query.limit, let last = rows.last {
            return HistoryPage(entries: entries, next: HistoryPlace(at: Timestamp(milliseconds: last[1]), id: last[0]))
        }
        // All that could be looked at was: is there more?
        let end = try Row.fetchOne(
            db, sql: "SELECT at, id \(newest) LIMIT 1 OFFSET ?",
            arguments: StatementArguments(found.arguments + [query.mostRead - 1]))
        return HistoryPage(
            entries: entries, next: end.map { HistoryPlace(at: Timestamp(milliseconds: $0[0]), id: $0[1]) })
    }

    private func readOutcome(_ row: Row) throws -> HistoryEntry {
        try reading("history", String(row[0] as Int64)) {
            var entry = HistoryEntry(
                at: try row.time(1), begunAt: try row.time(11), kind: try row.choice(2), frontEnd: try row.at(3),
                messageID: try row.at(4), user: try row.at(5), application: try row.choice(6), masked: try row.at(8),
                outcome: try row.choice(9), reason: try row.choiceIfAny(10), providerCode: try row.at(12))
            // One that only a newer version knows is passed over: nothing is decided by it.
            entry.channel = try row.textIfAny(13).flatMap(Wire.Method.init(rawValue:))
            entry.country = try row.at(14)
            (entry.login, entry.sid) = (try row.at(15), try row.at(16))
            return entry
        }
    }
}
