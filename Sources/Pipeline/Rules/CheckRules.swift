import Basics
import SitePolicy
import Store
import Wire

/// Whether a code may be checked, and against what.
struct CheckRules: JobRules {
    var draft: ReplyDraft
    var login: Job.Login
    var code: Redacted<String>
    var method: Factor?
    var deadline: Timestamp
    var settings: PipelineSettings

    var limits: CheckLimits { CheckLimits(settings: settings.limits) }
    var registration: RegistrationRules { RegistrationRules(needsTicket: settings.ticketsRequired) }

    var wanted: Wanted {
        var wanted = limits.wanted
        wanted.code = code
        wanted.approval = true
        wanted.authenticator = method != .phone
        return wanted
    }

    /// What a code comes to that is no bypass code. The rules that say so cannot answer: their rulings leave through
    /// ``decide(_:)``, which counts what was compared.
    enum Ruling {
        case answer(Answer)
        /// Twilio is asked; the changes are written before, and the try is counted besides.
        case call(PlannedCall, changes: [Change])
    }

    /// The one way in and out. What was typed is compared with the person's bypass code here and nowhere else, and each
    /// wrong guess costs: one of the bypass code's own tries, and one of the person's.
    func decide(_ situation: Situation) -> Decision {
        if let answer = unread(situation) { return .answer(answer) }
        switch situation.bypass {
        case .right: return .answer(bypassed(situation))
        case .none:
            switch ruling(situation) {
            case .answer(let answer): return .answer(answer)
            case .call(let call, let changes): return .call(call, changes: changes + limits.counted)
            }
        case .wrong(let triesLeft):
            let guess = [Change.bypassTry(user: login.user)] + limits.counted
            switch ruling(situation) {
            case .answer: return .answer(denied(guess, triesLeft, situation))
            case .call(let call, let changes): return .call(call, changes: changes + guess)
            }
        }
    }

    /// What is answered without a look at what was typed: the same for every code, so nothing can be learned from it.
    private func unread(_ situation: Situation) -> Answer? {
        let now = situation.now
        if deadline - now < ReplyDraft.leastTime { return draft.answer(.late, at: now) }
        guard SiteOptions(situation.options).usesProvider else {
            return draft.answer(.notAllowed, .providerNone, at: now)
        }
        return limits.lockedUntil(situation).map { draft.throttled(.userTries, until: $0, at: now) }
    }

    private func ruling(_ situation: Situation) -> Ruling {
        switch target(situation) {
        case .phone: phone(situation)
        case .authenticator: authenticator(situation)
        case nil: .answer(ambiguous(situation))
        }
    }

    /// A wrong guess where there is nothing else to ask about: whatever the answer would be without a bypass code, it was a
    /// wrong code.
    private func denied(_ guess: [Change], _ triesLeft: Int, _ situation: Situation) -> Answer {
        draft.answer(.denied, at: situation.now, changes: guess) {
            $0.checksLeft = min(triesLeft, settings.limits.checksOffered, max(0, limits.left(situation) - 1))
        }
    }

    /// An administrator's one-use code lets the person in, once.
    private func bypassed(_ situation: Situation) -> Answer {
        var user = situation.user ?? UserRecord(name: login.user)
        user.lastApprovedAt = situation.now
        return draft.answer(
            .approved, at: situation.now,
            changes: [
                .bypass(user: login.user, nil, until: situation.now), .user(user),
                .approval(LoginKey(login), client: login.client), .pace(.user(login.user), nil),
            ] + situation.numbersUnpaced)
    }

    /// What the code is for: as the job says, else what this login has pending, else the only registered method.
    private func target(_ situation: Situation) -> Factor? {
        if let method { return method }
        let hasCode = situation.pending.map { endOf($0, situation) == nil } ?? false
        let enrolment = enrolment(situation)
        let hasEnrolment = enrolment?.isOpen(at: situation.now) ?? false
        if hasCode != hasEnrolment { return hasCode ? .phone : .authenticator }
        let factors = situation.user?.factors ?? []
        if factors.count == 1 { return factors.first }
        guard factors.isEmpty, !hasCode else { return nil }
        // Nothing is registered or pending: what became of what this login had is the answer.
        if situation.pending != nil || situation.pendingElsewhere { return .phone }
        return enrolment == nil ? nil : .authenticator
    }

    /// Nothing tells which method is meant.
    private func ambiguous(_ situation: Situation) -> Answer {
        let isAny = !(situation.user?.factors.isEmpty ?? true)
        return draft.answer(.invalid, .malformed, at: situation.now) {
            $0.errors = [FieldProblem("method", isAny ? "ambiguous" : "nothing_pending_or_registered")]
        }
    }
}
