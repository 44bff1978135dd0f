import Basics

extension SimulatorState {
    /// Answers a request to `/_simulator`, with a sentence for what it cannot read or do.
    mutating func control(_ request: APIRequest, now: Timestamp) -> APIResponse {
        do throws(ControlProblem) {
            switch (request.method, request.path.dropFirst().first) {
            case ("GET", "outbox"): return outbox(to: request.query["to"])
            case ("GET", "stats"): return stats()
            case ("GET", "fault"): return faultList()
            case ("POST", "fault"):
                let order = try FaultOrder(request.form)
                faults.set(order.fault, on: order.operation)
            case ("POST", "clock"): try advanceClock(request.form)
            case ("POST", "channel"): try setChannel(request.form)
            case ("POST", "codes"): try setCodeRules(request.form)
            case ("POST", "reset"): reset(now: now)
            default: return Self.refusal(404, "No such control; GET /_simulator lists them")
            }
            return APIResponse(status: 204, body: nil)
        } catch {
            return Self.refusal(error.status, error.text)
        }
    }

    /// Oldest first.
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
                        "text": .string(message.text), "undelivered": .optional(message.undelivered),
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
                "factors": .integer(counted.factors), "factors_verified": .integer(counted.factorsVerified),
                "challenges": .integer(counted.challenges),
                "challenges_approved": .integer(counted.challengesApproved),
            ]))
    }

    private func faultList() -> APIResponse {
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

    private mutating func advanceClock(_ form: FormFields) throws(ControlProblem) {
        guard let seconds = form["advance_seconds"].flatMap({ Int($0) }), (0...31_536_000).contains(seconds) else {
            throw ControlProblem("advance_seconds is a whole number from 0 to 31536000")
        }
        clockOffset += .seconds(seconds)
    }

    private mutating func setChannel(_ form: FormFields) throws(ControlProblem) {
        guard let channel = form["channel"], ["sms", "call", "whatsapp", "email"].contains(channel),
            let enabled = form["enabled"], ["true", "false"].contains(enabled)
        else { throw ControlProblem("channel is sms, call, whatsapp or email, and enabled is true or false") }
        let service = form["service"] ?? twilio.configuration.serviceSID
        guard twilio.services.contains(where: { $0.sid == service }) else { throw .unknownService }
        twilio.setChannel(channel, enabled: enabled == "true", service: service)
    }

    private mutating func setCodeRules(_ form: FormFields) throws(ControlProblem) {
        let replay = form["replay"].map { $0 == "refused" }
        let wrong = form["wrong"].map { $0 == "refused" }
        guard ["accepted", "refused", nil].contains(form["replay"]),
            ["answered", "refused", nil].contains(form["wrong"]),
            replay != nil || wrong != nil
        else { throw ControlProblem("replay is accepted or refused, wrong is answered or refused") }
        twilio.codes.refuseReplay = replay ?? twilio.codes.refuseReplay
        twilio.codes.refuseWrong = wrong ?? twilio.codes.refuseWrong
    }

    static func refusal(_ status: Int, _ text: String) -> APIResponse {
        APIResponse(status: status, body: .object(["error": .string(text)]))
    }
}
