import SitePolicy
import Testing

@Suite("LimitSettings")
struct LimitSettingsTests {
    @Test(
        "grow the cooldown with the streak, and then repeat the last",
        arguments: [(1, 30), (2, 40), (3, 60), (4, 90), (5, 120), (6, 120), (1_000_000, 120)])
    func cooldown(streak: Int, seconds: Int) {
        #expect(LimitSettings().pause(streak: streak) == .seconds(seconds))
    }

    @Test("ask for no wait without a streak")
    func noStreak() {
        #expect(LimitSettings().pause(streak: 0) == .zero)
    }

    @Test("ask for no wait when switched off, or with an empty list, or with zero")
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

    @Test("have the contract's defaults")
    func defaults() {
        let limits = LimitSettings()
        #expect(limits.enabled)
        #expect(limits.cooldownSeconds == [30, 40, 60, 90, 120])
        #expect(limits.sendsPerCode == 5)
        #expect(limits.checksPerCode == 5)
    }
}
