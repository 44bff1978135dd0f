import Basics
import Foundation
import GRDB
import Store
import Wire

/// Changes that reach everything about a person.
extension SQLiteRows {
    func erase(_ user: String, as pseudonym: String) throws {
        notes.forgets = true
        try unlock(user)
        try end(AccessGrant.all, of: user)
        try run("DELETE FROM canceled_send WHERE user = ?", [user])
        try run("DELETE FROM user WHERE name = ?", [user])
        try markUnderWay(user, as: pseudonym)
        try anonymise(user, as: pseudonym)
    }

    func rename(_ user: String, to: String) throws {
        try unlock(user)
        // Whatever somebody of the new name had begun or been given is not for the one who has it now.
        var rows = self
        try rows.removeFactor(ofEnrolmentOf: to, at: clocks.wall())
        try end(AccessGrant.all, of: to)
        try end(AccessGrant.all.filter { !$0.outlivesRenaming }, of: user)
        for name in [user, to] { try markUnderWay(name, as: to) }
        try move(user, to: to)
    }

    /// - Parameter reason: With it, what can tell its login why it ended stays for that.
    func end(_ grants: Set<AccessGrant>, of user: String, _ reason: Reason? = nil) throws {
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

    /// Whatever is recorded of jobs, and counted, is younger than this, also where the sweep could not run for some days, and is in
    /// the history as well.
    private var recordsSince: Int64 { (clocks.wall() - Retention.records - .seconds(7 * 86_400)).milliseconds }

    func unlock(_ user: String) throws {
        let jobs = "(front_end, message_id) IN (SELECT front_end, message_id"
        try run("DELETE FROM tally WHERE \(jobs) FROM job WHERE user = ? AND state <> 1)", [user])
        try run("DELETE FROM tally WHERE \(jobs) FROM history WHERE user = ? AND at > ?)", [user, recordsSince])
        var paces: [(key: PaceKey, pace: Pace?)] = [(.user(user), nil)]
        if let number = try self.user(user)?.phone?.number { paces.append((.number(number, isProven: true), nil)) }
        let ties = try Row.fetchAll(
            db, sql: "SELECT place, purpose, application, login FROM pending WHERE user = ?", arguments: [user])
        for tie in ties {
            let opened = try readable {
                try reading("pending", user) {
                    let login = LoginKey(user: user, application: try tie.choice(2), login: tie[3])
                    return try openPlace(try tie.at(0), of: login)
                }
            }
            guard let place = opened else { continue }
            paces.append((.number(place.number, isProven: tie[1] == Purpose.login.rawValue), nil))
        }
        try put(paces)
    }

    /// What is under way for the person must not bring them back.
    private func markUnderWay(_ user: String, as other: String) throws {
        try run("UPDATE job SET generation = -1, user = ? WHERE user = ? AND state <> 1", [other, user])
    }

    private func anonymise(_ user: String, as pseudonym: String) throws {
        // The records lose what some of the numbers are made of.
        while try countOutcomes(limit: Self.countedAtOnce) == Self.countedAtOnce {}
        let keys = try Row.fetchAll(
            db,
            sql: """
                SELECT front_end, message_id FROM history WHERE user = ? AND at > ?
                UNION SELECT front_end, message_id FROM job WHERE kind IN (\(Schema.listing)) AND state = 1
                """, arguments: [user, recordsSince])
        for key in keys {
            let key = JobKey(frontEnd: key[0], messageID: key[1])
            if let row = try readable({ try job(key) }) {
                // An id may have been used again since, for somebody else.
                guard let row, row.login.user == user || JobRow.kindsThatList.contains(row.kind) else { continue }
                try put(row.anonymised(user, as: pseudonym))
            } else {
                try blank(key, user, as: pseudonym)
            }
        }
        try run(
            """
            UPDATE history SET user = ?, number_hmac = NULL, masked = NULL, login = NULL, sid = NULL WHERE user = ?
            """, [pseudonym, user])
        try anonymiseWords(about: user, as: pseudonym)
    }

    /// A record that cannot be read may name the person as well.
    ///
    /// It stays one that cannot be read, so that its job is not done again.
    private func blank(_ key: JobKey, _ user: String, as pseudonym: String) throws {
        try run(
            """
            UPDATE job SET user = iif(user = ?, ?, user), reply = \(SealedColumn.blank), calls = NULL
            WHERE front_end = ? AND message_id = ?
            """, [user, pseudonym, key.frontEnd, key.messageID])
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
        for order in try orders() where order.why.mentions(person) {
            try run("UPDATE worker_order SET why = '' WHERE id = ?", [order.id])
        }
        try forgetInBrakes(person)
    }

    private func removeReasons(mentioning name: String) throws {
        while try nameEntries(limit: 500) > 0 {}
        for key in NameIndex.keys(ofName: name) {
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT audit.id, detail FROM audit_name JOIN audit ON audit.id = entry WHERE hash = ?",
                arguments: [nameHash(key)])
            for row in rows {
                guard AuditEntry.reason(inDetail: row[1])?.mentions([name]) == true else { continue }
                try run("UPDATE audit SET detail = json_remove(detail, '$.reason') WHERE id = ?", [row[0] as Int64])
            }
        }
    }

    /// Their bodies are sealed: only those are opened that may name the person, by what is kept beside them.
    private func removeLetters(naming person: Set<String>) throws {
        while try nameLetters(limit: 500) > 0 {}
        for key in person.flatMap(NameIndex.keys(ofName:)) {
            let rows = try Row.fetchAll(
                db,
                sql: "SELECT id, body FROM letter_name JOIN dead_letter ON id = letter WHERE hash = ?",
                arguments: [nameHash(key)])
            for row in rows {
                let body = try? open(try row.at(1), in: .letter, String(row[0] as Int64))
                // What cannot be opened may name the person.
                guard body.map({ DeadLetter.isNaming(person, in: $0) }) ?? true else { continue }
                try run("DELETE FROM dead_letter WHERE id = ?", [row[0] as Int64])
            }
        }
    }

    private func move(_ user: String, to: String) throws {
        try rebind(user, to: to)
        try run(
            """
            UPDATE job SET user = ? WHERE user = ? AND (front_end, message_id) IN
            (SELECT front_end, message_id FROM history WHERE user = ? AND at > ?)
            """, [to, user, user, recordsSince])
        let kept = AccessGrant.allCases.filter { $0.outlivesRenaming && $0.namesItsPerson }.map(\.table)
        for table in kept + ["history", "audit", "canceled_send"] {
            try db.execute(sql: "UPDATE OR REPLACE \(table) SET user = ? WHERE user = ?", arguments: [to, user])
        }
    }

    /// What is bound to a name is sealed anew for the other one.
    ///
    /// What cannot be opened goes along as it is.
    private func rebind(_ user: String, to: String) throws {
        let phone: Data? = try one("SELECT phone FROM user WHERE name = ?", [user])?.at(0)
        let moved = try phone.map { phone in
            guard let plain = try? open(phone, in: .phone, user) else { return phone }
            return try seal(plain, in: .phone, to)
        }
        try run("UPDATE user SET name = ?, phone = ? WHERE name = ?", [to, moved, user])
        let ties = try Row.fetchAll(
            db, sql: "SELECT application, login, place FROM pending WHERE user = ?", arguments: [user])
        for tie in ties {
            let (application, login): (String, String) = (tie[0], tie[1])
            guard let plain = try? open(try tie.at(2), in: .pendingPlace, user, application, login) else { continue }
            try run(
                """
                UPDATE OR REPLACE pending SET user = ?, place = ? WHERE user = ? AND application = ? AND login = ?
                """,
                [to, try seal(plain, in: .pendingPlace, to, application, login), user, application, login])
        }
    }
}
