import Basics
import Testing
import Web

@testable import TwilioSimulator

@Suite("Services") struct ServiceTests {
    @Test func `Services come and go`() throws {
        var fixture = Fixture()
        let made = fixture.ask("POST", "/v2/Services", form: "FriendlyName=Brand&CodeLength=8")
        let sid = try #require(made.body?["sid"]?.text)
        #expect(made.status == 201)
        #expect(fixture.ask("GET", "/v2/Services/\(sid)").body?["code_length"] == 8)
        fixture.advance(60)
        let updated = fixture.ask("POST", "/v2/Services/\(sid)", form: "LookupEnabled=true")
        #expect(updated.status == 200)
        #expect(updated.body?["lookup_enabled"] == true)
        #expect(updated.body?["friendly_name"] == "Brand")
        #expect(updated.body?["date_updated"] == "2023-11-14T22:14:20Z")
        #expect(updated.body?["date_created"] == "2023-11-14T22:13:20Z")
        #expect(fixture.ask("GET", "/v2/Services").body?["services"]?.count == 2)
        #expect(fixture.ask("DELETE", "/v2/Services/\(sid)") == APIResponse(status: 204, body: nil))
        #expect(fixture.ask("GET", "/v2/Services/\(sid)").status == 404)
        #expect(fixture.ask("DELETE", "/v2/Services/\(sid)").status == 404)
    }

    @Test func `A new service has Twilio's defaults`() {
        var fixture = Fixture()
        let body = fixture.ask("POST", "/v2/Services", form: "FriendlyName=Brand").body
        #expect(body?["code_length"] == 6)
        #expect(body?["dtmf_input_required"] == true)
        for flag in [
            "lookup_enabled", "psd2_enabled", "skip_sms_to_landlines", "do_not_share_warning_enabled",
            "custom_code_enabled", "verify_event_subscription_enabled",
        ] { #expect(body?[flag] == false, "\(flag)") }
        #expect(body?["totp"] == .object(["issuer": nil, "time_step": nil, "code_length": nil, "skew": nil]))
        #expect(body?["whatsapp"] == .object(["msg_service_sid": nil, "from": nil]))
    }

    @Test func `Settings are shown as they were set, and taken back`() throws {
        var fixture = Fixture()
        let push = "CR" + String(repeating: "a", count: 32)
        let form = """
            FriendlyName=Brand&Totp.Issuer=Site&Totp.TimeStep=60&Totp.CodeLength=8&Totp.Skew=2&TtsName=voice\
            &Push.ApnCredentialSid=\(push)&Passkeys.RelyingParty.Origins=a.example,b.example\
            &Passkeys.UserVerification=required&Whatsapp.From=whatsapp:%2B15017122661
            """
        let body = fixture.ask("POST", "/v2/Services", form: form).body
        let sid = try #require(body?["sid"]?.text)
        #expect(body?["totp"] == .object(["issuer": "Site", "time_step": 60, "code_length": 8, "skew": 2]))
        #expect(body?["push"]?["apn_credential_sid"] == .string(push))
        #expect(body?["passkeys"]?["relying_party"]?["origins"] == .array(["a.example", "b.example"]))
        #expect(body?["passkeys"]?["user_verification"] == "required")
        #expect(body?["whatsapp"]?["from"] == "whatsapp:+15017122661")
        let cleared = fixture.ask("POST", "/v2/Services/\(sid)", form: "TtsName=&Push.ApnCredentialSid=&Totp.Issuer=")
        #expect(cleared.body?["tts_name"] == .null)
        #expect(cleared.body?["push"]?["apn_credential_sid"] == .null)
        #expect(cleared.body?["totp"]?["issuer"] == .null)
        #expect(cleared.body?["totp"]?["time_step"] == 60)
    }

    @Test(arguments: [
        ("FriendlyName=x12345", 60200), ("FriendlyName=a%2Fb", 60200), ("CodeLength=6", 60200),
        ("FriendlyName=0123456789012345678901234567890", 60200), ("FriendlyName=Restricted+Shop", 60248),
        ("FriendlyName=x&CodeLength=3", 60200), ("FriendlyName=x&CodeLength=11", 60200),
        ("FriendlyName=x&LookupEnabled=yes", 60200), ("FriendlyName=x&LookupEnabled=", 60200),
        ("FriendlyName=x&Totp.TimeStep=19", 60200), ("FriendlyName=x&Totp.TimeStep=61", 60200),
        ("FriendlyName=x&Totp.CodeLength=2", 60200), ("FriendlyName=x&Totp.CodeLength=9", 60200),
        ("FriendlyName=x&Totp.Skew=3", 60200), ("FriendlyName=x&Totp.Skew=-1", 60200),
        ("FriendlyName=x&Push.FcmCredentialSid=CR1", 60200), ("FriendlyName=x&DefaultTemplateSid=MG1", 60200),
        ("FriendlyName=x&Whatsapp.From=%2B15017122661", 60200),
        ("FriendlyName=x&Passkeys.AuthenticatorAttachment=none", 60200),
    ])
    func `Bad settings are refused, and nothing is kept`(form: String, code: Int) {
        var fixture = Fixture()
        let made = Fixture.code { () throws(APIFailure) in
            try fixture.twilio.createService(FormFields(form), now: fixture.now)
        }
        #expect(made == code)
        #expect(fixture.twilio.services.count == 1)
        guard form.hasPrefix("FriendlyName") else { return }
        let before = fixture.twilio.services
        let changed = Fixture.code { () throws(APIFailure) in
            try fixture.twilio.updateService(fixture.service, FormFields(form), now: fixture.now + .seconds(1))
        }
        #expect(changed == code)
        #expect(fixture.twilio.services == before)
    }

    @Test func `A service that looks up tells the carrier`() throws {
        var fixture = Fixture()
        let on = FormFields("LookupEnabled=true")
        _ = try fixture.twilio.updateService(fixture.service, on, now: fixture.now)
        func type(_ to: String, _ channel: String) throws -> JSONValue? {
            let bodies = ResponseBodies(accountSID: "AC", base: "http://x")
            return bodies.verification(try fixture.start(to, channel: channel))["lookup"]?["carrier"]?["type"]
        }
        #expect(try type("+15017122661", "sms") == "mobile")
        #expect(try type("+15005560205", "call") == "landline")
        // Vancouver: Twilio has no carrier data for Canada.
        #expect(try type("+16045550142", "sms") == nil)
    }

    @Test func `A service that skips landlines needs the lookup to know one`() throws {
        var fixture = Fixture()
        let landline = ScriptedNumbers.number(for: 30006)
        _ = try fixture.twilio.updateService(
            fixture.service, FormFields("SkipSmsToLandlines=true"), now: fixture.now)
        try fixture.start(landline)
        _ = try fixture.twilio.updateService(fixture.service, FormFields("LookupEnabled=true"), now: fixture.now)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.start(landline) } == 60205)
        try fixture.start(landline, channel: "call")
        try fixture.start()
    }

    @Test func `A service for payments binds code and payment`() throws {
        var fixture = Fixture()
        let on = FormFields("Psd2Enabled=true")
        _ = try fixture.twilio.updateService(fixture.service, on, now: fixture.now)
        let payment = "Amount=EUR+39.99&Payee=Shop"
        #expect(Fixture.code { () throws(APIFailure) in try fixture.start() } == 60206)
        #expect(
            Fixture.code { () throws(APIFailure) in try fixture.start(channel: "call", extra: payment) } == 60214)
        let started = try fixture.start(extra: payment)
        #expect(started.amount == "EUR 39.99")
        #expect(Fixture.code { () throws(APIFailure) in try fixture.check(started.code) } == 60206)
        let other = FormFields("VerificationSid=\(started.sid)&Code=\(started.code)&Amount=EUR+400&Payee=Shop")
        #expect(try fixture.twilio.check(service: fixture.service, other, now: fixture.now).status == .pending)
        let same = FormFields("VerificationSid=\(started.sid)&Code=\(started.code)&\(payment)")
        #expect(try fixture.twilio.check(service: fixture.service, same, now: fixture.now).status == .approved)
    }
}

extension JSONValue {
    /// The number of an array's elements.
    var count: Int? {
        if case .array(let values) = self { values.count } else { nil }
    }
}
