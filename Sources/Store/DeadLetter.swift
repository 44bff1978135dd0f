public import Basics
public import Wire

/// A message that could not be treated as a job, kept for an operator.
public struct DeadLetter: Sendable {
    /// Why it was put aside.
    public var reason: DeadLetterReason
    /// The routing key that it came with.
    public var routingKey: String
    /// The broker user that published it; `""` where the broker told none.
    public var frontEnd: String
    /// The message id that it came with, whatever it is.
    public var messageID: String?
    /// The other properties that an operator may want to see, as sorted JSON.
    public var properties: String
    /// The body with its codes blanked; the store encrypts it.
    public var body: Redacted<[UInt8]>
    /// Until when its person waited, if that could be read.
    public var deadline: Timestamp?
    /// When it was put aside.
    public var at: Timestamp
    /// The broker delivered it before: it is kept already if a worker ended between noting and acknowledging it.
    public var mayBeKnown: Bool

    package init(
        reason: DeadLetterReason, routingKey: String, frontEnd: String, messageID: String?, properties: String = "{}",
        body: Redacted<[UInt8]>, deadline: Timestamp? = nil, at: Timestamp, mayBeKnown: Bool = false
    ) {
        self.reason = reason
        self.routingKey = routingKey
        self.frontEnd = frontEnd
        self.messageID = messageID
        self.properties = properties
        self.body = body
        self.deadline = deadline
        self.at = at
        self.mayBeKnown = mayBeKnown
    }

    /// How many of the newest are looked through for one that may be known: it comes again soon, or never.
    package static let remembered = 1000

    /// Whether it is the same message, however often it was delivered.
    package func isSame(as other: DeadLetter) -> Bool {
        reason == other.reason && routingKey == other.routingKey && frontEnd == other.frontEnd
            && messageID == other.messageID && body.revealed == other.body.revealed
    }
}

/// A dead letter as the store holds it.
public struct DeadLetterRow: Sendable {
    /// How long a worker may take for one replay before another takes its turn.
    package static let turn: Duration = .seconds(60)

    /// The letter's number, by which operators name it.
    public var id: Int64
    /// What was put aside.
    public var letter: DeadLetter
    /// Whether it waits, is on its way again, or is done with.
    public var state: DeadLetterState
    /// How often it was put through the pipeline again.
    public var replays: Int
    /// When its turn comes, while it is replaying.
    public var dueAt: Timestamp?

    package init(
        id: Int64, letter: DeadLetter, state: DeadLetterState = .waiting, replays: Int = 0, dueAt: Timestamp? = nil
    ) {
        self.id = id
        self.letter = letter
        self.state = state
        self.replays = replays
        self.dueAt = dueAt
    }
}

extension DeadSelection {
    /// Whether a letter is among the selected.
    public func matches(_ row: DeadLetterRow) -> Bool {
        (ids.map { $0.contains(row.id) } ?? true) && (reason.map { $0 == row.letter.reason } ?? true)
            && (state.map { $0 == row.state } ?? true) && (routingKey.map { $0 == row.letter.routingKey } ?? true)
            && (frontEnd.map { $0 == row.letter.frontEnd } ?? true)
    }
}
