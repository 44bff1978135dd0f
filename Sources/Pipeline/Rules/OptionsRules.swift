import Basics
import SitePolicy
import Store
import Wire

/// The answer to `options`: read from the store alone, neither recorded nor deduplicated.
enum OptionsRules {
    static func reply(_ draft: ReplyDraft, _ login: Job.Login, _ situation: Situation, _ limits: LimitSettings)
        -> Reply
    {
        let options = SiteOptions(situation.options)
        let person = PersonFacts(situation.user)
        let decision = LoginPolicy.decide(
            options, application: login.application, person: person, now: situation.now)
        return draft.reply(.options, at: situation.now) { reply in
            reply.decision = decision.verdict.rawValue
            reply.because = decision.because
            reply.methods = methods(options, situation.user)
            reply.register = registrable(options, person)
        }
    }

    private static func methods(_ options: SiteOptions, _ user: UserRecord?) -> [Reply.MethodState] {
        guard let phone = user?.phone else { return [] }
        return Channel.allCases.map { channel in
            Reply.MethodState(
                method: channel == .sms ? .sms : .call, to: phone.masked,
                usable: options.usesProvider && options.allows(channel))
        }
    }

    private static func registrable(_ options: SiteOptions, _ person: PersonFacts) -> [Factor] {
        options.usesProvider && !person.hasPhone && (options.sms || options.call) ? [.phone] : []
    }
}
