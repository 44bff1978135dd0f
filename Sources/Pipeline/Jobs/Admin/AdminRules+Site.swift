import Basics
import SitePolicy
import Store
import Wire

/// The site options.
extension AdminRules {
    func optionsGet(_ situation: Situation) -> Answer {
        audited(.done, situation) { $0.options = SiteOptions.states(situation.options) }
    }

    func optionsSet(_ changes: [String: String?], _ dryRun: Bool, _ situation: Situation) -> Answer {
        let problems = SiteOptions.problems(changes)
        guard problems.isEmpty else { return refused(problems, situation) }
        let new = situation.options.merging(changes.compactMapValues(\.self)) { $1 }
            .filter { changes[$0.key] != .some(nil) }
        let effect = OptionsEffect.of(
            SiteOptions(situation.options), SiteOptions(new), on: situation.people, now: situation.now)
        var detail = changes.mapValues { $0 ?? "(default)" }
        if dryRun { detail["dry_run"] = "true" }
        return audited(.done, situation, changes: dryRun ? [] : [.options(changes)], detail: detail) {
            $0.options = SiteOptions.states(new)
            $0.effect = effect
        }
    }
}

extension Situation {
    var people: [PersonGroup] {
        census.map { group in
            var person = PersonFacts()
            (person.known, person.required) = (true, group.required)
            (person.graceUntil, person.factors) = (group.graceUntil, group.factors)
            return PersonGroup(person: person, count: group.count)
        }
    }
}

/// The audit trail, for administrators without the store's file.
extension AdminRules {
    /// What the job wants to see of the trail; `nil` for any other.
    ///
    /// One more tells whether there is a next page.
    var trailQuery: AuditQuery? {
        guard case .auditList(let selection) = request.action else { return nil }
        var query = AuditQuery()
        (query.user, query.administrator) = (selection.user, selection.administrator)
        (query.since, query.until) = (selection.since, selection.until)
        (query.before, query.limit) = (selection.after, selection.limit + 1)
        return query
    }

    func auditList(_ selection: AuditSelection, _ situation: Situation) -> Answer {
        let all = trail.map { Reply.TrailEntry($0) }
        let shown = Array(all.prefix(min(selection.limit, ReplySize.fitting(all))))
        return audited(.done, situation) {
            $0.entries = shown
            $0.next = all.count > shown.count ? shown.last.map { String($0.id) } : nil
        }
    }
}

extension Reply.TrailEntry {
    init(_ row: AuditRow) {
        let entry = row.entry
        self.init(
            id: row.id, at: entry.at.description, administrator: entry.administrator, frontEnd: entry.frontEnd,
            job: entry.messageID, key: entry.kind.rawValue, user: entry.user.isEmpty ? nil : entry.user,
            formerUser: entry.formerUser, outcome: entry.outcome, reason: entry.reason, detail: entry.detail)
    }
}

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

    /// The tries of a code.
    ///
    /// Used up, they are an obstacle as long as it lives.
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
