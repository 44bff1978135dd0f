public import Basics
import FoundationEssentials

/// A reply's body (contract, section 3).
///
/// Absent fields are left out.
public struct Reply: Sendable, Codable {
    /// How the job ended: programs branch on this alone.
    public var outcome: Outcome
    /// The stable code of the cause, where the outcome has one.
    public var reason: Reason?
    /// One English sentence that may be shown to the person.
    public var message: String
    /// The job's message id, where it had one that can be used.
    public var job: String?
    /// The site's own id of the person.
    public var user: String?
    /// Where the person signs in.
    public var application: Application?
    /// When it was decided: RFC 3339, in UTC with milliseconds, as are all times here.
    public var at: String
    /// How a code travelled, or what made it.
    public var channel: Method?
    /// The masked number.
    public var to: String?
    /// The code that went out before went out again.
    public var sameCode: Bool?
    /// When the code or the enrolment dies.
    public var expiresAt: String?
    /// When a repeat is allowed.
    public var retryAt: String?
    /// Sends that are left for this code.
    public var sendsLeft: Int?
    /// Checks that are left for this code.
    public var checksLeft: Int?
    /// The person's methods that work now.
    public var alternatives: [Method]?
    /// What this check registered.
    public var registered: Factor?
    /// Which limit stands in the way.
    public var limit: LimitName?
    /// What is wrong with the job.
    public var errors: [FieldProblem]?
    /// What may not have been meant; the job was done all the same.
    public var warnings: [FieldProblem]?
    /// What the person is asked for: `not_required`, `verify`, `register` or `contact_administrator`.
    public var decision: String?
    /// The path to the decision, in order.
    public var because: [String]?
    /// What the person has registered, and whether it works now.
    public var methods: [MethodState]?
    /// What the person may register now.
    public var register: [Factor]?
    /// By which ways a phone may be registered now.
    public var registerChannels: [Channel]?
    /// Registering asks for an administrator's ticket.
    public var needsTicket: Bool?
    // register.authenticator
    /// An enrolment's secret in Base32, for typing it.
    public var secret: String?
    /// An enrolment's `otpauth` link.
    public var uri: String?
    /// The link as a picture.
    public var qr: Drawing?
    // administration
    /// The site options by name.
    public var options: [String: OptionState]?
    /// What a change of options does to people.
    public var effect: Effect?
    /// The person as the job leaves them.
    public var profile: Profile?
    /// The person as the job found them.
    public var before: Profile?
    /// A page of people.
    public var users: [Profile]?
    /// Where the next page begins; absent on the last.
    public var next: String?
    /// Something is left to do at Twilio, and is tried again.
    public var providerPending: Bool?
    /// A one-time registration ticket.
    public var ticket: String?
    /// A one-use bypass code.
    public var code: String?
    /// How the person's limits stand.
    public var limits: [LimitState]?
    /// Numbers by what they count: letters by state, rows that a reset took away.
    public var counts: [String: Int]?
    /// Dead letters.
    public var letters: [Letter]?
    /// Entries of the audit trail.
    public var entries: [TrailEntry]?
    /// When a worker published it, by its own clock, in whole seconds: its property `timestamp`; `nil` where that is not known.
    ///
    /// Not of the body. A reply that comes again has the ``at`` of then, so the wait until ``retryAt`` is counted from the
    /// later of both; see ``wait(until:)``.
    public var publishedAt: Timestamp?
    /// What became of a message.
    public var delivery: Delivery?

    enum CodingKeys: String, CodingKey {
        case outcome, reason, message, job, user, application, at, channel, to, alternatives, registered, limit, errors
        case warnings, before, entries, delivery
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

    /// A reply of this outcome, with its sentence.
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

    /// How long it is until one of its times, such as ``retryAt``, by the worker's own clock.
    ///
    /// Negative once that is over; `nil` where there is no such time.
    public func wait(until time: String?) -> Duration? {
        guard let time = time.flatMap(Timestamp.init(rfc3339:)), let said = Timestamp(rfc3339: at) else { return nil }
        return time - max(said, publishedAt ?? said)
    }

    /// Reads a reply, as a front end does; unknown fields are ignored.
    public static func decode(_ bytes: [UInt8]) throws -> Reply {
        try JSONDecoder().decode(Reply.self, from: Data(bytes))
    }
}
