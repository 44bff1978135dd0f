import Basics
import Testing
import Web

@testable import TwilioSimulator

@Suite("Life of a verification") struct LifeCycleTests {
    @Test func `A resend keeps verification and code`() throws {
        var fixture = Fixture()
        let first = try fixture.start()
        fixture.advance(60)
        let second = try fixture.start(channel: "call")
        #expect(first.sid == second.sid)
        #expect(second.sends.map(\.channel) == ["sms", "call"])
        #expect(Set(fixture.twilio.outbox.map(\.code)) == [first.code])
    }

    @Test func `The sixth send is refused`() throws {
        var fixture = Fixture()
        for _ in 1...5 { try fixture.start() }
        #expect(Fixture.code { () throws(APIFailure) in try fixture.start() } == 60203)
        #expect(fixture.twilio.outbox.count == 5)
        #expect(fixture.twilio.statistics == .counted(sends: 5, numbers: 1))
    }

    @Test func `Five wrong codes close a verification`() throws {
        var fixture = Fixture()
        let code = try fixture.start().code
        for _ in 1...5 { #expect(try fixture.check("999999").status == .pending) }
        #expect(Fixture.code { () throws(APIFailure) in try fixture.check(code) } == 60202)
        #expect(try fixture.fetch().status == .maxAttemptsReached)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.start() } == 60202)
        fixture.advance(600)
        #expect(try fixture.start().status == .pending)
    }

    @Test func `A start after five wrong codes can be allowed`() throws {
        var fixture = Fixture { $0.restartAfterMaxChecks = true }
        let first = try fixture.start()
        for _ in 1...5 { try fixture.check("999999") }
        #expect(try fixture.start().sid != first.sid)
    }

    @Test func `Approval hides a verification but not its attempt`() throws {
        var fixture = Fixture()
        let started = try fixture.start()
        try fixture.start()
        #expect(try fixture.check(started.code).status == .approved)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.check(started.code) } == 20404)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.fetch() } == 20404)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.fetch(started.sid) } == 20404)
        #expect(try fixture.attempts("Status=converted&VerificationSid=\(started.sid)").count == 1)
        #expect(try fixture.attempts("Status=unconverted").count == 1)
        #expect(try fixture.start().sid != started.sid)
    }

    @Test func `A cancelled verification stays visible and makes room`() throws {
        var fixture = Fixture()
        let started = try fixture.start()
        #expect(try fixture.update(started.to, status: "canceled").status == .canceled)
        #expect(try fixture.fetch().status == .canceled)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.check(started.code) } == 20404)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.update(started.sid, status: "approved") } == 20404)
        let next = try fixture.start()
        #expect(next.sid != started.sid)
        #expect(next.code != started.code)
        #expect(try fixture.fetch(started.sid).status == .canceled)
    }

    @Test func `Approval by hand counts as approval`() throws {
        var fixture = Fixture()
        let started = try fixture.start()
        #expect(Fixture.code { () throws(APIFailure) in try fixture.update(started.sid, status: "pending") } == 60200)
        #expect(try fixture.update(started.sid, status: "approved").status == .approved)
        #expect(try fixture.attempts("Status=converted").count == 1)
    }

    @Test(arguments: [(599, nil), (600, 20404)] as [(Int, Int?)])
    func `A verification ends with its lifetime, resends or not`(seconds: Int, expected: Int?) throws {
        var fixture = Fixture()
        let started = try fixture.start()
        fixture.advance(300)
        try fixture.start()
        fixture.advance(seconds - 300)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.fetch() } == expected)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.check(started.code) } == expected)
        #expect(try fixture.start().sid != started.sid)
    }

    @Test func `Services keep their sessions apart`() throws {
        var fixture = Fixture()
        try fixture.start()
        let form = FormFields("FriendlyName=Other&CodeLength=4")
        let other = try fixture.twilio.createService(form, now: fixture.now)
        let to = FormFields("To=%2B15017122661&Channel=sms")
        let started = try fixture.twilio.start(service: other.sid, to, now: fixture.now)
        #expect(started.code.count == 4)
        #expect(Fixture.code { () throws(APIFailure) in try fixture.fetch(started.sid) } == 20404)
    }
}

extension SimulatorStatistics {
    static func counted(sends: Int = 0, checks: Int = 0, approved: Int = 0, numbers: Int = 0) -> SimulatorStatistics {
        var statistics = SimulatorStatistics()
        statistics.sends = sends
        statistics.checks = checks
        statistics.approved = approved
        statistics.numbers = numbers
        return statistics
    }
}
