import Basics
import Store
import TwilioVerify
import Wire

/// Ends a login's code.
///
/// From then on it cannot be checked; that Twilio is told as well is a courtesy.
struct CancelRules: JobRules {
    var draft: ReplyDraft
    var login: Job.Login
    /// A send of this login that may still wait.
    var send: JobKey?
    var deadline: Timestamp

    var wanted: Wanted {
        var wanted = Wanted()
        wanted.strangers = true
        return wanted
    }

    func decide(_ situation: Situation) -> Decision {
        let now = situation.now
        if deadline - now < ReplyDraft.leastTime { return .answer(draft.answer(.late, at: now)) }
        var changes = send.map { [Change.cancelSend($0, LoginKey(login))] } ?? []
        guard var pending = situation.pending, pending.ended == nil else {
            return .answer(draft.answer(.canceled, at: now, changes: changes))
        }
        pending.ended = .notPending
        changes.append(.pending(pending))
        // Twilio has one code per number: another login may still wait for it.
        guard let live = situation.liveCode, live.sid == pending.sid, situation.strangers.isEmpty,
            !situation.pendingElsewhere
        else { return .answer(draft.answer(.canceled, at: now, changes: changes)) }
        return .call(
            .cancel(PlannedCancel(codes: [OpenCode(number: live.number.revealed, sid: live.sid)])), changes: changes)
    }
}

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

extension Caller {
    /// Ends verifications and removes factors, one after the other.
    @inline(never)
    func cancel(_ intent: Intent) async throws(StoreError) -> Finished {
        guard let conclusions = CancelConclusions(intent) else { return .superseded }
        var left: [ProviderChore] = []
        for code in conclusions.cancel.codes {
            let result = await attempt(intent) { gate throws(CallFailure) in
                try await twilio(for: intent).cancelVerification(sid: code.sid, gate: gate)
            }
            if case .done = result { continue }
            left.append(.cancelVerification(sid: code.sid))
        }
        let undone = left + (await remove(conclusions.cancel.factors, for: intent))
        return try await store.finish(intent) { conclusions.ended(left: undone, $0) }
    }

    /// Removes factors at Twilio.
    ///
    /// - Returns: What it would not remove.
    private func remove(_ factors: [OldFactor], for intent: Intent) async -> [ProviderChore] {
        var left: [ProviderChore] = []
        for factor in factors {
            let result = await attempt(intent, as: .remove) { gate throws(CallFailure) in
                try await twilio(for: intent).remove(factor, gate: gate)
            }
            if case .done = result { continue }
            left.append(.removeFactor(factor))
        }
        return left
    }
}
