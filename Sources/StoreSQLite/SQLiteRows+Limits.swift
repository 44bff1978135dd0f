import Basics
import Foundation
import GRDB
import Store
import Wire

/// Rows about limits, one-use codes and tickets.
extension SQLiteRows {
    func newest(_ tally: Tally, key: [UInt8], after: Timestamp, limit: Int) throws -> [Timestamp] {
        let times = try Int64.fetchAll(
            db.cachedStatement(
                sql: "SELECT at FROM tally WHERE tally = ? AND key = ? AND at > ? ORDER BY at DESC LIMIT ?"),
            arguments: [tally.rawValue, Data(key), after.milliseconds, limit])
        return times.map { Timestamp(milliseconds: $0) }
    }

    func count(_ tallies: [Tally], _ context: ChangeContext) throws {
        for tally in tallies {
            guard let key = hash(of: tally, context) else { continue }
            try run(
                "INSERT OR REPLACE INTO tally VALUES (?, ?, ?, ?, ?, ?)",
                [
                    tally.rawValue, Data(key), context.now.milliseconds, context.key.frontEnd, context.key.messageID,
                    context.login.user,
                ])
        }
    }

    func uncount(_ tallies: [Tally], _ context: ChangeContext) throws {
        for tally in tallies {
            try run(
                "DELETE FROM tally WHERE front_end = ? AND message_id = ? AND tally = ?",
                [context.key.frontEnd, context.key.messageID, tally.rawValue])
        }
    }

    func pace(_ key: PaceKey) throws -> Pace? {
        let hash = Data(hash(of: key))
        return try one("SELECT streak, not_before FROM pace WHERE key = ?", [hash]).map { row in
            try reading("pace", self.key(hash)) { Pace(streak: try row.at(0), notBefore: try row.time(1)) }
        }
    }

    func put(_ key: PaceKey, _ pace: Pace?) throws {
        guard let pace else { return try run("DELETE FROM pace WHERE key = ?", [Data(hash(of: key))]) }
        try run(
            "REPLACE INTO pace VALUES (?, ?, ?)", [Data(hash(of: key)), pace.streak, pace.notBefore.milliseconds])
    }

    func hasTicket(_ hash: [UInt8], of user: String, at now: Timestamp) throws -> Bool {
        try one(
            "SELECT 1 FROM ticket WHERE hash = ? AND user = ? AND until > ?", [Data(hash), user, now.milliseconds])
            != nil
    }

    func bypass(of user: String, at now: Timestamp) throws -> BypassRow? {
        try one("SELECT hash, tries FROM bypass WHERE user = ? AND until > ?", [user, now.milliseconds]).map { row in
            let hash: Data = row[0]
            return BypassRow(hash: Array(hash), tries: row[1])
        }
    }

    func handedOut(to user: String, at now: Timestamp) throws -> HandedOut {
        let ticket = try one(
            "SELECT MAX(until) FROM ticket WHERE user = ? AND until > ?", [user, now.milliseconds])
        let bypass = try one(
            "SELECT until FROM bypass WHERE user = ? AND until > ? AND tries < ?",
            [user, now.milliseconds, BypassCode.maxTries])
        return HandedOut(ticketUntil: ticket.flatMap { time($0[0]) }, bypassUntil: bypass.flatMap { time($0[0]) })
    }

    func cancelsSend(_ key: JobKey, of login: LoginKey) throws -> Bool {
        try one(
            """
            SELECT 1 FROM canceled_send
            WHERE front_end = ? AND message_id = ? AND user = ? AND application = ? AND login = ?
            """, [key.frontEnd, key.messageID, login.user, login.application.rawValue, login.login]) != nil
    }
}
