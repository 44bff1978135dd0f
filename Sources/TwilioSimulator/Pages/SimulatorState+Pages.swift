import Basics
import Web

extension SimulatorState {
    /// Answers what is for people: `/`, `/authenticator`, `/_simulator`, and the controls under it.
    mutating func page(_ request: APIRequest, now: Timestamp) -> WireAnswer {
        // A page of another site must not order anything here.
        if request.isCrossSite, request.method != "GET" {
            return WireAnswer(Self.refusal(403, "Not from a page of another site"))
        }
        switch (request.method, request.path) {
        case ("GET", []): return page(phones(request, now: now))
        case ("GET", ["authenticator"]): return page(AuthenticatorPage.html(app.shown(now: now)))
        case ("GET", ["_simulator"]):
            return page(ControlPage.html(base: request.base, warnings: warnings))
        case _ where request.path.first == "_simulator":
            let response = control(request, now: now)
            return request.wantsPage ? afterForm(request, response, now: now) : WireAnswer(response)
        default: return WireAnswer(Self.refusal(404, "Nothing here"))
        }
    }

    private func phones(_ request: APIRequest, now: Timestamp) -> String {
        let refresh = request.query["refresh"].flatMap { Int($0) }.map { min(max($0, 1), 3600) }
        let content = PhonesPage.Content(
            phones: twilio.phones(limit: PhonesPage.limit, now: now), app: app.shown(now: now),
            factors: twilio.shownFactors(limit: Self.mostFactorsShown, now: now), warnings: warnings)
        return PhonesPage.html(content, refresh: refresh)
    }

    /// Leads back to the page that the form stands on; to the codes after a new account.
    private func afterForm(_ request: APIRequest, _ response: APIResponse, now: Timestamp) -> WireAnswer {
        let control = request.path.dropFirst().first ?? ""
        if response.status == 204 {
            var answer = WireAnswer(status: 303)
            answer.location =
                ["account": "/", "forget-account": AuthenticatorPage.path][control] ?? "/_simulator"
            return answer
        }
        guard control == "account" else { return WireAnswer(response) }
        let problem = response.body?["error"]?.text
        return page(AuthenticatorPage.html(app.shown(now: now), problem: problem), status: response.status)
    }

    private func page(_ text: String, status: Int = 200) -> WireAnswer {
        WireAnswer(status: status, contentType: WireAnswer.page, text: text)
    }

    /// What is not as it would be by itself.
    private var warnings: [String] {
        var lines = SimulatorOperation.allCases.compactMap { operation in
            faults.faults[operation].map { fault in
                let code = fault.code.map { " \($0)" } ?? ""
                let often = fault.percent < 100 ? ", \(fault.percent) % of them" : ""
                let left = fault.count.map { ", \($0) more" } ?? ""
                return "Fault on \(operation.rawValue): \(fault.kind.rawValue)\(code)\(often)\(left)"
            }
        }
        if twilio.codes.refuseReplay { lines.append("An authenticator's code counts once") }
        if twilio.codes.refuseWrong { lines.append("An authenticator's wrong code is an error") }
        if clockOffset > .zero { lines.append("The clock is \(clockOffset.components.seconds) seconds ahead") }
        for service in twilio.services where !service.disabledChannels.isEmpty {
            let channels = service.disabledChannels.sorted().joined(separator: ", ")
            lines.append("Switched off for \(service.friendlyName): \(channels)")
        }
        return lines
    }
}
