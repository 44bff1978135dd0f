import Basics
import Testing
import Wire

@Suite("Reply")
struct ReplyTests {
    private let now = Timestamp(seconds: 1_800_000_000)

    @Test("leaves absent fields out and sorts its keys")
    func bare() {
        let text = String(decoding: Reply(.approved, at: now).encoded(), as: UTF8.self)
        #expect(
            text == #"{"at":"2027-01-15T08:00:00.000Z","message":"The code was right.","outcome":"approved"}"#)
    }

    @Test("writes the contract's names, in order")
    func names() throws {
        let text = String(decoding: full().encoded(), as: UTF8.self)
        let keys = [
            "alternatives", "application", "at", "because", "channel", "checks_left", "decision", "errors",
            "expires_at", "job", "limit", "message", "methods", "outcome", "reason", "register", "registered",
            "retry_at", "same_code", "sends_left", "to", "user",
        ]
        var rest = text[...]
        for key in keys {
            let range = try #require(rest.firstRange(of: "\"\(key)\":"), "\(key) in \(text)")
            rest = rest[range.upperBound...]
        }
        #expect(text.contains(#""reason":"code_expired""#))
        #expect(text.contains(#""limit":"code_tries""#))
        #expect(text.contains(#""errors":[{"field":"phone","reason":"not_a_number"}]"#))
        #expect(text.contains("+1········42"))
    }

    @Test("reads back as it was written, to the same bytes")
    func roundTrip() throws {
        let bytes = full().encoded()
        let reply = try Reply.decode(bytes)
        #expect(reply.encoded() == bytes)
        #expect(reply.outcome == .expired)
        #expect(reply.checksLeft == 3)
        #expect(reply.methods == full().methods)
    }

    @Test("ignores unknown fields, and refuses what is no reply")
    func decoding() throws {
        let text = #"{"outcome":"done","message":"m","at":"t","later":{"x":1}}"#
        #expect(try Reply.decode(Array(text.utf8)).outcome == .done)
        for bad in ["", "{}", "[]", #"{"outcome":"perhaps","message":"m","at":"t"}"#] {
            #expect(throws: (any Error).self) { try Reply.decode(Array(bad.utf8)) }
        }
    }

    @Test("has a sentence for every outcome and reason that shows no machine's words")
    func sentences() {
        for outcome in Outcome.allCases {
            for reason in [nil] + Reason.allCases.map(Optional.some) {
                let message = Reply(outcome, reason: reason, at: now).message
                #expect(message.hasSuffix("."))
                #expect(!message.contains("_") && !message.contains("Twilio"))
            }
        }
    }

    @Test("never says the same of an outage and of a wrong code")
    func outageIsNoWrongCode() {
        #expect(Reply(.unavailable, at: now).message != Reply(.denied, at: now).message)
    }

    private func full() -> Reply {
        var reply = Reply(.expired, reason: .codeExpired, at: now)
        reply.job = "m/1"
        reply.user = "Zoë \"Z\""
        reply.application = .windows
        reply.channel = .sms
        reply.to = "+1········42"
        reply.sameCode = true
        reply.expiresAt = (now + .seconds(600)).description
        reply.retryAt = now.description
        reply.sendsLeft = 4
        reply.checksLeft = 3
        reply.alternatives = [.call, .authenticator]
        reply.registered = .phone
        reply.limit = .codeTries
        reply.errors = [FieldProblem("phone", "not_a_number")]
        reply.decision = "verify"
        reply.because = ["application_all", "registered"]
        reply.methods = [Reply.MethodState(method: .sms, to: "+1········42", usable: true)]
        reply.register = [.phone]
        return reply
    }
}
