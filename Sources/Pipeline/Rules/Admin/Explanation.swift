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
        return wanted
    }

    func answer(_ rules: AdminRules, _ situation: Situation) -> Answer {
        rules.audited(.done, situation) {
            options.fill(&$0, situation)
            $0.limits = limits(situation)
        }
    }

    private func limits(_ situation: Situation) -> [Reply.LimitState] {
        let counted = Self.shown.compactMap { tally in
            situation.tallies[tally].map { state in
                Reply.LimitState(
                    name: tally.rawValue, used: state.used, allowed: state.limit, retryAt: state.freeAt?.description)
            }
        }
        guard let pace = situation.paces[.user(login.user)] else { return counted }
        let isOver = pace.notBefore <= situation.now
        return counted + [
            Reply.LimitState(
                name: "cooldown_seconds", used: pace.streak, allowed: pace.streak + (isOver ? 1 : 0),
                retryAt: isOver ? nil : pace.notBefore.description)
        ]
    }
}
