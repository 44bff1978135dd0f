/// The errors that scripted numbers cause, with Twilio's statuses as far as they are documented (a client should decide
/// by both). https://www.twilio.com/docs/api/errors
enum ScriptedErrors {
    enum Condition: String, Sendable {
        case always = ""
        case textsOnly = "with channel sms"
        case riskCheck = "not with RiskCheck=disable"
    }

    /// What a start answers.
    struct Refusal: Sendable {
        var codes: ClosedRange<Int>
        var status: Int
        var message: String
        var condition: Condition

        init(_ code: Int, _ status: Int, _ message: String, _ condition: Condition = .always) {
            self.init(code...code, status, message, condition)
        }

        init(_ codes: ClosedRange<Int>, _ status: Int, _ message: String, _ condition: Condition = .always) {
            self.codes = codes
            self.status = status
            self.message = message
            self.condition = condition
        }
    }

    static let refusals: [Refusal] = account + number + verification

    private static let account = [
        Refusal(20003, 401, "Authenticate"), Refusal(20005, 403, "Account not active"),
        Refusal(20006, 403, "Access denied"), Refusal(20008, 403, "Resource not accessible with test credentials"),
        Refusal(20403, 403, "Forbidden"), Refusal(20404, 404, "The requested resource was not found"),
        Refusal(20409, 409, "Conflict"), Refusal(20429, 429, "Too many requests"),
        Refusal(20500, 500, "Internal Server Error"), Refusal(20503, 503, "Service unavailable"),
        Refusal(25109, 429, "Request is rate limited"),
    ]

    private static let number = [
        Refusal(21211, 400, "Invalid 'To' phone number"),
        Refusal(21408, 400, "Permission to send an SMS has not been enabled for the region", .textsOnly),
        Refusal(21610, 400, "Recipient has opted out", .textsOnly),
        Refusal(21612, 400, "The 'To' phone number is not currently reachable via SMS", .textsOnly),
        Refusal(21614, 400, "'To' number is not a valid mobile number", .textsOnly),
        Refusal(60205, 403, "SMS is not supported by landline phone number", .textsOnly),
        Refusal(60220, 400, "Verification to this country needs vetting"),
        Refusal(60226, 400, "Verification to this country needs a friendly name"),
        Refusal(60410, 403, "Verification delivery attempt blocked", .riskCheck),
        Refusal(60605, 403, "Destination blocked by geographic permissions", .riskCheck),
        Refusal(60616, 429, "Lookup rate limit"), Refusal(60624, 429, "Maximum rate limit for trial accounts"),
        Refusal(60625, 400, "Number is cancelled"), Refusal(60626, 429, "Number rate limit"),
    ]

    private static let verification = [
        Refusal(60001, 400, "Downstream authentication failed"), Refusal(60200, 400, "Invalid parameter: To"),
        Refusal(60202, 429, "Max check attempts reached"), Refusal(60203, 429, "Max send attempts reached"),
        Refusal(60204, 403, "Service does not support this feature"),
        Refusal(60212, 429, "Too many concurrent requests for phone number"),
        Refusal(60217, 400, "Mailer is not configured for this service"),
        Refusal(60223, 400, "Delivery channel is disabled"), Refusal(60238, 403, "Verification creation blocked"),
        Refusal(60242, 400, "WhatsApp template is not configured"),
        Refusal(60412, 403, "Verification blocked as fraudulent sign-up"),
        Refusal(60413, 403, "Verification blocked by device risk"),
        Refusal(60431, 404, "Verification not found"), Refusal(60623, 404, "Verification not found"),
        Refusal(60500...60550, 400, "Silent network or automatic channel failed"),
        Refusal(60728, 429, "Hourly limit reached"), Refusal(68008, 400, "WhatsApp channel is not configured"),
    ]

    /// Texts that are accepted and then do not arrive: the attempt's `error_code`.
    static let deliveryErrors: [Int: String] = [
        30003: "handset switched off or out of reach", 30005: "number unknown", 30006: "landline",
        30007: "filtered by the carrier", 30008: "unknown error", 30022: "carrier's rate limit",
        30450: "blocked as message pumping",
    ]

    /// Calls that are accepted and then reach nobody: the attempt's `call_status`, under the code of SIP that says so.
    static let callStatuses: [Int: String] = [480: "no-answer", 486: "busy", 603: "failed"]
}
