import SitePolicy
import Testing
import Wire

@Suite("Contract 6: limits, as they are set")
struct LimitSettingsTests {
    @Test(
        "6 cooldown_seconds: 30, 40, 60, 90, 120, and then the last",
        arguments: [(1, 30), (2, 40), (3, 60), (4, 90), (5, 120), (6, 120), (1_000_000, 120)])
    func cooldown(streak: Int, seconds: Int) {
        #expect(LimitSettings().pause(streak: streak) == .seconds(seconds))
    }

    @Test("6 cooldown_seconds: none before the first")
    func noStreak() {
        #expect(LimitSettings().pause(streak: 0) == .zero)
    }

    @Test("6 Limits: 0 = off; 7 limits.enabled: all off")
    func off() {
        var limits = LimitSettings()
        limits.enabled = false
        #expect(limits.pause(streak: 3) == .zero)
        limits = LimitSettings()
        limits.cooldownSeconds = []
        #expect(limits.pause(streak: 3) == .zero)
        limits.cooldownSeconds = [0]
        #expect(limits.pause(streak: 3) == .zero)
    }

    @Test("6 Limits: the contract's defaults")
    func defaults() {
        let limits = LimitSettings()
        #expect(limits.enabled)
        #expect(limits.cooldownSeconds == [30, 40, 60, 90, 120])
        #expect(limits.sendsPerCode == 5)
        #expect(limits.checksPerCode == 5)
        #expect(limits.sendsPerNumberHour == 10 && limits.sendsPerUserHour == 10 && limits.sendsPerClientHour == 20)
        #expect(limits.unprovenSendsPerNumberDay == 5 && limits.unprovenSendsPerCountryHour == 200)
        #expect(limits.unprovenSendsPerSiteHour == 1000)
        #expect(limits.wrongCodesPerUserClientHour == 10 && limits.wrongCodesPerUserHour == 20)
        #expect(limits.countries[.sms] == ["US", "CA"] && limits.countries[.call] == ["US", "CA"])
        #expect(LimitSettings.triesOfKnownClient == 5 && LimitSettings.clientMemory == .seconds(30 * 86_400))
        #expect(LimitSettings.pauseAfterUncertain == .seconds(5))
    }

    @Test("6 sends_per_code, checks_per_code: Twilio's five are never extended")
    func offered() {
        for (own, offered) in [(0, 5), (1, 1), (5, 5), (9, 5)] {
            var limits = LimitSettings()
            (limits.sendsPerCode, limits.checksPerCode) = (own, own)
            #expect(limits.sendsOffered == offered && limits.checksOffered == offered)
            limits.enabled = false
            #expect(limits.sendsOffered == 5 && limits.checksOffered == 5)
        }
    }

    @Test("6 sms_countries, call_countries: each channel its own; no region is foreign; off is everywhere")
    func countries() {
        var limits = LimitSettings()
        limits.countries[.call] = ["DE"]
        #expect(limits.allows(.sms, to: "US") && !limits.allows(.sms, to: "DE") && !limits.allows(.sms, to: nil))
        #expect(limits.allows(.call, to: "DE") && !limits.allows(.call, to: "US"))
        limits.countries[.sms] = nil
        #expect(limits.allows(.sms, to: "DE") && limits.allows(.sms, to: nil))
        limits.enabled = false
        #expect(limits.allows(.call, to: "US") && limits.allows(.call, to: nil))
    }
}
