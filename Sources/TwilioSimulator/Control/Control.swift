import Basics
import Web

extension SimulatorState {
    /// Answers a request to `/_simulator`, with a sentence for what it cannot read or do.
    mutating func control(_ request: APIRequest, now: Timestamp) -> APIResponse {
        do throws(ControlProblem) {
            switch (request.method, request.path.dropFirst().first) {
            case ("GET", "outbox"): return outbox(to: request.query["to"])
            case ("GET", "stats"): return stats()
            case ("GET", "fault"): return faultList()
            case ("GET", "authenticator"): return authenticator(now: now)
            case ("POST", "account"): try app.add(link: Redacted(request.form["link"] ?? ""))
            case ("POST", "forget-account"): try app.remove(request.form["id"].flatMap { Int($0) } ?? 0)
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

    private mutating func advanceClock(_ form: FormFields) throws(ControlProblem) {
        let problem = ControlProblem.outside("advance_seconds", 0...31_536_000)
        guard let seconds = try form.number("advance_seconds", 0...31_536_000, or: problem) else { throw problem }
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
