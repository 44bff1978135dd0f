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
        #expect(try fixture.attempts("VerifyServiceSid=\(fixture.service)").count == 2)
        #expect(try fixture.attempts("VerifyServiceSid=VA" + String(repeating: "9", count: 32)).isEmpty)
        #expect(try fixture.attempts("Country=DE").map(\.channel) == ["call"])
        #expect(try fixture.attempts("Country=us").map(\.channel) == ["sms"])
        #expect(try fixture.attempts("DateCreatedAfter=2023-11-14T22:13:30Z").count == 1)
        #expect(try fixture.attempts("DateCreatedBefore=2023-11-14T22:13:20Z").map(\.channel) == ["sms"])
    }

    @Test(arguments: [
        "Status=maybe", "Channel=fax", "DateCreatedAfter=yesterday", "DateCreatedBefore=2023", "Country=Germany",
        "VerifyServiceSid=VA1", "VerificationSid=VL00000000000000000000000000000001",
    ])
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

    @Test(arguments: [
        ("", 2), ("DestinationPrefix=%2B1501", 1), ("DestinationPrefix=49", 1), ("DestinationPrefix=%2B7", 0),
        ("Country=DE&Channel=call", 1), ("Country=DE&Channel=sms", 0),
        // These belong to the list alone.
        ("ChannelData.To=%2B4915112345678&Status=converted", 2),
    ])
    func `A summary has filters of its own`(query: String, count: Int) throws {
        var fixture = Fixture()
        try fixture.start()
        try fixture.start("+4915112345678", channel: "call")
        let summary = fixture.ask("GET", "/v2/Attempts/Summary?\(query)")
        #expect(summary.body?["total_attempts"] == .integer(count))
    }

    @Test func `An attempt tells what became of it`() throws {
        var fixture = Fixture()
        let code = try fixture.start().code
        try fixture.start("+15005530003")
        try fixture.start("+15005500486", channel: "call")
        try fixture.check(code)
        func data(_ index: Int) throws -> JSONValue? {
            let bodies = ResponseBodies(accountSID: "AC", base: "http://x")
            return bodies.attempt(try fixture.attempts()[index], now: fixture.now)["channel_data"]
        }
        #expect(try data(2)?["status"] == "confirmed")
        #expect(try data(2)?["message_status"] == "delivered")
        #expect(try data(1)?["status"] == "unconfirmed")
        #expect(try data(1)?["message_status"] == "undelivered")
        #expect(try data(1)?["error_code"] == "30003")
        #expect(try data(0)?["call_status"] == "busy")
        #expect(try data(0)?["message_status"] == nil)
        fixture.advance(600)
        #expect(try data(1)?["status"] == "expired")
        #expect(try data(2)?["status"] == "confirmed")
    }
}
