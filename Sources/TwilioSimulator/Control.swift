import Basics

/// Everything that changes while the simulator runs: Twilio's state, faults, the clock's offset, counters.
struct SimulatorState: Sendable {
    var twilio: SimulatedTwilio
    var faults = FaultPlan()
    /// Added to the wall clock.
    var clockOffset = Duration.zero
    var requests: [SimulatorOperation: Int] = [:]

    /// Forgets everything but the configuration; the clock's offset stays, for time must not run backwards.
    mutating func reset(now: Timestamp) {
        twilio = SimulatedTwilio(configuration: twilio.configuration, sources: twilio.sources, now: now)
        faults.clear()
        requests = [:]
    }

    /// Answers a request to `/_simulator`; 400 with a sentence for what it cannot read.
    mutating func control(_ request: APIRequest, now: Timestamp) -> APIResponse {
        switch (request.method, request.path.dropFirst().first) {
        case ("GET", "outbox"): return outbox(to: request.query["to"])
        case ("GET", "stats"): return stats()
        case ("POST", "fault"): return setFault(request.form)
        case ("POST", "clock"): return advanceClock(request.form)
        case ("POST", "channel"): return setChannel(request.form)
        case ("POST", "reset"):
            reset(now: now)
            return APIResponse(status: 204, body: nil)
        default: return Self.refusal(404, "No such control")
        }
    }

    private func outbox(to: String?) -> APIResponse {
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
                        "verification_sid": .string(message.verificationSID),
                    ])
                }))
    }

    private func stats() -> APIResponse {
        let counted = twilio.statistics
        return APIResponse(
            status: 200,
            body: .object([
                "sends": .integer(counted.sends), "checks": .integer(counted.checks),
                "approved": .integer(counted.approved), "numbers": .integer(counted.numbers),
            ]))
    }

    private mutating func setFault(_ form: FormFields) -> APIResponse {
        guard let operation = SimulatorOperation(rawValue: form["operation"] ?? "any") else {
            return Self.refusal(400, "Unknown operation")
        }
        if form["kind"] == "none" {
            faults.set(nil, on: operation)
            return APIResponse(status: 204, body: nil)
        }
        guard let kind = SimulatorFault.Kind(rawValue: form["kind"] ?? "") else {
            return Self.refusal(400, "Unknown kind")
        }
        guard let percent = Int(form["percent"] ?? "100"), (1...100).contains(percent),
            let milliseconds = Int(form["ms"] ?? "1000"), (0...3_600_000).contains(milliseconds)
        else { return Self.refusal(400, "percent is 1 to 100, ms 0 to 3600000") }
        let count = form["count"].map { Int($0) ?? 0 }
        if let count, count < 1 { return Self.refusal(400, "count is 1 or more") }
        let fault = SimulatorFault(kind, percent: percent, count: count, delay: .milliseconds(milliseconds))
        faults.set(fault, on: operation)
        return APIResponse(status: 204, body: nil)
    }

    private mutating func advanceClock(_ form: FormFields) -> APIResponse {
        guard let seconds = form["advance_seconds"].flatMap({ Int($0) }), (0...31_536_000).contains(seconds) else {
            return Self.refusal(400, "advance_seconds is 0 to 31536000")
        }
        clockOffset += .seconds(seconds)
        return APIResponse(status: 204, body: nil)
    }

    private mutating func setChannel(_ form: FormFields) -> APIResponse {
        guard let channel = form["channel"], let enabled = form["enabled"], ["true", "false"].contains(enabled) else {
            return Self.refusal(400, "channel and enabled (true or false) are needed")
        }
        let service = form["service"] ?? twilio.configuration.serviceSID
        twilio.setChannel(channel, enabled: enabled == "true", service: service)
        return APIResponse(status: 204, body: nil)
    }

    static func refusal(_ status: Int, _ text: String) -> APIResponse {
        APIResponse(status: status, body: .object(["error": .string(text)]))
    }
}
