/// Telephone numbers that make the simulator misbehave on purpose. Twilio Verify has none; these are ours.
///
/// | number | what happens on start |
/// | --- | --- |
/// | `+15005550410` | 403, 60410: blocked by Fraud Guard (not with `RiskCheck=disable`) |
/// | `+15005550605` | 403, 60605: country not permitted (not with `RiskCheck=disable`) |
/// | `+15005550205` | 403, 60205: landline, only with channel `sms` |
/// | `+15005551610` | 400, 21610: the recipient has opted out, only with channel `sms` |
/// | `+15005550212` | 429, 60212: another start for the number is under way |
/// | `+15005550238` | 403, 60238: blocked by Twilio |
/// | `+15005550429` | 429, 20429 with `Retry-After: 1` |
/// | `+15005550500` | 500, 20500 |
/// | `+15005550503` | 503, 20503 |
/// | `+15005553003`, `…3005`, `…3006`, `…3007`, `…3008` | accepted; the attempt turns out undelivered with the error 3000x |
enum ScriptedNumbers {
    /// The error that starting a verification for `to` gives; `nil` for a number that behaves.
    static func failure(to: String, channel: String, riskCheck: Bool) -> APIFailure? {
        guard let scripted = table[to] else { return nil }
        switch scripted.condition {
        case .smsOnly where channel != "sms": return nil
        case .riskCheck where !riskCheck: return nil
        default: return scripted.failure
        }
    }

    /// The delivery error (Twilio's 3000x) that the attempts to `to` end with; `nil` when they are delivered.
    static func deliveryError(to: String) -> String? { deliveryErrors[to] }

    private enum Condition: Sendable {
        case always, smsOnly, riskCheck
    }

    private struct Scripted: Sendable {
        var condition = Condition.always
        var failure: APIFailure
    }

    private static let table: [String: Scripted] = [
        "+15005550410": Scripted(
            condition: .riskCheck,
            failure: APIFailure(code: 60410, status: 403, message: "Verification delivery attempt blocked")),
        "+15005550605": Scripted(
            condition: .riskCheck,
            failure: APIFailure(code: 60605, status: 403, message: "Destination blocked by geographic permissions")),
        "+15005550205": Scripted(
            condition: .smsOnly,
            failure: APIFailure(code: 60205, status: 403, message: "SMS is not supported by landline phone number")),
        "+15005551610": Scripted(
            condition: .smsOnly, failure: APIFailure(code: 21610, status: 400, message: "Recipient has opted out")),
        "+15005550212": Scripted(
            failure: APIFailure(code: 60212, status: 429, message: "Too many concurrent requests for phone number")),
        "+15005550238": Scripted(
            failure: APIFailure(code: 60238, status: 403, message: "Verification creation blocked")),
        "+15005550429": Scripted(failure: .tooManyRequests),
        "+15005550500": Scripted(failure: .serverError),
        "+15005550503": Scripted(failure: .unavailable),
    ]

    private static let deliveryErrors = [
        "+15005553003": "30003", "+15005553005": "30005", "+15005553006": "30006", "+15005553007": "30007",
        "+15005553008": "30008",
    ]
}
