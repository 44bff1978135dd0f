import Basics
import Foundation
import Store
import Wire

/// Rows about authenticators.
extension PostgresRows {
    private static let selectEnrolment =
        "SELECT person, \(PostgresColumns.list(PostgresColumns.enrolment)) FROM enrolment"

    func enrolment(of user: String) throws -> Enrolment? {
        try one("\(Self.selectEnrolment) WHERE person = $1", [.text(user)]).map { try readEnrolment(user, $0, at: 1) }
    }

    func readEnrolment(_ user: String, _ row: PostgresRow, at first: Int) throws -> Enrolment {
        try reading("enrolment", user) {
            let secret = try row.bytesIfAny(first + 4).map { Redacted(try open($0, in: .seed, user)) }
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

    func readChallenge(_ factorSID: String, _ row: PostgresRow, at first: Int) throws -> OpenChallenge {
        try reading("challenge", factorSID) {
            OpenChallenge(
                sid: try row.text(first), expiresAt: try row.time(first + 1), tries: try row.number(first + 2),
                checksBegun: try row.number(first + 3), checksDenied: try row.number(first + 4))
        }
    }

    /// Their people are locked first, and then looked at again: one of them may just be confirming theirs.
    func runOutEnrolments(at now: Timestamp, limit: Int) throws -> [Enrolment] {
        let condition = "ended IS NULL AND expires_at <= $1 ORDER BY expires_at"
        let due = try all(
            "SELECT person FROM enrolment WHERE \(condition) LIMIT $2::bigint", [.time(now), .number(limit)])
        let people = try due.map { try $0.text(0) }
        guard !people.isEmpty else { return [] }
        try lock(people: people)
        return try firstReadable(
            limit,
            """
            \(Self.selectEnrolment) WHERE person = ANY($2::text[]) AND \(condition) LIMIT $3::bigint
            """, [.time(now), .list(people.map { .text($0) })]
        ) { try readEnrolment($0.text(0), $0, at: 1) }
    }

    private static let putChallenge = PostgresColumns.put(
        "challenge", key: ["factor_sid"], PostgresColumns.challenge)

    func put(_ challenge: OpenChallenge?, of factorSID: String) throws {
        guard let challenge else {
            return try run("DELETE FROM challenge WHERE factor_sid = $1", [.text(factorSID)])
        }
        try run(
            Self.putChallenge,
            [
                .text(factorSID), .text(challenge.sid), .time(challenge.expiresAt), .number(challenge.tries),
                .number(challenge.checksBegun), .number(challenge.checksDenied),
            ])
    }

    private static let putUsedCode = PostgresColumns.put(
        "used_code", key: ["front_end", "message_id"], ["person", "hash", "until"])

    func reserve(_ code: Redacted<String>, of factorSID: String, _ context: ChangeContext) throws {
        try run(
            Self.putUsedCode,
            [
                .text(context.key.frontEnd), .text(context.key.messageID), .text(context.login.user),
                .bytes(hash(ofCode: code.revealed, factorSID: factorSID)), .time(context.now + Reservation.life),
            ])
    }

    func releaseCode(of key: JobKey) throws {
        try run(
            "DELETE FROM used_code WHERE front_end = $1 AND message_id = $2",
            [.text(key.frontEnd), .text(key.messageID)])
    }

    private static let putEnrolment = PostgresColumns.put("enrolment", key: ["person"], PostgresColumns.enrolment)

    /// - Parameter user: whose it is; an enrolment names them, none does not.
    func put(_ enrolment: Enrolment?, of user: String) throws {
        guard let enrolment else { return try run("DELETE FROM enrolment WHERE person = $1", [.text(user)]) }
        let login = enrolment.login
        try run(
            Self.putEnrolment,
            [
                .text(login.user), .text(login.application.rawValue), .text(login.login), .text(enrolment.identity),
                .words(enrolment.factorSID),
                try enrolment.secret.map { try seal($0.revealed, in: .seed, login.user) } ?? .null,
                .text(enrolment.label), .text(enrolment.issuer), .number(enrolment.digits), .number(enrolment.period),
                .time(enrolment.expiresAt), .number(enrolment.tries), .blob(enrolment.ticket),
                .flag(enrolment.wasConfirmed), .words(enrolment.ended?.rawValue), .number(enrolment.checksBegun),
                .number(enrolment.checksDenied), .time(enrolment.lostCallOverAt),
            ])
    }
}
