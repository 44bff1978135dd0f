import Basics
import Testing

@testable import TwilioSimulator

@Suite("Parameters and scripted errors") struct ParameterTests {
    @Test(arguments: ["", "5017122661", "+0123456789", "+1501712266100000", "+1 501 712 2661", "a@example.org"])
    func `A bad number is refused`(to: String) {
        var fixture = Fixture()
        let failure = #expect(throws: APIFailure.self) { try fixture.start(to) }
        #expect(failure == .invalid("To"))
    }

    @Test(arguments: [
        ("", 60200), ("voice", 60200), ("auto", 60200), ("sna", 60200), ("email", 60217), ("whatsapp", 68008),
    ])
    func `A channel that cannot be used is refused`(channel: String, code: Int) {
        var fixture = Fixture()
        #expect(Fixture.code { () throws(APIFailure) in try fixture.start(channel: channel) } == code)
    }

    @Test func `A channel can be switched off and on`() throws {
        var fixture = Fixture()
        fixture.twilio.setChannel("call", enabled: false, service: fixture.service)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.start(channel: "call") } == 60223)
        try fixture.start(channel: "sms")
        fixture.twilio.setChannel("call", enabled: true, service: fixture.service)
        try fixture.start(channel: "call")
    }

    @Test(arguments: [
        ("Code=123456", 60221), ("To=%2B15017122661", 60200), ("To=%2B15017122661&Code=123", 60200),
        ("To=%2B15017122661&Code=12345678901", 60200), ("To=%2B15017122661&Code=1234", 20404),
        ("VerificationSid=VE00000000000000000000000000000009&Code=1234", 20404),
    ])
    func `A check needs a verification and a code`(form: String, code: Int) {
        var fixture = Fixture()
        let answer = Fixture.code { () throws(APIFailure) in
            try fixture.twilio.check(service: fixture.service, FormFields(form), now: fixture.now)
        }
        #expect(answer == code)
    }

    @Test(arguments: [
        ("+15005550410", 60410, 403), ("+15005550605", 60605, 403), ("+15005550205", 60205, 403),
        ("+15005551610", 21610, 400), ("+15005550212", 60212, 429), ("+15005550238", 60238, 403),
        ("+15005550429", 20429, 429), ("+15005550500", 20500, 500), ("+15005550503", 20503, 503),
    ])
    func `Scripted numbers fail as documented`(to: String, code: Int, status: Int) {
        var fixture = Fixture()
        let failure = #expect(throws: APIFailure.self) { try fixture.start(to) }
        #expect(failure?.code == code)
        #expect(failure?.status == status)
        #expect(failure?.retryAfter == (code == 20429 ? 1 : nil))
        #expect(fixture.twilio.outbox.isEmpty)
    }

    @Test func `Scripted blocks give way where Twilio's do`() throws {
        var fixture = Fixture()
        try fixture.start("+15005550410", extra: "RiskCheck=disable")
        try fixture.start("+15005550205", channel: "call")
        #expect(
            Fixture.code { () throws(APIFailure) in
                try fixture.start("+15005550605", channel: "call", extra: "RiskCheck=disable")
            } == 60605)
    }

    @Test func `Custom codes need the feature`() throws {
        var fixture = Fixture()
        #expect(Fixture.code { () throws(APIFailure) in try fixture.start(extra: "CustomCode=4711") } == 60204)
        let enable = FormFields("CustomCodeEnabled=true")
        _ = try fixture.twilio.updateService(fixture.service, enable, now: fixture.now)
        try fixture.start(extra: "CustomCode=4711")
        #expect(try fixture.check("4711").status == .approved)
    }

    @Test(arguments: [
        "FriendlyName=x12345", "FriendlyName=a%2Fb", "FriendlyName=0123456789012345678901234567890",
        "FriendlyName=x&CodeLength=3", "FriendlyName=x&CodeLength=11", "CodeLength=6",
        "FriendlyName=x&LookupEnabled=yes",
    ])
    func `Bad service settings are refused`(form: String) {
        var fixture = Fixture()
        let code = Fixture.code { () throws(APIFailure) in
            try fixture.twilio.createService(FormFields(form), now: fixture.now)
        }
        #expect(code == 60200)
        #expect(fixture.twilio.services.count == 1)
    }
}
