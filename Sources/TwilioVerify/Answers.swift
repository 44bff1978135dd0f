public import Basics

/// A verification as Twilio describes it. https://www.twilio.com/docs/verify/api/verification
public struct Verification: Sendable, Hashable {
    /// One sending of the code.
    public struct SendAttempt: Sendable, Hashable {
        /// `VL…`
        public var sid: String
        public var time: Timestamp?

        public init(sid: String, time: Timestamp?) {
            self.sid = sid
            self.time = time
        }
    }

    /// `VE…`, always well-formed.
    public var sid: String
    /// `nil` when Twilio's text is not a telephone number.
    public var to: E164?
    /// In lower case; any word of Twilio's, not only those that were asked for.
    public var channel: String
    public var status: VerificationStatus
    public var valid: Bool
    public var createdAt: Timestamp?
    public var updatedAt: Timestamp?
    public var attempts: [SendAttempt]
    /// Our clock minus Twilio's, by the answer's `Date` header (whole seconds).
    public var clockOffset: Duration?

    public init(
        sid: String, to: E164?, channel: String, status: VerificationStatus, valid: Bool, createdAt: Timestamp? = nil,
        updatedAt: Timestamp? = nil, attempts: [SendAttempt] = [], clockOffset: Duration? = nil
    ) {
        self.sid = sid
        self.to = to
        self.channel = channel
        self.status = status
        self.valid = valid
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.attempts = attempts
        self.clockOffset = clockOffset
    }
}

/// Where a verification stands.
public enum VerificationStatus: Sendable, Hashable {
    case pending, approved, canceled, maxAttemptsReached, deleted, failed, expired
    /// A word this client does not know.
    case other(String)

    public init(_ word: String) {
        self =
            switch word {
            case "pending": .pending
            case "approved": .approved
            case "canceled": .canceled
            case "max_attempts_reached": .maxAttemptsReached
            case "deleted": .deleted
            case "failed": .failed
            case "expired": .expired
            default: .other(word)
            }
    }
}

/// Twilio's answer to a code. https://www.twilio.com/docs/verify/api/verification-check
public struct CheckAnswer: Sendable, Hashable {
    /// `VE…`
    public var sid: String
    /// `nil` when Twilio's text is not a telephone number.
    public var to: E164?
    public var status: VerificationStatus
    public var valid: Bool

    public init(sid: String, to: E164?, status: VerificationStatus, valid: Bool) {
        self.sid = sid
        self.to = to
        self.status = status
        self.valid = valid
    }

    /// Whether this answer approves this verification of this number. Anything short of full agreement does not.
    public func approves(sid: String, to: E164) -> Bool {
        status == .approved && valid && self.sid == sid && self.to == to
    }
}

/// One sending in Twilio's 30-day list. https://www.twilio.com/docs/verify/api/list-verification-attempts
public struct Attempt: Sendable, Hashable {
    /// `VL…`
    public var sid: String
    /// `VE…`
    public var verificationSID: String
    public var createdAt: Timestamp?
    public var updatedAt: Timestamp?
    /// The right code was entered for it.
    public var converted: Bool
    /// Our clock minus Twilio's, by the answer's `Date` header (whole seconds).
    public var clockOffset: Duration?

    public init(
        sid: String, verificationSID: String, createdAt: Timestamp? = nil, updatedAt: Timestamp? = nil,
        converted: Bool, clockOffset: Duration? = nil
    ) {
        self.sid = sid
        self.verificationSID = verificationSID
        self.createdAt = createdAt
        self.updatedAt = updatedAt
        self.converted = converted
        self.clockOffset = clockOffset
    }
}
