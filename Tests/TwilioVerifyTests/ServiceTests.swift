import Basics
import Testing
import TwilioVerify

@Suite("Services", .timeLimit(.minutes(10))) struct ServiceTests {
    private static let body: [(String, JSONTree)] = [
        ("sid", .string(Sample.service)), ("account_sid", .string(Sample.account)), ("friendly_name", .string("Shop")),
        ("code_length", .number("8")), ("lookup_enabled", .bool(true)), ("psd2_enabled", .bool(false)),
        ("skip_sms_to_landlines", .bool(true)), ("dtmf_input_required", .bool(false)), ("tts_name", .string("voice")),
        ("do_not_share_warning_enabled", .bool(true)), ("custom_code_enabled", .bool(false)),
        ("push", .object([("apn_credential_sid", .string("CR1")), ("fcm_credential_sid", .null)])),
        (
            "totp",
            .object([
                ("issuer", .string("Site")), ("time_step", .number("60")), ("code_length", .null),
                ("skew", .string("2")),
            ])
        ), ("default_template_sid", .string("HJ1")),
        ("whatsapp", .object([("msg_service_sid", .string("MG1")), ("from", .null)])),
        ("verify_event_subscription_enabled", .bool(true)),
    ]

    private var settings: ServiceSettings {
        var settings = ServiceSettings()
        settings.friendlyName = "Shop"
        settings.codeLength = 8
        settings.lookupEnabled = true
        settings.skipSMSToLandlines = true
        settings.dtmfInputRequired = false
        settings.ttsName = "voice"
        settings.psd2Enabled = false
        settings.doNotShareWarningEnabled = true
        settings.customCodeEnabled = false
        settings.defaultTemplateSID = "HJ1"
        settings.totp = TOTPSettings(issuer: "Site", timeStep: 60, skew: 2)
        settings.pushAPNCredentialSID = "CR1"
        settings.whatsAppMessagingServiceSID = "MG1"
        settings.verifyEventSubscriptionEnabled = true
        return settings
    }

    private func form(_ transport: ScriptedTransport) -> [String: String] {
        Dictionary(uniqueKeysWithValues: (transport.requests.last?.form ?? []).map { ($0.0, $0.1) })
    }

    @Test func `A service is read in full`() async throws {
        let client = Sample.client(ScriptedTransport(JSONTree.object(Self.body).description))
        let expected = Service(sid: Sample.service, accountSID: Sample.account, settings: settings)
        #expect(try await client.fetchService() == expected)
        #expect(try await client.createService(ServiceSettings()) == expected)
        #expect(try await client.updateService(Sample.service, ServiceSettings()) == expected)
    }

    @Test func `What a service is told goes under Twilio's names`() async throws {
        let transport = ScriptedTransport(status: 201, JSONTree.object(Self.body).description)
        var settings = settings
        settings.totp.codeLength = 7
        settings.pushFCMCredentialSID = ""
        settings.whatsAppFrom = "whatsapp:+15017122661"
        _ = try await Sample.client(transport).createService(settings)
        #expect(transport.requests.last?.method == .post)
        #expect(transport.requests.last?.url == "https://twilio.invalid/v2/Services")
        #expect(
            form(transport) == [
                "FriendlyName": "Shop", "CodeLength": "8", "LookupEnabled": "true", "SkipSmsToLandlines": "true",
                "DtmfInputRequired": "false", "TtsName": "voice", "Psd2Enabled": "false",
                "DoNotShareWarningEnabled": "true", "CustomCodeEnabled": "false", "DefaultTemplateSid": "HJ1",
                "Totp.Issuer": "Site", "Totp.TimeStep": "60", "Totp.CodeLength": "7", "Totp.Skew": "2",
                "Push.ApnCredentialSid": "CR1", "Push.FcmCredentialSid": "", "Whatsapp.MsgServiceSid": "MG1",
                "Whatsapp.From": "whatsapp:+15017122661", "VerifyEventSubscriptionEnabled": "true",
            ])
    }

    @Test func `An update sends only what is set`() async throws {
        let transport = ScriptedTransport(JSONTree.object(Self.body).description)
        var change = ServiceSettings()
        change.totp.skew = 0
        change.customCodeEnabled = false
        _ = try await Sample.client(transport).updateService(Sample.service, change)
        #expect(transport.requests.last?.url == "https://twilio.invalid/v2/Services/\(Sample.service)")
        #expect(form(transport) == ["Totp.Skew": "0", "CustomCodeEnabled": "false"])
    }

    @Test func `Another service than the one asked for is no answer`() async {
        let other = "VA" + String(repeating: "9", count: 32)
        let client = Sample.client(ScriptedTransport(JSONTree.object(Self.body).description))
        let bad = CallFailure(effect: .unknown, result: .badResponse, meaning: .providerFault, httpStatus: 200)
        await #expect(throws: bad) { try await client.updateService(other, ServiceSettings()) }
        let moved = Self.body.map { $0.0 == "sid" ? ("sid", JSONTree.string(other)) : $0 }
        let foreign = Sample.client(ScriptedTransport(JSONTree.object(moved).description))
        await #expect(throws: bad) { try await foreign.fetchService() }
    }

    @Test func `What an answer does not tell stays open, never a default`() async throws {
        for value in [nil, .null, .number("1e400"), .array([]), .object([])] as [JSONTree?] {
            let members = Self.body.compactMap { name, old in name == "sid" ? (name, old) : value.map { (name, $0) } }
            let client = Sample.client(ScriptedTransport(JSONTree.object(members).description))
            #expect(try await client.fetchService() == Service(sid: Sample.service, settings: ServiceSettings()))
        }
    }

    @Test func `The list is read to its end`() async throws {
        let transport = ScriptedTransport { number, _ in
            let service = Self.body.map { $0.0 == "friendly_name" ? ($0.0, JSONTree.string("Shop \(number)")) : $0 }
            let next = number < 2 ? JSONTree.string("https://x.invalid/v2/Services?Page=\(number + 1)") : .null
            let body = JSONTree.object([
                ("services", .array([.object(service)])), ("meta", .object([("next_page_url", next)])),
            ])
            return .success(TransportResponse(status: 200, body: Array(body.description.utf8)))
        }
        let names = try await Sample.client(transport).services().map(\.settings.friendlyName)
        #expect(names == ["Shop 0", "Shop 1", "Shop 2"])
        #expect(
            transport.requests.map(\.url) == [
                "https://twilio.invalid/v2/Services?PageSize=100", "https://twilio.invalid/v2/Services?Page=1",
                "https://twilio.invalid/v2/Services?Page=2",
            ])
    }
}
