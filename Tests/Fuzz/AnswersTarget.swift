import Basics

@testable import TwilioVerify

/// One answer of Twilio's, to everything that can be asked.
///
/// Lines `status 200`, `retry_after 5`, `date …`; the body follows.
enum AnswersTarget {
    static func run(_ input: [UInt8]) async throws(BrokenPromise) -> String {
        let lined = LinedInput(input)
        let response = TransportResponse(
            status: lined.text("status").flatMap { Int($0) } ?? 200, retryAfter: lined.text("retry_after"),
            date: lined.text("date"), body: lined.rest)
        var questions = Questions(answer: response)
        await questions.askAll()
        for failure in questions.failures { try check(failure) }
        for approval in questions.approvals {
            try insist((200...299).contains(response.status), "an approval by HTTP \(response.status)")
            try ApprovalPromise(body: response.body).check(approval)
        }
        if !questions.approvals.isEmpty { return "approved" }
        return questions.answered > 0 ? "answered" : "refused"
    }

    private static func check(_ failure: CallFailure) throws(BrokenPromise) {
        if let wait = failure.retryAfter {
            try insist((.zero ... .seconds(60)).contains(wait), "a wait of \(wait)")
        }
        let words = "\(failure)".utf8.allSatisfy { (0x20...0x7A).contains($0) }
        try insist(words, "a failure whose words are not ours")
    }
}
