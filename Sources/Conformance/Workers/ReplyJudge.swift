import AMQP
package import Basics
import Wire

/// Holds a reply against its job, by what the contract says of every reply (section 3).
///
/// Pure.
package struct ReplyJudge {
    /// Bytes of a body (contract, section 8).
    private static let mostBytes = 48 << 10

    private let reply: SeenReply
    private let job: AskedJob
    private let now: Timestamp
    private let hasLimits: Bool
    private var findings: [WorkerFinding] = []

    /// - Parameter hasLimits: without limits, a `sent` need not say when a repeat is allowed.
    package static func findings(
        _ reply: SeenReply, to job: AskedJob, hasLimits: Bool, at now: Timestamp = .now()
    ) -> [WorkerFinding] {
        var judge = ReplyJudge(reply: reply, job: job, now: now, hasLimits: hasLimits)
        judge.judgeProperties()
        judge.judgeBody()
        return judge.findings
    }

    private init(reply: SeenReply, job: AskedJob, now: Timestamp, hasLimits: Bool) {
        self.reply = reply
        self.job = job
        self.now = now
        self.hasLimits = hasLimits
    }

    private mutating func add(_ rule: WorkerRule, _ detail: String) {
        findings.append(WorkerFinding(rule: rule, detail: "\(job.routingKey): \(detail)"))
    }

    // MARK: Properties

    private mutating func judgeProperties() {
        let properties = reply.properties
        if properties.correlationID != job.answeredUnder { add(.correlation, "correlation_id is another") }
        if properties.contentType != "application/json" { add(.property, "content_type is no application/json") }
        if properties.type != "verify.\(job.routingKey).result.v1" { add(.property, "type is another, or none") }
        if let id = job.properties.messageID, properties.messageID != "r:\(id)" {
            add(.property, "message_id is not r:<the job's>")
        }
        if properties.userID == nil { add(.property, "there is no user_id") }
        judgeTime(properties.timestamp)
        judgeDurability(properties.deliveryMode)
        if let trace = job.header("traceparent"), properties.headers["traceparent"]?.text != trace {
            add(.trace, "traceparent is not the job's")
        }
    }

    private mutating func judgeTime(_ seconds: UInt64?) {
        guard let seconds else { return add(.property, "there is no timestamp") }
        let distance = now - Timestamp(seconds: Int64(clamping: seconds))
        if distance > .seconds(3600) || distance < .seconds(-3600) {
            add(.property, "timestamp is far from now: seconds since 1970 are meant")
        }
    }

    private mutating func judgeDurability(_ mode: UInt8?) {
        let isSecret = reply.members?["secret"] != nil
        if isSecret, mode == 2 { add(.secret, "a secret goes to the broker's disk: delivery_mode is 2") }
        if !isSecret, mode != 2 { add(.property, "delivery_mode is not 2") }
    }

    // MARK: Body

    private mutating func judgeBody() {
        if reply.body.count > Self.mostBytes { add(.body, "it is larger than 48 KiB") }
        guard let members = reply.members else { return add(.body, "it is no JSON object") }
        guard let outcome = reply.outcome else { return add(.body, "outcome is none of the contract's") }
        for field in ["message", "at"] where (reply.text(field) ?? "").isEmpty { lacks(field, outcome) }
        let application = job.user.map { _ in job.application }
        // A recorded reply is the other job's.
        let isRecorded = job.routingKey == JobKind.outcome.rawValue && outcome != .unknownJob
        let id = isRecorded ? nil : job.properties.messageID
        for (field, value) in [("job", id), ("user", job.user), ("application", application)] {
            guard let value else { continue }
            if members[field] == nil { lacks(field, outcome) }
            if let text = reply.text(field), text != value { add(.body, "'\(field)' is not the job's") }
        }
        for (field, value) in members where value == .null { add(.body, "'\(field)' is null: leave it out") }
        for field in ["at", "expires_at", "retry_at"] { judgeTime(of: field) }
        if let to = reply.text("to"), let mask = job.mask, to != mask {
            add(.secret, "'to' is not the number's mask: country code, one · a digit, the last two digits")
        }
        let shown = members.filter { !["job", "user"].contains($0.key) }
        let text = String(decoding: JSONValue.object(shown).encoded(), as: UTF8.self)
        if job.secrets.contains(where: { text.contains($0) }) { add(.secret, "it holds the code, or the whole number") }
        judgeFields(outcome)
    }

    private mutating func lacks(_ field: String, _ outcome: Outcome) {
        add(.missingField, "'\(outcome.rawValue)' lacks '\(field)'")
    }

    private mutating func judgeTime(of field: String) {
        guard let value = reply.members?[field] else { return }
        guard case .string(let text) = value, let time = Timestamp(rfc3339: text), "\(time)" == text else {
            return add(.body, "'\(field)' is no RFC 3339 with milliseconds, in UTC")
        }
    }

    private mutating func judgeFields(_ outcome: Outcome) {
        for field in Self.fields(of: outcome, hasLimits: hasLimits) where reply.members?[field] == nil {
            lacks(field, outcome)
        }
        if Self.hasReason(outcome) {
            guard let reason = reply.reason else { return lacks("reason", outcome) }
            if Reason(rawValue: reason) == nil { add(.body, "reason '\(reason.prefix(40))' is none of the contract's") }
            if reason == Reason.methodDisabled.rawValue, reply.list("alternatives") == nil {
                lacks("alternatives", outcome)
            }
            if reason == Reason.malformed.rawValue, (reply.list("errors") ?? []).isEmpty { lacks("errors", outcome) }
        }
        if outcome == .throttled, let limit = reply.text("limit"), LimitName(rawValue: limit) == nil {
            add(.body, "limit '\(limit.prefix(40))' is none of the contract's")
        }
    }

    private static func fields(of outcome: Outcome, hasLimits: Bool) -> [String] {
        switch outcome {
        case .sent:
            ["channel", "to", "expires_at", "sends_left", "checks_left"] + (hasLimits ? ["retry_at"] : [])
        case .enrolling: ["secret", "uri", "expires_at"]
        case .denied: ["checks_left"]
        case .throttled: ["limit", "retry_at"]
        case .blocked: ["alternatives"]
        case .uncertain: ["retry_at"]
        case .options: ["decision", "because", "methods", "register", "register_channels"]
        case .approved, .expired, .notAllowed, .canceled, .done, .unknownJob, .invalid, .late, .unavailable: []
        }
    }

    private static func hasReason(_ outcome: Outcome) -> Bool {
        switch outcome {
        case .expired, .blocked, .notAllowed, .unknownJob, .invalid, .unavailable, .uncertain: true
        case .sent, .enrolling, .approved, .denied, .throttled, .options, .canceled, .done, .late: false
        }
    }
}
