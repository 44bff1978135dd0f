import Basics
import Foundation
import GRDB
import Store
import Wire

extension Schema {
    /// Authenticators; and what only one job at a time may work on is no longer a number alone.
    static let authenticators = """
        ALTER TABLE job RENAME COLUMN number_hmac TO lock_hmac;
        ALTER TABLE pending ADD COLUMN confirmed INTEGER NOT NULL DEFAULT 0;
        CREATE TABLE enrolment (
            user TEXT PRIMARY KEY, application TEXT NOT NULL, login TEXT NOT NULL, identity TEXT NOT NULL,
            factor_sid TEXT, seed BLOB, label TEXT NOT NULL, issuer TEXT NOT NULL, digits INTEGER NOT NULL,
            period INTEGER NOT NULL, expires_at INTEGER NOT NULL, tries INTEGER NOT NULL, ticket BLOB,
            confirmed INTEGER NOT NULL, ended TEXT) WITHOUT ROWID;
        CREATE INDEX enrolment_by_end ON enrolment (expires_at) WHERE ended IS NULL;
        CREATE TABLE challenge (
            factor_sid TEXT PRIMARY KEY, sid TEXT NOT NULL, expires_at INTEGER NOT NULL, tries INTEGER NOT NULL)
            WITHOUT ROWID;
        CREATE TABLE used_code (
            front_end TEXT NOT NULL, message_id TEXT NOT NULL, hash BLOB NOT NULL, until INTEGER NOT NULL,
            PRIMARY KEY (front_end, message_id)) WITHOUT ROWID;
        CREATE INDEX used_code_by_hash ON used_code (hash);
        """
}

/// Rows about authenticators.
extension SQLiteRows {
    private static let enrolments = "SELECT user, \(RecordColumns.list(RecordColumns.enrolment)) FROM enrolment"

    func enrolment(of user: String) throws -> Enrolment? {
        try one("\(Self.enrolments) WHERE user = ?", [user]).map { try readEnrolment(user, $0, at: 1) }
    }

    func readEnrolment(_ user: String, _ row: some Columns, at first: Int) throws -> Enrolment {
        try reading("enrolment", user) {
            let secret = try row.bytesIfAny(first + 4).map {
                Redacted(try sealing.open($0, at: SealedColumn.seed.place([user])))
            }
            var enrolment = Enrolment(
                login: LoginKey(user: user, application: try row.choice(first), login: try row.text(first + 1)),
                identity: try row.text(first + 2), secret: secret, label: try row.text(first + 5),
                expiresAt: try row.time(first + 9), ticket: try row.bytesIfAny(first + 11),
                wasConfirmed: try row.flag(first + 12), ended: try row.choiceIfAny(first + 13))
            (enrolment.factorSID, enrolment.issuer) = (try row.textIfAny(first + 3), try row.text(first + 6))
            (enrolment.digits, enrolment.period) = (try row.number(first + 7), try row.number(first + 8))
            enrolment.tries = try row.number(first + 10)
            (enrolment.checksBegun, enrolment.checksDenied) = (
                try row.number(first + 14), try row.number(first + 15)
            )
            enrolment.lostCallOverAt = try row.timeIfAny(first + 16)
            return enrolment
        }
    }

    func readChallenge(_ factorSID: String, _ row: some Columns, at first: Int) throws -> OpenChallenge {
        try reading("challenge", factorSID) {
            OpenChallenge(
                sid: try row.text(first), expiresAt: try row.time(first + 1), tries: try row.number(first + 2),
                checksBegun: try row.number(first + 3), checksDenied: try row.number(first + 4))
        }
    }

    func isReserved(_ hash: [UInt8], except key: JobKey, at now: Timestamp) throws -> Bool {
        try one(
            """
            SELECT 1 FROM used_code WHERE hash = ? AND until > ? AND NOT (front_end = ? AND message_id = ?)
            """, [Data(hash), now.milliseconds, key.frontEnd, key.messageID]) != nil
    }

    func runOutEnrolments(at now: Timestamp, limit: Int) throws -> [Enrolment] {
        try firstReadable(
            limit, "\(Self.enrolments) WHERE ended IS NULL AND expires_at <= ? ORDER BY expires_at",
            [now.milliseconds]
        ) { try readEnrolment($0[0], $0, at: 1) }
    }

    func put(_ challenge: OpenChallenge?, of factorSID: String) throws {
        guard let challenge else { return try run("DELETE FROM challenge WHERE factor_sid = ?", [factorSID]) }
        try run(
            "REPLACE INTO challenge VALUES (?, ?, ?, ?, ?, ?)",
            [
                factorSID, challenge.sid, challenge.expiresAt.milliseconds, challenge.tries, challenge.checksBegun,
                challenge.checksDenied,
            ])
    }

    func reserve(_ code: Redacted<String>, of factorSID: String, _ context: ChangeContext) throws {
        let hash = Data(hash(ofCode: code.revealed, factorSID: factorSID))
        try run(
            "REPLACE INTO used_code VALUES (?, ?, ?, ?)",
            [context.key.frontEnd, context.key.messageID, hash, (context.now + Reservation.life).milliseconds])
    }

    func releaseCode(of key: JobKey) throws {
        try run("DELETE FROM used_code WHERE front_end = ? AND message_id = ?", [key.frontEnd, key.messageID])
    }

    /// - Parameter user: whose it is; an enrolment names them, none does not.
    func put(_ enrolment: Enrolment?, of user: String) throws {
        guard let enrolment else { return try run("DELETE FROM enrolment WHERE user = ?", [user]) }
        let login = enrolment.login
        try run(
            "REPLACE INTO enrolment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                login.user, login.application.rawValue, login.login, enrolment.identity, enrolment.factorSID,
                try enrolment.secret.map { try seal($0.revealed, in: .seed, login.user) }, enrolment.label,
                enrolment.issuer,
                enrolment.digits, enrolment.period, enrolment.expiresAt.milliseconds, enrolment.tries,
                enrolment.ticket.map { Data($0) }, enrolment.wasConfirmed, enrolment.ended?.rawValue,
                enrolment.checksBegun, enrolment.checksDenied, enrolment.lostCallOverAt?.milliseconds,
            ])
    }
}
