public import Basics

/// What was made of a message: as much as could be read, and the job or why there is none.
public struct ReadJob: Sendable {
    /// What the message turned out to be.
    public enum Content: Sendable {
        case job(Job)
        /// Answered `invalid`. With `deadLetter` the message is kept for an operator too; without, a person mistyped it.
        case invalid(reason: Reason?, problems: [FieldProblem], deadLetter: DeadLetterReason?)
        /// Older than any record: answered `late`.
        case late
        /// Not a job at all: kept as a dead letter, never answered.
        case unexpected
    }

    /// By the routing key; `nil` where that is no job's.
    public var kind: JobKind?
    /// The message id, if it can be used as one.
    public var messageID: String?
    /// The person, where the body names one.
    public var user: String?
    /// The application, where the body names one or leaves it open.
    public var application: Application?
    /// The `operator` of an administrator's job.
    public var administrator: String?
    /// Fields of the body that mean nothing to us.
    public var unknownFields = 0
    /// When the person no longer waits: the header's, else 30 s after it came; 120 s after it came at the latest.
    public var deadline: Timestamp
    /// What the message turned out to be.
    public var content: Content
}

/// Reads messages by the rules of contract section 2.
///
/// Pure; limits are looked at before anything is built.
public struct JobDecoder: Sendable {
    /// Bytes of a body.
    public static let maximumBody = 16 * 1024
    static let maximumDepth = 8
    static let defaultPatience: Duration = .seconds(30)
    static let longestPatience: Duration = .seconds(120)
    static let recordLife: Duration = .seconds(48 * 3600)

    package init() {}

    /// Reads one message; whatever it holds, something is made of it.
    public func read(_ envelope: Envelope) -> ReadJob {
        let kind = JobKind(rawValue: envelope.routingKey)
        var properties = PropertyReader(envelope: envelope, kind: kind)
        properties.readAll()
        var result = ReadJob(
            kind: kind, messageID: properties.messageID, deadline: properties.deadline, content: .unexpected)
        guard envelope.exchange == WireName.jobs, let kind, kind.lane == envelope.lane else { return result }
        guard let body = Self.object(envelope.body, problems: &properties.problems) else {
            result.content = properties.verdict(tooLarge: Self.isTooLarge(envelope.body))
            return result
        }
        var fields = FieldReader(members: body)
        let job = kind.definition.job(kind, &fields)
        result.user = fields.user
        result.application = fields.application
        result.administrator = fields.administrator
        result.unknownFields = fields.unknownFields
        properties.problems += fields.problems
        if properties.isTooOld {
            result.content = .late
        } else if !properties.problems.isEmpty {
            result.content = properties.verdict(tooLarge: false)
        } else if let job {
            result.content = .job(job)
        } else {
            result.content = .invalid(
                reason: .unknownJobType, problems: [FieldProblem("type", "unknown_job")], deadLetter: .malformed)
        }
        return result
    }

    private static func isTooLarge(_ body: Envelope.Body) -> Bool {
        switch body {
        case .tooLarge: true
        case .bytes(let bytes): bytes.count > maximumBody
        }
    }

    private static func object(_ body: Envelope.Body, problems: inout [FieldProblem]) -> [String: JSONValue]? {
        guard case .bytes(let bytes) = body, bytes.count <= maximumBody else {
            problems.append(FieldProblem("", "too_large"))
            return nil
        }
        do {
            guard case .object(let members) = try JSONParser.parse(bytes, maximumDepth: maximumDepth) else {
                problems.append(FieldProblem("", "not_an_object"))
                return nil
            }
            return members
        } catch {
            problems.append(FieldProblem("", error.rawValue))
            return nil
        }
    }
}
