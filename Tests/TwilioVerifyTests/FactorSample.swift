import Basics
import TwilioVerify

/// What Twilio's own examples look like, for one authenticator.
extension Sample {
    static let identity = "ff483d1f-f591-898a-9942-916050d2ca3f"
    static let factor = "YF" + String(repeating: "3", count: 32)
    static let challenge = "YC" + String(repeating: "4", count: 32)
    static let secret = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
    static let request = "0c6c3b5e-2d7a-4f0e-9b34-6a1f6ea1b0aa"
    static let entitiesPath = "https://twilio.invalid/v2/Services/\(service)/Entities"

    private static let common: [(String, JSONTree)] = [
        ("account_sid", .string(account)), ("service_sid", .string(service)),
        ("entity_sid", .string("YE" + String(repeating: "5", count: 32))), ("identity", .string(identity)),
        ("factor_type", .string("totp")), ("metadata", .null), ("date_created", .string("2015-07-30T20:00:00Z")),
        ("date_updated", .string("2015-07-30T20:00:01Z")),
    ]

    static let config: [(String, JSONTree)] = [
        ("alg", .string("sha1")), ("skew", .number("1")), ("code_length", .number("6")), ("time_step", .number("30")),
    ]

    static let verifiedFactor: [(String, JSONTree)] =
        common + [
            ("sid", .string(factor)), ("status", .string("verified")), ("friendly_name", .string("friendly_name")),
            ("config", .object(config)),
        ]

    static let createdFactor: [(String, JSONTree)] =
        changed(verifiedFactor, "status", to: .string("unverified")) + [
            (
                "binding",
                .object([
                    ("secret", .string(secret)),
                    (
                        "uri",
                        .string(
                            "otpauth://totp/Site%20%26%20Co:x?secret=\(secret)&issuer=Site%20%26%20Co&algorithm=SHA1"
                                + "&digits=6&period=30")
                    ),
                ])
            ),
            ("options", .null),
        ]

    static let approvedChallenge: [(String, JSONTree)] =
        common + [
            ("sid", .string(challenge)), ("factor_sid", .string(factor)), ("status", .string("approved")),
            ("date_responded", .string("2015-07-30T20:00:02Z")), ("expiration_date", .string("2015-07-30T20:05:00Z")),
            ("responded_reason", .string("none")), ("details", .object([("message", .null)])),
            ("hidden_details", .object([("request", .string(request))])),
        ]

    /// With one member changed, or left out.
    static func changed(
        _ members: [(String, JSONTree)], _ name: String, to value: JSONTree?
    ) -> [(String, JSONTree)] {
        members.compactMap { member, old in member == name ? value.map { (member, $0) } : (member, old) }
    }

    static func body(_ members: [(String, JSONTree)]) -> String { JSONTree.object(members).description }

    /// A 2xx that does not say what it must.
    static func badResponse(_ status: Int = 200) -> CallFailure {
        CallFailure(effect: .unknown, result: .badResponse, meaning: .providerFault, httpStatus: status)
    }

    static func createFactor(
        _ client: TwilioClient, gate: @escaping @Sendable () -> Bool = { true }
    ) async throws(CallFailure) -> CreatedFactor {
        try await client.createFactor(
            identity: identity, friendlyName: "k3v9", secret: Redacted(secret), gate: gate)
    }

    static func verifyFactor(
        _ client: TwilioClient, gate: @escaping @Sendable () -> Bool = { true }
    ) async throws(CallFailure) -> TOTPFactor {
        try await client.verifyFactor(sid: factor, identity: identity, code: Redacted("123456"), gate: gate)
    }

    static func createChallenge(
        _ client: TwilioClient, gate: @escaping @Sendable () -> Bool = { true }
    ) async throws(CallFailure) -> Challenge {
        try await client.createChallenge(
            identity: identity, factorSID: factor, code: Redacted("123456"), request: request, gate: gate)
    }

    static func answerChallenge(
        _ client: TwilioClient, gate: @escaping @Sendable () -> Bool = { true }
    ) async throws(CallFailure) -> Challenge {
        try await client.answerChallenge(sid: challenge, identity: identity, code: Redacted("123456"), gate: gate)
    }
}
