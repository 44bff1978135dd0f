import Testing
import Wire

@Suite("ReplyAddress")
struct ReplyAddressTests {
    private func address(_ name: String?) -> ReplyAddress { ReplyAddress(name, prefixes: ["verify.reply."]) }

    @Test("is none where none was named", arguments: [nil, ""])
    func none(name: String?) {
        #expect(address(name) == .none)
        #expect(address(name).routingKey == nil)
    }

    @Test("is a queue under a prefix, or one that the server named", arguments: ["verify.reply.web.a1", "amq.gen-Xyz"])
    func queue(name: String) {
        #expect(address(name) == .queue(name))
        #expect(address(name).routingKey == name)
    }

    @Test("is direct where the broker rewrote direct reply-to")
    func direct() {
        let name = "amq.rabbitmq.reply-to.g1h2AAAA"
        #expect(address(name) == .direct(name))
        #expect(address(name).routingKey == name)
    }

    @Test(
        "is refused anywhere else",
        arguments: [
            "verify.send", "verify.dead", "verify.reply.", "verify.reply", "Verify.reply.web", "amq.topic", "other",
            "amq.rabbitmq.reply-to", "verify.reply.a b", "verify.reply.é", "verify.reply.a\u{0}", " verify.reply.web",
            "verify.reply." + String(repeating: "x", count: 243),
        ])
    func refused(name: String) {
        #expect(address(name) == .refused)
        #expect(address(name).routingKey == nil)
    }

    @Test("takes 255 bytes, the most that a queue's name may have")
    func longest() {
        let name = "verify.reply." + String(repeating: "x", count: 242)
        #expect(address(name) == .queue(name))
    }

    @Test("obeys the prefixes it is given")
    func prefixes() {
        #expect(ReplyAddress("mine.1", prefixes: ["mine.", "ours."]) == .queue("mine.1"))
        #expect(ReplyAddress("ours.1", prefixes: ["mine.", "ours."]) == .queue("ours.1"))
        #expect(ReplyAddress("verify.reply.web", prefixes: ["mine."]) == .refused)
        #expect(ReplyAddress("verify.reply.web", prefixes: []) == .refused)
    }
}
