import Basics
import SitePolicy
import Store
import Wire

/// The answer to `options`: read from the store alone, neither recorded nor deduplicated.
struct OptionsRules: Sendable {
    var login: Job.Login
    var settings: PipelineSettings

    private var limits: SendLimits { SendLimits(settings: settings.limits, purpose: .login, user: login.user) }

    var wanted: Wanted {
        var wanted = limits.wanted
        (wanted.approval, wanted.strangers) = (true, true)
        return wanted
    }

    func reply(_ draft: ReplyDraft, _ situation: Situation) -> Reply {
        draft.reply(.options, at: situation.now) { fill(&$0, situation) }
    }

    /// What `admin.explain` shows as well.
    func fill(_ reply: inout Reply, _ situation: Situation) {
        let decision = LoginPolicy.decide(
            SiteOptions(situation.options), application: login.application, person: PersonFacts(situation.user),
            now: situation.now)
        reply.decision = decision.verdict.rawValue
        reply.because = decision.because
        reply.methods = methods(situation)
        let registrable = RegistrationRules.registrable(situation)
        reply.register = registrable
        reply.registerChannels = registrable.contains(.phone) ? registerChannels(situation) : []
        reply.needsTicket = settings.ticketsRequired && !registrable.isEmpty ? true : nil
    }

    /// Of whichever number it will be: only what is stopped everywhere is left out.
    private func registerChannels(_ situation: Situation) -> [Channel] {
        let (options, methods) = (SiteOptions(situation.options), MethodRules(limits: settings.limits))
        return Channel.allCases.filter { channel in
            options.allows(channel) && methods.hold(on: channel, nil, .register, situation) == nil
        }
    }

    private func methods(_ situation: Situation) -> [Reply.MethodState] {
        let factors = situation.user?.factors ?? []
        return Wire.Method.allCases.filter { factors.contains($0.factor) }.map { method in
            switch method.factor {
            case .phone: phone(method, situation)
            case .authenticator: state(of: method, situation)
            }
        }
    }

    private func state(of method: Wire.Method, _ situation: Situation) -> Reply.MethodState {
        let obstacle = MethodRules(limits: settings.limits).obstacle(to: method, situation)
        var state = Reply.MethodState(method: method, to: nil, usable: obstacle == nil, reason: obstacle?.reason)
        state.retryAt = obstacle?.until?.description
        return state
    }

    private func phone(_ method: Wire.Method, _ situation: Situation) -> Reply.MethodState {
        var state = state(of: method, situation)
        state.to = situation.user?.phone?.number.masked
        guard state.usable else { return state }
        let obstacle = limits.obstacle(situation)
        (state.limit, state.retryAt) = (obstacle?.limit, obstacle?.until.description)
        guard let code = CodeSharing(limits: settings.limits, purpose: .login).usedUp(situation) else { return state }
        (state.usable, state.limit) = (false, .codeTries)
        state.retryAt = max(code.expiresAt, obstacle?.until ?? code.expiresAt).description
        return state
    }
}

extension Pipeline {
    /// Never inlined, as whatever is large and not on every job's way: it would lie in the frame of who waits.
    @inline(never)
    func answer(
        _ context: JobContext, _ rules: OptionsRules, _ draft: ReplyDraft, deadline: Timestamp
    ) async throws(StoreError) {
        let situation = try await store.situation(of: rules.login, wanted: rules.wanted)
        let isLate = deadline - situation.now < ReplyDraft.leastTime
        context.answer(isLate ? draft.reply(.late, at: situation.now) : rules.reply(draft, situation))
    }

    /// The recorded reply of another job of the same front end and person: what `outcome` asks for.
    func lookUp(
        _ id: String, of job: NewJob, _ draft: ReplyDraft, _ context: JobContext
    ) async throws(StoreError) {
        let now = clocks.wall()
        if job.deadline - now < ReplyDraft.leastTime { return context.answer(draft.reply(.late, at: now)) }
        switch try await store.state(of: JobKey(frontEnd: job.key.frontEnd, messageID: id)) {
        case .recorded(let record):
            guard isSame(record.user, job.login.user) else {
                return context.answer(draft.reply(.unknownJob, .noRecord, at: now))
            }
            // Another job's record: it is not this message's to settle.
            try await answer(context, record, user: record.user, isFresh: false)
            context.disposition.key = nil
        case .inProgress(let user):
            let reason: Reason = isSame(user, job.login.user) ? .inProgress : .noRecord
            context.answer(draft.reply(.unknownJob, reason, at: now))
        case .unknown: context.answer(draft.reply(.unknownJob, .noRecord, at: now))
        }
    }

    /// Users are compared exactly: Swift takes texts for equal that only look it.
    private func isSame(_ left: String, _ right: String) -> Bool { left.utf8.elementsEqual(right.utf8) }
}
