import Basics
import Foundation
import GRDB
import Store
import Wire

extension SQLiteRows {
    /// One after the other; paces that are changed in a row are written together.
    func apply(_ changes: [Change], _ context: ChangeContext) throws {
        var paces: [(PaceKey, Pace?)] = []
        for change in changes {
            if case .pace(let key, let pace) = change {
                paces.append((key, pace))
            } else {
                try put(paces)
                paces = []
                try apply(change, context)
            }
        }
        try put(paces)
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
        case .pace(let key, let pace): try put([(key, pace)])
        case .approval(let login, let client): try approve(login, client, context.now)
        case .options(let values): for (name, value) in values { try put(option: name, value) }
        case .bypass(let user, let code, let until): try putBypass(of: user, code, until)
        case .bypassTry(let user): try run("UPDATE bypass SET tries = tries + 1 WHERE user = ?", [user])
        case .ticket(let user, let text, let until): try putTicket(of: user, text, until)
        case .useTicket(let hash): try run("DELETE FROM ticket WHERE hash = ?", [Data(hash)])
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
        case .choreDone(let id): try run("DELETE FROM provider_chore WHERE id = ?", [id])
        case .endCode(let sid, let reason):
            try run("UPDATE code SET ended = ? WHERE sid = ? AND ended IS NULL", [reason.rawValue, sid])
        case .letters(let ids, let state, let dueAt, let from): try setLetters(ids, state, dueAt, from)
        case .liftDeadlines(let ids):
            for id in ids { try run("UPDATE dead_letter SET deadline = NULL WHERE id = ?", [id]) }
        }
    }

    private func putBypass(of user: String, _ code: Redacted<String>?, _ until: Timestamp) throws {
        guard let code else { return try run("DELETE FROM bypass WHERE user = ?", [user]) }
        let hash = Data(hash(ofBypass: code.revealed, of: user))
        try run("REPLACE INTO bypass VALUES (?, ?, ?, 0)", [user, hash, until.milliseconds])
    }

    private func putTicket(of user: String, _ text: Redacted<String>, _ until: Timestamp) throws {
        let hash = Data(hash(ofTicket: text.revealed))
        try run("DELETE FROM ticket WHERE user = ?", [user])
        try run("REPLACE INTO ticket VALUES (?, ?, ?)", [hash, user, until.milliseconds])
    }

    private func cancelSend(_ key: JobKey, of login: LoginKey, _ now: Timestamp) throws {
        try run(
            "REPLACE INTO canceled_send VALUES (?, ?, ?, ?, ?, ?)",
            [key.frontEnd, key.messageID, login.user, login.application.rawValue, login.login, now.milliseconds])
    }

    func put(option name: String, _ value: String?) throws {
        statements.options = nil
        guard let value else { return try run("DELETE FROM site_option WHERE name = ?", [name]) }
        try run("REPLACE INTO site_option VALUES (?, ?)", [name, value])
    }

    private func approve(_ login: LoginKey, _ client: String?, _ now: Timestamp) throws {
        try hot(.putApproval).run {
            $0.text(login.user)
            $0.text(login.application.rawValue)
            $0.text(login.login)
            $0.time(now)
        }
        guard let client else { return }
        try run(
            "REPLACE INTO client VALUES (?, ?, ?)", [login.user, Data(hash(ofClient: client)), now.milliseconds])
    }

    private func put(_ user: UserRecord) throws {
        let phone = try user.phone.map {
            try sealing.seal(Array($0.place.packed.utf8), at: SealedColumn.phone.place([user.name]))
        }
        try hot(.putUser).run {
            $0.text(user.name)
            $0.flag(user.isKnown)
            $0.flag(user.required)
            $0.time(user.graceUntil)
            $0.bytes(phone)
            $0.time(user.phone?.registeredAt)
            $0.text(user.authenticator?.factorSID)
            $0.text(user.authenticator?.identity)
            $0.time(user.authenticator?.registeredAt)
            $0.integer(user.generation)
            $0.time(user.lastApprovedAt)
        }
    }

    private func put(_ code: LiveCode) throws {
        try hot(.putCode).run {
            $0.bytes(lookup(code.number.revealed))
            $0.text(code.sid)
            $0.text(code.channel.rawValue)
            $0.time(code.expiresAt)
            $0.text(code.attempts.joined(separator: ","))
            $0.integer(code.checksBegun)
            $0.integer(code.checksDenied)
            $0.integer(code.checksExcused)
            $0.text(code.ended?.rawValue)
            $0.text(code.cohort?.packed)
        }
    }

    private func put(_ pending: PendingCode) throws {
        let login = pending.login
        let place = try sealing.seal(
            Array(pending.place.packed.utf8),
            at: SealedColumn.pendingPlace.place([login.user, login.application.rawValue, login.login]))
        try hot(.putPending).run {
            $0.text(login.user)
            $0.text(login.application.rawValue)
            $0.text(login.login)
            $0.text(pending.sid)
            $0.bytes(place)
            $0.text(pending.purpose.rawValue)
            $0.bytes(pending.ticket)
            $0.text(pending.ended?.rawValue)
            $0.flag(pending.wasConfirmed)
            $0.bytes(lookup(pending.number.revealed))
            $0.time(clocks.wall() + .seconds(86_400))
        }
    }

    func put(_ entry: AuditEntry) throws {
        try run(
            """
            INSERT INTO audit (at, operator, front_end, kind, message_id, user, outcome, reason, detail, former_user, named)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1)
            """,
            [
                entry.at.milliseconds, entry.administrator, entry.frontEnd, entry.kind.rawValue, entry.messageID,
                entry.user, entry.outcome.rawValue, entry.reason?.rawValue, entry.detail, entry.formerUser,
            ])
        try indexReason(ofEntry: db.lastInsertedRowID, entry.detail)
    }
}
