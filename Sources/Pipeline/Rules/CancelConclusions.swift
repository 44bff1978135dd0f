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
        guard intent.kind == .adminUserReset else {
            return draft.answer(.canceled, at: situation.now, changes: ended(.notPending, situation))
        }
        let changes = left.isEmpty ? ended(.reset, situation) : left.map { .chore($0) }
        var answer = draft.answer(.done, at: situation.now, changes: changes) {
            $0.providerPending = left.isEmpty ? nil : true
        }
        answer.withheld = cancel.withheld
        return answer
    }

    private func ended(_ reason: Reason, _ situation: Situation) -> [Change] {
        guard var code = situation.code, cancel.codes.contains(where: { $0.sid == code.sid }) else { return [] }
        code.ended = reason
        return [.code(code)]
    }
}
