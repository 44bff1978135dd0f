public import Basics

/// A question for a factor's code. https://www.twilio.com/docs/verify/api/challenge
public struct Challenge: Sendable, Hashable {
    /// `YC…`, always well-formed.
    public var sid: String
    /// `YF…`, always well-formed.
    public var factorSID: String
    /// Twilio's entity that its factor belongs to.
    public var identity: String
    /// How it stands.
    public var status: ChallengeStatus
    /// Our own name for it, given when it was made; `nil` when it was made by somebody else.
    public var request: String?
    /// When it was made, by Twilio's clock.
    public var createdAt: Timestamp?
    /// When it was answered rightly.
    public var respondedAt: Timestamp?
    /// When it dies: after five minutes.
    public var expiresAt: Timestamp?
    /// Our clock minus Twilio's, by the answer's `Date` header (whole seconds).
    public var clockOffset: Duration?

    package init(
        sid: String, factorSID: String, identity: String, status: ChallengeStatus, request: String? = nil,
        createdAt: Timestamp? = nil, respondedAt: Timestamp? = nil, expiresAt: Timestamp? = nil,
        clockOffset: Duration? = nil
    ) {
        self.sid = sid
        self.factorSID = factorSID
        self.identity = identity
        self.status = status
        self.request = request
        self.createdAt = createdAt
        self.respondedAt = respondedAt
        self.expiresAt = expiresAt
        self.clockOffset = clockOffset
    }

    /// Whether this challenge of this factor has been answered rightly.
    ///
    /// Anything short of full agreement is no approval.
    public func approves(sid: String, factorSID: String, identity: String) -> Bool {
        self.sid == sid && isApproved(factorSID, identity)
    }

    /// The same for the challenge that we made under that name: its answer, or its entry in the list.
    public func approves(request: String, factorSID: String, identity: String) -> Bool {
        self.request == request && isApproved(factorSID, identity)
    }

    private func isApproved(_ factorSID: String, _ identity: String) -> Bool {
        status == .approved && self.factorSID == factorSID && Identity.isSame(self.identity, identity)
    }
}

/// Where a challenge stands.
public enum ChallengeStatus: Sendable, Hashable {
    case pending, approved, denied, expired
    /// A word this client does not know.
    case other(String)

    /// By Twilio's word; any that is not known is kept as it is.
    public init(_ word: String) {
        self =
            switch word {
            case "pending": .pending
            case "approved": .approved
            case "denied": .denied
            case "expired": .expired
            default: .other(word)
            }
    }
}
