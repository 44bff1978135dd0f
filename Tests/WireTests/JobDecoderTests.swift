import Basics
import Testing

@testable import Wire

@Suite struct JobDecoderTests {
    private static let now = Timestamp(seconds: 1_800_000_000)

    private func read(
        _ body: String, key: String = "check", lane: LaneName = .check, _ change: (inout Envelope) -> Void = { _ in }
    ) -> ReadJob {
        var envelope = Envelope(
            lane: lane, exchange: "verify", routingKey: key, body: .bytes(Array(body.utf8)), receivedAt: Self.now)
        envelope.contentType = "application/json"
        envelope.messageID = "m1"
        change(&envelope)
        return JobDecoder().read(envelope)
    }

    private func problems(_ read: ReadJob) -> [String] {
        guard case .invalid(_, let problems, _) = read.content else { return [] }
        return problems.map { "\($0.field): \($0.reason)" }
    }

    private func job(_ read: ReadJob) -> Job? {
        if case .job(let job) = read.content { job } else { nil }
    }

    @Test("spaces and hyphens are dropped from a code, unknown fields are ignored")
    func code() throws {
        let found = read(#"{"user":"anna","code":"12 34-56","colour":"red"}"#)
        let taken = try #require(job(found))
        guard case .check(let code, nil) = taken.request else {
            Issue.record("not a check")
            return
        }
        #expect(code.revealed == "123456")
        #expect(taken.login == Job.Login(user: "anna"))
    }

    @Test(
        "codes that are none are refused",
        arguments: [#""12""#, #""12345678901""#, "123456", #""١٢٣٤٥٦""#, #""' OR 1=1""#, "null", "true", #""１２３４５６""#])
    func badCode(code: String) {
        #expect(problems(read(#"{"user":"anna","code":\#(code)}"#)).contains { $0.hasPrefix("code: ") })
    }

    @Test(
        "users that are none are refused",
        arguments: [#""""#, #"" anna""#, #""anna ""#, #""an\u0000na""#, "7", "null"])
    func badUser(user: String) {
        #expect(problems(read(#"{"user":\#(user),"code":"123456"}"#)).contains { $0.hasPrefix("user: ") })
    }

    @Test("a wrong value of a list is refused, and all mistakes are told together")
    func values() {
        let read = read(#"{"application":"phone","login":"short","code":"123456"}"#)
        #expect(problems(read) == ["user: missing", "application: unknown_value", "login: too_short"])
    }

    @Test("properties are looked at")
    func properties() {
        let body = #"{"user":"anna","code":"123456"}"#
        #expect(problems(read(body) { $0.messageID = nil }) == ["message_id: missing"])
        #expect(problems(read(body) { $0.messageID = "a b" }) == ["message_id: malformed"])
        #expect(problems(read(body) { $0.contentType = nil }) == ["content_type: missing"])
        #expect(problems(read(body) { $0.contentType = "text/plain" }) == ["content_type: unsupported"])
        #expect(
            problems(read(body) { $0.contentType = "application/json; charset=latin-1" }) == [
                "content_type: unsupported"
            ])
        #expect(problems(read(body) { $0.contentEncoding = "gzip" }) == ["content_encoding: unsupported"])
        #expect(
            problems(read(body) { $0.correlationID = Array(repeating: 1, count: 129) }) == ["correlation_id: too_long"])
        #expect(problems(read(body) { $0.type = "verify.send.v1" }) == ["type: disagrees_with_routing_key"])
        #expect(problems(read(body) { $0.deadline = "tomorrow" }) == ["deadline: malformed"])
        #expect(job(read(body) { $0.type = "verify.check.v1" }) != nil)
        guard
            case .invalid(.versionUnsupported, _, .versionUnsupported) = read(body, { $0.type = "verify.check.v2" })
                .content
        else {
            Issue.record("another major version was taken")
            return
        }
    }

    @Test("a key that is foreign to its lane is no job, nor is another exchange")
    func foreign() {
        for read in [
            read("{}", key: "send"), read("{}", key: "nonsense"), read("{}") { $0.exchange = "" },
        ] {
            guard case .unexpected = read.content else {
                Issue.record("taken as a job")
                continue
            }
        }
    }

    @Test("a kind that is not served is invalid / unknown_job_type")
    func unserved() {
        guard case .invalid(.unknownJobType, _, _) = read(#"{"user":"anna"}"#, key: "cancel").content else {
            Issue.record("not refused as unknown")
            return
        }
    }

    @Test("the deadline is 30 s after publishing, never more than 120 s from now; a future clock gives no more time")
    func deadline() {
        let body = #"{"user":"anna","code":"123456"}"#
        #expect(read(body).deadline == Self.now + .seconds(30))
        #expect(read(body) { $0.timestamp = UInt64(Self.now.wholeSeconds - 10) }.deadline == Self.now + .seconds(20))
        #expect(read(body) { $0.timestamp = UInt64.max }.deadline == Self.now + .seconds(30))
        #expect(read(body) { $0.brokerMilliseconds = Self.now.milliseconds - 5000 }.deadline == Self.now + .seconds(25))
        let named = (Self.now + .seconds(60)).description
        #expect(read(body) { $0.deadline = named }.deadline == Self.now + .seconds(60))
        let far = (Self.now + .seconds(3600)).description
        #expect(read(body) { $0.deadline = far }.deadline == Self.now + .seconds(120))
    }

    @Test("a job older than any record is late")
    func old() {
        let read = read(#"{"user":"anna","code":"123456"}"#) {
            $0.timestamp = UInt64(Self.now.wholeSeconds - 48 * 3600)
        }
        guard case .late = read.content else {
            Issue.record("taken")
            return
        }
    }

    @Test("16 KiB are read, one byte more is too large")
    func size() {
        let head = #"{"user":"anna","code":"123456","pad":""#
        let pad = String(repeating: "x", count: JobDecoder.maximumBody - head.utf8.count - 2)
        #expect(job(read(head + pad + "\"}")) != nil)
        guard case .invalid(.tooLarge, _, .tooLarge) = read(head + pad + "x\"}").content else {
            Issue.record("taken")
            return
        }
    }
}
