public import Basics
public import Wire

/// A recorded outcome, as it stays after the idempotency record is gone.
public struct HistoryEntry: Sendable, Equatable {
    public var at: Timestamp
    public var begunAt: Timestamp
    public var kind: JobKind
    public var frontEnd: String
    public var messageID: String
    public var user: String
    public var application: Application
    /// The number that it concerned, masked.
    public var masked: String?
    public var outcome: Outcome
    public var reason: Reason?
    /// Twilio's error code, or the HTTP status of an answer without one, where Twilio refused.
    public var providerCode: Int?

    public init(
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
    public var user: String?
    public var messageID: String?
    public var number: E164?
    public var outcome: Outcome?
    public var since: Timestamp?
    public var until: Timestamp?
    public var limit = 100

    public init() {}

    func matches(_ row: (entry: HistoryEntry, number: E164?)) -> Bool {
        (user.map { $0 == row.entry.user } ?? true) && (messageID.map { $0 == row.entry.messageID } ?? true)
            && (number.map { $0 == row.number } ?? true) && (outcome.map { $0 == row.entry.outcome } ?? true)
            && (since.map { $0 <= row.entry.at } ?? true) && (until.map { row.entry.at < $0 } ?? true)
    }
}
