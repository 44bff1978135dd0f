import Basics
import SitePolicy
import Store
import Testing
import Wire

@testable import Pipeline

extension Scene {
    /// The rules of one administrator's job about `u1`.
    func admin(
        _ kind: JobKind, _ action: AdminAction, user: String = "u1", place: NumberPlace? = nil,
        patience: Duration = .seconds(30), _ change: (inout PipelineSettings) -> Void = { _ in }
    ) -> AdminRules {
        let login = Job.Login(user: user)
        return AdminRules(
            draft: ReplyDraft(id: "m-1", kind: kind, login: login), kind: kind,
            key: JobKey(frontEnd: "desk", messageID: "m-1"), login: login,
            request: AdminRequest(administrator: "root", action: action), place: place, deadline: now + patience,
            settings: settings(change), secrets: [.code: Redacted("12345678"), .ticket: Redacted("AB-CD")],
            pseudonym: "erased-1")
    }

    func letter(
        _ id: Int64, _ state: DeadLetterState = .waiting, reason: DeadLetterReason = .malformed,
        deadline: Duration? = nil
    ) -> DeadLetterRow {
        let letter = DeadLetter(
            reason: reason, routingKey: "send", frontEnd: "portal", messageID: "old",
            body: Redacted(Array(#"{"phone":"+14155550142","user":"u7"}"#.utf8)), deadline: deadline.map { now + $0 },
            at: now - .seconds(60))
        return DeadLetterRow(id: id, letter: letter, state: state, replays: 2)
    }
}

extension AdminRules {
    /// The answer, with exactly one line in the audit trail.
    func answer(_ situation: Situation) throws -> Answer {
        let answer = try #require(decide(situation).answer)
        let entry = try #require(answer.changes.audits.first)
        #expect(answer.changes.audits.count == 1)
        #expect(entry.administrator == "root" && entry.frontEnd == "desk" && entry.messageID == "m-1")
        #expect(entry.kind == .job(kind) && entry.outcome == answer.outcome && entry.reason == answer.reason)
        #expect(entry.at == situation.now)
        return answer
    }
}

extension Answer {
    var audit: AuditEntry? { changes.audits.first }
}
