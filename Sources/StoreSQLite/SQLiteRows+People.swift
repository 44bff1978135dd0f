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
        return try reading("user", user.name) {
            (user.isKnown, user.required) = (try row.at(1), try row.at(2))
            user.graceUntil = try row.timeIfAny(3)
            if let sealed: Data = try row.at(4), let at = try row.timeIfAny(5) {
                user.phone = Phone(
                    place: try number(open(sealed, in: .phone, user.name)), registeredAt: at)
            }
            if let sid: String = try row.at(6), let identity: String = try row.at(7), let at = try row.timeIfAny(8) {
                user.authenticator = Authenticator(factorSID: sid, identity: identity, registeredAt: at)
            }
            user.generation = try row.at(9)
            user.lastApprovedAt = try row.timeIfAny(10)
            return user
        }
    }

    func pending(_ login: LoginKey) throws -> PendingCode? {
        let found = try one(
            "SELECT place, sid, purpose, ticket, ended, confirmed FROM pending WHERE user = ? AND application = ? AND login = ?",
            [login.user, login.application.rawValue, login.login])
        guard let row = found else { return nil }
        return try reading("pending", key(login)) {
            let ticket: Data? = try row.at(3)
            return PendingCode(
                login: login, place: try openPlace(try row.at(0), of: login), sid: try row.at(1),
                purpose: try row.choice(2),
                ticket: ticket.map { Array($0) }, wasConfirmed: try row.at(5), ended: try row.choiceIfAny(4))
        }
    }

    func code(of number: E164) throws -> LiveCode? {
        let hash = hash(number)
        let found = try one(
            """
            SELECT sid, channel, expires_at, attempts, checks_begun, checks_denied, ended, checks_excused
            FROM code WHERE number_hmac = ?
            """, [hash])
        guard let row = found else { return nil }
        return try reading("code", key(hash)) {
            let attempts: String = try row.at(3)
            var code = LiveCode(
                number: number, sid: try row.at(0), channel: try row.choice(1), expiresAt: try row.time(2),
                attempts: attempts.split(separator: ",").map(String.init))
            (code.checksBegun, code.checksDenied, code.checksExcused) = (
                try row.at(4), try row.at(5), try row.at(7)
            )
            code.ended = try row.choiceIfAny(6)
            return code
        }
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
                    SELECT pending.place, pending.sid, pending.application, pending.login FROM pending
                    JOIN code ON code.number_hmac = pending.number_hmac AND code.sid = pending.sid
                    WHERE pending.user = ? AND pending.ended IS NULL AND code.ended IS NULL AND code.expires_at > ?
                    """), arguments: [user, now.milliseconds])
        let codes = try rows.map { row in
            try reading("pending", "\(user)/\(row[2] as String)/\(row[3] as String)") {
                let login = LoginKey(user: user, application: try row.choice(2), login: row[3])
                return OpenCode(number: try openPlace(try row.at(0), of: login).number.revealed, sid: try row.at(1))
            }
        }
        return Set(codes).sorted { $0.sid < $1.sid }
    }

    func approval(of login: LoginKey) throws -> Timestamp? {
        let row = try one(
            "SELECT at FROM approval WHERE user = ? AND application = ? AND login = ?",
            [login.user, login.application.rawValue, login.login])
        return try row.map { row in try reading("approval", key(login)) { try row.time(0) } }
    }

    func clientApproval(of user: String, client: [UInt8]) throws -> Timestamp? {
        let row = try one(
            "SELECT approved_at FROM client WHERE user = ? AND client_hmac = ?", [user, Data(client)])
        return try row.map { row in try reading("client", "\(user)/\(key(Data(client)))") { try row.time(0) } }
    }
}
