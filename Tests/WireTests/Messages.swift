import Basics
import Wire

/// Messages as a front end would publish them.
enum Messages {
    static let now = Timestamp(seconds: 1_800_000_000)

    static func envelope(
        _ key: String = "send", _ body: String = #"{"user":"u1","channel":"sms"}"#, lane: LaneName? = nil
    ) -> Envelope {
        var envelope = Envelope(
            lane: lane ?? JobKind(rawValue: key)?.lane ?? .account, exchange: "verify", routingKey: key,
            body: .bytes(Array(body.utf8)), receivedAt: now)
        envelope.contentType = "application/json"
        envelope.messageID = "m-1"
        return envelope
    }

    static func read(_ envelope: Envelope) -> ReadJob { JobDecoder().read(envelope) }

    static func read(_ key: String, _ body: String) -> ReadJob { read(envelope(key, body)) }
}

extension ReadJob {
    var job: Job? {
        guard case .job(let job) = content else { return nil }
        return job
    }

    var problems: [FieldProblem] {
        guard case .invalid(_, let problems, _) = content else { return [] }
        return problems
    }

    var reason: Reason? {
        guard case .invalid(let reason, _, _) = content else { return nil }
        return reason
    }

    var deadLetter: DeadLetterReason? {
        guard case .invalid(_, _, let deadLetter) = content else { return nil }
        return deadLetter
    }

    var isLate: Bool {
        guard case .late = content else { return false }
        return true
    }

    var isUnexpected: Bool {
        guard case .unexpected = content else { return false }
        return true
    }
}
