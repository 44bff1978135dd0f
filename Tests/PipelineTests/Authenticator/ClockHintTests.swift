import Basics
import Store
import Testing
import Wire

@testable import Pipeline

@Suite("Clock hints at enrolment") struct ClockHintTests {
    private let scene: Scene

    init() throws {
        scene = try Scene()
    }

    private func hint(_ seconds: Int) throws -> ClockHint? {
        let enrolment = scene.enrolment()
        let secret = try #require(enrolment.secret)
        let totp = try #require(TOTP(secret: secret, digits: enrolment.digits, period: enrolment.period))
        return ClockHint(totp.code(at: scene.now + .seconds(seconds)), of: enrolment, at: scene.now)
    }

    @Test("tells how far the app's clock is off, to either side", arguments: [-300, -120, -60, -30, 30, 90, 270])
    func tells(seconds: Int) throws {
        #expect(try hint(seconds) == ClockHint(seconds: seconds))
    }

    @Test("tells nothing of a code that is in time, or right at no time near")
    func silent() throws {
        #expect(try hint(0) == nil)
        #expect(try hint(3600) == nil)
        var over = scene.enrolment()
        over = over.ended(.triesUsedUp)
        #expect(ClockHint(Redacted("123456"), of: over, at: scene.now) == nil)
    }

    @Test(
        "says it in words",
        arguments: [
            (-30, "about 30 seconds slow"), (30, "about 30 seconds fast"), (-60, "about a minute slow"),
            (90, "about 2 minutes fast"), (-300, "about 5 minutes slow"),
        ])
    func words(seconds: Int, words: String) {
        #expect(ClockHint(seconds: seconds).sentence.contains(words))
    }
}
