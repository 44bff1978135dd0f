import Basics
import Testing

@testable import Wire

@Suite struct ReplyTests {
    @Test("absent fields are left out and keys are sorted")
    func encoding() {
        var reply = Reply(.denied, at: Timestamp(milliseconds: 1_800_000_000_123))
        reply.checksLeft = 3
        #expect(
            String(decoding: reply.encoded(), as: UTF8.self)
                == #"{"at":"2027-01-15T08:00:00.123Z","checks_left":3,"message":"That code is not right. Check it and try again.","outcome":"denied"}"#
        )
    }

    @Test("a reply is read back, unknown fields ignored")
    func decoding() throws {
        let reply = try Reply.decode(Array(#"{"outcome":"sent","message":"m","at":"x","new_field":[1]}"#.utf8))
        #expect(reply.outcome == .sent)
    }

    @Test("replies go to reply queues and nowhere else")
    func addresses() {
        func address(_ name: String?) -> ReplyAddress { ReplyAddress(name, prefixes: ["verify.reply."]) }
        #expect(address("verify.reply.web.1f") == .queue("verify.reply.web.1f"))
        #expect(address("amq.gen-xyz") == .queue("amq.gen-xyz"))
        #expect(address("amq.rabbitmq.reply-to.abc") == .direct("amq.rabbitmq.reply-to.abc"))
        #expect(address(nil) == .none)
        for name in ["verify.send", "verify.dead", "verify.reply.", "amq.topic", "other", "verify.reply.a\nb"] {
            #expect(address(name) == .refused)
        }
        #expect(address("verify.reply." + String(repeating: "x", count: 300)) == .refused)
    }
}
