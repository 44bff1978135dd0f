extension ResponseBodies {
    func verification(_ item: SimulatedVerification) -> JSONValue {
        .object([
            "sid": .string(item.sid), "service_sid": .string(item.serviceSID), "account_sid": .string(accountSID),
            "to": .string(item.to), "channel": .string(item.channel), "status": .string(item.status.rawValue),
            "valid": .bool(item.status == .approved), "date_created": Self.date(item.created),
            "date_updated": Self.date(item.updated), "lookup": Self.lookup(item.carrier),
            "amount": .optional(item.amount), "payee": .optional(item.payee),
            "send_code_attempts": .array(item.sends.map(Self.send)),
            "sna": nil, "url": .string("\(base)/v2/Services/\(item.serviceSID)/Verifications/\(item.sid)"),
        ])
    }

    private static func send(_ send: SimulatedVerification.Send) -> JSONValue {
        .object([
            "time": date(send.time), "channel": .string(send.channel == "sms" ? "SMS" : send.channel),
            "attempt_sid": .string(send.attemptSID),
        ])
    }

    private static func lookup(_ carrier: Carrier?) -> JSONValue {
        guard let carrier else { return .object([:]) }
        return .object([
            "carrier": .object([
                "mobile_country_code": "311", "type": .string(carrier.type), "error_code": nil,
                "mobile_network_code": "180", "name": "Simulated Carrier",
            ])
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
}
