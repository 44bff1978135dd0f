import Basics
import Testing
import Web

@testable import TwilioSimulator

@Suite("The authenticator app on the page") struct AuthenticatorAppTests {
    private static let link = "otpauth://totp/Site:anna?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Site"

    private func ask(
        _ state: inout SimulatorState, _ method: String, _ path: String, form: [String: String] = [:],
        wantsPage: Bool = true, now: Timestamp = Fixture.epoch
    ) -> (answer: WireAnswer, text: String) {
        let fields = form.map { "\($0.key)=\(FormFields.encoded($0.value))" }.joined(separator: "&")
        var request = APIRequest(method: method, path: APIRequest.segments(path), form: FormFields(fields))
        request.wantsPage = wantsPage
        let answer = state.page(request, now: now)
        return (answer, String(decoding: answer.body, as: UTF8.self))
    }

    @Test func `An account shows the codes that a real phone shows`() {
        var state = SimulatorState(twilio: Fixture().twilio)
        let added = ask(&state, "POST", "/_simulator/account", form: ["link": Self.link]).answer
        #expect((added.status, added.location) == (303, "/"))
        let now = Timestamp(seconds: 1_111_111_111)
        let html = ask(&state, "GET", "/", now: now).text
        #expect(html.contains("<b>Site</b> anna"))
        #expect(html.contains("<strong>050 471</strong>"))
        #expect(html.contains("aria-label=\"29 seconds left\""))
        #expect(html.contains("style=\"--left:29;animation-duration:29s\""))
        #expect(html.contains("http-equiv=\"refresh\" content=\"29\""))
        let listed = ask(&state, "GET", "/_simulator/authenticator", now: now).text
        #expect(
            listed == """
                {"accounts":[{"id":"1","issuer":"Site","label":"anna","code":"050471","seconds_left":29}],"factors":[]}
                """)
    }

    @Test func `An account is removed, and goes with a reset`() throws {
        var state = SimulatorState(twilio: Fixture().twilio)
        #expect(ask(&state, "GET", "/authenticator").text.contains("No accounts yet."))
        try state.app.add(link: Redacted(Self.link))
        try state.app.add(link: Redacted(Self.link + "&digits=8"))
        #expect(ask(&state, "GET", "/authenticator").text.contains("name=\"id\" value=\"2\""))
        let removed = ask(&state, "POST", "/_simulator/forget-account", form: ["id": "1"]).answer
        #expect((removed.status, removed.location) == (303, "/authenticator"))
        #expect(state.app.accounts.map(\.id) == [2])
        for id in ["1", "0", "x", ""] {
            #expect(ask(&state, "POST", "/_simulator/forget-account", form: ["id": id]).answer.status == 404)
        }
        #expect(ask(&state, "POST", "/_simulator/reset").answer.status == 303)
        #expect(state.app.accounts.isEmpty)
    }

    @Test func `A link that is none is answered with the form and a sentence, without the secret`() throws {
        var state = SimulatorState(twilio: Fixture().twilio)
        let bad = ["link": "otpauth://totp/x?secret=GEZDGNBVGY3TQOJQ&digits=99"]
        let shown = ask(&state, "POST", "/_simulator/account", form: bad)
        #expect(shown.answer.status == 400)
        #expect(shown.answer.contentType == WireAnswer.page)
        #expect(shown.text.contains("role=\"alert\">The link&#39;s digits is a whole number from 3 to 8<"))
        #expect(!shown.text.contains("GEZDGNBVGY3TQOJQ"))
        let told = ask(&state, "POST", "/_simulator/account", form: bad, wantsPage: false)
        #expect(told.answer.status == 400)
        #expect(told.text == "{\"error\":\"The link's digits is a whole number from 3 to 8\"}")
        try state.app.add(link: Redacted(Self.link))
        #expect(ask(&state, "POST", "/_simulator/account", form: ["link": Self.link]).answer.status == 400)
        #expect(state.app.accounts.count == 1)
    }

    @Test func `There is an end to accounts`() throws {
        var app = AuthenticatorApp()
        for number in 1...AuthenticatorApp.mostAccounts {
            try app.add(link: Redacted("otpauth://totp/\(number)?secret=MZXW6YTB"))
        }
        #expect(throws: ControlProblem.self) { try app.add(link: Redacted(Self.link)) }
        try app.remove(1)
        try app.add(link: Redacted(Self.link))
    }

    @Test func `Twilio's factors stand beside the app, the newest first`() throws {
        var fixture = Fixture()
        let first = try fixture.verifiedFactor("Binding.Secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ")
        fixture.advance(1)
        let second = try fixture.makeFactor("Config.TimeStep=60&Config.CodeLength=8", identity: "another-person").factor
        let shown = fixture.twilio.shownFactors(limit: 9, now: fixture.now)
        #expect(shown.map(\.id) == [second.sid, first.sid])
        #expect(shown.map(\.issuer) == ["Simulator", "Simulator"])
        #expect(shown.map(\.code.revealed) == [fixture.code(of: second), fixture.code(of: first)])
        #expect(shown.map(\.factor?.status) == [.unverified, .verified])
        #expect(shown.map(\.factor?.identity) == ["another-person", Fixture.identity])
        #expect(shown.map(\.secondsLeft) == [39, 9])
        #expect(fixture.twilio.shownFactors(limit: 1, now: fixture.now).map(\.id) == [second.sid])
        var state = SimulatorState(twilio: fixture.twilio)
        let html = ask(&state, "GET", "/", now: fixture.now).text
        #expect(html.contains("Codes that Twilio takes"))
        #expect(html.contains("<b>verified</b><span>\(Fixture.identity)</span>"))
        #expect(!html.contains("GEZDGNBVGY3TQOJQ"))
        fixture.advance(24 * 3600)
        #expect(fixture.twilio.shownFactors(limit: 9, now: fixture.now).map(\.id) == [first.sid])
    }

    @Test func `What comes from outside is escaped`() throws {
        let evil = "<script>'\"&"
        var fixture = Fixture()
        fixture.twilio.services[0].friendlyName = evil
        let form = FormFields("FriendlyName=\(FormFields.encoded(evil))&FactorType=totp")
        _ = try fixture.twilio.createFactor(
            service: fixture.service, identity: Fixture.identity, form, now: fixture.now)
        var state = SimulatorState(twilio: fixture.twilio)
        let label = FormFields.encoded(evil)
        try state.app.add(link: Redacted("otpauth://totp/\(label):\(label)?secret=MZXW6YTB&issuer=\(label)"))
        for path in ["/", "/authenticator"] {
            let html = ask(&state, "GET", path).text
            #expect(!html.contains("<script"))
            #expect(html.contains("&lt;script&gt;&#39;&quot;&amp;"))
        }
    }

    @Test(arguments: [
        ("123", "123"), ("1234", "1234"), ("12345", "123 45"), ("123456", "123 456"), ("12345678", "1234 5678"),
    ])
    func `Codes are set in two halves`(code: String, shown: String) {
        #expect(CodeCards.grouped(code) == shown)
    }
}
