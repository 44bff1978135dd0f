import Store
import Wire

/// How a job ends that ends verifications at Twilio: `cancel`, and an administrator's reset.
struct CancelConclusions: Sendable {
    var intent: Intent
    var cancel: PlannedCancel

    /// `nil` unless the intent is one.
    init?(_ intent: Intent) {
        guard case .cancel(let cancel) = intent.call else { return nil }
        self.intent = intent
        self.cancel = cancel
    }

    /// - Parameter left: those that Twilio has not ended, as far as we know.
    func ended(left: [ProviderChore], _ situation: Situation) -> Answer {
        let draft = ReplyDraft(intent)
        guard intent.kind.isAdministration else {
            return draft.answer(.canceled, at: situation.now, changes: ended(.notPending, situation))
        }
        let changes = left.isEmpty ? ended(cancel.ends ?? .reset, situation) : left.map { .chore($0) }
        var answer = draft.answer(.done, at: situation.now, changes: changes) { reply in
            if let known = cancel.reply.flatMap({ try? Reply.decode($0) }) {
                let at = reply.at
                reply = known
                reply.at = at
            }
            reply.providerPending = left.isEmpty ? nil : true
        }
        answer.withheld = cancel.withheld
        return answer
    }

    private func ended(_ reason: Reason, _ situation: Situation) -> [Change] {
        // An administrator's job is of a person, who may have codes on other numbers than the registered one.
        guard !intent.kind.isAdministration else { return cancel.codes.map { .endCode(sid: $0.sid, reason) } }
        guard var code = situation.code, cancel.codes.contains(where: { $0.sid == code.sid }) else { return [] }
        code.ended = reason
        return [.code(code)]
    }
}
