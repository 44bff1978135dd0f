import Basics
import Foundation
import GRDB
import Store
import Wire

/// Rows about limits, one-use codes and tickets.
extension SQLiteRows {
    func count(_ tallies: [Tally], _ context: ChangeContext) throws {
        let counted = tallies.compactMap { tally in hash(of: tally, context).map { (tally: tally, key: $0) } }
        guard !counted.isEmpty else { return }
        try hot(.count(counted.count)).run {
            for (tally, key) in counted {
                $0.text(tally.rawValue)
                $0.bytes(key)
                $0.time(context.now)
                $0.text(context.key.frontEnd)
                $0.text(context.key.messageID)
                $0.text(context.login.user)
            }
        }
    }

    func uncount(_ tallies: [Tally], _ context: ChangeContext) throws {
        guard !tallies.isEmpty else { return }
        try hot(.uncount(tallies.count)).run {
            $0.text(context.key.frontEnd)
            $0.text(context.key.messageID)
            for tally in tallies { $0.text(tally.rawValue) }
        }
    }

    /// The last word on each counts; `nil` ends it.
    func put(_ paces: [(key: PaceKey, pace: Pace?)]) throws {
        guard !paces.isEmpty else { return }
        let last = Dictionary(paces.map { ($0.key, $0.pace) }) { $1 }
        let kept = last.compactMap { key, pace in pace.map { (hash: hash(of: key), pace: $0) } }
        let gone = last.filter { $0.value == nil }.map { hash(of: $0.key) }
        if !kept.isEmpty {
            try hot(.putPaces(kept.count)).run {
                for (hash, pace) in kept {
                    $0.bytes(hash)
                    $0.integer(pace.streak)
                    $0.time(pace.notBefore)
                }
            }
        }
        if !gone.isEmpty { try hot(.dropPaces(gone.count)).run { for hash in gone { $0.bytes(hash) } } }
    }

    func hasTicket(_ hash: [UInt8], of user: String, at now: Timestamp) throws -> Bool {
        try one(
            "SELECT 1 FROM ticket WHERE hash = ? AND user = ? AND until > ?", [Data(hash), user, now.milliseconds])
            != nil
    }

    func handedOut(to user: String, at now: Timestamp) throws -> HandedOut {
        let ticket = try one(
            "SELECT MAX(until) FROM ticket WHERE user = ? AND until > ?", [user, now.milliseconds])
        let bypass = try one(
            "SELECT until FROM bypass WHERE user = ? AND until > ? AND tries < ?",
            [user, now.milliseconds, BypassCode.maxTries])
        return HandedOut(ticketUntil: ticket.flatMap { time($0[0]) }, bypassUntil: bypass.flatMap { time($0[0]) })
    }
}
