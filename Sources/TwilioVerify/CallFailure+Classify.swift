import Basics

extension CallFailure {
    /// No answer came.
    init(_ error: TransportError) {
        let result: Result =
            switch error.kind {
            case .timeout: .timeout
            case .tls: .tlsError
            case .withheld: .withheld
            case .tooLarge: .badResponse
            case .proxy: .proxyError
            case .dns, .connect, .reset, .cancelled, .other: .networkError
            }
        self.init(
            effect: error.reach == .surelyNotSent ? .none : .unknown, result: result, httpStatus: error.proxyStatus)
    }

    /// A 2xx that does not say what it must.
    static func badResponse(status: Int) -> CallFailure {
        CallFailure(effect: .unknown, result: .badResponse, meaning: .providerFault, httpStatus: status)
    }

    /// An answer with a status other than 2xx.
    init(_ response: TransportResponse, now: Timestamp) {
        let body = ErrorBody(response.body)
        let status = response.status
        let meaning = ErrorCatalog.meaning(code: body?.code, message: body?.message, httpStatus: status)
        self.init(
            effect: Self.effect(status: status, code: body?.code),
            result: Self.result(status: status, code: body?.code, meaning: meaning), code: body?.code,
            meaning: meaning, retryAfter: response.retryAfter.flatMap { RetryAfter.parse($0, now: now) },
            httpStatus: status)
    }

    /// Twilio has no such thing: a 404, or a code that says so under another status.
    var saysMissing: Bool { result == .notFound || effect == .refused && meaning == .notFound }

    private static func effect(status: Int, code: Int?) -> Effect {
        if isThrottled(status: status, code: code) { return .none }
        return switch status {
        // 408 comes from something in between that gave up; Twilio itself may have gone on.
        case 408: .unknown
        case 400...499: .refused
        default: .unknown
        }
    }

    private static func result(status: Int, code: Int?, meaning: TwilioMeaning) -> Result {
        if isThrottled(status: status, code: code) { return .rateLimited }
        return switch status {
        case 401: .unauthorized
        case 403 where meaning == .credentials: .unauthorized
        case 404: .notFound
        case 408: .timeout
        case 429: .rateLimited
        case 400...499: .clientError
        case 500...599: .serverError
        default: .badResponse
        }
    }

    /// A 429 means "not processed", except where the catalogue says that only a new window or code helps (60202,
    /// 60203).
    ///
    /// The status of 25109 is nowhere stated, so its code decides.
    private static func isThrottled(status: Int, code: Int?) -> Bool {
        guard (400...499).contains(status) else { return false }
        guard let code else { return status == 429 }
        if code == 20429 || code == 25109 { return true }
        return status == 429 && ErrorCatalog.entry(for: code).map { $0.retry == .backOff } ?? true
    }
}

/// The header `Retry-After` (RFC 9110, 10.2.3): seconds or a date.
enum RetryAfter {
    static let longest = Duration.seconds(60)

    /// 0 to 60 s; `nil` for anything that is not a wait.
    static func parse(_ text: String, now: Timestamp) -> Duration? {
        if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) {
            // Digits that do not fit an Int are a very long wait.
            return min(longest, Int(text).map { .seconds(min($0, 3600)) } ?? longest)
        }
        guard let date = HTTPDate.parse(text) else { return nil }
        let wait = date - now
        return wait < .zero ? nil : min(longest, wait)
    }
}
