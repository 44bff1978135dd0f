import Basics
import Pipeline
import TestKit
import Testing
import Wire

@testable import Worker

@Suite struct ChannelHealthTests {
    /// Health under a clock that only the test moves.
    private final class Clinic {
        var now = MonotonicTime(nanoseconds: 0)
        var wall: Timestamp { Timestamp(seconds: 1_800_000_000) + (now - MonotonicTime(nanoseconds: 0)) }
        var health = ChannelHealth(at: Timestamp(seconds: 1_800_000_000))

        @discardableResult
        func call(
            _ result: ObservedCall.Result, _ channel: Wire.Method = .code(.sms), took: Duration = .milliseconds(300),
            country: String? = "US"
        ) -> Bool {
            health.observe(
                ObservedCall(channel: channel, result: result, duration: took, country: country), at: now, wall: wall)
        }

        @discardableResult
        func pass(_ time: Duration) -> Bool {
            now = now + time
            return health.look(at: now, wall: wall)
        }

        func state(_ channel: Wire.Method = .code(.sms)) -> ChannelStatus.State? {
            health.status(at: wall).channels[channel.rawValue]?.state
        }

        var since: String? { health.status(at: wall).channels["sms"]?.since }
        var blocked: [String]? { health.status(at: wall).channels["sms"]?.countriesBlocked }
    }

    @Test("down while its calls are cut off, not for ever, and fine once one succeeded")
    func cut() {
        let clinic = Clinic()
        func cut(_ pause: Duration?) -> Bool {
            clinic.health.cut(.code(.sms), until: pause.map { clinic.now + $0 }, at: clinic.now, wall: clinic.wall)
        }
        for _ in 0..<20 { clinic.call(.faulty) }
        _ = clinic.pass(.seconds(61))
        #expect(clinic.state() == .ok)
        #expect(cut(.seconds(5)) && clinic.state() == .down && clinic.state(.code(.call)) == .ok)
        #expect(!clinic.pass(.milliseconds(4999)) && clinic.pass(.milliseconds(1)) && clinic.state() == .ok)
        for _ in 0..<20 { clinic.call(.faulty) }
        #expect(!cut(.seconds(5)) && clinic.state() == .down)
        #expect(cut(nil) && clinic.state() == .ok)
    }

    @Test("without calls every channel is fine")
    func fresh() {
        let clinic = Clinic()
        #expect(!clinic.pass(.seconds(3600)))
        for method in Wire.Method.allCases { #expect(clinic.state(method) == .ok) }
        #expect(clinic.since == "2027-01-15T08:00:00.000Z")
    }

    @Test("most of at least five calls must fail before a channel is down; its neighbours are not")
    func down() {
        let clinic = Clinic()
        for _ in 0..<4 { #expect(!clinic.call(.faulty)) }
        #expect(clinic.state() == .ok)
        clinic.pass(.seconds(2))
        #expect(clinic.call(.faulty))
        #expect(clinic.state() == .down)
        #expect(clinic.since == "2027-01-15T08:00:02.000Z")
        #expect(clinic.state(.code(.call)) == .ok)
        for _ in 0..<4 { #expect(!clinic.call(.answered)) }
        #expect(clinic.call(.answered), "half of them is not most")
        #expect(clinic.state() == .ok)
    }

    @Test("what failed a minute ago tells nothing of now")
    func window() {
        let clinic = Clinic()
        for _ in 0..<5 { clinic.call(.faulty) }
        #expect(clinic.state() == .down)
        #expect(!clinic.pass(.seconds(60)))
        #expect(clinic.pass(.milliseconds(1)))
        #expect(clinic.state() == .ok)
    }

    @Test("half of five answers or more must take five seconds before a channel is slow")
    func slow() {
        let clinic = Clinic()
        for _ in 0..<3 { clinic.call(.answered, took: .milliseconds(4999)) }
        for _ in 0..<2 { clinic.call(.answered, took: .seconds(5)) }
        #expect(clinic.state() == .ok)
        #expect(clinic.call(.answered, took: .seconds(5)))
        #expect(clinic.state() == .slow)
        // Calls that were cut are not slow, they are faults.
        for _ in 0..<7 { clinic.call(.faulty, took: .seconds(10)) }
        #expect(clinic.state() == .down)
    }

    @Test("what the site switches off is off, whatever the calls show, and comes back as they show")
    func off() {
        let clinic = Clinic()
        for _ in 0..<5 { clinic.call(.faulty) }
        clinic.health.switchOff([.code(.sms), .authenticator])
        #expect(clinic.pass(.seconds(1)))
        #expect(clinic.state() == .off)
        #expect(clinic.state(.authenticator) == .off)
        #expect(clinic.state(.code(.call)) == .ok)
        clinic.health.switchOff([])
        #expect(clinic.pass(.seconds(1)))
        #expect(clinic.state() == .down)
        #expect(clinic.since == "2027-01-15T08:00:02.000Z")
    }

    @Test("a country is blocked from a refusal on until somebody there is served, twelve hours at the most")
    func countries() {
        let clinic = Clinic()
        #expect(clinic.call(.blocked, country: "US"))
        #expect(!clinic.call(.blocked, country: "US"))
        #expect(clinic.call(.blocked, country: "CA"))
        #expect(!clinic.call(.blocked, country: nil))
        #expect(clinic.blocked == ["CA", "US"])
        #expect(!clinic.call(.faulty, country: "US"))
        #expect(clinic.call(.answered, country: "US"))
        #expect(clinic.blocked == ["CA"])
        #expect(!clinic.pass(.seconds(12 * 3600)))
        #expect(clinic.pass(.seconds(1)))
        #expect(clinic.blocked == [])
        #expect(clinic.state() == .ok, "a block is an answer, not a fault")
    }

    @Test("whatever the calls, the states are what counting all of the last minute says", arguments: 0..<30)
    func anyCalls(seed: UInt64) {
        var random = Seeded(seed)
        let clinic = Clinic()
        var calls: [(at: MonotonicTime, result: ObservedCall.Result, took: Duration)] = []
        for _ in 0..<400 {
            clinic.pass(.milliseconds(Int.random(in: 0...8000, using: &random)))
            let results: [ObservedCall.Result] = seed % 2 == 0 ? [.faulty, .answered, .blocked] : [.faulty, .answered]
            let call = (
                at: clinic.now, result: results.randomElement(using: &random) ?? .answered,
                took: Duration.milliseconds(Int.random(in: 0...10_000, using: &random))
            )
            calls.append(call)
            let before = clinic.health.status(at: clinic.wall)
            let isChanged = clinic.call(call.result, took: call.took)
            #expect(isChanged == (clinic.health.status(at: clinic.wall) != before))
            let recent = calls.filter { clinic.now - $0.at <= .seconds(60) }
            let answered = recent.filter { $0.result != .faulty }
            let faults = recent.count - answered.count
            let slow = answered.count { $0.took >= .seconds(5) }
            let expected: ChannelStatus.State =
                recent.count >= 5 && faults * 2 > recent.count
                ? .down : answered.count >= 5 && slow * 2 >= answered.count ? .slow : .ok
            #expect(clinic.state() == expected)
        }
    }
}
