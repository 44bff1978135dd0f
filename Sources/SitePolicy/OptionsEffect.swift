public import Basics
public import Wire

/// People who are alike in what the policy looks at, and how many they are.
public struct PersonGroup: Sendable {
    /// What they have in common.
    public var person: PersonFacts
    /// How many they are.
    public var count: Int

    package init(person: PersonFacts, count: Int) {
        self.person = person
        self.count = count
    }
}

/// What a change of site options does to people, before it is saved.
public enum OptionsEffect {
    /// Counts whom a change would lock out or newly ask.
    ///
    /// - Returns: numbers of people, as `admin.options.set` answers them.
    public static func of(
        _ old: SiteOptions, _ new: SiteOptions, on people: [PersonGroup], now: Timestamp
    ) -> Reply.Effect {
        var effect = Reply.Effect(usersWithoutMethod: 0, requiredWithoutMethod: 0, usersNewlyRequired: 0)
        for group in people {
            let isStuck = new.usesProvider && !LoginPolicy.hasWay(new, group.person.factors)
            let isAsked = isAsked(group.person, new, now)
            if isStuck { effect.usersWithoutMethod += group.count }
            if isStuck, isAsked { effect.requiredWithoutMethod += group.count }
            if isAsked, !Self.isAsked(group.person, old, now) { effect.usersNewlyRequired += group.count }
        }
        return effect
    }

    /// Whether the person is asked for the second factor at any of the applications.
    private static func isAsked(_ person: PersonFacts, _ options: SiteOptions, _ now: Timestamp) -> Bool {
        Application.allCases.contains {
            LoginPolicy.decide(options, application: $0, person: person, now: now).verdict != .notRequired
        }
    }
}
