import Basics
import Foundation
import GRDB
import Store
import Wire

/// Rows about people and their codes.
extension SQLiteRows {
    /// Read once in a transaction.
    func options() throws -> [String: String] {
        if let known = statements.options { return known }
        var options: [String: String] = [:]
        try hot(.options).each({ _ in }) { options[try $0.text(0)] = try $0.text(1) }
        statements.options = options
        return options
    }

    func user(_ name: String) throws -> UserRecord? {
        try one("SELECT \(RecordColumns.list(RecordColumns.user)) FROM user WHERE name = ?", [name])
            .map { try readUser(name, $0, at: 0) }
    }

    func readUser(_ name: String, _ row: some Columns, at first: Int) throws -> UserRecord {
        var user = UserRecord(name: name)
        return try reading("user", name) {
            (user.isKnown, user.required) = (try row.flag(first), try row.flag(first + 1))
            user.graceUntil = try row.timeIfAny(first + 2)
            if let sealed = try row.bytesIfAny(first + 3), let at = try row.timeIfAny(first + 4) {
                let place = try number(sealing.open(sealed, at: SealedColumn.phone.place([name])))
                user.phone = Phone(place: place, registeredAt: at)
            }
            if let sid = try row.textIfAny(first + 5), let identity = try row.textIfAny(first + 6),
                let at = try row.timeIfAny(first + 7)
            {
                user.authenticator = Authenticator(factorSID: sid, identity: identity, registeredAt: at)
            }
            (user.generation, user.lastApprovedAt) = (try row.integer(first + 8), try row.timeIfAny(first + 9))
            return user
        }
    }

    func readPending(_ login: LoginKey, _ row: some Columns, at first: Int) throws -> PendingCode {
        try reading("pending", key(login)) {
            let sealed = try row.bytes(first + 1)
            let place = SealedColumn.pendingPlace.place([login.user, login.application.rawValue, login.login])
            return PendingCode(
                login: login, place: try number(sealing.open(sealed, at: place)), sid: try row.text(first),
                purpose: try row.choice(first + 2), ticket: try row.bytesIfAny(first + 3),
                wasConfirmed: try row.flag(first + 5), ended: try row.choiceIfAny(first + 4))
        }
    }

    func readCode(_ number: E164, _ hash: [UInt8], _ row: some Columns, at first: Int) throws -> LiveCode {
        try reading("code", key(Data(hash))) {
            var code = LiveCode(
                number: number, sid: try row.text(first), channel: try row.choice(first + 1),
                expiresAt: try row.time(first + 2),
                attempts: try row.text(first + 3).fields(separatedBy: UInt8(ascii: ",")))
            (code.checksBegun, code.checksDenied) = (try row.number(first + 4), try row.number(first + 5))
            (code.checksExcused, code.ended) = (try row.number(first + 6), try row.choiceIfAny(first + 7))
            code.cohort = try row.textIfAny(first + 8).flatMap(CodeCohort.init(packed:))
            return code
        }
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

    /// The same with their tries.
    func liveCodes(of user: String, at now: Timestamp) throws -> [LiveCode] {
        try openCodes(of: user, at: now).compactMap { open in
            guard let number = E164(open.number) else { return nil }
            let hash = lookup(number.revealed)
            let columns = RecordColumns.list(RecordColumns.code)
            return try one("SELECT \(columns) FROM code WHERE number_hmac = ?", [Data(hash)]).map {
                try readCode(number, hash, $0, at: 0)
            }
        }
    }
}
