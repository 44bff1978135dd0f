public import Basics
public import Wire

/// A recorded outcome, as it stays after the idempotency record is gone.
public struct HistoryEntry: Sendable, Equatable {
    /// When it was recorded.
    public var at: Timestamp
    /// When the job came.
    public var begunAt: Timestamp
    /// Which job it was.
    public var kind: JobKind
    /// The broker user that published it; empty where the broker told none.
    public var frontEnd: String
    /// The job's own id, as its front end gave it.
    public var messageID: String
    /// Whom it concerned; an administrator's job has nobody here.
    public var user: String
    /// At which application.
    public var application: Application
    /// The number that it concerned, masked.
    public var masked: String?
    /// How a code was to be proven; `nil` where none was.
    public var channel: Wire.Method?
    /// ISO 3166-1 alpha-2 of the number that a code was for.
    public var country: String?
    /// The front end's name of the sign-in; `nil` where it gave none.
    public var login: String?
    /// Twilio's name for what it was about: of a verification `VE…`, of an authenticator's factor `YF…`.
    public var sid: String?
    /// How it ended.
    public var outcome: Outcome
    /// The stable code of the cause, where the outcome has one.
    public var reason: Reason?
    /// Twilio's error code, or the HTTP status of an answer without one, where Twilio refused.
    public var providerCode: Int?

    package init(
        at: Timestamp, begunAt: Timestamp, kind: JobKind, frontEnd: String, messageID: String, user: String,
        application: Application, masked: String?, outcome: Outcome, reason: Reason?, providerCode: Int? = nil
    ) {
        self.at = at
        self.begunAt = begunAt
        self.kind = kind
        self.frontEnd = frontEnd
        self.messageID = messageID
        self.user = user
        self.application = application
        self.masked = masked
        self.outcome = outcome
        self.reason = reason
        self.providerCode = providerCode
    }
}

/// Which outcomes are wanted, by exact fields; newest first.
///
/// A person, a message id, a number and a SID are found by an index; the rest is looked for among what those leave, or among the latest.
public struct HistoryQuery: Sendable {
    /// Only of this person.
    public var user: String?
    /// Only of this message id.
    public var messageID: String?
    /// Only of jobs that concerned this number.
    public var number: E164?
    /// Only about this verification or factor, by Twilio's name for it.
    public var sid: String?
    /// Only of this sign-in, by the front end's name for it.
    public var login: String?
    /// Only of this front end.
    public var frontEnd: String?
    /// Only at this application.
    public var application: Application?
    /// Only of this job.
    public var kind: JobKind?
    /// Only with this outcome.
    public var outcome: Outcome?
    /// Only with this reason.
    public var reason: Reason?
    /// Only by this method.
    public var channel: Wire.Method?
    /// Only of codes for numbers of this country, ISO 3166-1 alpha-2.
    public var country: String?
    /// Only what Twilio refused with this error code.
    public var providerCode: Int?
    /// Only what was recorded then or later.
    public var since: Timestamp?
    /// Only what was recorded before.
    public var until: Timestamp?
    /// Only what comes behind this place: where an earlier look ended.
    public var after: HistoryPlace?
    /// At most so many, the newest first.
    public var limit = 100
    /// At most so many rows are looked at, whether they fit or not.
    package var mostRead = Self.mostRead

    /// A look is a matter of milliseconds, whatever the store holds.
    public static let mostRead = 20_000

    package init() {}
}

/// A place in the history: between one outcome and the next older one.
public struct HistoryPlace: Sendable, Equatable, CustomStringConvertible {
    /// When the outcome before it was recorded.
    public var at: Timestamp
    /// The number of its row.
    var id: Int64

    package init(at: Timestamp, id: Int64) {
        self.at = at
        self.id = id
    }

    /// For whoever goes on from there.
    public var description: String { "\(at.milliseconds)-\(id)" }

    /// From its description; `nil` for any other text.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 2, let at = Int64(parts[0]), let id = Int64(parts[1]) else { return nil }
        self.init(at: Timestamp(milliseconds: at), id: id)
    }

    /// The row's number, as the store counts.
    package var row: Int64 { id }
}

/// Outcomes, and how far they were looked for.
public struct HistoryPage: Sendable {
    /// The newest first.
    public var entries: [HistoryEntry]
    /// Where to go on; `nil` when there is nothing older that was not looked at.
    public var next: HistoryPlace?

    package init(entries: [HistoryEntry], next: HistoryPlace?) {
        self.entries = entries
        self.next = next
    }
}
