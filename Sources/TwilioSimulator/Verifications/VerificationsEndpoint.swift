extension SimulatedTwilio {
    /// `…/Verifications` and one of them, by its SID or its number.
    mutating func verificationsAnswer(_ call: APICall, service: String) throws(APIFailure) -> APIResponse {
        guard call.rest.count <= 1 else { throw call.nowhere }
        let bodies = bodies(call)
        switch (call.method, call.rest.first) {
        case ("POST", nil):
            let started = try start(service: service, call.form, now: call.now)
            return APIResponse(status: 201, body: bodies.verification(started))
        case ("GET", let id?):
            let found = try fetch(service: service, idOrNumber: id, now: call.now)
            return APIResponse(status: 200, body: bodies.verification(found))
        case ("POST", let id?):
            let updated = try update(service: service, idOrNumber: id, call.form, now: call.now)
            return APIResponse(status: 200, body: bodies.verification(updated))
        default: throw .noSuchMethod
        }
    }

    /// `…/VerificationCheck`.
    ///
    /// Twilio's document says 201; what it really answers is 200.
    mutating func checkAnswer(_ call: APICall, service: String) throws(APIFailure) -> APIResponse {
        guard call.rest.isEmpty else { throw call.nowhere }
        guard call.method == "POST" else { throw .noSuchMethod }
        let checked = try check(service: service, call.form, now: call.now)
        return APIResponse(status: 200, body: bodies(call).check(checked))
    }
}

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
