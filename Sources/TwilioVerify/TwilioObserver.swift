public import Basics

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
    /// When it began.
    public var at: Timestamp
    /// What it was about, by Twilio's name for it, where that was known before.
    public var sid: String?
    /// Twilio's own name for the request, where there was an answer.
    public var requestID: String?

    package init(
        operation: TwilioOperation, failure: CallFailure?, duration: Duration, at: Timestamp, sid: String? = nil,
        requestID: String? = nil
    ) {
        self.operation = operation
        self.failure = failure
        self.duration = duration
        self.at = at
        self.sid = sid
        self.requestID = requestID
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

extension CallFailure.Result {
    /// Its word for operators: in metrics, and in what is recorded of a call.
    public var label: String {
        switch self {
        case .clientError: "client_error"
        case .notFound: "not_found"
        case .unauthorized: "unauthorized"
        case .rateLimited: "rate_limited"
        case .serverError: "server_error"
        case .timeout: "timeout"
        case .networkError: "network_error"
        case .proxyError: "proxy_error"
        case .tlsError: "tls_error"
        case .badResponse: "bad_response"
        case .withheld: "withheld"
        }
    }
}
