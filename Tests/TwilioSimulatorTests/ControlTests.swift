import Basics
import Testing

@testable import TwilioSimulator

@Suite("Faults, controls, forms and the page") struct ControlTests {
    private func control(_ state: inout SimulatorState, _ path: String, _ form: String = "") -> Int {
        let request = APIRequest(
            method: "POST", path: APIRequest.segments("/_simulator/" + path), form: FormFields(form))
        return state.control(request, now: Fixture.epoch).status
    }

    @Test func `A fault hits as often as ordered`() {
        var plan = FaultPlan()
        plan.set(SimulatorFault(.garbage, percent: 50, count: 2), on: .check)
        #expect(plan.draw(.start, roll: 0) == nil)
        #expect(plan.draw(.check, roll: 50) == nil)
        #expect(plan.draw(.check, roll: 49)?.kind == .garbage)
        #expect(plan.draw(.check, roll: 0)?.kind == .garbage)
        #expect(plan.draw(.check, roll: 0) == nil)
        plan.set(SimulatorFault(.unavailable), on: .any)
        #expect(plan.draw(.fetch, roll: 99)?.kind == .unavailable)
        plan.clear()
        #expect(plan.draw(.fetch, roll: 0) == nil)
    }

    @Test(arguments: [
        ("fault", "operation=start&kind=hang", 204), ("fault", "kind=500&percent=0", 400),
        ("fault", "kind=nonsense", 400), ("fault", "operation=x&kind=500", 400), ("fault", "kind=500&count=0", 400),
        ("fault", "kind=none", 204), ("clock", "advance_seconds=600", 204), ("clock", "advance_seconds=-1", 400),
        ("clock", "", 400), ("channel", "channel=sms&enabled=false", 204), ("channel", "channel=sms", 400),
        ("reset", "", 204), ("other", "", 404),
    ])
    func `Controls take what makes sense`(path: String, form: String, status: Int) {
        var state = SimulatorState(twilio: Fixture().twilio)
        #expect(control(&state, path, form) == status)
    }

    @Test func `A reset forgets, but time goes on`() throws {
        var fixture = Fixture()
        try fixture.start()
        var state = SimulatorState(twilio: fixture.twilio)
        #expect(control(&state, "clock", "advance_seconds=5") == 204)
        #expect(control(&state, "reset") == 204)
        #expect(state.twilio.outbox.isEmpty)
        #expect(state.clockOffset == .seconds(5))
    }

    @Test(arguments: [
        ("POST", "/v2/Services/VA1/Verifications", SimulatorOperation.start),
        ("POST", "/v2/Services/VA1/VerificationCheck", .check), ("GET", "/v2/Services/VA1/Verifications/+1", .fetch),
        ("POST", "/v2/Services/VA1/Verifications/VE1", .any), ("GET", "/v2/Attempts", .attempts),
        ("GET", "/v2/Services", .any),
    ])
    func `Requests are told apart`(method: String, path: String, operation: SimulatorOperation) {
        #expect(SimulatorOperation(method: method, path: APIRequest.segments(path)) == operation)
    }

    @Test func `Forms are decoded`() {
        let fields = FormFields("a=1+2&b=%2B49%20x&a=3&c&d=%zz%4&e=%C3%A9=")
        #expect(fields["a"] == "1 2")
        #expect(fields["b"] == "+49 x")
        #expect(fields["c"] == nil)
        #expect(fields["d"] == "%zz%4")
        #expect(fields["e"] == "é=")
        #expect(fields.encoded(leavingOut: ["a", "c", "d"]) == "b=%2B49%20x&e=%C3%A9%3D")
    }

    @Test func `JSON text is escaped`() {
        let value: JSONValue = .object(["a\"\\": "\n\u{1}é", "b": .array([1, true, nil])])
        #expect(value.rendered == #"{"a\"\\":"\u000a\u0001é","b":[1,true,null]}"#)
    }

    @Test func `The page escapes and puts the newest first`() throws {
        var fixture = Fixture()
        fixture.twilio.services[0].friendlyName = "<b>'&\""
        try fixture.start()
        try fixture.start("+4915112345678")
        let html = OutboxPage.html(fixture.twilio.outbox)
        #expect(html.contains("&lt;b&gt;&#39;&amp;&quot;: your code is 100001"))
        #expect(!html.contains("<b>"))
        let newest = try #require(html.firstRange(of: "+4915112345678"))
        let oldest = try #require(html.firstRange(of: "+15017122661"))
        #expect(newest.lowerBound < oldest.lowerBound)
        #expect(OutboxPage.html([]).contains("No messages yet."))
    }
}
