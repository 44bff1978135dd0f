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
        reply.register = registrable(situation)
    }

    private func methods(_ situation: Situation) -> [Reply.MethodState] {
        let working = MethodRules(limits: settings.limits).working(situation)
        let until = limits.obstacle(situation)?.until.description
        let factors = situation.user?.factors ?? []
        return Wire.Method.allCases.filter { factors.contains($0.factor) }.map { method in
            let isPhone = method.factor == .phone
            return Reply.MethodState(
                method: method, to: isPhone ? situation.user?.phone?.number.masked : nil,
                usable: working.contains(method), retryAt: isPhone && working.contains(method) ? until : nil)
        }
    }

    private func registrable(_ situation: Situation) -> [Factor] {
        let options = SiteOptions(situation.options)
        let factors = situation.user?.factors ?? []
        guard options.usesProvider, RegistrationRules.isProven(situation) else { return [] }
        return Factor.allCases.filter { !factors.contains($0) && options.allows($0) }
    }
}
