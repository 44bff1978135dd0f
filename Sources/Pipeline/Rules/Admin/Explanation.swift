import Basics
import SitePolicy
import Store
import Wire

/// Why a person is asked for what they are asked for, with their limits as they stand.
struct Explanation: Sendable {
    var login: Job.Login
    var settings: PipelineSettings

    private var options: OptionsRules { OptionsRules(login: login, settings: settings) }

    /// The limits that are the person's own; those of a client cannot be told without one.
    private static let shown: [Tally] = [.numberSends, .userSends, .userEnrolments, .wrongCodesOfUser]

    var wanted: Wanted {
        var wanted = options.wanted
        for tally in Self.shown where settings.limits.enabled {
            wanted.tallies[tally] = settings.limits.limit(of: tally)
        }
        wanted.liveCodes = true
        return wanted
    }

    func answer(_ rules: AdminRules, _ situation: Situation) -> Answer {
        rules.audited(.done, situation) {
            options.fill(&$0, situation)
            $0.limits = limits(situation)
            $0.profile = rules.profile(situation)
        }
    }

    private func limits(_ situation: Situation) -> [Reply.LimitState] {
        let counted = Self.shown.compactMap { tally in
            situation.tallies[tally].map { state in
                Reply.LimitState(
                    name: tally.rawValue, used: state.used, allowed: state.limit, retryAt: state.freeAt?.description)
            }
        }
        let checked = situation.liveCodes.filter { $0.tries > 0 }.map(checks)
        guard let pace = situation.paces[.user(login.user)] else { return counted + checked }
        let isOver = pace.notBefore <= situation.now
        return counted + checked + [
            Reply.LimitState(
                name: "cooldown_seconds", used: pace.streak, allowed: pace.streak + (isOver ? 1 : 0),
                retryAt: isOver ? nil : pace.notBefore.description)
        ]
    }

    /// The tries of a code. Used up, they are an obstacle as long as it lives.
    func checks(of code: LiveCode) -> Reply.LimitState {
        let allowed = settings.limits.checksOffered
        return Reply.LimitState(
            name: "checks_per_code", used: code.tries, allowed: allowed,
            retryAt: code.tries >= allowed ? code.expiresAt.description : nil)
    }

    /// What is counted of the person by now, by limit; nothing that is 0.
    func used(_ situation: Situation) -> [String: Int] {
        var used: [String: Int] = [:]
        for tally in Self.shown {
            guard let state = situation.tallies[tally], state.used > 0 else { continue }
            used[tally.rawValue] = state.used
        }
        if let pace = situation.paces[.user(login.user)], pace.notBefore > situation.now {
            used["cooldown_seconds"] = pace.streak
        }
        return used
    }
}
