import Basics
import Store
import Wire

/// People, as `admin user list` shows them.
enum PeopleTable {
    static func lines(_ people: [Reply.Profile]) -> [StyledLine] {
        TextTable(
            [
                .init("USER"), .init("REQUIRED"), .init("PHONE"), .init("AUTHENTICATOR"), .init("LAST IN"),
                .init("GRACE UNTIL", optional: true), .init("LOCKED UNTIL", optional: true),
                .init("TICKET UNTIL", optional: true), .init("BYPASS UNTIL", optional: true),
            ],
            people.map { person in
                [
                    person.user, person.required ? "yes" : "no", person.phone, person.authenticator ? "yes" : nil,
                    person.lastApprovedAt, person.graceUntil, person.lockedUntil, person.ticketUntil,
                    person.bypassUntil,
                ]
            }
        ).lines
    }
}

/// Dead letters, as `dead list` and `dead show` show them.
enum LetterTable {
    static func lines(_ letters: [Reply.Letter]) -> [StyledLine] {
        let table = TextTable(
            [
                .init("ID", number: true), .init("AT"), .init("REASON"), .init("STATE"), .init("KEY"),
                .init("FRONT END"), .init("JOB"), .init("REPLAYS", number: true),
            ],
            letters.map { letter in
                [
                    String(letter.id), letter.at, letter.reason.rawValue, letter.state.rawValue, letter.key,
                    letter.frontEnd, letter.job, String(letter.replays),
                ]
            }
        ).lines
        // A body is under its letter: it is as long as it likes.
        let bodies = [nil] + letters.map(\.body)
        return zip(table, bodies).flatMap { line, body in [line] + (body.map { [StyledLine("    \($0)")] } ?? []) }
    }
}

/// An entry of the audit trail, wherever it was read.
struct TrailLine {
    var at: String
    var administrator: String
    var frontEnd: String
    var key: String
    var user: String?
    var formerUser: String?
    var outcome: Outcome
    var reason: Reason?
    /// Sorted JSON.
    var detail: String
    var messageID: String?

    init(_ entry: Reply.TrailEntry) {
        (at, administrator, frontEnd, key) = (entry.at, entry.administrator, entry.frontEnd, entry.key)
        (user, formerUser, outcome, reason) = (entry.user, entry.formerUser, entry.outcome, entry.reason)
        (detail, messageID) = (entry.detail, entry.job)
    }

    init(_ entry: AuditEntry) {
        (at, administrator, frontEnd) = (entry.at.description, entry.administrator, entry.frontEnd)
        (key, user, formerUser) = (entry.kind.rawValue, entry.user, entry.formerUser)
        (outcome, reason, detail, messageID) = (entry.outcome, entry.reason, entry.detail, entry.messageID)
    }

    /// Absent fields are left out.
    var json: String {
        let detail = (try? JSONValue(parsing: Array(detail.utf8))) ?? .string(detail)
        let texts = [
            "at": at, "operator": administrator, "front_end": frontEnd, "job": key, "user": user,
            "formerly": formerUser, "outcome": outcome.rawValue, "reason": reason?.rawValue, "message_id": messageID,
        ]
        var fields = texts.compactMapValues { $0 }.filter { !$0.value.isEmpty }.mapValues { JSONValue.string($0) }
        if detail != .object([:]) { fields["detail"] = detail }
        return String(decoding: JSONValue.object(fields).encoded(), as: UTF8.self)
    }
}

/// The audit trail, as `admin audit` shows it.
enum TrailTable {
    static func lines(_ entries: [TrailLine]) -> [StyledLine] {
        TextTable(
            [
                .init("AT"), .init("JOB"), .init("USER"), .init("FORMERLY", optional: true), .init("BY"),
                .init("THROUGH"), .init("OUTCOME"), .init("REASON", optional: true),
                .init("MESSAGE ID", optional: true), .init("DETAIL"),
            ],
            entries.map { entry in
                [
                    entry.at, entry.key, entry.user, entry.formerUser, entry.administrator, entry.frontEnd,
                    entry.outcome.rawValue, entry.reason?.rawValue, entry.messageID,
                    entry.detail == "{}" ? nil : entry.detail,
                ]
            }
        ).lines
    }
}

/// Recorded outcomes, as `outcomes find` shows them.
enum OutcomeTable {
    static func lines(_ entries: [HistoryEntry]) -> [StyledLine] {
        TextTable(
            [
                .init("AT"), .init("BEGUN"), .init("JOB"), .init("USER"), .init("APPLICATION"),
                .init("TO", optional: true), .init("CHANNEL", optional: true), .init("COUNTRY", optional: true),
                .init("OUTCOME"), .init("REASON", optional: true),
                .init("TWILIO", number: true, optional: true), .init("FRONT END", optional: true), .init("MESSAGE ID"),
            ],
            entries.map { entry in
                [
                    entry.at.description, entry.begunAt.description, entry.kind.rawValue, entry.user,
                    entry.application.rawValue, entry.masked, entry.channel?.rawValue, entry.country,
                    entry.outcome.rawValue, entry.reason?.rawValue, entry.providerCode.map { String($0) },
                    entry.frontEnd, entry.messageID,
                ]
            }
        ).lines
    }
}
