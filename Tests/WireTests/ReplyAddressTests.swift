import Testing
import Wire

@Suite("Contract 2: reply_to")
struct ReplyAddressTests {
    private func address(_ name: String?) -> ReplyAddress { ReplyAddress(name, prefixes: ["verify.reply."]) }

    @Test("2 reply_to: absent, the outcome is recorded only", arguments: [nil, ""])
    func none(name: String?) {
        #expect(address(name) == .none)
        #expect(address(name).routingKey == nil)
    }

    @Test(
        "2 reply_to: without front_ends, names under reply.prefixes and amq.gen-*",
        arguments: ["verify.reply.web.a1", "amq.gen-Xyz"])
    func queue(name: String) {
        #expect(address(name) == .queue(name))
        #expect(address(name).routingKey == name)
    }

    @Test("2 reply_to: direct reply-to")
    func direct() {
        let name = "amq.rabbitmq.reply-to.g1h2AAAA"
        #expect(address(name) == .direct(name))
        #expect(address(name).routingKey == name)
    }

    @Test(
        "2 reply_to: anything else is refused",
        arguments: [
            "verify.send", "verify.dead", "verify.reply.", "verify.reply", "Verify.reply.web", "amq.topic", "other",
            "amq.rabbitmq.reply-to", "verify.reply.a b", "verify.reply.é", "verify.reply.a\u{0}", " verify.reply.web",
            "verify.reply." + String(repeating: "x", count: 243),
        ])
    func refused(name: String) {
        #expect(address(name) == .refused)
        #expect(address(name).routingKey == nil)
    }

    @Test("2 reply_to: 255 bytes, the most that a queue's name may have")
    func longest() {
        let name = "verify.reply." + String(repeating: "x", count: 242)
        #expect(address(name) == .queue(name))
    }

    @Test("7 reply.prefixes: what names may begin with")
    func prefixes() {
        #expect(ReplyAddress("mine.1", prefixes: ["mine.", "ours."]) == .queue("mine.1"))
        #expect(ReplyAddress("ours.1", prefixes: ["mine.", "ours."]) == .queue("ours.1"))
        #expect(ReplyAddress("verify.reply.web", prefixes: ["mine."]) == .refused)
        #expect(ReplyAddress("verify.reply.web", prefixes: []) == .refused)
    }

    @Test("2 reply_to: once front_ends is set, the job's own user's queues only, or direct")
    func ofAFrontEnd() {
        func address(_ name: String?) -> ReplyAddress { ReplyAddress(name, frontEnd: "portal") }
        #expect(address("verify.reply.portal.a1") == .queue("verify.reply.portal.a1"))
        #expect(address("amq.rabbitmq.reply-to.g1h2") == .direct("amq.rabbitmq.reply-to.g1h2"))
        #expect(address(nil) == .none)
        let refused = [
            "verify.reply.portal", "verify.reply.portal.", "verify.reply.portal2.a1", "verify.reply.other.a1",
            "verify.reply.Portal.a1", "amq.gen-Xyz", "verify.reply.portal.a b", "verify.send",
        ]
        for name in refused { #expect(address(name) == .refused, "\(name)") }
    }
}

@Suite("Contract 2: front ends")
struct FrontEndTests {
    @Test("2 user_id: names are [A-Za-z0-9_-]+")
    func names() {
        for name in ["portal", "A-1_b", "0"] { #expect(FrontEnd.isValid(name: name)) }
        for name in ["", "a.b", "a b", "é", "a*", "a#", "a/b", "a\u{0}"] { #expect(!FrontEnd.isValid(name: name)) }
    }

    @Test("7 front_ends: pinned to an application, or any")
    func scopes() {
        #expect(FrontEnd.Scope.web.covers(.web) && !FrontEnd.Scope.web.covers(.windows))
        #expect(FrontEnd.Scope.windows.covers(.windows) && !FrontEnd.Scope.windows.covers(.web))
        #expect(FrontEnd.Scope.any.covers(.web) && FrontEnd.Scope.any.covers(.windows))
        #expect(FrontEnd.Scope(rawValue: "admin") == nil)
    }
}
