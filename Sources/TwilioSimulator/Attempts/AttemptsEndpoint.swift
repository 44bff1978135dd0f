import Basics

extension SimulatedTwilio {
    /// `/v2/Attempts`, its summary, and one attempt.
    func attemptsAnswer(_ call: APICall) throws(APIFailure) -> APIResponse {
        guard call.rest.count <= 1 else { throw call.nowhere }
        guard call.method == "GET" else { throw .noSuchMethod }
        let bodies = bodies(call)
        switch call.rest.first {
        case nil:
            let found = attempts(try AttemptsQuery(call.query), now: call.now)
            let body = try Paging(call.query).body(
                key: "attempts", items: found, newestFirst: true, url: bodies.base + "/v2/Attempts",
                query: call.query, render: { bodies.attempt($0, now: call.now) })
            return APIResponse(status: 200, body: body)
        case "Summary":
            let found = attempts(try AttemptsQuery(summary: call.query), now: call.now)
            return APIResponse(status: 200, body: bodies.summary(found))
        case let sid?:
            return APIResponse(status: 200, body: bodies.attempt(try attempt(sid, now: call.now), now: call.now))
        }
    }
}

extension ResponseBodies {
    func attempt(_ item: SimulatedAttempt, now: Timestamp) -> JSONValue {
        .object([
            "sid": .string(item.sid), "account_sid": .string(accountSID), "service_sid": .string(item.serviceSID),
            "verification_sid": .string(item.verificationSID), "date_created": Self.date(item.created),
            "date_updated": Self.date(item.converted ?? item.created),
            "conversion_status": item.converted == nil ? "unconverted" : "converted",
            "channel": .string(item.channel), "price": .object(["value": "0.05", "currency": "usd"]),
            "channel_data": .object(Self.channelData(item, now: now)),
            "url": .string("\(base)/v2/Attempts/\(item.sid)"),
        ])
    }

    /// A call has a `call_status`, anything else a `message_status` and an `error_code`.
    private static func channelData(_ item: SimulatedAttempt, now: Timestamp) -> JSONValue.KeyValuePairs {
        let isCall = item.channel == "call"
        var pairs: JSONValue.KeyValuePairs = [
            "verification_sid": .string(item.verificationSID), "to": .string(item.to),
            "status": .string(item.status(now: now)),
        ]
        pairs.members +=
            isCall
            ? [.init(name: "call_status", value: .string(item.undelivered ?? "completed"))]
            : [
                .init(name: "message_status", value: item.undelivered == nil ? "delivered" : "undelivered"),
                .init(name: "error_code", value: .optional(item.undelivered)),
            ]
        let rest: JSONValue.KeyValuePairs = [
            "country": .optional(item.country), "code_length": .integer(item.codeLength),
            "locale": .string(item.locale ?? "en"), "mcc": nil, "mnc": nil, "carrier": nil,
        ]
        pairs.members += rest.members
        return pairs
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
