import Basics
import Foundation
import GRDB
import Store

/// One table's part of a sweep, a transaction of its own: no job waits for more than one.
enum SweepStep: CaseIterable {
    case recordedJobs, begunJobs, releasedJobs, history, audit, deadLetters
    case codes, pendings, approvals, tallies, paces, clients, bypasses, tickets, enrolments, challenges, usedCodes
    case canceledSends
    case upkeep

    /// How the rows that have ended are found.
    enum Way {
        /// By an index on their time.
        case index(table: String, condition: String)
        /// From the oldest: rows are in the order of their times.
        case head(table: String, condition: String)
        /// Bit by bit through the whole table, by its key: an index on the time would cost each job a write.
        case walk(table: String, condition: String)
    }

    /// `nil` for what is no deleting by age.
    var way: Way? {
        switch self {
        case .recordedJobs: .index(table: "job", condition: "recorded_at < ?")
        // Begun or given back, and their messages never returned. Both are found by small indices of their own.
        case .begunJobs: .index(table: "job", condition: "state = 0 AND begun_at < ?")
        case .releasedJobs: .index(table: "job", condition: "state = 2 AND begun_at < ?")
        case .history: .head(table: "history", condition: "at < ?")
        case .audit: .index(table: "audit", condition: "at < ?")
        case .deadLetters: .index(table: "dead_letter", condition: "at < ?")
        case .codes: .walk(table: "code", condition: "expires_at < ?")
        case .pendings: .walk(table: "pending", condition: "until < ?")
        case .approvals: .walk(table: "approval", condition: "at < ?")
        case .tallies: .walk(table: "tally", condition: "at < ?")
        case .paces: .walk(table: "pace", condition: "not_before < ?")
        case .clients: .walk(table: "client", condition: "approved_at < ?")
        case .bypasses: .walk(table: "bypass", condition: "until < ?")
        case .tickets: .walk(table: "ticket", condition: "until < ?")
        case .enrolments: .walk(table: "enrolment", condition: "ended IS NOT NULL AND expires_at < ?")
        case .challenges: .walk(table: "challenge", condition: "expires_at < ?")
        case .usedCodes: .walk(table: "used_code", condition: "until < ?")
        case .canceledSends: .walk(table: "canceled_send", condition: "at < ?")
        case .upkeep: nil
        }
    }

    /// What is older than this goes; `nil` keeps it all.
    func oldest(_ retention: Retention, at now: Timestamp) -> Timestamp? {
        switch self {
        case .recordedJobs, .begunJobs, .releasedJobs, .canceledSends: now - Retention.records
        case .history: retention.history.map { now - max($0, Retention.records) }
        case .audit: retention.audit.map { now - $0 }
        case .deadLetters: now - retention.deadLetters
        case .codes, .pendings, .approvals, .tallies, .enrolments: now - Retention.transient
        // The cooldown's growth is cleared by an approval only: what goes here is of people who never came back.
        case .paces, .clients: now - Retention.clients
        case .bypasses, .tickets, .challenges, .usedCodes: now
        case .upkeep: nil
        }
    }
}

/// How far a walk through a table has come, and how long the last one was.
struct SweepWalk: Sendable {
    /// A walk is to take no more than so many sweeps.
    static let longest = 30

    fileprivate(set) var place: [DatabaseValue]?
    private var walked = 0
    private var lastWalk = 0

    /// How many rows one sweep has to look at, so that what has ended goes in time however large the table is.
    func quota(_ least: Int) -> Int { max(least, lastWalk / Self.longest) }

    fileprivate mutating func come(to place: [DatabaseValue]?, _ rows: Int) {
        self.place = place
        walked += rows
        if place == nil { (lastWalk, walked) = (walked, 0) }
    }
}

extension SQLiteRows {
    private static var namedAtOnce: Int { 50 }

    /// One step, at most `limit` rows of it.
    ///
    /// - Returns: how many went.
    func sweep(_ step: SweepStep, _ retention: Retention, limit: Int, _ walk: inout SweepWalk) throws -> Int {
        let now = clocks.wall()
        if step == .audit { try allowSweep(of: retention.audit.map { now - $0 }) }
        guard let way = step.way else { return try upkeep(at: now, limit: limit) }
        guard let oldest = step.oldest(retention, at: now)?.milliseconds else { return 0 }
        let gone =
            switch way {
            case .index(let table, let condition): try delete(table, condition, oldest, limit)
            case .head(let table, let condition):
                try delete(table, "id < (SELECT MIN(id) FROM \(table)) + \(limit) AND \(condition)", oldest, limit)
            case .walk(let table, let condition): try self.walk(through: table, condition, oldest, limit, &walk)
            }
        // What is deleted stays readable in the log otherwise; and a worker may have ended before it had emptied it.
        if gone > 0 { notes.forgets = true }
        return gone
    }

    private func delete(_ table: String, _ condition: String, _ oldest: Int64, _ limit: Int) throws -> Int {
        // Tables without a row id are deleted from by their keys.
        let keys = try db.primaryKey(table).columns.joined(separator: ", ")
        try run(
            "DELETE FROM \(table) WHERE (\(keys)) IN (SELECT \(keys) FROM \(table) WHERE \(condition) LIMIT ?)",
            [oldest, limit])
        return db.changesCount
    }

    private func walk(
        through table: String, _ condition: String, _ oldest: Int64, _ limit: Int, _ walk: inout SweepWalk
    ) throws -> Int {
        let columns = try db.primaryKey(table).columns
        let keys = columns.joined(separator: ", ")
        let places = columns.map { _ in "?" }.joined(separator: ", ")
        // Nothing sorts before an empty text or an empty blob, and a key is never all empty.
        let start = try walk.place ?? first(of: table, columns)
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT \(keys), \(condition) FROM \(table) WHERE (\(keys)) > (\(places)) ORDER BY \(keys) LIMIT ?
                    """), arguments: [oldest] + StatementArguments(start) + [limit])
        var gone = 0
        for row in rows where row[columns.count] as Bool? == true {
            let key = columns.indices.map { row[$0] as DatabaseValue }
            try run(
                "DELETE FROM \(table) WHERE " + columns.map { "\($0) = ?" }.joined(separator: " AND "),
                StatementArguments(key))
            gone += 1
        }
        let last = rows.count == limit ? rows.last.map { row in columns.indices.map { row[$0] as DatabaseValue } } : nil
        walk.come(to: last, rows.count)
        return gone
    }

    /// A place in front of all rows, in the types of the key: another type would be compared as text.
    private func first(of table: String, _ columns: [String]) throws -> [DatabaseValue] {
        let types = try Dictionary(
            uniqueKeysWithValues: db.columns(in: table).map { ($0.name.lowercased(), $0.type.uppercased()) })
        return columns.map { column in
            switch types[column.lowercased()] {
            case "TEXT": "".databaseValue
            case "BLOB": Data().databaseValue
            default: Int64.min.databaseValue
            }
        }
    }

    /// The trail's own trigger lets go what is older than this, and nothing else.
    private func allowSweep(of oldest: Timestamp?) throws {
        if let oldest {
            try run("REPLACE INTO meta VALUES ('audit_kept_since', ?)", [oldest.milliseconds])
        } else {
            try run("DELETE FROM meta WHERE name = 'audit_kept_since'", [])
        }
    }

    /// Letters and entries of older versions are indexed bit by bit; while there are more, it has to come again soon.
    private func upkeep(at now: Timestamp, limit: Int) throws -> Int {
        try tellRefusals(at: now)
        let named = max(try nameLetters(limit: Self.namedAtOnce), try nameEntries(limit: Self.namedAtOnce))
        return named == Self.namedAtOnce ? limit : 0
    }
}
