/// A call without a usable answer: what may have happened, and why.
public struct CallFailure: Error, Sendable, Hashable {
    /// What the call has done at Twilio.
    public enum Effect: String, Sendable {
        /// Surely nothing; it may be repeated.
        case none
        /// Twilio answered no. Final.
        case refused
        /// Perhaps all of it. Look before doing anything again.
        case unknown
    }

    /// Why there is no usable answer.
    public enum Result: String, Sendable, CaseIterable {
        case clientError, notFound, unauthorized, rateLimited, serverError
        case timeout, networkError, tlsError, badResponse
        /// A proxy on the way cannot be found, or refuses; the status is the proxy's.
        case proxyError
        /// The gate kept the request back.
        case withheld
    }

    /// What may have happened.
    public var effect: Effect
    /// Why there is no usable answer.
    public var result: Result
    /// Twilio's error code. https://www.twilio.com/docs/api/errors
    public var code: Int?
    /// What Twilio's code means; `other` without one.
    public var meaning: TwilioMeaning
    /// How long Twilio asks to wait, 0 to 60 s; `nil` when it does not say.
    public var retryAfter: Duration?
    /// The answer's HTTP status; `nil` when there was no answer.
    public var httpStatus: Int?

    package init(
        effect: Effect, result: Result, code: Int? = nil, meaning: TwilioMeaning = .other,
        retryAfter: Duration? = nil, httpStatus: Int? = nil
    ) {
        self.effect = effect
        self.result = result
        self.code = code
        self.meaning = meaning
        self.retryAfter = retryAfter
        self.httpStatus = httpStatus
    }
}

extension CallFailure: CustomStringConvertible {
    /// Words and numbers of ours only: Twilio's message may hold SIDs and numbers.
    public var description: String {
        var text = "\(result.rawValue), effect \(effect.rawValue), \(meaning.rawValue)"
        if let httpStatus { text += ", HTTP \(httpStatus)" }
        if let code { text += ", code \(code)" }
        return text
    }
}
