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
    /// How it ended.
    public var outcome: Outcome
    /// The stable code of the cause, where the outcome has one.
    public var reason: Reason?
    /// Twilio's error code, or the HTTP status of an answer without one, where Twilio refused.
    public var providerCode: Int?

    package init(
        at: Timestamp, begunAt: Timestamp, kind: JobKind, frontEnd: String, messageID: String, user: String,
        application: Application, masked: String?, outcome: Outcome, reason: Reason?,
        providerCode: Int? = nil
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
public struct HistoryQuery: Sendable {
    /// Only of this person.
    public var user: String?
    /// Only of this message id.
    public var messageID: String?
    /// Only of jobs that concerned this number.
    public var number: E164?
    /// Only with this outcome.
    public var outcome: Outcome?
    /// Only what was recorded then or later.
    public var since: Timestamp?
    /// Only what was recorded before.
    public var until: Timestamp?
    /// At most so many, the newest first.
    public var limit = 100

    package init() {}

    func matches(_ row: (entry: HistoryEntry, number: E164?)) -> Bool {
        (user.map { $0 == row.entry.user } ?? true) && (messageID.map { $0 == row.entry.messageID } ?? true)
            && (number.map { $0 == row.number } ?? true) && (outcome.map { $0 == row.entry.outcome } ?? true)
            && (since.map { $0 <= row.entry.at } ?? true) && (until.map { row.entry.at < $0 } ?? true)
    }
}
