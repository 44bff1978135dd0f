/// An answer that is an error, with Twilio's code, HTTP status and text.
struct APIFailure: Error, Equatable {
    var code: Int
    var status: Int
    var message: String
    /// Seconds for the `Retry-After` header, when the answer carries one.
    var retryAfter: Int?

    static let authenticate = catalogued(20003)
    static let noSuchMethod = APIFailure(code: 20004, status: 405, message: "Method not allowed")
    static let tooManyRequests = catalogued(20429)
    static let serverError = catalogued(20500)
    static let unavailable = catalogued(20503)
    static let maxChecks = catalogued(60202)
    static let maxSends = catalogued(60203)
    static let landline = catalogued(60205)
    static let noTransaction = catalogued(60206)
    static let noCallForPayments = catalogued(60214)
    static let noRecipient = catalogued(60221)
    static let channelDisabled = catalogued(60223)
    static let noEmail = catalogued(60217)
    static let appHashOffSMS = catalogued(60602)
    static let restrictedName = catalogued(60248)
    static let noWhatsAppSender = catalogued(68008)

    /// With the status and the text that ``ScriptedErrors`` has for the code.
    static func catalogued(_ code: Int) -> APIFailure {
        ScriptedErrors.failure(code) ?? APIFailure(code: 20500, status: 500, message: "Internal Server Error")
    }

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

extension APIFailure {
    static let entityExists = catalogued(60301)
    static let challengeTriesUsedUp = catalogued(60308)
    static let factorTriesUsedUp = catalogued(60310)
    static let wrongFactorCode = catalogued(60311)
    static let tooManyChallenges = catalogued(60312)
    static let badBinding = catalogued(60314)
    static let tooManyFactors = catalogued(60315)
    static let factorExists = catalogued(60317)
    static let factorUnusable = catalogued(60318)
    static let challengeAnswered = catalogued(60322)
    static let challengeExpired = catalogued(60323)
    static let wrongChallengeCode = catalogued(60324)
    static let tooManyFactorRequests = catalogued(60326)
    static let tooManyEntities = catalogued(60328)

    /// 400: a parameter of an entity, factor or challenge is missing or malformed; nothing was looked at.
    static func invalidRequest(_ parameter: String) -> APIFailure {
        var failure = catalogued(60306)
        failure.message += ": \(parameter)"
        return failure
    }
}
