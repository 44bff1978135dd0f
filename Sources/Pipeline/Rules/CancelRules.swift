import Basics
import Store
import Wire

/// Ends a login's code. From then on it cannot be checked; that Twilio is told as well is a courtesy.
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
