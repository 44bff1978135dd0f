public import Basics

/// A verification as Twilio describes it. https://www.twilio.com/docs/verify/api/verification
public struct Verification: Sendable, Hashable {
    /// One sending of the code.
    public struct SendAttempt: Sendable, Hashable {
        /// `VL…`, the attempt.
        public var sid: String
        /// When it was sent, by Twilio's clock.
        public var time: Timestamp?

        package init(sid: String, time: Timestamp?) {
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
    /// How it stands.
    public var status: VerificationStatus
    /// Whether a code has been right.
    public var valid: Bool
    /// When it was made, by Twilio's clock.
    public var createdAt: Timestamp?
    /// When it last changed, by Twilio's clock.
    public var updatedAt: Timestamp?
    /// The sends that it has had, the oldest first.
    public var attempts: [SendAttempt]
    /// Our clock minus Twilio's, by the answer's `Date` header (whole seconds).
    public var clockOffset: Duration?

    package init(
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

    /// By Twilio's word; any that is not known is kept as it is.
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
    /// `VE…`, the verification.
    public var sid: String
    /// `nil` when Twilio's text is not a telephone number.
    public var to: E164?
    /// How the verification stands now.
    public var status: VerificationStatus
    /// Whether the code was right.
    public var valid: Bool

    package init(sid: String, to: E164?, status: VerificationStatus, valid: Bool) {
        self.sid = sid
        self.to = to
        self.status = status
        self.valid = valid
    }

    /// Whether this answer approves this verification of this number.
    ///
    /// Anything short of full agreement does not.
    public func approves(sid: String, to: E164) -> Bool {
        status == .approved && valid && self.sid == sid && self.to == to
    }
}

/// One sending in Twilio's 30-day list. https://www.twilio.com/docs/verify/api/list-verification-attempts
public struct Attempt: Sendable, Hashable {
    /// `VL…`, the attempt.
    public var sid: String
    /// `VE…`, the verification.
    public var verificationSID: String
    /// When it was made, by Twilio's clock.
    public var createdAt: Timestamp?
    /// When it last changed, by Twilio's clock.
    public var updatedAt: Timestamp?
    /// The right code was entered for it.
    public var converted: Bool
    /// How far the message or call came, in Twilio's word: `delivered`, `completed`, `failed`; `nil` where it does not say.
    public var status: String?
    /// Why it did not arrive.
    public var errorCode: Int?
    /// Our clock minus Twilio's, by the answer's `Date` header (whole seconds).
    public var clockOffset: Duration?

    package init(
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
