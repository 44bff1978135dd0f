import Basics
import Testing
import Web

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

    @Test func `An address is refused for its channel`() {
        var fixture = Fixture()
        let code = Fixture.code { () throws(APIFailure) in try fixture.start("a@example.org", channel: "email") }
        #expect(code == 60217)
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
        ("To=nobody&Code=1234", 60200),
        ("VerificationSid=VE00000000000000000000000000000009&Code=1234", 20404),
    ])
    func `A check needs a verification and a code`(form: String, code: Int) {
        var fixture = Fixture()
        let answer = Fixture.code { () throws(APIFailure) in
            try fixture.twilio.check(service: fixture.service, FormFields(form), now: fixture.now)
        }
        #expect(answer == code)
    }

    @Test(arguments: ScriptedErrors.refusals.flatMap { [$0.codes.lowerBound, $0.codes.upperBound] })
    func `Scripted numbers fail as documented`(code: Int) throws {
        var fixture = Fixture()
        let to = ScriptedNumbers.number(for: code)
        let refusal = try #require(ScriptedErrors.refusals.first { $0.codes.contains(code) })
        let channel = refusal.condition == .callsOnly ? "call" : "sms"
        let failure = #expect(throws: APIFailure.self) { try fixture.start(to, channel: channel) }
        #expect(failure?.code == code)
        #expect(failure?.status == refusal.status)
        #expect((failure?.retryAfter == 1) == [20429, 25109].contains(code))
        #expect(fixture.twilio.outbox.isEmpty)
        if refusal.condition == .textsOnly { try fixture.start(to, channel: "call") }
        if refusal.condition == .callsOnly { try fixture.start(to, channel: "sms") }
        if refusal.condition == .riskCheck { try fixture.start(to, extra: "RiskCheck=disable") }
    }

    @Test func `Risk checks give way for texts only`() {
        var fixture = Fixture()
        let code = Fixture.code { () throws(APIFailure) in
            try fixture.start("+15005560605", channel: "call", extra: "RiskCheck=disable")
        }
        #expect(code == 60605)
    }

    @Test(arguments: ScriptedErrors.deliveryErrors.keys.sorted())
    func `Scripted texts do not arrive`(code: Int) throws {
        var fixture = Fixture()
        let to = ScriptedNumbers.number(for: code)
        try fixture.start(to)
        try fixture.start(to, channel: "call")
        #expect(fixture.twilio.outbox.map(\.undelivered) == [String(code), nil])
        #expect(try fixture.attempts("Channel=sms").map(\.undelivered) == [String(code)])
    }

    @Test(arguments: ScriptedErrors.callStatuses.keys.sorted())
    func `Scripted calls reach nobody`(code: Int) throws {
        var fixture = Fixture()
        let to = ScriptedNumbers.number(for: code)
        try fixture.start(to, channel: "call")
        try fixture.start(to)
        #expect(fixture.twilio.outbox.map(\.undelivered) == [ScriptedErrors.callStatuses[code], nil])
    }

    @Test(arguments: ScriptedErrors.refusals.map(\.codes.lowerBound))
    func `Scripted numbers get their code and have every check refused`(code: Int) throws {
        var fixture = Fixture()
        let to = ScriptedNumbers.number(for: code, prefix: ScriptedNumbers.checkPrefix)
        let started = try fixture.start(to)
        for subject in ["To=\(FormFields.encoded(to))", "VerificationSid=\(started.sid)"] {
            let form = "\(subject)&Code=\(started.code)"
            let answer = fixture.ask("POST", "/v2/Services/\(fixture.service)/VerificationCheck", form: form)
            #expect(answer.body?["code"] == .integer(code))
            #expect(answer.status == ScriptedErrors.refusal(code)?.status)
        }
        #expect(fixture.twilio.statistics.checks == 0)
        #expect(fixture.twilio.outbox.map(\.undelivered) == [nil])
    }

    @Test(arguments: ["+15005512345", "+15005612345", "+150055604100", "+1500556041", "+15017122661"])
    func `Other numbers behave`(to: String) throws {
        var fixture = Fixture()
        try fixture.start(to)
        #expect(fixture.twilio.outbox.map(\.undelivered) == [nil])
    }

    @Test(
        arguments: [
            ("AppHash=abc", "call", 60602), ("TemplateSid=HJ1", "sms", 60200), ("SendDigits=12x", "call", 60200),
            ("DeviceIp=nowhere", "sms", 60200), ("RateLimits=%5B%5D", "sms", 60200), ("RateLimits=x", "sms", 60200),
            ("Tags=%7B%22a%22:1%7D", "sms", 60200), ("RiskCheck=maybe", "sms", 60200),
            ("CustomFriendlyName=Mine", "sms", 60204), ("CustomMessage=ignored", "sms", nil),
            ("AppHash=abc", "sms", nil), ("SendDigits=12w%23", "call", nil), ("DeviceIp=2001:db8::1", "sms", nil),
            ("DeviceIp=203.0.113.7", "sms", nil), ("RateLimits=%7B%22ip%22:%20%22203.0.113.7%22%7D", "sms", nil),
            ("Tags=%7B%22a%22:%22b%22%7D", "sms", nil), ("RiskCheck=enable", "sms", nil),
            ("TemplateSid=HJ00000000000000000000000000000001", "sms", nil),
        ] as [(String, String, Int?)])
    func `Parameters that change nothing can still be wrong`(extra: String, channel: String, code: Int?) {
        var fixture = Fixture()
        #expect(
            Fixture.code { () throws(APIFailure) in try fixture.start(channel: channel, extra: extra) } == code)
    }

    @Test(arguments: [(10, 128, nil), (11, 1, 60200), (1, 129, 60200)] as [(Int, Int, Int?)])
    func `Tags are few and short`(count: Int, length: Int, code: Int?) {
        var fixture = Fixture()
        let value = String(repeating: "v", count: length)
        let tags = (0..<count).map { "\"\($0)\":\"\(value)\"" }.joined(separator: ",")
        let extra = "Tags=" + FormFields.encoded("{\(tags)}")
        #expect(Fixture.code { () throws(APIFailure) in try fixture.start(extra: extra) } == code)
    }

    @Test func `Custom codes need the feature`() throws {
        var fixture = Fixture()
        #expect(Fixture.code { () throws(APIFailure) in try fixture.start(extra: "CustomCode=4711") } == 60204)
        let enable = FormFields("CustomCodeEnabled=true")
        _ = try fixture.twilio.updateService(fixture.service, enable, now: fixture.now)
        try fixture.start(extra: "CustomCode=4711")
        #expect(try fixture.check("4711").status == .approved)
    }
}
