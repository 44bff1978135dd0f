import Basics
import Testing
import Web

@testable import TwilioSimulator

@Suite("Controls") struct ControlTests {
    private func control(
        _ state: inout SimulatorState, _ path: String, _ form: String = "", method: String = "POST"
    ) -> APIResponse {
        let request = APIRequest(
            method: method, path: APIRequest.segments("/_simulator/" + path), form: FormFields(form))
        return state.control(request, now: Fixture.epoch)
    }

    @Test(arguments: [
        ("fault", "operation=start&kind=hang", 204), ("fault", "kind=500&percent=0", 400), ("fault", "kind=none", 204),
        ("clock", "advance_seconds=600", 204), ("clock", "advance_seconds=-1", 400), ("clock", "", 400),
        ("channel", "channel=sms&enabled=false", 204), ("channel", "channel=sms", 400),
        ("channel", "channel=fax&enabled=false", 400), ("channel", "channel=sms&enabled=false&service=VA9", 404),
        ("codes", "replay=refused", 204), ("codes", "wrong=refused&replay=accepted", 204), ("codes", "", 400),
        ("codes", "replay=maybe", 400), ("codes", "replay=refused&wrong=maybe", 400), ("reset", "", 204),
        ("other", "", 404),
    ])
    func `Controls take what makes sense`(path: String, form: String, status: Int) {
        var state = SimulatorState(twilio: Fixture().twilio)
        let answer = control(&state, path, form)
        #expect(answer.status == status)
        #expect((answer.body?["error"]?.text != nil) == (status >= 400))
    }

    @Test func `The faults in force can be read`() {
        var state = SimulatorState(twilio: Fixture().twilio)
        #expect(control(&state, "fault", "operation=check&kind=delay&count=2&percent=50").status == 204)
        let listed = control(&state, "fault", method: "GET")
        #expect(
            listed.body?.rendered == #"[{"operation":"check","kind":"delay","code":null,"percent":50,"count":2}]"#)
    }

    @Test func `A reset forgets, but time goes on`() throws {
        var fixture = Fixture()
        try fixture.start()
        var state = SimulatorState(twilio: fixture.twilio)
        #expect(control(&state, "clock", "advance_seconds=5").status == 204)
        #expect(control(&state, "fault", "kind=hang").status == 204)
        #expect(control(&state, "reset").status == 204)
        #expect(state.twilio.outbox.isEmpty)
        #expect(state.faults.faults.isEmpty)
        #expect(state.clockOffset == .seconds(5))
    }

    @Test func `Rules for codes are set one by one, until the reset`() {
        var state = SimulatorState(twilio: Fixture().twilio)
        #expect(control(&state, "codes", "replay=refused").status == 204)
        #expect(state.twilio.codes == CodeRules(refuseReplay: true, refuseWrong: false))
        #expect(control(&state, "codes", "wrong=refused").status == 204)
        #expect(state.twilio.codes == CodeRules(refuseReplay: true, refuseWrong: true))
        #expect(control(&state, "codes", "replay=accepted").status == 204)
        #expect(state.twilio.codes == CodeRules(refuseReplay: false, refuseWrong: true))
        #expect(control(&state, "reset").status == 204)
        #expect(state.twilio.codes == CodeRules())
    }
}

@Suite("Forms, JSON text and dates") struct EncodingTests {
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

    @Test(
        arguments: [
            (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        ] as [(Int64, String)])
    func `Dates are written as HTTP wants them`(seconds: Int64, text: String) {
        #expect(HTTPDate.text(Timestamp(milliseconds: seconds * 1000 + 999)) == text)
    }
}
