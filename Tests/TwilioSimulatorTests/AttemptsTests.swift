import Basics
import Testing

@testable import TwilioSimulator

@Suite("Attempts") struct AttemptsTests {
    @Test func `Filters narrow the list`() throws {
        var fixture = Fixture()
        let first = try fixture.start()
        fixture.advance(10)
        try fixture.start("+4915112345678", channel: "call")
        #expect(try fixture.attempts().map(\.channel) == ["call", "sms"])
        #expect(try fixture.attempts("Channel=sms").count == 1)
        #expect(try fixture.attempts("ChannelData.To=%2B4915112345678").map(\.channel) == ["call"])
        #expect(try fixture.attempts("VerificationSid=\(first.sid)").map(\.to) == [Fixture.to])
        #expect(try fixture.attempts("VerifyServiceSid=VA1").isEmpty)
        #expect(try fixture.attempts("DateCreatedAfter=2023-11-14T22:13:30Z").count == 1)
        #expect(try fixture.attempts("DateCreatedBefore=2023-11-14T22:13:20Z").map(\.channel) == ["sms"])
    }

    @Test(arguments: ["Status=maybe", "Channel=fax", "DateCreatedAfter=yesterday", "DateCreatedBefore=2023"])
    func `Bad filters are refused`(query: String) {
        let fixture = Fixture()
        #expect(Fixture.code { () throws(APIFailure) in try fixture.attempts(query) } == 60200)
    }

    @Test func `Sends and conversions appear after the delay`() throws {
        var fixture = Fixture { $0.attemptVisibilityDelay = .seconds(5) }
        let started = try fixture.start()
        #expect(try fixture.attempts().isEmpty)
        fixture.advance(5)
        try fixture.check(started.code)
        #expect(try fixture.attempts().map(\.converted) == [nil])
        fixture.advance(5)
        #expect(try fixture.attempts("Status=converted").count == 1)
    }

    @Test func `Attempts are forgotten after thirty days`() throws {
        var fixture = Fixture()
        let sid = try fixture.start().sends[0].attemptSID
        fixture.advance(30 * 24 * 3600 - 1)
        #expect(try fixture.twilio.attempt(sid, now: fixture.now).to == Fixture.to)
        fixture.advance(1)
        #expect(try fixture.attempts().isEmpty)
    }

    @Test func `A summary counts`() throws {
        var fixture = Fixture()
        for index in 10...20 {
            let to = "+150171226\(index)"
            let code = try fixture.start(to).code
            if index > 11 { try fixture.check(code, to: to) }
        }
        let bodies = ResponseBodies(accountSID: "AC", base: "http://x")
        let summary = bodies.summary(try fixture.attempts())
        #expect(summary["total_attempts"] == 11)
        #expect(summary["total_unconverted"] == 2)
        #expect(summary["conversion_rate_percentage"] == "81.818181818")
    }

    @Test func `Pages link to each other and keep the filters`() throws {
        let query = FormFields("ChannelData.To=%2B1501&PageSize=2&Page=1")
        let body = try Paging(query).body(key: "attempts", items: [1, 2, 3, 4, 5], url: "http://x/y", query: query)
        #expect(body["attempts"] == .array([3, 4]))
        #expect(body["meta"]?["next_page_url"] == "http://x/y?ChannelData.To=%2B1501&PageSize=2&Page=2")
        #expect(body["meta"]?["previous_page_url"] == "http://x/y?ChannelData.To=%2B1501&PageSize=2&Page=0")
        let last = FormFields("PageSize=2&Page=2")
        let end = try Paging(last).body(key: "attempts", items: [1, 2, 3, 4, 5], url: "http://x/y", query: last)
        #expect(end["attempts"] == .array([5]))
        #expect(end["meta"]?["next_page_url"] == .null)
    }
}
