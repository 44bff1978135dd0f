public import Basics
public import Wire

/// What is known of a person that bears on whether the second factor is asked for.
public struct PersonFacts: Sendable, Equatable {
    /// `false` for a person the site never told us of.
    public var known = false
    public var required = false
    public var graceUntil: Timestamp?
    public var hasPhone = false

    public init() {}
}

/// The answer to `options`: the decision and the path to it, in order.
public struct LoginDecision: Sendable, Equatable {
    public enum Verdict: String, Sendable {
        case notRequired = "not_required"
        case verify
        case register
        case contactAdministrator = "contact_administrator"
    }

    public var verdict: Verdict
    public var because: [String]
}

/// Whether a person must prove themselves a second time, and how: one readable function (contract, section 6).
///
/// It depends on options and registrations only, never on limits or outages.
public enum LoginPolicy {
    public static func decide(
        _ options: SiteOptions, application: Application, person: PersonFacts, now: Timestamp
    ) -> LoginDecision {
        guard options.usesProvider else { return LoginDecision(verdict: .notRequired, because: ["provider_none"]) }
        var because: [String] = []
        switch options.loginType(of: application) {
        case .none:
            return LoginDecision(verdict: .notRequired, because: ["application_none"])
        case .all:
            because.append("application_all")
        case .flagged:
            because.append("application_flagged")
            guard person.known else { return LoginDecision(verdict: .notRequired, because: because + ["unknown_user"]) }
            guard person.required else {
                return LoginDecision(verdict: .notRequired, because: because + ["user_not_flagged"])
            }
            because.append("user_flag")
            if let grace = person.graceUntil, grace > now, !person.hasPhone {
                return LoginDecision(verdict: .notRequired, because: because + ["grace"])
            }
        }
        because.append(person.hasPhone ? "registered" : "not_registered")
        guard !usable(options, person).isEmpty else {
            return LoginDecision(verdict: .contactAdministrator, because: because + ["no_method_enabled"])
        }
        return LoginDecision(verdict: person.hasPhone ? .verify : .register, because: because)
    }

    /// The methods that would serve this person now: of what is registered, or of what could be.
    private static func usable(_ options: SiteOptions, _ person: PersonFacts) -> [Channel] {
        Channel.allCases.filter { options.allows($0) }
    }

    /// The methods of the person that the site allows now.
    public static func methods(_ options: SiteOptions, person: PersonFacts) -> [Method] {
        guard options.usesProvider, person.hasPhone else { return [] }
        return (options.sms ? [.sms] : []) + (options.call ? [.call] : [])
    }
}
