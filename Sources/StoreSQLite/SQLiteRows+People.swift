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
        guard let row = try one("SELECT * FROM user WHERE name = ?", [name]) else { return nil }
        var user = UserRecord(name: name)
        let phone: Data? = row[3]
        user.required = row[1]
        user.graceUntil = time(row[2])
        user.phone = try phone.map(openNumber)
        user.phoneRegisteredAt = time(row[4])
        user.generation = row[5]
        user.lastApprovedAt = time(row[6])
        user.sendStreak = row[7]
        user.lastSendAt = time(row[8])
        return user
    }

    func pending(_ login: LoginKey) throws -> PendingCode? {
        let found = try one(
            "SELECT number, sid, purpose, ended FROM pending WHERE user = ? AND application = ? AND login = ?",
            [login.user, login.application.rawValue, login.login])
        guard let row = found else { return nil }
        guard let purpose = Purpose(rawValue: row[2]) else { throw damaged() }
        return PendingCode(
            login: login, number: try openNumber(row[0]), sid: row[1], purpose: purpose, ended: try reason(row[3]))
    }

    func code(of number: E164) throws -> LiveCode? {
        let found = try one(
            """
            SELECT sid, channel, expires_at, attempts, checks_begun, checks_denied, ended
            FROM code WHERE number_hmac = ?
            """, [hash(number)])
        guard let row = found else { return nil }
        guard let channel = Channel(rawValue: row[1]) else { throw damaged() }
        let attempts: String = row[3]
        var code = LiveCode(
            number: number, sid: row[0], channel: channel, expiresAt: Timestamp(milliseconds: row[2]),
            attempts: attempts.split(separator: ",").map(String.init))
        (code.checksBegun, code.checksDenied) = (row[4], row[5])
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

    func apply(_ change: Change) throws {
        switch change {
        case .user(let user): try put(user)
        case .code(let code): try put(code)
        case .pending(let pending): try put(pending)
        case .deadLetter(let letter): try put(letter)
        }
    }

    private func reason(_ text: String?) throws -> Reason? {
        guard let text else { return nil }
        guard let reason = Reason(rawValue: text) else { throw damaged() }
        return reason
    }

    private func put(_ user: UserRecord) throws {
        try run(
            "REPLACE INTO user VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                user.name, user.required, user.graceUntil?.milliseconds, try user.phone.map(seal),
                user.phoneRegisteredAt?.milliseconds, user.generation, user.lastApprovedAt?.milliseconds,
                user.sendStreak, user.lastSendAt?.milliseconds,
            ])
    }

    private func put(_ code: LiveCode) throws {
        try run(
            "REPLACE INTO code VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                hash(code.number), try seal(code.number), code.sid, code.channel.rawValue,
                code.expiresAt.milliseconds, code.attempts.joined(separator: ","), code.checksBegun,
                code.checksDenied, code.ended?.rawValue,
            ])
    }

    private func put(_ pending: PendingCode) throws {
        let login = pending.login
        try run(
            "REPLACE INTO pending VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                login.user, login.application.rawValue, login.login, hash(pending.number), try seal(pending.number),
                pending.sid, pending.purpose.rawValue, pending.ended?.rawValue,
            ])
    }

    private func put(_ letter: DeadLetter) throws {
        try run(
            """
            INSERT INTO dead_letter (at, reason, routing_key, front_end, message_id, body) VALUES (?, ?, ?, ?, ?, ?)
            """,
            [
                letter.at.milliseconds, letter.reason.rawValue, letter.routingKey, letter.frontEnd, letter.messageID,
                Data(try sealing.seal(letter.body.revealed)),
            ])
    }
}
