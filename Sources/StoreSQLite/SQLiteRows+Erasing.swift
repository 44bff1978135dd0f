import Basics
import Foundation
import GRDB
import Store
import Wire

/// Changes that reach everything about a person.
extension SQLiteRows {
    func applyToPerson(_ change: Change) throws {
        switch change {
        case .endAccess(let user, let grants, let reason): try end(grants, of: user, reason)
        case .unlock(let user): try unlock(user)
        case .erase(let user, let pseudonym):
            try unlock(user)
            try end(AccessGrant.all, of: user)
            try run("DELETE FROM canceled_send WHERE user = ?", [user])
            try run("DELETE FROM user WHERE name = ?", [user])
            try markUnderWay(user, as: pseudonym)
            try anonymise(user, as: pseudonym)
        case .rename(let user, let to):
            try unlock(user)
            // Whatever somebody of the new name had begun or been given is not for the one who has it now.
            var rows = self
            try rows.removeFactor(ofEnrolmentOf: to, at: clocks.wall())
            try end(AccessGrant.all, of: to)
            try end(AccessGrant.all.filter { !$0.outlivesRenaming }, of: user)
            for name in [user, to] { try markUnderWay(name, as: to) }
            try rename(user, to: to)
        default: break
        }
    }

    /// - Parameter reason: With it, what can tell its login why it ended stays for that.
    private func end(_ grants: Set<AccessGrant>, of user: String, _ reason: Reason? = nil) throws {
        for grant in AccessGrant.allCases where grants.contains(grant) {
            if let reason, let ending = grant.ending {
                try run(
                    "UPDATE \(grant.table) SET \(ending) WHERE \(grant.ownership) AND ended IS NULL",
                    [user, reason.rawValue])
            } else {
                try run("DELETE FROM \(grant.table) WHERE \(grant.ownership)", [user])
            }
        }
    }

    private func unlock(_ user: String) throws {
        try run("DELETE FROM tally WHERE owner = ?", [user])
        try put(.user(user), nil)
        if let number = try self.user(user)?.phone?.number { try put(.number(number, isProven: true), nil) }
        let ties = try Row.fetchAll(db, sql: "SELECT place, purpose FROM pending WHERE user = ?", arguments: [user])
        for tie in ties {
            try put(.number(try openPlace(tie[0]).number, isProven: tie[1] == Purpose.login.rawValue), nil)
        }
    }

    /// What is under way for the person must not bring them back.
    private func markUnderWay(_ user: String, as other: String) throws {
        try run("UPDATE job SET generation = -1, user = ? WHERE user = ? AND state <> 1", [other, user])
    }

    private func anonymise(_ user: String, as pseudonym: String) throws {
        let listing = JobRow.kindsThatList.map { "'\($0.rawValue)'" }.joined(separator: ", ")
        let keys = try Row.fetchAll(
            db,
            sql: "SELECT front_end, message_id FROM job WHERE (user = ? OR kind IN (\(listing))) AND state = 1",
            arguments: [user])
        for key in keys {
            guard let row = try job(JobKey(frontEnd: key[0], messageID: key[1])) else { continue }
            try put(row.anonymised(user, as: pseudonym))
        }
        try run(
            "UPDATE history SET user = ?, number_hmac = NULL, masked = NULL WHERE user = ?", [pseudonym, user])
        try anonymiseWords(about: user, as: pseudonym)
    }

    /// Dead letters and the audit trail: what people wrote.
    private func anonymiseWords(about user: String, as pseudonym: String) throws {
        // A name that somebody else bears by now is theirs.
        let former = try String.fetchAll(
            db,
            sql: """
                SELECT former_user FROM audit WHERE user = ? AND former_user IS NOT NULL
                AND former_user NOT IN (SELECT name FROM user)
                """, arguments: [user])
        let person = Set([user] + former)
        try removeLetters(naming: person)
        let personal = AuditEntry.personalDetails.map { ", '$.\($0)'" }.joined()
        try run(
            """
            UPDATE audit SET user = ?1, former_user = iif(former_user IS NULL, NULL, ?1),
            detail = json_remove(detail\(personal)) WHERE user = ?2
            """, [pseudonym, user])
        for name in person { try removeReasons(mentioning: name) }
    }

    private func removeReasons(mentioning name: String) throws {
        let reason = "json_extract(detail, '$.reason')"
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, \(reason) FROM audit WHERE instr(\(reason), ?) > 0", arguments: [name])
        for row in rows {
            let (id, text): (Int64, String) = (row[0], row[1])
            guard text.mentions([name]) else { continue }
            try run("UPDATE audit SET detail = json_remove(detail, '$.reason') WHERE id = ?", [id])
        }
    }

    /// Their bodies are sealed: each is opened and looked through. There are those of some days only.
    private func removeLetters(naming person: Set<String>) throws {
        var found: [Int64] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT id, body FROM dead_letter")
        while let row = try rows.next() {
            let body: Data = row[1]
            if DeadLetter.isNaming(person, in: try sealing.open(Array(body))) { found.append(row[0]) }
        }
        for id in found { try run("DELETE FROM dead_letter WHERE id = ?", [id]) }
    }

    private func rename(_ user: String, to: String) throws {
        try run("UPDATE user SET name = ? WHERE name = ?", [to, user])
        let kept = AccessGrant.allCases.filter { $0.outlivesRenaming && $0.namesItsPerson }.map(\.table)
        for table in kept + ["history", "audit", "canceled_send", "job"] {
            try db.execute(sql: "UPDATE OR REPLACE \(table) SET user = ? WHERE user = ?", arguments: [to, user])
        }
    }
}
