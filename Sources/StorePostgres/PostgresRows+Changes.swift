import Basics
import Foundation
import Store
import Wire

extension PostgresRows {
    /// One after the other: they are sent as one pipeline, so that many cost no more round trips than one.
    func apply(_ changes: [Change], _ context: ChangeContext) throws {
        for change in changes { try apply(change, context) }
    }

    private func apply(_ change: Change, _ context: ChangeContext) throws {
        switch change {
        case .user(let user): try put(user)
        case .code(let code): try put(code)
        case .pending(let pending): try put(pending)
        case .deadLetter(let letter): try put(letter)
        case .audit(let entry): try put(entry)
        case .refusedAudit(let entry): try refuse(entry)
        case .count(let tallies): try count(tallies, context)
        case .uncount(let tallies): try uncount(tallies, context)
        case .pace(let key, let pace): try put(pace, of: key)
        case .approval(let login, let client): try approve(login, client, context.now)
        case .options(let values): for (name, value) in values { try put(option: name, value) }
        case .bypass(let user, let code, let until): try putBypass(of: user, code, until)
        case .bypassTry(let user): try run("UPDATE bypass SET tries = tries + 1 WHERE person = $1", [.text(user)])
        case .ticket(let user, let text, let until): try putTicket(of: user, text, until)
        case .useTicket(let hash): try run("DELETE FROM ticket WHERE hash = $1", [.bytes(hash)])
        case .enrolment(let user, let enrolment): try put(enrolment, of: user)
        case .challenge(let factorSID, let challenge): try put(challenge, of: factorSID)
        case .reserveCode(let factorSID, let code): try reserve(code, of: factorSID, context)
        case .releaseCode: try releaseCode(of: context.key)
        case .cancelSend(let key, let login): try cancelSend(key, of: login, context.now)
        case .endAccess(let user, let grants, let reason): try end(grants, of: user, reason)
        case .unlock(let user): try unlock(user)
        case .erase(let user, let pseudonym): try erase(user, as: pseudonym)
        case .rename(let user, let to): try rename(user, to: to)
        case .chore(let chore): try put(chore, context.now)
        case .choreDone(let id): try run("DELETE FROM provider_chore WHERE id = $1", [.integer(id)])
        case .endCode(let sid, let reason): try endCode(sid, reason)
        case .letters(let ids, let state, let dueAt, let from): try setLetters(ids, state, dueAt, from)
        case .liftDeadlines(let ids):
            try run(
                "UPDATE dead_letter SET deadline = NULL WHERE id = ANY($1::bigint[])",
                [.list(ids.map { .integer($0) })])
        }
    }

    private static let putBypass = PostgresColumns.put("bypass", key: ["person"], ["hash", "until", "tries"])

    private func putBypass(of user: String, _ code: Redacted<String>?, _ until: Timestamp) throws {
        guard let code else { return try run("DELETE FROM bypass WHERE person = $1", [.text(user)]) }
        let hash = hash(ofBypass: code.revealed, of: user)
        try run(Self.putBypass, [.text(user), .bytes(hash), .time(until), .integer(0)])
    }

    private static let putTicket = PostgresColumns.put("ticket", key: ["hash"], ["person", "until"])

    private func putTicket(of user: String, _ text: Redacted<String>, _ until: Timestamp) throws {
        try run("DELETE FROM ticket WHERE person = $1", [.text(user)])
        try run(Self.putTicket, [.bytes(hash(ofTicket: text.revealed)), .text(user), .time(until)])
    }

    private static let putCancel = PostgresColumns.put(
        "canceled_send", key: ["front_end", "message_id"], ["person", "application", "login", "at"])

    private func cancelSend(_ key: JobKey, of login: LoginKey, _ now: Timestamp) throws {
        try run(
            Self.putCancel,
            [
                .text(key.frontEnd), .text(key.messageID), .text(login.user), .text(login.application.rawValue),
                .text(login.login), .time(now),
            ])
    }

    private static let putOption = PostgresColumns.put("site_option", key: ["name"], ["value"])

    func put(option name: String, _ value: String?) throws {
        guard let value else { return try run("DELETE FROM site_option WHERE name = $1", [.text(name)]) }
        try run(Self.putOption, [.text(name), .text(value)])
    }

    private static let putApproval = PostgresColumns.put(
        "approval", key: ["person", "application", "login"], ["at"])
    private static let putClient = PostgresColumns.put("client", key: ["person", "client_hmac"], ["approved_at"])

    private func approve(_ login: LoginKey, _ client: String?, _ now: Timestamp) throws {
        try run(
            Self.putApproval,
            [.text(login.user), .text(login.application.rawValue), .text(login.login), .time(now)])
        guard let client else { return }
        try run(Self.putClient, [.text(login.user), .bytes(hash(ofClient: client)), .time(now)])
    }

    private func count(_ tallies: [Tally], _ context: ChangeContext) throws {
        let counted = tallies.compactMap { tally in hash(of: tally, context).map { (tally: tally, key: $0) } }
        guard !counted.isEmpty else { return }
        try run(
            """
            INSERT INTO tally (tally, key, at, front_end, message_id, owner)
            SELECT counted.tally, counted.key, $3, $4, $5, $6
            FROM unnest($1::text[], $2::bytea[]) AS counted (tally, key)
            ON CONFLICT (tally, key, at, front_end, message_id) DO UPDATE SET owner = excluded.owner
            """,
            [
                .list(counted.map { .text($0.tally.rawValue) }), .list(counted.map { .bytes($0.key) }),
                .time(context.now), .text(context.key.frontEnd), .text(context.key.messageID),
                .text(context.login.user),
            ])
    }

    private func uncount(_ tallies: [Tally], _ context: ChangeContext) throws {
        guard !tallies.isEmpty else { return }
        try run(
            "DELETE FROM tally WHERE front_end = $1 AND message_id = $2 AND tally.tally = ANY($3::text[])",
            [
                .text(context.key.frontEnd), .text(context.key.messageID), .list(tallies.map { .text($0.rawValue) }),
            ])
    }

    private static let putPace = PostgresColumns.put("pace", key: ["key"], ["streak", "not_before"])

    func put(_ pace: Pace?, of key: PaceKey) throws {
        guard let pace else { return try run("DELETE FROM pace WHERE key = $1", [.bytes(hash(of: key))]) }
        try run(Self.putPace, [.bytes(hash(of: key)), .number(pace.streak), .time(pace.notBefore)])
    }
}
