import Basics
import Testing
import Wire

@testable import LoginPage

@Suite("What a reply leads to") struct WayOnTests {
    private let now = Timestamp(seconds: 1_800_000_500)

    private func way(
        _ outcome: Outcome, _ reason: Reason? = nil, from place: Place = .code, _ fill: (inout Reply) -> Void = { _ in }
    ) -> WayOn {
        // The workers' clock is not this server's.
        var reply = Reply(outcome, reason: reason, at: Timestamp(seconds: 1_800_000_000))
        fill(&reply)
        reply.chooseMessage()
        return WayOn(reply, from: place, field: "code", now: now)
    }

    @Test("every reason has the catalogue's words and a way on", arguments: Reason.allCases)
    func words(reason: Reason) {
        let way = way(reason.outcome, reason)
        #expect(way.notice?.text == Guidance.of(reason).text)
        #expect(way.next != .place(.inside))
    }

    @Test("only approved leads in")
    func onlyApproved() {
        for outcome in Outcome.allCases {
            #expect((way(outcome).next == .place(.inside)) == (outcome == .approved), "\(outcome)")
        }
    }

    @Test(
        "an outage is no mistake of the person's, and stays where they are",
        arguments: [Outcome.unavailable, .uncertain, .late])
    func outage(outcome: Outcome) {
        let way = way(outcome)
        #expect(way.notice?.kind == .trouble && way.next == .place(.code))
        #expect(way.notice?.text.contains("not right") == false)
    }

    @Test("silence is told as such, and asks for the same page again")
    func silence() {
        let way = WayOn(nil, from: .confirm, field: nil, now: now)
        #expect(way.notice == Notice(kind: .trouble, text: Guidance.noReply.text) && way.next == .place(.confirm))
    }

    @Test("a wait is the difference of the worker's own times, whatever this server's clock says")
    func wait() {
        let way = way(.throttled) {
            $0.limit = .cooldown
            $0.retryAt = Timestamp(seconds: 1_800_000_030).description
        }
        #expect(way.notice?.until == now + .seconds(30))
        #expect(way.notice?.text == Guidance.of(LimitName.cooldown).text)
    }

    @Test("a wrong code says how many tries are left, at its field")
    func tries() {
        let way = way(.denied) { $0.checksLeft = 3 }
        #expect(way.notice?.kind == .wrong(field: "code") && way.notice?.text.hasSuffix("3 tries are left.") == true)
    }

    @Test("an enrolment that took too long is begun again; a reset begins with the password")
    func again() {
        #expect(way(.expired, .enrolmentExpired, from: .app).next == .place(.app))
        #expect(way(.expired, .reset).next == .signInAgain)
    }
}
