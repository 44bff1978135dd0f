import Basics

/// An authenticator app as Twilio knows it.
struct SimulatedFactor: Sendable, Equatable, Listed {
    enum Status: String, Sendable {
        case unverified, verified
    }

    /// Wrong codes on a factor that is not verified yet (60310).
    static let maximumTries = 5
    /// When Twilio has certainly deleted a factor that nobody verified.
    static let unverifiedRetention = Duration.seconds(24 * 3600)

    let ordinal: Int
    let sid: String
    let secret: Redacted<[UInt8]>
    let created: Timestamp
    var updated: Timestamp
    var friendlyName: String
    var settings: FactorSettings
    var metadata: [String: String]?
    var status = Status.unverified
    var wrongCodes = 0
    /// The step of the last code that was taken.
    var lastStep: Int64?

    var password: OneTimePassword {
        OneTimePassword(
            secret: secret, algorithm: settings.algorithm, digits: settings.codeLength, period: settings.timeStep)
    }

    /// Never verified, and gone for good.
    func isForgotten(now: Timestamp) -> Bool {
        status == .unverified && now >= created + Self.unverifiedRetention
    }

    /// Whether a code is right now; if so, it has been used.
    ///
    /// - Parameter refusesReplay: A code's step counts once, and none before it.
    mutating func takes(_ code: String, now: Timestamp, refusesReplay: Bool) -> Bool {
        let used = refusesReplay ? lastStep : nil
        guard let step = password.step(of: code, at: now, skew: settings.skew, used: used) else { return false }
        lastStep = max(step, lastStep ?? step)
        return true
    }

    /// Looks at the first code.
    ///
    /// A verified factor stays as it is, whatever the code: Twilio does not say what it does then.
    ///
    /// - Parameter lifetime: How long a factor can be verified.
    /// - Returns: Whether it is verified now.
    mutating func verify(
        _ code: String, now: Timestamp, lifetime: Duration, refusesReplay: Bool
    ) throws(APIFailure) -> Bool {
        if status == .verified { return true }
        guard now < created + lifetime else { throw .factorUnusable }
        guard wrongCodes < Self.maximumTries else { throw .factorTriesUsedUp }
        if takes(code, now: now, refusesReplay: refusesReplay) {
            status = .verified
        } else {
            wrongCodes += 1
        }
        return status == .verified
    }
}
