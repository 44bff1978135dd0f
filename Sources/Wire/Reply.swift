public import Basics
import FoundationEssentials

/// A reply's body (contract, section 3). Absent fields are left out.
public struct Reply: Sendable, Codable {
    public var outcome: Outcome
    public var reason: Reason?
    public var message: String
    public var job: String?
    public var user: String?
    public var application: Application?
    public var at: String
    public var channel: Method?
    /// The masked number.
    public var to: String?
    public var sameCode: Bool?
    public var expiresAt: String?
    public var retryAt: String?
    public var sendsLeft: Int?
    public var checksLeft: Int?
    public var alternatives: [Method]?
    public var registered: Factor?
    public var limit: LimitName?
    public var errors: [FieldProblem]?
    /// What may not have been meant; the job was done all the same.
    public var warnings: [FieldProblem]?
    public var decision: String?
    public var because: [String]?
    public var methods: [MethodState]?
    public var register: [Factor]?
    /// By which ways a phone may be registered now.
    public var registerChannels: [Channel]?
    /// Registering asks for an administrator's ticket.
    public var needsTicket: Bool?
    // register.authenticator
    public var secret: String?
    public var uri: String?
    public var qr: Drawing?
    // administration
    public var options: [String: OptionState]?
    public var effect: Effect?
    /// The person as the job leaves them.
    public var profile: Profile?
    /// The person as the job found them.
    public var before: Profile?
    public var users: [Profile]?
    public var next: String?
    public var providerPending: Bool?
    public var ticket: String?
    public var code: String?
    public var limits: [LimitState]?
    public var counts: [String: Int]?
    public var letters: [Letter]?
    public var entries: [TrailEntry]?

    enum CodingKeys: String, CodingKey {
        case outcome, reason, message, job, user, application, at, channel, to, alternatives, registered, limit, errors
        case warnings, before, entries
        case decision, because, methods, register, secret, uri, qr
        case options, effect, profile, users, next, ticket, code, limits, counts, letters
        case sameCode = "same_code"
        case expiresAt = "expires_at"
        case retryAt = "retry_at"
        case sendsLeft = "sends_left"
        case checksLeft = "checks_left"
        case providerPending = "provider_pending"
        case registerChannels = "register_channels"
        case needsTicket = "needs_ticket"
    }

    public init(_ outcome: Outcome, reason: Reason? = nil, at: Timestamp) {
        self.outcome = outcome
        self.reason = reason
        self.at = at.description
        message = Sentence.of(outcome, reason)
    }

    /// Chooses the sentence by all that the reply says, unless it has one of its own.
    public mutating func chooseMessage() {
        if message == Sentence.of(outcome, reason) { message = Sentence.of(self) }
    }

    /// The bytes that go over the wire and into the record: keys sorted, so that equal replies are equal bytes.
    public func encoded() -> [UInt8] {
        CanonicalJSON.object { write(to: &$0) }
    }

    /// Reads a reply, as a front end does; unknown fields are ignored.
    public static func decode(_ bytes: [UInt8]) throws -> Reply {
        try JSONDecoder().decode(Reply.self, from: Data(bytes))
    }
}
