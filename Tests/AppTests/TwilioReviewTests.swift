import Testing
import TwilioVerify

@testable import App

@Suite("A Verify service compared with what the site needs") struct TwilioReviewTests {
    private static let account = "AC" + String(repeating: "1", count: 32)
    private static let sid = "VA" + String(repeating: "1", count: 32)

    private func findings(
        account: String? = TwilioReviewTests.account, usesAPIKey: Bool = true, codeMinutes: Int = 10,
        channels: Set<String> = TwilioConsole.usedChannels, _ change: (inout ServiceSettings) -> Void = { _ in }
    ) -> [TwilioFinding] {
        var wishes = TwilioWishes()
        wishes.friendlyName = "Shop"
        var settings = wishes.settings(isNew: true)
        change(&settings)
        return TwilioReview(
            service: Service(sid: Self.sid, accountSID: account, settings: settings), serviceSID: Self.sid,
            accountSID: Self.account, usesAPIKey: usesAPIKey, codeMinutes: codeMinutes,
            channels: channels
        ).findings
    }

    private func state(_ topic: String, _ findings: [TwilioFinding]) -> TwilioFinding.State? {
        findings.first { $0.topic == topic }?.state
    }

    @Test func `What setup makes has nothing against it, but is not passed`() {
        let all = findings()
        #expect(all.allSatisfy { $0.state == .ok || $0.state == .confirm })
        #expect(TwilioFinding.worst(of: all) == .confirm)
        #expect(Set(all.map(\.topic)).count == all.count)
    }

    @Test(arguments: [
        "sms_channel", "voice_channel", "whatsapp_channel", "email_channel", "fraud_guard", "geo_permissions",
        "code_lifetime",
    ])
    func `What the API does not tell is for the Console, whatever the service is like`(topic: String) {
        #expect(state(topic, findings()) == .confirm)
        #expect(state(topic, findings { $0 = ServiceSettings() }) == .confirm)
    }

    /// A change, the topic that it concerns, and what is said of it.
    struct Case: Sendable, CustomTestStringConvertible {
        var topic: String
        var state: TwilioFinding.State
        var change: @Sendable (inout ServiceSettings) -> Void

        var testDescription: String { "\(topic) \(state)" }

        init(
            _ topic: String, _ state: TwilioFinding.State, _ change: @escaping @Sendable (inout ServiceSettings) -> Void
        ) {
            self.topic = topic
            self.state = state
            self.change = change
        }
    }

    @Test(arguments: [
        Case("friendly_name", .wrong) { $0.friendlyName = nil }, Case("friendly_name", .wrong) { $0.friendlyName = "" },
        Case("code_length", .wrong) { $0.codeLength = nil }, Case("code_length", .wrong) { $0.codeLength = 3 },
        Case("code_length", .warning) { $0.codeLength = 4 }, Case("code_length", .warning) { $0.codeLength = 5 },
        Case("code_length", .ok) { $0.codeLength = 10 }, Case("code_length", .wrong) { $0.codeLength = 11 },
        Case("custom_code_enabled", .wrong) { $0.customCodeEnabled = true },
        Case("custom_code_enabled", .wrong) { $0.customCodeEnabled = nil },
        Case("psd2_enabled", .wrong) { $0.psd2Enabled = true }, Case("psd2_enabled", .wrong) { $0.psd2Enabled = nil },
        Case("do_not_share_warning_enabled", .warning) { $0.doNotShareWarningEnabled = false },
        Case("do_not_share_warning_enabled", .warning) { $0.doNotShareWarningEnabled = nil },
        Case("dtmf_input_required", .warning) { $0.dtmfInputRequired = false },
        Case("lookup", .ok) { $0.lookupEnabled = true }, Case("lookup", .warning) { $0.skipSMSToLandlines = true },
        Case("lookup", .ok) {
            $0.skipSMSToLandlines = true
            $0.lookupEnabled = true
        },
        Case("totp_issuer", .ok) { $0.totp.issuer = nil },
        Case("totp_issuer", .warning) {
            $0.totp.issuer = nil
            $0.friendlyName = nil
        },
        Case("totp_time_step", .ok) { $0.totp = TOTPSettings() },
        Case("totp_time_step", .warning) { $0.totp.timeStep = 60 },
        Case("totp_time_step", .wrong) { $0.totp.timeStep = 61 },
        Case("totp_code_length", .warning) { $0.totp.codeLength = 8 },
        Case("totp_code_length", .wrong) { $0.totp.codeLength = 9 },
        Case("totp_skew", .ok) { $0.totp.skew = 0 }, Case("totp_skew", .warning) { $0.totp.skew = 2 },
        Case("totp_skew", .wrong) { $0.totp.skew = 3 },
        Case("push", .warning) { $0.pushFCMCredentialSID = "CR1" }, Case("push", .ok) { $0.pushAPNCredentialSID = "" },
        Case("whatsapp_sender", .warning) { $0.whatsAppMessagingServiceSID = "MG1" },
        Case("whatsapp_sender", .warning) { $0.whatsAppFrom = "whatsapp:+1" },
    ])
    func `Each setting is judged by itself`(example: Case) {
        let before = findings()
        let after = findings(example.change)
        #expect(state(example.topic, after) == example.state)
        #expect(after.first { $0.topic == example.topic }?.text.isEmpty == false)
        for finding in after
        where finding.topic != example.topic && !["totp_issuer", "friendly_name"].contains(finding.topic) {
            #expect(finding.state == state(finding.topic, before), "\(finding.topic)")
        }
    }

    @Test func `Each of Twilio's channels is to be on where codes go by it, and off where they do not`() {
        let topics = ["sms_channel", "voice_channel", "whatsapp_channel", "email_channel"]
        func on(_ channels: Set<String>) -> [Bool] {
            let all = findings(channels: channels)
            return topics.map { topic in all.contains { $0.topic == topic && $0.text.hasSuffix("switched on") } }
        }
        #expect(on(["sms", "call"]) == [true, true, false, false])
        #expect(on(["whatsapp"]) == [false, false, true, false])
    }

    @Test func `A sender of WhatsApp is needed where codes go by it, and warned of where they do not`() {
        func state(_ channels: Set<String>, sender: String?) -> TwilioFinding.State? {
            self.state("whatsapp_sender", findings(channels: channels) { $0.whatsAppMessagingServiceSID = sender })
        }
        #expect(state(["sms"], sender: nil) == .ok)
        #expect(state(["sms"], sender: "MG1") == .warning)
        #expect(state(["sms", "whatsapp"], sender: nil) == .warning)
        #expect(state(["sms", "whatsapp"], sender: "MG1") == .ok)
    }

    @Test func `Somebody else's service is wrong`() {
        #expect(state("service", findings(account: "AC" + String(repeating: "2", count: 32))) == .wrong)
        #expect(state("service", findings(account: nil)) == .wrong)
    }

    @Test func `A missing service is wrong, and nothing is said about it`() {
        let all = TwilioReview(
            service: nil, serviceSID: Self.sid, accountSID: Self.account, usesAPIKey: true, codeMinutes: 10
        ).findings
        #expect(all.map(\.topic) == ["credentials", "api_key", "service"])
        #expect(TwilioFinding.worst(of: all) == .wrong)
    }

    @Test func `A token and a long life are warned of`() {
        #expect(state("api_key", findings(usesAPIKey: false)) == .warning)
        #expect(state("code_lifetime", findings(codeMinutes: 11)) == .warning)
        #expect(TwilioFinding.worst(of: findings(codeMinutes: 11)) == .warning)
    }
}
