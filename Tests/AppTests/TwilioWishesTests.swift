import Testing
import TwilioVerify

@testable import App

@Suite("What is wished of a Verify service, and the way there") struct TwilioWishesTests {
    private func wishes(_ change: (inout TwilioWishes) -> Void = { _ in }) -> TwilioWishes {
        var wishes = TwilioWishes()
        wishes.friendlyName = "Shop"
        change(&wishes)
        return wishes
    }

    /// A service that setup has made, as Twilio would show it.
    private func made(_ change: (inout ServiceSettings) -> Void = { _ in }) -> ServiceSettings {
        var settings = TwilioPlan(wishes(), existing: nil).settings
        change(&settings)
        return settings
    }

    @Test func `A new service depends on no default of Twilio's`() {
        let plan = TwilioPlan(wishes(), existing: nil)
        var expected = ServiceSettings()
        expected.friendlyName = "Shop"
        expected.codeLength = 6
        expected.lookupEnabled = false
        expected.skipSMSToLandlines = false
        expected.dtmfInputRequired = true
        expected.psd2Enabled = false
        expected.doNotShareWarningEnabled = true
        expected.customCodeEnabled = false
        expected.totp = TOTPSettings(issuer: "Shop", timeStep: 30, codeLength: 6, skew: 1)
        #expect(plan.settings == expected)
        #expect(plan.changes.count == 12)
        #expect(plan.changes.allSatisfy { $0.from == nil })
    }

    @Test func `What is as wished is not sent again`() {
        let plan = TwilioPlan(wishes(), existing: made())
        #expect(plan.changes.isEmpty)
        #expect(plan.settings == ServiceSettings())
    }

    @Test func `Only what differs is sent`() {
        let existing = made {
            $0.customCodeEnabled = true
            $0.dtmfInputRequired = nil
            $0.codeLength = 8
        }
        let plan = TwilioPlan(wishes { $0.totpSkew = 0 }, existing: existing)
        var expected = ServiceSettings()
        expected.customCodeEnabled = false
        expected.dtmfInputRequired = true
        expected.totp.skew = 0
        #expect(plan.settings == expected)
        #expect(
            plan.changes == [
                TwilioChange(setting: "dtmf_input_required", from: "not told", to: "true"),
                TwilioChange(setting: "custom_code_enabled", from: "true", to: "false"),
                TwilioChange(setting: "totp.skew", from: "1", to: "0"),
            ])
    }

    @Test func `Twilio's null is its default`() {
        let existing = made { $0.totp = TOTPSettings() }
        let asDefault = wishes {
            $0.totpTimeStep = 30
            $0.totpCodeLength = 6
            $0.totpSkew = 1
        }
        #expect(TwilioPlan(asDefault, existing: existing).changes.isEmpty)
        let other = TwilioPlan(wishes { $0.totpTimeStep = 60 }, existing: existing)
        #expect(other.changes == [TwilioChange(setting: "totp.time_step", from: "30", to: "60")])
    }

    @Test func `Landlines bring the lookup along`() {
        let plan = TwilioPlan(wishes { $0.skipLandlines = true }, existing: made())
        #expect(plan.settings.lookupEnabled == true)
        #expect(plan.settings.skipSMSToLandlines == true)
        #expect(TwilioPlan(wishes { $0.skipLandlines = false }, existing: made()).changes.isEmpty)
    }

    @Test(arguments: ["Shop", "My Shop-2_3", "Laden Süd", String(repeating: "x", count: 30)])
    func `A good name is taken`(name: String) {
        #expect(wishes { $0.friendlyName = name }.problem == nil)
    }

    @Test(arguments: ["", "   ", "a.b", "12345", "tel +1", String(repeating: "x", count: 31)])
    func `A name that Twilio would refuse is refused here`(name: String) {
        #expect(wishes { $0.friendlyName = name }.problem != nil)
    }

    @Test func `Numbers out of their range are refused`() {
        for (path, bad) in [
            (\TwilioWishes.codeLength, [3, 11]), (\.totpTimeStep, [19, 61]), (\.totpCodeLength, [2, 9]),
            (\.totpSkew, [-1, 3]),
        ] {
            for value in bad { #expect(wishes { $0[keyPath: path] = value }.problem != nil, "\(value)") }
        }
        #expect(wishes { $0.totpIssuer = "" }.problem != nil)
        #expect(
            wishes {
                $0.skipLandlines = true
                $0.lookup = false
            }.problem != nil)
    }
}
