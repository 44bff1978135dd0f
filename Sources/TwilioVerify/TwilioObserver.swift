import Basics

/// Hears of every request to Twilio when it has ended.
///
/// Must be quick: somebody waits for the answer.
public protocol TwilioObserver: Sendable {
    func ended(_ request: EndedRequest)
}

/// One request that left, and how it ended.
public struct EndedRequest: Sendable {
    /// What was asked.
    public var operation: TwilioOperation
    /// `nil` for an answer of 2xx.
    public var failure: CallFailure?
    /// From the request to the end of its answer.
    public var duration: Duration

    package init(operation: TwilioOperation, failure: CallFailure?, duration: Duration) {
        self.operation = operation
        self.failure = failure
        self.duration = duration
    }
}

/// What is asked of Twilio: a closed list.
public enum TwilioOperation: String, Sendable, CaseIterable {
    case startVerification = "verification.start"
    case check = "verification.check"
    case readVerification = "verification.read"
    case cancelVerification = "verification.cancel"
    case attempts = "attempts.list"
    case service, entity, factor, challenge
}
