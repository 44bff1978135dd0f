import Basics
import Foundation
import GRDB
import Store
import Wire

/// Rows about people and their codes.
extension SQLiteRows {
    func options() throws -> [String: String] {
        let rows = try Row.fetchAll(db.cachedStatement(sql: "SELECT name, value FROM site_option"))
        return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    func user(_ name: String) throws -> UserRecord? {
        try one("SELECT * FROM user WHERE name = ?", [name]).map(readUser)
    }

    func readUser(_ row: Row) throws -> UserRecord {
        var user = UserRecord(name: row[0])
        (user.isKnown, user.required) = (row[1], row[2])
        user.graceUntil = time(row[3])
        if let sealed: Data = row[4], let at = time(row[5]) {
            user.phone = Phone(place: try openPlace(sealed), registeredAt: at)
        }
        if let sid: String = row[6], let identity: String = row[7], let at = time(row[8]) {
            user.authenticator = Authenticator(factorSID: sid, identity: identity, registeredAt: at)
        }
        user.generation = row[9]
        user.lastApprovedAt = time(row[10])
        return user
    }

    func pending(_ login: LoginKey) throws -> PendingCode? {
        let found = try one(
            "SELECT place, sid, purpose, ticket, ended, confirmed FROM pending WHERE user = ? AND application = ? AND login = ?",
            [login.user, login.application.rawValue, login.login])
        guard let row = found else { return nil }
        guard let purpose = Purpose(rawValue: row[2]) else { throw damaged() }
        let ticket: Data? = row[3]
        return PendingCode(
            login: login, place: try openPlace(row[0]), sid: row[1], purpose: purpose,
            ticket: ticket.map { Array($0) }, wasConfirmed: row[5], ended: try reason(row[4]))
    }

    func code(of number: E164) throws -> LiveCode? {
        let found = try one(
            """
            SELECT sid, channel, expires_at, attempts, checks_begun, checks_denied, ended, checks_excused
            FROM code WHERE number_hmac = ?
            """, [hash(number)])
        guard let row = found else { return nil }
        guard let channel = Channel(rawValue: row[1]) else { throw damaged() }
        let attempts: String = row[3]
        var code = LiveCode(
            number: number, sid: row[0], channel: channel, expiresAt: Timestamp(milliseconds: row[2]),
            attempts: attempts.split(separator: ",").map(String.init))
        (code.checksBegun, code.checksDenied, code.checksExcused) = (row[4], row[5], row[7])
        code.ended = try reason(row[6])
        return code
    }

    func pendingElsewhere(than login: LoginKey, at now: Timestamp) throws -> Bool {
        try one(
            """
            SELECT 1 FROM pending JOIN code ON code.number_hmac = pending.number_hmac AND code.sid = pending.sid
            WHERE pending.user = ? AND NOT (pending.application = ? AND pending.login = ?)
            AND pending.ended IS NULL AND code.ended IS NULL AND code.expires_at > ? LIMIT 1
            """, [login.user, login.application.rawValue, login.login, now.milliseconds]) != nil
    }

    func strangers(to code: LiveCode, than user: String) throws -> Set<Purpose> {
        let rows = try String.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT purpose FROM pending
                    WHERE number_hmac = ? AND ended IS NULL AND sid = ? AND user <> ?
                    """), arguments: [hash(code.number), code.sid, user])
        return Set(rows.compactMap(Purpose.init))
    }

    func openCodes(of user: String, at now: Timestamp) throws -> [OpenCode] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT pending.place, pending.sid FROM pending
                    JOIN code ON code.number_hmac = pending.number_hmac AND code.sid = pending.sid
                    WHERE pending.user = ? AND pending.ended IS NULL AND code.ended IS NULL AND code.expires_at > ?
                    """), arguments: [user, now.milliseconds])
        let codes = try rows.map { OpenCode(number: try openPlace($0[0]).number.revealed, sid: $0[1]) }
        return Set(codes).sorted { $0.sid < $1.sid }
    }

    func approval(of login: LoginKey) throws -> Timestamp? {
        let row = try one(
            "SELECT at FROM approval WHERE user = ? AND application = ? AND login = ?",
            [login.user, login.application.rawValue, login.login])
        return time(row?[0])
    }

    func clientApproval(of user: String, client: [UInt8]) throws -> Timestamp? {
        let row = try one(
            "SELECT approved_at FROM client WHERE user = ? AND client_hmac = ?", [user, Data(client)])
        return time(row?[0])
    }

    func reason(_ text: String?) throws -> Reason? {
        guard let text else { return nil }
        guard let reason = Reason(rawValue: text) else { throw damaged() }
        return reason
    }
}
