import Basics

/// Hears of every request to Twilio when it has ended. Must be quick: somebody waits for the answer.
public protocol TwilioObserver: Sendable {
    func ended(_ request: EndedRequest)
}

/// One request that left, and how it ended.
public struct EndedRequest: Sendable {
    public var operation: TwilioOperation
    /// `nil` for an answer of 2xx.
    public var failure: CallFailure?
    public var duration: Duration

    public init(operation: TwilioOperation, failure: CallFailure?, duration: Duration) {
        self.operation = operation
        self.failure = failure
        self.duration = duration
    }
}

/// What is asked of Twilio: a closed list, by method and path without any id.
public enum TwilioOperation: String, Sendable, CaseIterable {
    case startVerification = "verification.start"
    case check = "verification.check"
    case readVerification = "verification.read"
    case cancelVerification = "verification.cancel"
    case attempts = "attempts.list"
    case service, entity, factor, challenge
    case other

    /// - Parameter path: below the API's root, such as `Services/VA…/Verifications`.
    init(_ method: TransportRequest.Method, path: String) {
        let parts = path.prefix { $0 != "?" }.split(separator: "/")
        self =
            switch (parts.first, parts.dropFirst(2).first) {
            case ("Attempts", _): .attempts
            case ("Services", nil): .service
            case ("Services", "VerificationCheck"): .check
            case ("Services", "Verifications") where method == .get: .readVerification
            case ("Services", "Verifications"): parts.count > 3 ? .cancelVerification : .startVerification
            case ("Services", "Entities"): Self.ofEntity(parts.dropFirst(4).first)
            default: .other
            }
    }

    private static func ofEntity(_ part: Substring?) -> TwilioOperation {
        switch part {
        case "Factors": .factor
        case "Challenges": .challenge
        default: .entity
        }
    }
}
