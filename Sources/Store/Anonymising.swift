import Basics
package import Wire

/// What is left of a person's jobs once the person is erased.
extension JobRow {
    /// Whether a recorded reply may name people beside its job's own: nobody can tell any more whom.
    package static let kindsThatList = JobKind.allCases.filter(\.listsPeople)

    /// The same without the person: another body for the repeats of the job, and no name.
    package func anonymised(_ user: String, as pseudonym: String) -> JobRow {
        var row = self
        if login.user == user { row.login = Job.Login(user: pseudonym, application: login.application) }
        row.reply = reply.withoutPerson
        return row
    }

    /// Erasing and renaming give the row of what is under way to somebody else.
    func hasOtherUser(than intent: Intent) -> Bool { login.user != intent.login.user }
}

extension DeadLetter {
    /// Whether a body names a person: in any field, or anywhere in one that has no fields.
    package static func isNaming(_ person: Set<String>, in body: [UInt8]) -> Bool {
        guard let value = try? JSONValue(parsing: body) else {
            return String(decoding: body, as: UTF8.self).mentions(person)
        }
        return value.hasText(among: person)
    }
}

extension JSONValue {
    fileprivate func hasText(among texts: Set<String>) -> Bool {
        switch self {
        case .string(let text): texts.contains(text)
        case .array(let elements): elements.contains { $0.hasText(among: texts) }
        case .object(let members): members.values.contains { $0.hasText(among: texts) }
        case .null, .bool, .number: false
        }
    }
}

extension AuditEntry {
    /// What is told in an entry's detail of a person who was erased: their masked number, and why, in words that may
    /// name them.
    package static let personalDetails = ["phone", "reason"]

    /// Why, in an administrator's words.
    package static func reason(inDetail detail: String) -> String? {
        guard case .object(let members)? = try? JSONValue(parsing: Array(detail.utf8)),
            case .string(let reason)? = members["reason"]
        else { return nil }
        return reason
    }
}

extension Answer {
    /// The answer to what was under way when its person was erased or renamed: whoever repeats the job knows the name.
    var withoutPerson: Answer {
        var answer = self
        answer.body = body.withoutPerson
        answer.withheld = withheld ?? .user
        return answer
    }
}

extension [UInt8] {
    /// A reply's body without all that tells of people.
    ///
    /// What is no reply tells nothing.
    fileprivate var withoutPerson: [UInt8] {
        guard var reply = try? Reply.decode(self) else { return self }
        (reply.user, reply.to, reply.methods) = (nil, nil, nil)
        (reply.profile, reply.before, reply.users, reply.next) = (nil, nil, nil, nil)
        (reply.letters, reply.entries) = (nil, nil)
        return reply.encoded()
    }
}
