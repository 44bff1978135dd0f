import Basics
import FoundationEssentials

/// A JSON value to answer with.
enum Field: Sendable, Encodable {
    case text(String)
    case flag(Bool)
    case number(Int)
    case none
    case object([String: Field])
    case list([Field])

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .text(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        case .number(let value): try container.encode(value)
        case .none: try container.encodeNil()
        case .object(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        }
    }

    var json: [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(self)).map { Array($0) } ?? []
    }
}

/// Twilio's bodies, field by field as its OpenAPI document has them.
struct Rendering: Sendable {
    var account: String
    var service: String
    var base: String

    static func date(_ time: Timestamp) -> String { String(time.roundedDown.description.dropLast(5)) + "Z" }

    func verification(_ value: SimulatedTwilio.Verification) -> Field {
        .object(
            common(value).merging([
                "lookup": .object([:]), "sna": .none,
                "send_code_attempts": .list(
                    value.attempts.map {
                        .object([
                            "time": .text(Self.date($0.at)), "channel": .text($0.channel.uppercased()),
                            "attempt_sid": .text($0.sid),
                        ])
                    }),
                "url": .text("\(base)/v2/Services/\(service)/Verifications/\(value.sid)"),
            ]) { $1 })
    }

    func check(_ value: SimulatedTwilio.Verification) -> Field {
        .object(common(value).merging(["sna_attempts_error_codes": .list([])]) { $1 })
    }

    private func common(_ value: SimulatedTwilio.Verification) -> [String: Field] {
        [
            "sid": .text(value.sid), "service_sid": .text(service), "account_sid": .text(account),
            "to": .text(value.to), "channel": .text(value.channel), "status": .text(value.status.rawValue),
            "valid": .flag(value.status == .approved), "amount": .none, "payee": .none,
            "date_created": .text(Self.date(value.created)), "date_updated": .text(Self.date(value.updated)),
        ]
    }

    func attempts(_ values: [(SimulatedTwilio.Attempt, SimulatedTwilio.Verification, Bool)]) -> Field {
        let url = Field.text("\(base)/v2/Attempts?PageSize=50&Page=0")
        return .object([
            "attempts": .list(values.map(attempt)),
            "meta": .object([
                "key": .text("attempts"), "page": .number(0), "page_size": .number(50), "first_page_url": url,
                "previous_page_url": .none, "url": url, "next_page_url": .none,
            ]),
        ])
    }

    private func attempt(
        _ attempt: SimulatedTwilio.Attempt, _ verification: SimulatedTwilio.Verification, _ converted: Bool
    ) -> Field {
        .object([
            "sid": .text(attempt.sid), "account_sid": .text(account), "service_sid": .text(service),
            "verification_sid": .text(verification.sid), "date_created": .text(Self.date(attempt.at)),
            "date_updated": .text(Self.date(verification.updated)),
            "conversion_status": .text(converted ? "converted" : "unconverted"), "channel": .text(attempt.channel),
            "price": .object([:]), "channel_data": .object(["to": .text(verification.to)]),
            "url": .text("\(base)/v2/Attempts/\(attempt.sid)"),
        ])
    }

    func serviceBody(codeLength: Int) -> Field {
        let url = "\(base)/v2/Services/\(service)"
        let at = Field.text("2026-01-01T00:00:00Z")
        let links = [
            "verification_checks": "VerificationCheck", "verifications": "Verifications", "entities": "Entities",
        ]
        return .object([
            "sid": .text(service), "account_sid": .text(account), "friendly_name": .text("Simulator"),
            "code_length": .number(codeLength), "lookup_enabled": .flag(false), "psd2_enabled": .flag(false),
            "skip_sms_to_landlines": .flag(false), "dtmf_input_required": .flag(true), "tts_name": .none,
            "do_not_share_warning_enabled": .flag(false), "custom_code_enabled": .flag(false), "push": .object([:]),
            "totp": .object([:]), "default_template_sid": .none, "date_created": at, "date_updated": at,
            "url": .text(url), "links": .object(links.mapValues { .text("\(url)/\($0)") }),
        ])
    }

    static func refusal(_ value: SimulatedTwilio.Refusal) -> Field {
        .object([
            "code": .number(value.code), "message": .text(value.message), "status": .number(value.status),
            "more_info": .text("https://www.twilio.com/docs/errors/\(value.code)"),
        ])
    }
}
