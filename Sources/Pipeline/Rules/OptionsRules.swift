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
        let options = SiteOptions(situation.options)
        reply.registerChannels = registrable.contains(.phone) ? Channel.allCases.filter(options.allows) : []
        reply.needsTicket = settings.ticketsRequired && !registrable.isEmpty ? true : nil
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
        let reason = MethodRules(limits: settings.limits).obstacle(to: method, situation)
        return Reply.MethodState(method: method, to: nil, usable: reason == nil, reason: reason)
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
