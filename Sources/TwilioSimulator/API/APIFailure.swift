/// An answer that is an error, with Twilio's code, HTTP status and text.
struct APIFailure: Error, Equatable {
    var code: Int
    var status: Int
    var message: String
    /// Seconds for the `Retry-After` header, when the answer carries one.
    var retryAfter: Int?

    static let authenticate = APIFailure(code: 20003, status: 401, message: "Authenticate")
    static let noSuchMethod = APIFailure(code: 20004, status: 405, message: "Method not allowed")
    static let tooManyRequests = APIFailure(code: 20429, status: 429, message: "Too many requests", retryAfter: 1)
    static let serverError = APIFailure(code: 20500, status: 500, message: "Internal Server Error")
    static let unavailable = APIFailure(code: 20503, status: 503, message: "Service unavailable")
    static let maxChecks = APIFailure(code: 60202, status: 429, message: "Max check attempts reached")
    static let maxSends = APIFailure(code: 60203, status: 429, message: "Max send attempts reached")
    static let landline = APIFailure(
        code: 60205, status: 403, message: "SMS is not supported by landline phone number")
    static let noTransaction = APIFailure(code: 60206, status: 400, message: "Amount and Payee are required")
    static let noCallForPayments = APIFailure(
        code: 60214, status: 400, message: "Call channel is not available for a PSD2 service")
    static let noRecipient = APIFailure(
        code: 60221, status: 400, message: "Either a 'To' number or 'VerificationSid' must be given")
    static let channelDisabled = APIFailure(code: 60223, status: 400, message: "Delivery channel is disabled")
    static let noEmail = APIFailure(code: 60217, status: 400, message: "Mailer is not configured for this service")
    static let appHashOffSMS = APIFailure(code: 60602, status: 400, message: "AppHash is for the SMS channel only")
    /// Twilio's dictionary gives no HTTP status for this code and the next; 400 is an assumption.
    static let restrictedName = APIFailure(
        code: 60248, status: 400, message: "FriendlyName contains a restricted word")
    static let noWhatsAppSender = APIFailure(code: 68008, status: 400, message: "WhatsApp channel is not configured")

    /// 404: the resource at `path` (without `/v2`) does not exist, or does no more.
    static func notFound(_ path: String) -> APIFailure {
        APIFailure(code: 20404, status: 404, message: "The requested resource \(path) was not found")
    }

    /// 400: the parameter of that name is missing or malformed.
    static func invalid(_ parameter: String) -> APIFailure {
        APIFailure(code: 60200, status: 400, message: "Invalid parameter: \(parameter)")
    }

    /// 403: the service has not that feature switched on.
    static func featureOff(_ parameter: String) -> APIFailure {
        APIFailure(code: 60204, status: 403, message: "Service does not support this feature: \(parameter)")
    }

    /// The four members of Twilio's error envelope.
    var body: JSONValue {
        .object([
            "code": .integer(code), "message": .string(message),
            "more_info": .string("https://www.twilio.com/docs/errors/\(code)"), "status": .integer(status),
        ])
    }
}
