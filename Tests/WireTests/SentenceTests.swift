import Basics
import Testing
import Wire

@Suite("Contract 3: sentences")
struct SentenceTests {
    private func message(_ outcome: Outcome, _ reason: Reason? = nil, _ fill: (inout Reply) -> Void) -> String {
        var reply = Reply(outcome, reason: reason, at: Timestamp(seconds: 1_800_000_000))
        fill(&reply)
        reply.chooseMessage()
        return reply.message
    }

    @Test("3 message: each limit and each mistyped field has its own")
    func own() {
        let limits: [LimitName] = [.cooldown, .codeTries, .userTries, .site, .user]
        #expect(Set(limits.map { limit in message(.throttled) { $0.limit = limit } }).count == limits.count)
        let reasons = [
            "not_a_number", "not_valid", "unknown_region", "short_number", "premium_number", "refused_by_provider",
        ]
        let sentences = reasons.map { reason in
            message(.invalid, .malformed) { $0.errors = [FieldProblem("phone", reason)] }
        }
        #expect(Set(sentences).count == reasons.count && !sentences.contains("The request was not understood."))
        #expect(
            message(.invalid, .malformed) { $0.errors = [FieldProblem("code", "malformed")] }.hasPrefix(
                "A code has digits"))
        #expect(
            message(.invalid, .malformed) { $0.errors = [FieldProblem("channel", "missing")] }
                == "The request was not understood.")
    }

    @Test("3 message: no call is advised where none remains, and no other try after the last")
    func remaining() {
        #expect(message(.blocked, .landline) { $0.alternatives = [.code(.call)] }.hasSuffix("Choose a call."))
        #expect(!message(.blocked, .landline) { $0.alternatives = [.authenticator] }.contains("call"))
        #expect(!message(.blocked, .optedOut) { $0.alternatives = [] }.contains("call"))
        #expect(!message(.notAllowed, .methodDisabled) { $0.alternatives = [] }.contains("another"))
        #expect(!message(.denied) { $0.checksLeft = 0 }.contains("try again"))
        #expect(message(.denied) { $0.checksLeft = 1 }.contains("try again"))
    }

    @Test("a sentence of its own stays")
    func kept() {
        #expect(message(.denied) { ($0.message, $0.checksLeft) = ("The clock is off.", 0) } == "The clock is off.")
    }
}
