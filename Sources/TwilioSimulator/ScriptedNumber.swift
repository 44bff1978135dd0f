/// Numbers that cause an error each, so that a front end's every branch can be tried.
enum ScriptedNumber {
    static func refusal(_ to: String) -> SimulatedTwilio.Refusal? {
        table[to].map {
            SimulatedTwilio.Refusal(status: $0.status, code: $0.code, message: $0.message, retryAfter: $0.retryAfter)
        }
    }

    private static let table: [String: (status: Int, code: Int, message: String, retryAfter: Int?)] = [
        "+15005550410": (
            403, 60410, "The destination phone number has been temporarily blocked by Verify Fraud Guard", nil
        ),
        "+15005550605": (403, 60605, "Verification blocked by geo permissions", nil),
        "+15005550205": (403, 60205, "SMS is not supported by landline phone number", nil),
        "+15005551610": (400, 21610, "Attempt to send to unsubscribed recipient", nil),
        "+15005550429": (429, 20429, "Too many requests", 1),
        "+15005550500": (500, 20500, "Internal Server Error", nil),
        "+15005550503": (503, 20503, "Service unavailable", nil),
    ]
}
