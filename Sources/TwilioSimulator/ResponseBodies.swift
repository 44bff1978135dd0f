import Basics

/// Builds the bodies of answers, with links that lead back to this simulator.
struct ResponseBodies: Sendable {
    let accountSID: String
    /// `http://host:port`, as the client called us.
    let base: String

    /// Twilio's form of dates: whole seconds, UTC, `2015-07-30T20:00:00Z`.
    static func date(_ time: Timestamp) -> JSONValue {
        .string(time.roundedDown.description.prefix(19) + "Z")
    }

    func verification(_ item: SimulatedVerification) -> JSONValue {
        .object([
            "sid": .string(item.sid), "service_sid": .string(item.serviceSID), "account_sid": .string(accountSID),
            "to": .string(item.to), "channel": .string(item.channel), "status": .string(item.status.rawValue),
            "valid": .bool(item.status == .approved), "date_created": Self.date(item.created),
            "date_updated": Self.date(item.updated), "lookup": .object([:]), "amount": .optional(item.amount),
            "payee": .optional(item.payee),
            "send_code_attempts": .array(
                item.sends.map { send in
                    .object([
                        "time": Self.date(send.time),
                        "channel": .string(send.channel == "sms" ? "SMS" : send.channel),
                        "attempt_sid": .string(send.attemptSID),
                    ])
                }),
            "sna": nil, "url": .string("\(base)/v2/Services/\(item.serviceSID)/Verifications/\(item.sid)"),
        ])
    }

    func check(_ item: SimulatedVerification) -> JSONValue {
        .object([
            "sid": .string(item.sid), "service_sid": .string(item.serviceSID), "account_sid": .string(accountSID),
            "to": .string(item.to), "channel": .string(item.channel), "status": .string(item.status.rawValue),
            "valid": .bool(item.status == .approved), "amount": .optional(item.amount),
            "payee": .optional(item.payee), "sna_attempts_error_codes": .array([]),
            "date_created": Self.date(item.created), "date_updated": Self.date(item.updated),
        ])
    }

    func attempt(_ item: SimulatedAttempt) -> JSONValue {
        let error = ScriptedNumbers.deliveryError(to: item.to)
        return .object([
            "sid": .string(item.sid), "account_sid": .string(accountSID), "service_sid": .string(item.serviceSID),
            "verification_sid": .string(item.verificationSID), "date_created": Self.date(item.created),
            "date_updated": Self.date(item.converted ?? item.created),
            "conversion_status": item.converted == nil ? "unconverted" : "converted",
            "channel": .string(item.channel), "price": .object(["value": "0.05", "currency": "usd"]),
            "channel_data": .object([
                "verification_sid": .string(item.verificationSID), "to": .string(item.to),
                "status": item.converted == nil ? "unconfirmed" : "confirmed",
                "message_status": error == nil ? "delivered" : "undelivered", "error_code": .optional(error),
                "country": item.to.hasPrefix("+1") ? "US" : nil, "code_length": .integer(item.codeLength),
                "locale": .string(item.locale ?? "en"), "mcc": nil, "mnc": nil, "carrier": nil,
            ]),
            "url": .string("\(base)/v2/Attempts/\(item.sid)"),
        ])
    }

    func summary(_ items: [SimulatedAttempt]) -> JSONValue {
        let converted = items.count { $0.converted != nil }
        return .object([
            "total_attempts": .integer(items.count), "total_converted": .integer(converted),
            "total_unconverted": .integer(items.count - converted),
            "conversion_rate_percentage": .string(Self.percentage(converted, of: items.count)),
            "url": .string("\(base)/v2/Attempts/Summary"),
        ])
    }

    /// With nine decimals, cut off, as in Twilio's example `81.818181818`.
    private static func percentage(_ part: Int, of whole: Int) -> String {
        guard whole > 0 else { return "0" }
        let billionths = part * 100_000_000_000 / whole
        let fraction = String(billionths % 1_000_000_000 + 1_000_000_000).dropFirst()
        return "\(billionths / 1_000_000_000).\(fraction)"
    }
}
