public import Basics
public import Wire

/// What is known of a person that bears on whether the second factor is asked for.
public struct PersonFacts: Sendable, Hashable {
    /// `false` for a person the site never told us of.
    public var known = false
    /// The profile asks for the second factor.
    public var required = false
    /// Until when nothing need be registered yet; `nil` for no grace.
    public var graceUntil: Timestamp?
    /// What they have registered.
    public var factors: Set<Factor> = []

    package init() {}
}

/// The answer to `options`: the decision and the path to it, in order.
public struct LoginDecision: Sendable, Equatable {
    /// What is asked of a person.
    public enum Verdict: String, Sendable, CaseIterable {
        case notRequired = "not_required"
        case verify
        case register
        case contactAdministrator = "contact_administrator"
    }

    /// What is asked of the person.
    public var verdict: Verdict
    /// From the contract's list, in the order in which it was found out.
    public var because: [String]
}

/// Whether a person must prove themselves a second time, and how: one readable function (contract, section 6).
///
/// It depends on options and registrations only, never on limits or outages. Its whole table is in
/// docs/administrators.md, printed by the test that checks it.
public enum LoginPolicy {
    /// Decides by the first rule that fits.
    ///
    /// - Parameter now: the time that a grace is held against.
    public static func decide(
        _ options: SiteOptions, application: Application, person: PersonFacts, now: Timestamp
    ) -> LoginDecision {
        guard options.usesProvider else { return LoginDecision(verdict: .notRequired, because: ["provider_none"]) }
        var because: [String] = []
        switch options.loginType(of: application) {
        case .none: return LoginDecision(verdict: .notRequired, because: ["application_none"])
        case .all: because.append("application_all")
        case .flagged:
            because.append("application_flagged")
            guard person.known else { return LoginDecision(verdict: .notRequired, because: because + ["unknown_user"]) }
            guard person.required else {
                return LoginDecision(verdict: .notRequired, because: because + ["user_not_flagged"])
            }
        }
        if person.required {
            because.append("user_flag")
            if let grace = person.graceUntil, grace > now, person.factors.isEmpty {
                return LoginDecision(verdict: .notRequired, because: because + ["grace"])
            }
        }
        because.append(person.factors.isEmpty ? "not_registered" : "registered")
        guard hasWay(options, person.factors) else {
            return LoginDecision(verdict: .contactAdministrator, because: because + ["no_method_enabled"])
        }
        return LoginDecision(verdict: person.factors.isEmpty ? .register : .verify, because: because)
    }

    /// Whether a method is enabled: one of the registered ones, or any for a person who has none yet.
    static func hasWay(_ options: SiteOptions, _ factors: Set<Factor>) -> Bool {
        Factor.allCases.contains { (factors.isEmpty || factors.contains($0)) && options.allows($0) }
    }

    /// The methods of the person that the site allows now.
    public static func methods(_ options: SiteOptions, factors: Set<Factor>) -> [Method] {
        guard options.usesProvider else { return [] }
        return Method.allCases.filter { factors.contains($0.factor) && options.allows($0) }
    }
}
