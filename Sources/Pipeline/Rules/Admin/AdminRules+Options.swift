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
