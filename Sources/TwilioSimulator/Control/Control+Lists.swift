import Basics

extension SimulatorState {
    /// Oldest first.
    func outbox(to: String?) -> APIResponse {
        // A `+` sent unescaped in a query reads as a space; nobody means a number with a space in front.
        let number = to.map { $0.hasPrefix(" ") ? "+" + $0.dropFirst() : $0 }
        let messages = twilio.outbox.filter { number == nil || $0.to == number }
        return APIResponse(
            status: 200,
            body: .array(
                messages.map { message in
                    .object([
                        "at": .string(message.at.description), "to": .string(message.to),
                        "channel": .string(message.channel), "code": .string(message.code),
                        "text": .string(message.text), "undelivered": .optional(message.undelivered),
                        "verification_sid": .string(message.verificationSID),
                    ])
                }))
    }

    func stats() -> APIResponse {
        let counted = twilio.statistics
        return APIResponse(
            status: 200,
            body: .object([
                "sends": .integer(counted.sends), "checks": .integer(counted.checks),
                "approved": .integer(counted.approved), "numbers": .integer(counted.numbers),
                "factors": .integer(counted.factors), "factors_verified": .integer(counted.factorsVerified),
                "challenges": .integer(counted.challenges),
                "challenges_approved": .integer(counted.challengesApproved),
            ]))
    }

    func faultList() -> APIResponse {
        let ordered = SimulatorOperation.allCases.compactMap { operation in
            faults.faults[operation].map { (operation, $0) }
        }
        return APIResponse(
            status: 200,
            body: .array(
                ordered.map { operation, fault in
                    .object([
                        "operation": .string(operation.rawValue), "kind": .string(fault.kind.rawValue),
                        "code": fault.code.map { .integer($0) } ?? nil, "percent": .integer(fault.percent),
                        "count": fault.count.map { .integer($0) } ?? nil,
                    ])
                }))
    }

    /// What the app shows, and what Twilio would take.
    func authenticator(now: Timestamp) -> APIResponse {
        let factors = twilio.shownFactors(limit: Self.mostFactorsShown, now: now)
        return APIResponse(
            status: 200,
            body: .object([
                "accounts": .array(app.shown(now: now).map(Self.entry)), "factors": .array(factors.map(Self.entry)),
            ]))
    }

    private static func entry(_ shown: ShownCode) -> JSONValue {
        var pairs: JSONValue.KeyValuePairs = [
            "id": .string(shown.id), "issuer": .string(shown.issuer), "label": .string(shown.label),
            "code": .string(shown.code.revealed), "seconds_left": .integer(shown.secondsLeft),
        ]
        if let factor = shown.factor {
            pairs.members += [
                .init(name: "identity", value: .string(factor.identity)),
                .init(name: "status", value: .string(factor.status.rawValue)),
            ]
        }
        return .object(pairs)
    }
}
