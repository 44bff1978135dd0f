import Basics
import Testing
import Web

@testable import TwilioSimulator

@Suite("Pages for people") struct PageTests {
    private func page(_ state: inout SimulatorState, _ path: String, query: String = "", method: String = "GET")
        -> WireAnswer
    {
        var request = APIRequest(method: method, path: APIRequest.segments(path), query: FormFields(query))
        request.wantsPage = true
        return state.page(request, now: Fixture.epoch)
    }

    private func text(_ answer: WireAnswer) -> String { String(decoding: answer.body, as: UTF8.self) }

    @Test func `Phones stand in the order of their newest message, newest first`() throws {
        var fixture = Fixture()
        let first = try fixture.start()
        try fixture.start("+4915112345678", channel: "call")
        fixture.advance(1)
        try fixture.start()
        let phones = fixture.twilio.phones(limit: 200, now: fixture.now)
        #expect(phones.map(\.number) == ["+15017122661", "+4915112345678"])
        #expect(phones[0].entries.map(\.message.at) == [fixture.now, Fixture.epoch])
        #expect(phones[0].entries.map(\.message.code) == [first.code, first.code])
        #expect(fixture.twilio.phones(limit: 1, now: fixture.now).map(\.entries.count) == [1])
    }

    @Test func `A message tells what became of its code`() throws {
        var fixture = Fixture()
        func states() -> [MessageState] {
            fixture.twilio.phones(limit: 200, now: fixture.now).flatMap { $0.entries.map(\.state) }
        }
        let code = try fixture.start().code
        #expect(states() == [.waiting])
        try fixture.check(code)
        #expect(states() == [.approved])
        try fixture.start("+15017122662")
        _ = try fixture.update("+15017122662", status: "canceled")
        try fixture.start("+15017122663")
        for _ in 1...5 { try fixture.check("999999", to: "+15017122663") }
        try fixture.start("+15005530003")
        try fixture.start("+15017122664")
        #expect(states() == [.waiting, .undelivered("30003"), .usedUp, .canceled, .approved])
        fixture.advance(600)
        #expect(states() == [.expired, .undelivered("30003"), .expired, .canceled, .approved])
    }

    @Test func `What comes from outside is escaped`() throws {
        var fixture = Fixture()
        fixture.twilio.services[0].friendlyName = "<b>'&\""
        let code = try fixture.start().code
        var state = SimulatorState(twilio: fixture.twilio)
        let html = text(page(&state, "/"))
        #expect(html.contains("Your &lt;b&gt;&#39;&amp;&quot; verification code is: <strong>\(code)</strong>"))
        #expect(!html.contains("<b>'"))
        #expect(!html.contains("<script"))
    }

    @Test func `A call is told digit by digit, a text with its warning`() throws {
        var fixture = Fixture()
        let on = FormFields("DoNotShareWarningEnabled=true")
        _ = try fixture.twilio.updateService(fixture.service, on, now: fixture.now)
        try fixture.start(channel: "call")
        try fixture.start()
        #expect(
            fixture.twilio.outbox.map(\.text) == [
                "Press any key to hear your code. Your Simulator verification code is: 1, 0, 0, 0, 0, 1",
                "Your Simulator verification code is: 100001. "
                    + "Don’t share this code with anyone; our employees will never ask for the code",
            ])
        let off = FormFields("DtmfInputRequired=false")
        _ = try fixture.twilio.updateService(fixture.service, off, now: fixture.now)
        try fixture.start(channel: "call")
        #expect(fixture.twilio.outbox.last?.text.hasPrefix("Your Simulator") == true)
        var state = SimulatorState(twilio: fixture.twilio)
        #expect(text(page(&state, "/")).contains("<strong>1, 0, 0, 0, 0, 1</strong>"))
    }

    @Test func `The outbox loads itself again only when asked`() {
        var state = SimulatorState(twilio: Fixture().twilio)
        #expect(text(page(&state, "/")).contains("No messages yet."))
        #expect(!text(page(&state, "/")).contains("http-equiv"))
        #expect(text(page(&state, "/", query: "refresh=3")).contains("http-equiv=\"refresh\" content=\"3\""))
        #expect(!text(page(&state, "/", query: "refresh=x")).contains("http-equiv"))
    }

    @Test func `What is unusual is said on both pages`() {
        var state = SimulatorState(twilio: Fixture().twilio)
        #expect(text(page(&state, "/_simulator")).contains("Everything behaves."))
        state.faults.set(SimulatorFault(.hang, percent: 20, count: 3), on: .start)
        state.faults.set(SimulatorFault(.error, code: 60312), on: .createChallenge)
        state.twilio.codes = CodeRules(refuseReplay: true, refuseWrong: true)
        state.clockOffset = .seconds(60)
        state.twilio.setChannel("call", enabled: false, service: state.twilio.configuration.serviceSID)
        for path in ["/", "/_simulator"] {
            let html = text(page(&state, path))
            #expect(html.contains("Fault on start: hang, 20 % of them, 3 more"))
            #expect(html.contains("Fault on create-challenge: error 60312<"))
            #expect(html.contains("An authenticator&#39;s code counts once"))
            #expect(html.contains("An authenticator&#39;s wrong code is an error"))
            #expect(html.contains("The clock is 60 seconds ahead"))
            #expect(html.contains("Switched off for Simulator: call"))
        }
    }

    @Test func `The control page lists every scripted number`() {
        var state = SimulatorState(twilio: Fixture().twilio)
        let html = text(page(&state, "/_simulator"))
        for code in ScriptedErrors.refusals.map(\.codes.lowerBound) + ScriptedErrors.deliveryErrors.keys
            + ScriptedErrors.callStatuses.keys
        { #expect(html.contains(ScriptedNumbers.number(for: code)), "\(code)") }
        #expect(html.contains(ScriptedNumbers.checkPrefix))
        #expect(html.contains(ScriptedIdentities.identity(.createChallenge, 60312)))
    }

    @Test func `A form leads back to its page, another site's form leads nowhere`() {
        var state = SimulatorState(twilio: Fixture().twilio)
        let back = page(&state, "/_simulator/reset", method: "POST")
        #expect(back.status == 303)
        #expect(back.location == "/_simulator")
        #expect(page(&state, "/_simulator/clock", method: "POST").status == 400)
        var foreign = APIRequest(method: "POST", path: ["_simulator", "reset"])
        foreign.isCrossSite = true
        #expect(state.page(foreign, now: Fixture.epoch).status == 403)
        #expect(page(&state, "/elsewhere").status == 404)
    }
}
