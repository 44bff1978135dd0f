public import Basics
public import Wire

/// What makes a job one job: the broker user that published it, and its message id (contract, section 2).
public struct JobKey: Sendable, Hashable {
    /// The broker-checked `user_id`; `""` where the broker told none.
    public var frontEnd: String
    /// The id that the front end gave the message.
    public var messageID: String

    package init(frontEnd: String, messageID: String) {
        self.frontEnd = frontEnd
        self.messageID = messageID
    }
}

/// A job as it is handed to the store, before anything is decided.
public struct NewJob: Sendable {
    /// What makes it one job.
    public var key: JobKey
    /// What it asks for.
    public var kind: JobKind
    /// The body as it came; the store keeps a keyed hash of kind and body only.
    public var body: Redacted<[UInt8]>
    /// For whom, in which sign-in; empty names for an administrator's job.
    public var login: Job.Login
    /// The number that the job itself names (`register.phone`); otherwise the store looks it up.
    public var place: NumberPlace?
    /// What its rule wants to know besides.
    public var wanted = Wanted()
    /// The method that it asks for, where it names one: for the record of what is decided without a call.
    public var asked: Wire.Method?
    /// When this worker was handed it.
    public var receivedAt: Timestamp
    /// When the person no longer waits.
    public var deadline: Timestamp

    package init(
        key: JobKey, kind: JobKind, body: Redacted<[UInt8]>, login: Job.Login, place: NumberPlace? = nil,
        receivedAt: Timestamp, deadline: Timestamp
    ) {
        self.key = key
        self.kind = kind
        self.body = body
        self.login = login
        self.place = place
        self.receivedAt = receivedAt
        self.deadline = deadline
    }
}

/// A secret in a reply that no record may hold.
public enum WithheldField: Sendable, Hashable, Codable {
    /// An administrator's one-use bypass code.
    case code
    /// A one-time registration ticket.
    case ticket
    /// The name of a person who was erased: whoever repeats the job knows it.
    case user
    /// Secret, link and picture of an enrolment, while it is open.
    case enrolment(identity: String, Picture)

    /// One line, as a store keeps it.
    package var packed: String {
        switch self {
        case .code: "code"
        case .ticket: "ticket"
        case .user: "user"
        case .enrolment(let identity, let picture): "enrolment \(picture.rawValue) \(identity)"
        }
    }

    package init?(packed: String) {
        let words = packed.fields(separatedBy: UInt8(ascii: " "))
        switch (words.first, words.count) {
        case ("code", 1): self = .code
        case ("ticket", 1): self = .ticket
        case ("user", 1): self = .user
        case ("enrolment", 3):
            guard let picture = Picture(rawValue: words[1]) else { return nil }
            self = .enrolment(identity: words[2], picture)
        default: return nil
        }
    }
}

/// How far the reply to a recorded outcome has come.
public enum ReplyState: Int, Sendable {
    case pending = 0
    case confirmed = 1
    case undeliverable = 2
}

/// An outcome that is on disk, with the reply's bytes: what every repeat of the job is answered with.
public struct RecordedReply: Sendable, Equatable {
    /// Which job it answers.
    public var key: JobKey
    /// What the job asked for.
    public var kind: JobKind
    /// Whom it concerned.
    public var user: String
    /// How it ended.
    public var outcome: Outcome
    /// The reply's body; see ``withheld``.
    public var body: [UInt8]
    /// A field that the body lacks; see ``LoginStore/secret(_:of:)``.
    public var withheld: WithheldField?
    /// After this the reply is of use to nobody.
    public var deadline: Timestamp
    /// How far the reply has come.
    public var state: ReplyState

    package init(
        key: JobKey, kind: JobKind, user: String, outcome: Outcome, body: [UInt8], withheld: WithheldField? = nil,
        deadline: Timestamp, state: ReplyState
    ) {
        self.key = key
        self.kind = kind
        self.user = user
        self.outcome = outcome
        self.body = body
        self.withheld = withheld
        self.deadline = deadline
        self.state = state
    }
}
