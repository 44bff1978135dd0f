import Basics
import SitePolicy
import Testing

@Suite("LimitSettings")
struct LimitSettingsTests {
    private let last = Timestamp(seconds: 1_000)

    @Test(
        "grow the cooldown with the streak, and then repeat the last",
        arguments: [(1, 30), (2, 40), (3, 60), (4, 90), (5, 120), (6, 120), (1_000_000, 120)])
    func cooldown(streak: Int, seconds: Int) {
        #expect(LimitSettings().nextSend(streak: streak, last: last) == last + .seconds(seconds))
    }

    @Test("ask for no wait without a streak")
    func noStreak() {
        #expect(LimitSettings().nextSend(streak: 0, last: last) == last)
    }

    @Test("ask for no wait when switched off, or with an empty list, or with zero")
    func off() {
        var limits = LimitSettings()
        limits.enabled = false
        #expect(limits.nextSend(streak: 3, last: last) == last)
        limits = LimitSettings()
        limits.cooldownSeconds = []
        #expect(limits.nextSend(streak: 3, last: last) == last)
        limits.cooldownSeconds = [0]
        #expect(limits.nextSend(streak: 3, last: last) == last)
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
