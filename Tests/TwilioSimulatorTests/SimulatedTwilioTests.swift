import Basics
import Testing

@testable import TwilioSimulator

@Suite struct SimulatedTwilioTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private var generator = SystemRandomNumberGenerator()
    private var twilio = SimulatedTwilio(lifetime: .seconds(600), codeLength: 6)
    private let number = "+14155550142"

    private mutating func start(_ seconds: Int = 0) throws -> SimulatedTwilio.Verification {
        try twilio.start(to: number, channel: "sms", now: now + .seconds(seconds), generator: &generator)
    }

    private mutating func check(_ code: String, _ seconds: Int = 0) throws -> SimulatedTwilio.Verification {
        try twilio.check(sid: nil, to: number, code: code, now: now + .seconds(seconds), path: "/p")
    }

    private func refusal(_ body: () throws -> Void) -> Int? {
        do {
            try body()
            return nil
        } catch {
            return (error as? SimulatedTwilio.Refusal)?.code
        }
    }

    @Test("a second start sends the same code on the same verification")
    mutating func resend() throws {
        let first = try start()
        let second = try start(30)
        #expect(first.sid == second.sid)
        #expect(second.attempts.count == 2)
        #expect(Set(twilio.outbox.map(\.code)).count == 1)
    }

    @Test("the sixth send is 60203")
    mutating func sends() throws {
        for _ in 0..<5 { _ = try start() }
        var copy = self
        #expect(refusal { _ = try copy.start() } == 60203)
        #expect(twilio.sends == 5)
    }

    @Test("a code is approved once, then the verification is gone and its last send has converted")
    mutating func approve() throws {
        let started = try start()
        _ = try start()
        #expect(try check(started.code).status == .approved)
        var copy = self
        #expect(refusal { _ = try copy.check(started.code) } == 20404)
        #expect(refusal { _ = try twilio.fetch(started.sid, now: now, path: "/p") } == 20404)
        #expect(twilio.attempts(to: number, verification: nil, after: nil).filter(\.2).count == 1)
    }

    @Test("five wrong codes say pending, the sixth check is 60202, and so is the next start until expiry")
    mutating func wrong() throws {
        let started = try start()
        let wrong = started.code == "111111" ? "222222" : "111111"
        for _ in 0..<5 { #expect(try check(wrong).status == .pending) }
        var copy = self
        #expect(refusal { _ = try copy.check(started.code) } == 60202)
        #expect(refusal { _ = try copy.start() } == 60202)
        #expect(try twilio.fetch(started.sid, now: now, path: "/p").status == .exhausted)
        #expect(try start(600).sid != started.sid)
    }

    @Test("a code dies after its life, and a new start makes a new verification")
    mutating func expiry() throws {
        let started = try start()
        var copy = self
        #expect(refusal { _ = try copy.check(started.code, 600) } == 20404)
        #expect(try check(started.code, 599).status == .approved)
        #expect(try start(600).sid != started.sid)
    }
}
