/// The errors that this Twilio can answer, by its own rules or because somebody scripted it: with Twilio's statuses as far
/// as they are documented (a client should decide by both). https://www.twilio.com/docs/api/errors
enum ScriptedErrors {
    /// When a start for a scripted number fails.
    enum Condition: String, Sendable {
        case always = ""
        case textsOnly = "with channel sms"
        case callsOnly = "with channel call"
        case riskCheck = "not with RiskCheck=disable"
    }

    /// What is answered.
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

    static let refusals: [Refusal] = account + number + verification + setUp + lookup + authenticator

    static func refusal(_ code: Int) -> Refusal? { refusals.first { $0.codes.contains(code) } }

    /// The error as it is answered; `nil` for a code that the catalogue does not have.
    static func failure(_ code: Int) -> APIFailure? {
        refusal(code).map { refusal in
            // How long to wait is told only where many requests are the trouble, not one person's tries.
            let retryAfter = code == 20429 || code == 25109 ? 1 : nil
            return APIFailure(code: code, status: refusal.status, message: refusal.message, retryAfter: retryAfter)
        }
    }

    /// Texts that are accepted and then do not arrive: the attempt's `error_code`.
    static let deliveryErrors: [Int: String] = [
        30003: "handset switched off or out of reach", 30005: "number unknown", 30006: "landline",
        30007: "filtered by the carrier", 30008: "unknown error", 30022: "carrier's rate limit",
        30450: "blocked as message pumping",
    ]

    /// Calls that are accepted and then reach nobody: the attempt's `call_status`, under the code of SIP that says so.
    static let callStatuses: [Int: String] = [480: "no-answer", 486: "busy", 603: "failed"]
}
