import Basics
import Foundation
import GRDB
import Store
import Wire

/// Rows about authenticators.
extension SQLiteRows {
    func enrolment(of user: String) throws -> Enrolment? {
        try one("SELECT * FROM enrolment WHERE user = ?", [user]).map(readEnrolment)
    }

    private func readEnrolment(_ row: Row) throws -> Enrolment {
        guard let application = Application(rawValue: row[1]) else { throw damaged() }
        let secret: Data? = row[5]
        let ticket: Data? = row[12]
        var enrolment = Enrolment(
            login: LoginKey(user: row[0], application: application, login: row[2]), identity: row[3],
            secret: try secret.map { Redacted(try sealing.open(Array($0))) }, label: row[6],
            expiresAt: Timestamp(milliseconds: row[10]), ticket: ticket.map { Array($0) }, wasConfirmed: row[13],
            ended: try reason(row[14]))
        enrolment.factorSID = row[4]
        (enrolment.issuer, enrolment.digits, enrolment.period, enrolment.tries) = (row[7], row[8], row[9], row[11])
        return enrolment
    }

    func challenge(of factorSID: String, at now: Timestamp) throws -> OpenChallenge? {
        try one(
            "SELECT sid, expires_at, tries FROM challenge WHERE factor_sid = ? AND expires_at > ?",
            [factorSID, now.milliseconds]
        ).map { OpenChallenge(sid: $0[0], expiresAt: Timestamp(milliseconds: $0[1]), tries: $0[2]) }
    }

    func isReserved(_ hash: [UInt8], except key: JobKey, at now: Timestamp) throws -> Bool {
        try one(
            """
            SELECT 1 FROM used_code WHERE hash = ? AND until > ? AND NOT (front_end = ? AND message_id = ?)
            """, [Data(hash), now.milliseconds, key.frontEnd, key.messageID]) != nil
    }

    func runOutEnrolments(at now: Timestamp, limit: Int) throws -> [Enrolment] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT * FROM enrolment WHERE ended IS NULL AND expires_at <= ? ORDER BY expires_at LIMIT ?"),
            arguments: [now.milliseconds, limit]
        ).map(readEnrolment)
    }

    func dueFactors(at now: Timestamp, limit: Int) throws -> [OldFactor] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: "SELECT identity, factor_sid FROM old_factor WHERE due_at <= ? ORDER BY due_at LIMIT ?"),
            arguments: [now.milliseconds, limit]
        ).map { OldFactor(identity: $0[0], factorSID: $0[1]) }
    }

    func putOff(_ factor: OldFactor, at now: Timestamp) throws {
        let tries = (try one("SELECT tries FROM old_factor WHERE identity = ?", [factor.identity])?[0] ?? 0) + 1
        try run(
            "UPDATE old_factor SET tries = ?, due_at = ? WHERE identity = ?",
            [tries, (now + OldFactor.pause(tries: tries)).milliseconds, factor.identity])
    }

    func applyAuthenticator(_ change: Change, _ context: ChangeContext) throws {
        switch change {
        case .enrolment(let user, nil): try run("DELETE FROM enrolment WHERE user = ?", [user])
        case .enrolment(_, let enrolment?): try put(enrolment)
        case .oldFactor(let factor):
            try run(
                "REPLACE INTO old_factor VALUES (?, ?, ?, 0)",
                [factor.identity, factor.factorSID, (context.now + OldFactor.pause(tries: 0)).milliseconds])
        case .forgetFactor(let identity): try run("DELETE FROM old_factor WHERE identity = ?", [identity])
        case .challenge(let factorSID, nil): try run("DELETE FROM challenge WHERE factor_sid = ?", [factorSID])
        case .challenge(let factorSID, let challenge?):
            try run(
                "REPLACE INTO challenge VALUES (?, ?, ?, ?)",
                [factorSID, challenge.sid, challenge.expiresAt.milliseconds, challenge.tries])
        case .reserveCode(let factorSID, let code):
            let hash = Data(hash(ofCode: code.revealed, factorSID: factorSID))
            try run(
                "REPLACE INTO used_code VALUES (?, ?, ?, ?)",
                [context.key.frontEnd, context.key.messageID, hash, (context.now + Reservation.life).milliseconds])
        case .releaseCode:
            try run(
                "DELETE FROM used_code WHERE front_end = ? AND message_id = ?",
                [context.key.frontEnd, context.key.messageID])
        default: break
        }
    }

    private func put(_ enrolment: Enrolment) throws {
        let login = enrolment.login
        try run(
            "REPLACE INTO enrolment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                login.user, login.application.rawValue, login.login, enrolment.identity, enrolment.factorSID,
                try enrolment.secret.map { Data(try sealing.seal($0.revealed)) }, enrolment.label, enrolment.issuer,
                enrolment.digits, enrolment.period, enrolment.expiresAt.milliseconds, enrolment.tries,
                enrolment.ticket.map { Data($0) }, enrolment.wasConfirmed, enrolment.ended?.rawValue,
            ])
    }
}
