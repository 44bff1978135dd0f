import Basics
import Store
import Wire

/// Jobs about dead letters and the audit trail look at them before their transaction, which all workers wait for, and move many of them in
/// steps.
extension Pipeline {
    /// The same rules with what they are about. All steps but the last are done by then, each with its own line in the audit
    /// trail; a job that comes again finds what is left.
    func withLetters(_ prepared: any JobRules, _ job: NewJob) async throws(StoreError) -> any JobRules {
        guard var rules = prepared as? AdminRules, rules.letterQuery != nil || rules.trailQuery != nil else {
            return prepared
        }
        // A repeat gets the recorded answer, and one that is too late nothing but that.
        guard case .unknown = try await store.state(of: job.key), job.deadline - clocks.wall() >= ReplyDraft.leastTime
        else { return rules }
        if let query = rules.trailQuery { rules.trail = try await store.auditRows(query) }
        guard let query = rules.letterQuery else { return rules }
        rules.letters = try await store.letters(query)
        guard let moves = rules.letterMoves(at: clocks.wall()) else { return rules }
        var situation = Situation(now: clocks.wall())
        for step in moves.steps.dropLast() {
            try throwIfStopping()
            situation.now = clocks.wall()
            let tally = moves.tally(of: step)
            let detail = moves.detail.merging(tally.counts(moves).mapValues { String($0) }) { $1 }
            let answer = rules.audited(.done, situation, changes: moves.changes(step), detail: detail)
            _ = try await store.refuse(nil, answer: answer)
            rules.moved = rules.moved + tally
        }
        return rules
    }

    /// Answers an administrator's job that only reads: nothing of it is recorded but its line in the audit trail, so that no
    /// copy of what it tells of people stays behind.
    func look(_ rules: any JobRules, _ context: JobContext) async throws(StoreError) {
        guard case .answer(let answer) = rules.decide(Situation(now: clocks.wall())) else { return }
        _ = try await store.refuse(nil, answer: answer)
        context.answer(answer.body, answer.outcome)
    }
}
