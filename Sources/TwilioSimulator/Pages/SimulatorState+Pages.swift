import Basics

extension SimulatorState {
    /// Answers what is for people: `/`, `/_simulator`, and the controls under it.
    mutating func page(_ request: APIRequest, now: Timestamp) -> WireAnswer {
        // A page of another site must not order anything here.
        if request.isCrossSite, request.method != "GET" {
            return WireAnswer(Self.refusal(403, "Not from a page of another site"))
        }
        switch (request.method, request.path) {
        case ("GET", []):
            let refresh = request.query["refresh"].flatMap { Int($0) }.map { min(max($0, 1), 3600) }
            let phones = twilio.phones(limit: OutboxPage.limit, now: now)
            return page(OutboxPage.html(phones, warnings: warnings, refresh: refresh))
        case ("GET", ["_simulator"]):
            return page(ControlPage.html(base: request.base, warnings: warnings))
        case _ where request.path.first == "_simulator":
            let response = control(request, now: now)
            // Back to the page that the form stands on.
            guard request.wantsPage, response.status == 204 else { return WireAnswer(response) }
            var answer = WireAnswer(status: 303)
            answer.location = "/_simulator"
            return answer
        default: return WireAnswer(Self.refusal(404, "Nothing here"))
        }
    }

    private func page(_ text: String) -> WireAnswer {
        WireAnswer(status: 200, contentType: WireAnswer.page, text: text)
    }

    /// What is not as it would be by itself.
    private var warnings: [String] {
        var lines = SimulatorOperation.allCases.compactMap { operation in
            faults.faults[operation].map { fault in
                let often = fault.percent < 100 ? ", \(fault.percent) % of them" : ""
                let left = fault.count.map { ", \($0) more" } ?? ""
                return "Fault on \(operation.rawValue): \(fault.kind.rawValue)\(often)\(left)"
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
