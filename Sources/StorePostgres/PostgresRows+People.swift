import Basics
import Foundation
import Store
import Wire

/// Rows about people and their codes.
extension PostgresRows {
    private static let selectPerson =
        "SELECT \(PostgresColumns.list(PostgresColumns.person)) FROM person WHERE name = $1"

    func user(_ name: String) throws -> UserRecord? {
        try one(Self.selectPerson, [.text(name)]).map { try readUser(name, $0, at: 0) }
    }

    func readUser(_ name: String, _ row: PostgresRow, at first: Int) throws -> UserRecord {
        var user = UserRecord(name: name)
        return try reading("user", name) {
            (user.isKnown, user.required) = (try row.flag(first), try row.flag(first + 1))
            user.graceUntil = try row.timeIfAny(first + 2)
            if let sealed = try row.bytesIfAny(first + 3), let at = try row.timeIfAny(first + 4) {
                user.phone = Phone(place: try number(open(sealed, in: .phone, name)), registeredAt: at)
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

    private static let putPerson = PostgresColumns.put(
        "person", key: ["name"], PostgresColumns.person + ["phone_keys"])

    func put(_ user: UserRecord) throws {
        try run(
            Self.putPerson,
            [
                .text(user.name), .flag(user.isKnown), .flag(user.required), .time(user.graceUntil),
                try user.phone.map { try seal(Array($0.place.packed.utf8), in: .phone, user.name) } ?? .null,
                .time(user.phone?.registeredAt), .words(user.authenticator?.factorSID),
                .words(user.authenticator?.identity), .time(user.authenticator?.registeredAt),
                .integer(user.generation), .time(user.lastApprovedAt),
                .blob(user.phone.map { NumberKeys($0.place, self).bytes }),
            ])
    }

    func readPending(_ login: LoginKey, _ row: PostgresRow, at first: Int) throws -> PendingCode {
        try reading("pending", key(login)) {
            PendingCode(
                login: login, place: try openPlace(row.bytes(first + 1), of: login), sid: try row.text(first),
                purpose: try row.choice(first + 2), ticket: try row.bytesIfAny(first + 3),
                wasConfirmed: try row.flag(first + 5), ended: try row.choiceIfAny(first + 4))
        }
    }

    private static let putPending = PostgresColumns.put(
        "pending", key: ["person", "application", "login"],
        PostgresColumns.pending + ["number_hmac", "number_keys", "until"])

    func put(_ pending: PendingCode) throws {
        let login = pending.login
        let keys = NumberKeys(pending.place, self)
        try run(
            Self.putPending,
            [
                .text(login.user), .text(login.application.rawValue), .text(login.login), .text(pending.sid),
                try seal(
                    Array(pending.place.packed.utf8), in: .pendingPlace, login.user, login.application.rawValue,
                    login.login),
                .text(pending.purpose.rawValue), .blob(pending.ticket), .words(pending.ended?.rawValue),
                .flag(pending.wasConfirmed), .bytes(keys.number), .bytes(keys.bytes),
                .time(clocks.wall() + .seconds(86_400)),
            ])
    }

    func readCode(_ number: E164, _ hash: [UInt8], _ row: PostgresRow, at first: Int) throws -> LiveCode {
        try reading("code", key(hash)) {
            var code = LiveCode(
                number: number, sid: try row.text(first), channel: try row.choice(first + 1),
                expiresAt: try row.time(first + 2),
                attempts: try row.text(first + 3).split(separator: ",").map(String.init))
            (code.checksBegun, code.checksDenied) = (try row.number(first + 4), try row.number(first + 5))
            (code.checksExcused, code.ended) = (try row.number(first + 6), try row.choiceIfAny(first + 7))
            code.cohort = try row.textIfAny(first + 8).flatMap(CodeCohort.init(packed:))
            return code
        }
    }

    private static let putCode = PostgresColumns.put("code", key: ["number_hmac"], PostgresColumns.code)

    func put(_ code: LiveCode) throws {
        try run(
            Self.putCode,
            [
                .bytes(lookup(code.number.revealed)), .text(code.sid), .text(code.channel.rawValue),
                .time(code.expiresAt), .text(code.attempts.joined(separator: ",")), .number(code.checksBegun),
                .number(code.checksDenied), .number(code.checksExcused), .words(code.ended?.rawValue),
                .words(code.cohort?.packed),
            ])
    }

    /// Ends a verification, whoever's number it is of: whoever works on the number comes before or after.
    func endCode(_ sid: String, _ reason: Reason) throws {
        try run(
            "SELECT pg_advisory_xact_lock(lock_of(number_hmac)) FROM code WHERE sid = $1 AND ended IS NULL",
            [.text(sid)])
        try run(
            "UPDATE code SET ended = $1 WHERE sid = $2 AND ended IS NULL", [.text(reason.rawValue), .text(sid)])
    }

    func openCodes(of user: String, at now: Timestamp) throws -> [OpenCode] {
        let rows = try all(
            """
            SELECT pending.place, pending.sid, pending.application, pending.login FROM pending
            JOIN code ON code.number_hmac = pending.number_hmac AND code.sid = pending.sid
            WHERE pending.person = $1 AND pending.ended IS NULL AND code.ended IS NULL AND code.expires_at > $2
            """, [.text(user), .time(now)])
        let codes = try rows.map { row in
            let (application, login) = (try row.text(2), try row.text(3))
            return try reading("pending", "\(user)/\(application)/\(login)") {
                let tie = LoginKey(user: user, application: try row.choice(2), login: login)
                return OpenCode(number: try openPlace(row.bytes(0), of: tie).number.revealed, sid: try row.text(1))
            }
        }
        return Set(codes).sorted { $0.sid < $1.sid }
    }

    /// The same with their tries.
    func liveCodes(of user: String, at now: Timestamp) throws -> [LiveCode] {
        try openCodes(of: user, at: now).compactMap { open in
            guard let number = E164(open.number) else { return nil }
            let hash = lookup(number.revealed)
            return try one(
                "SELECT \(PostgresColumns.list(PostgresColumns.code)) FROM code WHERE number_hmac = $1", [.bytes(hash)]
            ).map { try readCode(number, hash, $0, at: 0) }
        }
    }

    func handedOut(to user: String, at now: Timestamp) throws -> HandedOut {
        let row = try one(
            """
            SELECT (SELECT MAX(until) FROM ticket WHERE person = $1 AND until > $2),
                (SELECT until FROM bypass WHERE person = $1 AND until > $2 AND tries < $3)
            """, [.text(user), .time(now), .number(BypassCode.maxTries)])
        return HandedOut(ticketUntil: try row?.timeIfAny(0), bypassUntil: try row?.timeIfAny(1))
    }

    func census() throws -> [Census] {
        try all(
            """
            SELECT required, grace_until, phone IS NOT NULL, factor_sid IS NOT NULL, COUNT(*) FROM person
            WHERE known <> 0 GROUP BY 1, 2, 3, 4
            """
        ).map { row in
            let factors = Set((try row.flag(2) ? [Factor.phone] : []) + (try row.flag(3) ? [.authenticator] : []))
            return Census(
                required: try row.flag(0), graceUntil: try row.timeIfAny(1), factors: factors, count: try row.number(4))
        }
    }

    func page(_ page: UserPage) throws -> [UserRecord] {
        let condition =
            switch page.filter {
            case nil: "true"
            case .required: "required <> 0"
            case .registered: "(phone IS NOT NULL OR factor_sid IS NOT NULL)"
            case .unregistered: "(phone IS NULL AND factor_sid IS NULL)"
            }
        return try firstReadable(
            page.limit,
            """
            SELECT name, \(PostgresColumns.list(PostgresColumns.person)) FROM person
            WHERE known <> 0 AND name > $1 AND \(condition) ORDER BY name LIMIT $2::bigint
            """, [.text(page.after ?? "")]
        ) { try readUser($0.text(0), $0, at: 1) }
    }
}
