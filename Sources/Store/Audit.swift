public import Basics
public import Wire

/// What an operator does that is no job, as the audit trail names it.
public enum OperatorAct: String, Sendable, CaseIterable {
    case pauseWorkers = "workers.pause"
    case resumeWorkers = "workers.resume"
    case drainWorkers = "workers.drain"
    case setBrakes = "brakes.set"
    case liftBrakes = "brakes.lift"
}

/// What was done: an administrator's job, or an operator's act.
public enum AuditKind: Sendable, Hashable, RawRepresentable {
    case job(JobKind)
    case act(OperatorAct)

    /// From what the trail keeps; `nil` for what only a newer version knows.
    public init?(rawValue: String) {
        if let kind = JobKind(rawValue: rawValue) {
            self = .job(kind)
        } else if let act = OperatorAct(rawValue: rawValue) {
            self = .act(act)
        } else {
            return nil
        }
    }

    /// The job's routing key, or the act's name.
    public var rawValue: String {
        switch self {
        case .job(let kind): kind.rawValue
        case .act(let act): act.rawValue
        }
    }
}

/// One act of an administrator, refused ones too.
///
/// Rows are only ever added.
public struct AuditEntry: Sendable, Equatable {
    /// When it was done.
    public var at: Timestamp
    /// Who, by their own word.
    public var administrator: String
    /// The broker user that published the job; `""` where the broker told none.
    public var frontEnd: String
    /// Which job it was, or which act.
    public var kind: AuditKind
    /// The job's own id; `nil` for one that came without.
    public var messageID: String?
    /// Whom it concerned; `""` for nobody in particular.
    ///
    /// Follows the person through renames.
    public var user: String
    /// The person's former name, where they were renamed.
    public var formerUser: String?
    /// What came of it.
    public var outcome: Outcome
    /// The stable code of the cause, where the outcome has one.
    public var reason: Reason?
    /// What was done and why, as sorted JSON; no number, code or secret.
    public var detail: String

    package init(
        at: Timestamp, administrator: String, frontEnd: String, kind: JobKind, messageID: String?, user: String,
        formerUser: String? = nil, outcome: Outcome, reason: Reason?, detail: String
    ) {
        self.at = at
        self.administrator = administrator
        self.frontEnd = frontEnd
        self.kind = .job(kind)
        self.messageID = messageID
        self.user = user
        self.formerUser = formerUser
        self.outcome = outcome
        self.reason = reason
        self.detail = detail
    }

    /// Of an act that is no job, and was done.
    package init(at: Timestamp, administrator: String, act: OperatorAct, detail: String) {
        self.at = at
        self.administrator = administrator
        frontEnd = ""
        kind = .act(act)
        user = ""
        outcome = .done
        self.detail = detail
    }

    package init(
        at: Timestamp, administrator: String, frontEnd: String, readAs kind: AuditKind, messageID: String?,
        user: String, formerUser: String?, outcome: Outcome, reason: Reason?, detail: String
    ) {
        self.at = at
        self.administrator = administrator
        self.frontEnd = frontEnd
        self.kind = kind
        self.messageID = messageID
        self.user = user
        self.formerUser = formerUser
        self.outcome = outcome
        self.reason = reason
        self.detail = detail
    }
}

/// An entry as the store numbers it: later ones have higher numbers.
public struct AuditRow: Sendable, Equatable {
    /// The entry's number: later ones are greater.
    public var id: Int64
    /// What was done.
    public var entry: AuditEntry

    package init(id: Int64, entry: AuditEntry) {
        self.id = id
        self.entry = entry
    }
}

/// Which entries of the audit trail are wanted; newest first.
public struct AuditQuery: Sendable {
    /// Only what concerned this person.
    public var user: String?
    /// Only what this administrator did.
    public var administrator: String?
    /// Only acts of this kind.
    public var kind: AuditKind?
    /// Only what was done then or later.
    public var since: Timestamp?
    /// Only what was done before.
    public var until: Timestamp?
    /// Only entries with lower numbers: where a page ends.
    public var before: Int64?
    /// At most so many, the newest first.
    public var limit = 100

    package init() {}

    package func matches(_ entry: AuditEntry) -> Bool {
        (user.map { $0 == entry.user } ?? true) && (administrator.map { $0 == entry.administrator } ?? true)
            && (kind.map { $0 == entry.kind } ?? true) && (since.map { $0 <= entry.at } ?? true)
            && (until.map { entry.at < $0 } ?? true)
    }
}
