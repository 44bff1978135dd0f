import Basics
import Wire

/// A job as far as its reply goes by it.
package struct JobAsked: Sendable {
    var messageID: String
    var user: String
    var application: String
    var at: Timestamp
}

/// Bodies of replies, as a worker writes them.
enum Replies {
    /// What a worker answers when all is well.
    static func usual(_ kind: JobKind, _ job: JobAsked) -> [UInt8] {
        switch Part(kind) {
        case .options: options(job, decision: "verify")
        case .send:
            body(
                job, "sent", "We sent you a code.",
                [
                    "channel": "sms", "to": "+1········42", "expires_at": .string("\(job.at + .seconds(600))"),
                    "retry_at": .string("\(job.at + .seconds(30))"), "sends_left": 4, "checks_left": 5,
                ])
        case .check: body(job, "approved", "The code was right.")
        case .other where kind == .cancel: body(job, "canceled", "Nothing is waiting any more.")
        case .other: body(job, "unknown_job", "There is no record of that request.", ["reason": "no_record"])
        }
    }

    static func denied(_ job: JobAsked) -> [UInt8] {
        body(job, "denied", "That code is not right, and it was the last try.", ["checks_left": 0])
    }

    static func expired(_ job: JobAsked) -> [UInt8] {
        body(job, "expired", "That code is no longer valid.", ["reason": "code_expired"])
    }

    static func invalid(_ job: JobAsked) -> [UInt8] {
        let problem = JSONValue.object(["field": "code", "reason": "malformed"])
        return body(job, "invalid", "A code has digits only.", ["reason": "malformed", "errors": .array([problem])])
    }

    static func throttled(_ job: JobAsked) -> [UInt8] {
        body(
            job, "throttled", "Wait half a minute.",
            ["limit": "cooldown", "retry_at": .string("\(job.at + .seconds(30))")])
    }

    static func blocked(_ job: JobAsked) -> [UInt8] {
        body(
            job, "blocked", "We cannot send a code to this number.",
            ["reason": "fraud_guard", "alternatives": .array([])])
    }

    static func disabled(_ job: JobAsked) -> [UInt8] {
        body(job, "not_allowed", "Choose another way.", ["reason": "method_disabled", "alternatives": .array([])])
    }

    static func unavailable(_ job: JobAsked) -> [UInt8] {
        body(job, "unavailable", "We cannot do this just now.", ["reason": "provider_unreachable"])
    }

    static func uncertain(_ job: JobAsked) -> [UInt8] {
        body(
            job, "uncertain", "We could not find out whether it worked.",
            ["reason": "answer_lost", "retry_at": .string("\(job.at + .seconds(5))")])
    }

    static func options(_ job: JobAsked, decision: String) -> [UInt8] {
        let text = JSONValue.object(["method": "sms", "to": "+1········42", "usable": true])
        return body(
            job, "options", "These are the ways to confirm that it is you.",
            [
                "decision": .string(decision), "because": .array(["application_all"]),
                "methods": .array(decision == "verify" ? [text] : []), "register": .array([]),
                "register_channels": .array([]),
            ])
    }

    static func body(
        _ job: JobAsked, _ outcome: String, _ message: String, _ more: [String: JSONValue] = [:]
    ) -> [UInt8] {
        let usual: [String: JSONValue] = [
            "outcome": .string(outcome), "message": .string(message), "job": .string(job.messageID),
            "user": .string(job.user), "application": .string(job.application), "at": .string("\(job.at)"),
        ]
        return JSONValue.object(usual.merging(more) { $1 }).encoded()
    }

    /// The same with a field that no version has yet.
    static func fromTomorrow(_ body: [UInt8]) -> [UInt8] {
        guard case .object(var members)? = try? JSONValue(parsing: body) else { return body }
        members["hat"] = .object(["size": 7, "outcome": "denied"])
        return JSONValue.object(members).encoded()
    }
}
