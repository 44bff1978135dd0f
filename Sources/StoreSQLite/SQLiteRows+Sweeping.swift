import Basics
import Foundation
import GRDB
import Store

extension SQLiteRows {
    /// Deletes at most `limit` rows of each table.
    func sweep(_ retention: Retention, limit: Int) throws -> Int {
        let now = clocks.wall()
        let transient = (now - Retention.transient).milliseconds
        var gone = 0
        func delete(_ table: String, _ condition: String, _ before: Int64) throws {
            // Tables without a row id are deleted from by their keys.
            let keys = try db.primaryKey(table).columns.joined(separator: ", ")
            try run(
                """
                DELETE FROM \(table) WHERE (\(keys)) IN (SELECT \(keys) FROM \(table) WHERE \(condition) LIMIT ?)
                """, [before, limit])
            gone += db.changesCount
        }
        try delete("job", "recorded_at < ?", (now - Retention.records).milliseconds)
        // Begun or given back, and their messages never returned. Both are found by small indices of their own.
        try delete("job", "state = 0 AND begun_at < ?", (now - Retention.records).milliseconds)
        try delete("job", "state = 2 AND begun_at < ?", (now - Retention.records).milliseconds)
        try delete("code", "expires_at < ?", transient)
        try delete("pending", "until < ?", transient)
        try delete("approval", "at < ?", transient)
        try delete("tally", "at < ?", transient)
        // The cooldown's growth is cleared by an approval only: what goes here is of people who never came back.
        try delete("pace", "not_before < ?", (now - Retention.clients).milliseconds)
        try delete("client", "approved_at < ?", (now - Retention.clients).milliseconds)
        try delete("bypass", "until < ?", now.milliseconds)
        try delete("ticket", "until < ?", now.milliseconds)
        try delete("enrolment", "expires_at < ? AND ended IS NOT NULL", (now - Retention.transient).milliseconds)
        try delete("challenge", "expires_at < ?", now.milliseconds)
        try delete("used_code", "until < ?", now.milliseconds)
        try delete("canceled_send", "at < ?", (now - Retention.records).milliseconds)
        try delete("dead_letter", "at < ?", (now - retention.deadLetters).milliseconds)
        if let history = retention.history { try delete("history", "at < ?", (now - history).milliseconds) }
        return gone
    }
}
