import AMQP
import Basics
import Conformance
import Testing
import Wire

@Suite("A reply's judge") struct ReplyJudgeTests {
    private static let at = Timestamp(milliseconds: 1_772_442_904_210)

    private func findings(
        _ kind: JobKind, _ members: [String: JSONValue], hasLimits: Bool = true,
        _ change: (inout AskedJob, inout MessageProperties) -> Void = { _, _ in }
    ) -> [WorkerRule] {
        var job = AskedJob(
            kind.rawValue, body: [], messageID: "one", from: "web", replyTo: "verify.reply.web.1", at: Self.at)
        (job.user, job.mask, job.secrets) = ("anna", "+1········42", ["+14155550142", "314159"])
        var properties = MessageProperties()
        properties.contentType = "application/json"
        properties.type = "verify.\(kind.rawValue).result.v1"
        properties.messageID = "r:one"
        properties.correlationID = job.properties.correlationID
        properties.timestamp = UInt64(Self.at.wholeSeconds)
        properties.userID = "worker"
        properties.deliveryMode = 2
        change(&job, &properties)
        let usual: [String: JSONValue] = [
            "message": "So it is.", "at": .string("\(Self.at)"), "job": "one", "user": "anna", "application": "web",
        ]
        let body = JSONValue.object(usual.merging(members) { $1 }).encoded()
        let reply = SeenReply(properties: properties, body: body, number: 0)
        return ReplyJudge.findings(reply, to: job, hasLimits: hasLimits, at: Self.at).map(\.rule)
    }

    private let sent: [String: JSONValue] = [
        "outcome": "sent", "channel": "sms", "to": "+1········42", "expires_at": "2026-03-02T09:25:04.210Z",
        "retry_at": "2026-03-02T09:15:34.210Z", "sends_left": 4, "checks_left": 5,
    ]

    @Test("a reply as the contract has it has no findings; each field that is gone is one")
    func fields() {
        #expect(findings(.send, sent) == [])
        for field in ["channel", "to", "expires_at", "retry_at", "sends_left", "checks_left"] {
            #expect(findings(.send, sent.filter { $0.key != field }) == [.missingField], "\(field)")
        }
        #expect(findings(.send, sent.filter { $0.key != "retry_at" }, hasLimits: false) == [])
        for outcome: JSONValue in ["throttled", "denied", "blocked", "uncertain", "expired", "invalid", "options"] {
            #expect(Set(findings(.check, ["outcome": outcome])) == [.missingField], "\(outcome)")
        }
        #expect(findings(.check, ["outcome": "invalid", "reason": "malformed"]) == [.missingField])
        #expect(findings(.send, ["outcome": "not_allowed", "reason": "method_disabled"]) == [.missingField])
    }

    @Test("words of no version, other people's ids, nulls and times of another form are the body's")
    func body() {
        #expect(findings(.check, ["outcome": "let_in"]) == [.body])
        #expect(findings(.check, ["outcome": "expired", "reason": "too_old"]) == [.body])
        #expect(findings(.check, ["outcome": "approved", "user": "bob"]) == [.body])
        #expect(findings(.check, ["outcome": "approved", "reason": .null]) == [.body])
        #expect(findings(.check, ["outcome": "approved", "at": "2026-03-02T09:15:04Z"]) == [.body])
        #expect(findings(.check, ["outcome": "approved", "at": 1_772_442_904]) == [.missingField, .body])
    }

    @Test("a number, a code and a secret where they do not belong")
    func secrets() {
        #expect(findings(.send, sent.merging(["to": "+14155550142"]) { $1 }).allSatisfy { $0 == .secret })
        #expect(findings(.check, ["outcome": "approved", "message": "314159 was right."]) == [.secret])
        let enrolling: [String: JSONValue] = [
            "outcome": "enrolling", "secret": "ABCD", "uri": "otpauth://totp/a", "expires_at": .string("\(Self.at)"),
        ]
        #expect(findings(.registerAuthenticator, enrolling) == [.secret])
        #expect(findings(.registerAuthenticator, enrolling) { $1.deliveryMode = nil } == [])
    }

    @Test("each property that is another, or not there")
    func properties() {
        let approved: [String: JSONValue] = ["outcome": "approved"]
        #expect(findings(.check, approved) { $1.correlationID = nil } == [.correlation])
        #expect(findings(.check, approved) { $1.contentType = nil } == [.property])
        #expect(findings(.check, approved) { $1.type = "verify.check.v1" } == [.property])
        #expect(findings(.check, approved) { $1.messageID = "one" } == [.property])
        #expect(findings(.check, approved) { $1.userID = nil } == [.property])
        #expect(findings(.check, approved) { $1.timestamp = nil } == [.property])
        #expect(findings(.check, approved) { $1.timestamp = UInt64(Self.at.milliseconds) } == [.property])
        #expect(findings(.check, approved) { $1.deliveryMode = 1 } == [.property])
        #expect(findings(.check, approved) { job, _ in job.set("traceparent", "00-1-2-01") } == [.trace])
    }
}
