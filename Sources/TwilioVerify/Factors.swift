public import Basics

/// An authenticator app as Twilio knows it: a factor of an entity, which is a person under a random name.
///
/// https://www.twilio.com/docs/verify/api/factor
public struct TOTPFactor: Sendable, Hashable {
    /// How its codes are made.
    public struct Config: Sendable, Hashable {
        /// `sha1`, `sha256` or `sha512`.
        public var algorithm: String
        /// How many steps to either side of now a code is taken for, 0 to 2.
        public var skew: Int
        /// Digits of a code, 3 to 8.
        public var codeLength: Int
        /// Seconds that a code lasts, 20 to 60.
        public var timeStep: Int

        package init(algorithm: String = "sha1", skew: Int, codeLength: Int, timeStep: Int) {
            self.algorithm = algorithm
            self.skew = skew
            self.codeLength = codeLength
            self.timeStep = timeStep
        }
    }

    /// `YF…`, always well-formed.
    public var sid: String
    /// Twilio's entity that it belongs to.
    public var identity: String
    /// Whether it has been proven.
    public var status: FactorStatus
    /// `nil` when Twilio does not tell it, or not all of it.
    public var config: Config?
    /// When it was made, by Twilio's clock.
    public var createdAt: Timestamp?
    /// Our clock minus Twilio's, by the answer's `Date` header (whole seconds).
    public var clockOffset: Duration?

    package init(
        sid: String, identity: String, status: FactorStatus, config: Config? = nil, createdAt: Timestamp? = nil,
        clockOffset: Duration? = nil
    ) {
        self.sid = sid
        self.identity = identity
        self.status = status
        self.config = config
        self.createdAt = createdAt
        self.clockOffset = clockOffset
    }

    /// Whether this answer says that this factor of this identity has been verified by a right code.
    ///
    /// Anything short of full agreement does not.
    public func isVerified(sid: String, identity: String) -> Bool {
        status == .verified && self.sid == sid && Identity.isSame(self.identity, identity)
    }
}

/// Where a factor stands.
public enum FactorStatus: Sendable, Hashable {
    case unverified, verified
    /// A word this client does not know.
    case other(String)

    /// By Twilio's word; any that is not known is kept as it is.
    public init(_ word: String) {
        self =
            switch word {
            case "unverified": .unverified
            case "verified": .verified
            default: .other(word)
            }
    }
}

/// A factor that has just been made, with what its app has to be told.
public struct CreatedFactor: Sendable, Hashable {
    /// `YF…`, Twilio's name for it.
    public var sid: String
    /// Whether it has been proven: new ones have not.
    public var status: FactorStatus
    /// What apps have to be told.
    public var config: TOTPFactor.Config
    /// By what name the service goes in apps; `nil` when Twilio's link has none.
    public var issuer: String?

    package init(sid: String, status: FactorStatus, config: TOTPFactor.Config, issuer: String? = nil) {
        self.sid = sid
        self.status = status
        self.config = config
        self.issuer = issuer
    }
}

/// Twilio's name of a person: 8 to 64 letters, digits and dashes.
enum Identity {
    /// Twilio's own examples answer with another case than was asked with.
    static func isSame(_ one: String, _ other: String) -> Bool {
        one.utf8.elementsEqual(other.utf8) { lower($0) == lower($1) }
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }
}
