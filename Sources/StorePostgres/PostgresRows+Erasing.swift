import Basics
import Foundation
import Store
import Wire

/// Where what lets a person in is kept.
extension AccessGrant {
    var postgresTable: String {
        switch self {
        case .pendingCode: "pending"
        case .approval: "approval"
        case .enrolment: "enrolment"
        case .ticket: "ticket"
        case .bypassCode: "bypass"
        case .reservedCode: "used_code"
        case .challenge: "challenge"
        case .knownClient: "client"
        }
    }

    /// The rows of the person whose name is `$1`.
    fileprivate var ownership: String {
        switch self {
        case .pendingCode, .approval, .enrolment, .ticket, .bypassCode, .knownClient, .reservedCode: "person = $1"
        case .challenge: "factor_sid = (SELECT factor_sid FROM person WHERE name = $1)"
        }
    }

    /// The key of its rows beside the person's name, where they are moved from one to another; `nil` where none need be.
    fileprivate var keyBesideName: [String]? {
        switch self {
        case .pendingCode, .approval: ["application", "login"]
        case .knownClient: ["client_hmac"]
        case .enrolment, .bypassCode: []
        case .ticket, .reservedCode, .challenge: nil
        }
    }

    /// Whether its rows hold the person's name.
    fileprivate var namesItsPerson: Bool { self != .challenge }

    /// How a row ends that stays to tell its login why, with `$2` for the reason; `nil` where rows simply go.
    fileprivate var ending: String? {
        switch self {
        case .pendingCode: "ended = $2"
        case .enrolment: "ended = $2, seed = NULL"
        case .approval, .ticket, .bypassCode, .reservedCode, .challenge, .knownClient: nil
        }
    }
}

/// Changes that reach everything about a person.
extension PostgresRows {
    func erase(_ user: String, as pseudonym: String) throws {
        try unlock(user)
        try end(AccessGrant.all, of: user)
        try run("DELETE FROM canceled_send WHERE person = $1", [.text(user)])
        try run("DELETE FROM person WHERE name = $1", [.text(user)])
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
                    "UPDATE \(grant.postgresTable) SET \(ending) WHERE \(grant.ownership) AND ended IS NULL",
                    [.text(user), .text(reason.rawValue)])
            } else {
                try run("DELETE FROM \(grant.postgresTable) WHERE \(grant.ownership)", [.text(user)])
            }
        }
    }

    /// Whatever is recorded of jobs, and counted, is younger than this, also where the sweep could not run for some days, and is in
    /// the history as well.
    private var recordsSince: PostgresValue { .time(clocks.wall() - Retention.records - .seconds(7 * 86_400)) }

    func unlock(_ user: String) throws {
        for jobs in ["FROM job WHERE person = $1 AND state <> 1", "FROM history WHERE person = $1 AND at > $2"] {
            let values = jobs.contains("$2") ? [.text(user), recordsSince] : [PostgresValue.text(user)]
            try run(
                "DELETE FROM tally WHERE (front_end, message_id) IN (SELECT front_end, message_id \(jobs))", values)
        }
        try put(nil, of: .user(user))
        if let number = try self.user(user)?.phone?.number { try put(nil, of: .number(number, isProven: true)) }
        let ties = try all(
            "SELECT place, purpose, application, login FROM pending WHERE person = $1", [.text(user)])
        for tie in ties {
            let place = try readable {
                try reading("pending", user) {
                    let login = LoginKey(user: user, application: try tie.choice(2), login: try tie.text(3))
                    return try openPlace(tie.bytes(0), of: login)
                }
            }
            guard let place else { continue }
            try put(nil, of: .number(place.number, isProven: try tie.text(1) == Purpose.login.rawValue))
        }
    }

    /// What is under way for the person must not bring them back.
    private func markUnderWay(_ user: String, as other: String) throws {
        try run(
            "UPDATE job SET generation = -1, person = $1 WHERE person = $2 AND state <> 1", [.text(other), .text(user)])
    }

    private func anonymise(_ user: String, as pseudonym: String) throws {
        let keys = try all(
            """
            SELECT front_end, message_id FROM history WHERE person = $1 AND at > $2
            UNION SELECT front_end, message_id FROM job WHERE kind IN (\(Schema.listing)) AND state = 1
            """, [.text(user), recordsSince])
        for key in keys {
            let key = JobKey(frontEnd: try key.text(0), messageID: try key.text(1))
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
            UPDATE history SET person = $1, number_hmac = NULL, masked = NULL, login = NULL, sid = NULL
            WHERE person = $2
            """, [.text(pseudonym), .text(user)])
        try anonymiseWords(about: user, as: pseudonym)
    }

    /// A record that cannot be read may name the person as well.
    ///
    /// It stays one that cannot be read, so that its job is not done again.
    private func blank(_ key: JobKey, _ user: String, as pseudonym: String) throws {
        try run(
            """
            UPDATE job SET person = CASE WHEN person = $1 THEN $2 ELSE person END, reply = $3, calls = NULL
            WHERE front_end = $4 AND message_id = $5
            """,
            [
                .text(user), .text(pseudonym), .bytes(PostgresSealedColumn.blank), .text(key.frontEnd),
                .text(key.messageID),
            ])
    }

    /// Dead letters and the audit trail: what people wrote.
    private func anonymiseWords(about user: String, as pseudonym: String) throws {
        // A name that somebody else bears by now is theirs.
        let former = try all(
            """
            SELECT former_person FROM audit WHERE person = $1 AND former_person IS NOT NULL
            AND former_person NOT IN (SELECT name FROM person)
            """, [.text(user)]
        ).map { try $0.text(0) }
        let person = Set([user] + former)
        try removeLetters(naming: person)
        let entries = try all("SELECT id, detail FROM audit WHERE person = $1", [.text(user)])
        for entry in entries {
            try run(
                """
                UPDATE audit SET person = $1, former_person = CASE WHEN former_person IS NOT NULL THEN $1 END, detail = $2
                WHERE id = $3
                """,
                [
                    .text(pseudonym), .text(Self.without(AuditEntry.personalDetails, in: try entry.text(1))),
                    .integer(try entry.integer(0)),
                ])
        }
        for name in person { try removeReasons(mentioning: name) }
        for order in try orders() where order.why.mentions(person) {
            try run("UPDATE worker_order SET why = '' WHERE id = $1", [.integer(order.id)])
        }
        try forgetInBrakes(person)
    }

    private func removeReasons(mentioning name: String) throws {
        let rows = try all(
            """
            SELECT DISTINCT audit.id, detail FROM audit_name JOIN audit ON audit.id = entry
            WHERE hash = ANY($1::bytea[])
            """, [.list(NameIndex.keys(ofName: name).map { .bytes(nameHash($0)) })])
        for row in rows {
            let detail = try row.text(1)
            guard AuditEntry.reason(inDetail: detail)?.mentions([name]) == true else { continue }
            try run(
                "UPDATE audit SET detail = $1 WHERE id = $2",
                [.text(Self.without(["reason"], in: detail)), .integer(try row.integer(0))])
        }
    }

    /// An entry's detail without some of its members; nothing of one that cannot be read.
    private static func without(_ members: [String], in detail: String) -> String {
        guard var object = try? JSONSerialization.jsonObject(with: Data(detail.utf8)) as? [String: Any] else {
            return "{}"
        }
        for member in members { object[member] = nil }
        let options: JSONSerialization.WritingOptions = [.sortedKeys, .withoutEscapingSlashes]
        let data = try? JSONSerialization.data(withJSONObject: object, options: options)
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }

    /// Their bodies are sealed: only those are opened that may name the person, by what is kept beside them.
    private func removeLetters(naming person: Set<String>) throws {
        let hashes = Set(person.flatMap(NameIndex.keys(ofName:)).map(nameHash))
        let rows = try all(
            """
            SELECT DISTINCT id, body FROM letter_name JOIN dead_letter ON id = letter WHERE hash = ANY($1::bytea[])
            """, [.list(hashes.map { .bytes($0) })])
        for row in rows {
            let id = try row.integer(0)
            let body = try? open(row.bytes(1), in: .letter, String(id))
            // What cannot be opened may name the person.
            guard body.map({ DeadLetter.isNaming(person, in: $0) }) ?? true else { continue }
            try run("DELETE FROM dead_letter WHERE id = $1", [.integer(id)])
        }
    }

    private func move(_ user: String, to: String) throws {
        try rebind(user, to: to)
        let names: [PostgresValue] = [.text(to), .text(user)]
        try run(
            """
            UPDATE job SET person = $1 WHERE person = $2 AND (front_end, message_id) IN
            (SELECT front_end, message_id FROM history WHERE person = $2 AND at > $3)
            """, names + [recordsSince])
        for grant in AccessGrant.allCases where grant.outlivesRenaming && grant.namesItsPerson {
            let table = grant.postgresTable
            if let key = grant.keyBesideName {
                let same = (["old.person = $2"] + key.map { "old.\($0) = \(table).\($0)" }).joined(separator: " AND ")
                try run(
                    "DELETE FROM \(table) WHERE person = $1 AND EXISTS (SELECT 1 FROM \(table) AS old WHERE \(same))",
                    names)
            }
            try run("UPDATE \(table) SET person = $1 WHERE person = $2", names)
        }
        for table in ["history", "audit", "canceled_send"] {
            try run("UPDATE \(table) SET person = $1 WHERE person = $2", names)
        }
    }

    /// What is bound to a name is sealed anew for the other one.
    ///
    /// What cannot be opened goes along as it is.
    private func rebind(_ user: String, to: String) throws {
        let phone = try one("SELECT phone FROM person WHERE name = $1", [.text(user)])?.bytesIfAny(0)
        let moved = try phone.map { phone in
            guard let plain = try? open(phone, in: .phone, user) else { return PostgresValue.bytes(phone) }
            return try seal(plain, in: .phone, to)
        }
        try run(
            "UPDATE person SET name = $1, phone = $2 WHERE name = $3", [.text(to), moved ?? .null, .text(user)])
        let ties = try all("SELECT application, login, place FROM pending WHERE person = $1", [.text(user)])
        for tie in ties {
            let (application, login) = (try tie.text(0), try tie.text(1))
            guard let plain = try? open(tie.bytes(2), in: .pendingPlace, user, application, login) else { continue }
            let key: [PostgresValue] = [.text(to), .text(application), .text(login)]
            try run("DELETE FROM pending WHERE person = $1 AND application = $2 AND login = $3", key)
            try run(
                "UPDATE pending SET person = $1, place = $4 WHERE person = $5 AND application = $2 AND login = $3",
                key + [try seal(plain, in: .pendingPlace, to, application, login), .text(user)])
        }
    }
}
