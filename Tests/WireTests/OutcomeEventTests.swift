import Basics
import Foundation
import Testing

@testable import Wire

@Suite struct OutcomeEventTests {
    private func event(_ reply: String) -> String? {
        OutcomeEvent.body(ofReply: Array(reply.utf8)) { "~\($0.count)" }.map { String(decoding: $0, as: UTF8.self) }
    }

    @Test("what is for the asker only is left out, and the person goes by another name")
    func masked() {
        let reply = #"""
            {"outcome":"enrolling","message":"Scan it.","user":"anna","job":"m-1","at":"2026-01-31T12:00:00.000Z",
            "secret":"ABCD","uri":"otpauth://x","qr":{"type":"image/svg+xml","data":"<svg/>"},"ticket":"t","code":"1",
            "to":"+1········42","checks_left":4,"same_code":true}
            """#
        #expect(
            event(reply)
                == #"{"at":"2026-01-31T12:00:00.000Z","checks_left":4,"job":"m-1","outcome":"enrolling","same_code":true,"#
                + #""to":"+1········42","user":"~4"}"#)
    }

    @Test("lists and profiles name nobody either")
    func nested() {
        #expect(event(#"{"profile":{"user":"anna","known":true}}"#) == #"{"profile":{"known":true,"user":"~4"}}"#)
        #expect(
            event(#"{"users":[{"user":"anna"},{"user":"berta"}],"next":"berta"}"#)
                == #"{"next":"~5","users":[{"user":"~4"},{"user":"~5"}]}"#)
        #expect(
            event(#"{"letters":[{"id":1,"body":"{\"user\":\"anna\"}","reason":"malformed"}]}"#)
                == #"{"letters":[{"id":1,"reason":"malformed"}]}"#)
    }

    @Test("what is no reply makes no event", arguments: ["", "[]", "null", "{", #"{"a":1,"a":2}"#])
    func noReply(text: String) {
        #expect(event(text) == nil)
    }

    @Test("of a reply with everything in it nothing else than what is withheld is missing, and no canary is left")
    func everything() throws {
        var reply = Reply(.done, reason: .poison, at: .now())
        reply.user = "canary-user"
        reply.secret = "canary-secret"
        reply.uri = "canary-uri"
        reply.ticket = "canary-ticket"
        reply.code = "canary-code"
        reply.job = "m-1"
        reply.retryAt = reply.at
        reply.errors = [FieldProblem("phone", "not_a_number")]
        let event = try #require(self.event(String(decoding: reply.encoded(), as: UTF8.self)))
        #expect(!event.contains("canary"))
        let before = try JSONSerialization.jsonObject(with: Data(reply.encoded())) as? [String: Any]
        let after = try JSONSerialization.jsonObject(with: Data(event.utf8)) as? [String: Any]
        let lost = Set(before?.keys.map(\.self) ?? []).subtracting(after?.keys.map(\.self) ?? [])
        #expect(lost == ["message", "secret", "uri", "ticket", "code"])
        #expect(after?["user"] as? String == "~11")
    }

    @Test("the routing key is the job's name and the outcome")
    func routingKey() {
        #expect(OutcomeEvent.routingKey(.registerPhone, .sent) == "register.phone.sent")
        #expect(OutcomeEvent.routingKey(.check, .notAllowed) == "check.not_allowed")
    }
}
