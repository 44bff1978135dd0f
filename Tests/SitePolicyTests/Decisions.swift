import Basics
import SitePolicy
import Wire

/// Everything that contract section 6 lets a decision depend on.
struct DecisionInput: Sendable, CustomStringConvertible {
    static let now = Timestamp(seconds: 1_800_000_000)

    var provider = "Twilio Verify"
    var loginType = LoginType.flagged
    var application = Application.web
    var known = true
    var flagged = false
    /// Seconds from now; not in the future is no grace any more.
    var grace: Int?
    var registered: Set<Factor> = []
    /// The methods that the site enables.
    var enabled: Set<Method> = Set(Method.allCases)

    var stored: [String: String] {
        func word(_ method: Method) -> String { enabled.contains(method) ? "Enabled" : "Disabled" }
        let own = application == .web ? "2FA_LOGINTYPE_WEB" : "2FA_LOGINTYPE_WIN"
        let other = application == .web ? "2FA_LOGINTYPE_WIN" : "2FA_LOGINTYPE_WEB"
        let methods = Dictionary(uniqueKeysWithValues: Method.allCases.map { ($0.option, word($0)) })
        return methods.merging([
            "2FA_PROVIDER": provider, own: loginType.rawValue,
            // The other application's type must not matter.
            other: (loginType == .none ? LoginType.all : .none).rawValue,
        ]) { $1 }
    }

    var person: PersonFacts {
        var person = PersonFacts()
        (person.known, person.required, person.factors) = (known, flagged, registered)
        person.graceUntil = grace.map { Self.now + .seconds($0) }
        return person
    }

    var decision: LoginDecision {
        LoginPolicy.decide(SiteOptions(stored), application: application, person: person, now: Self.now)
    }

    var description: String {
        "\(provider), \(loginType.rawValue), \(application.rawValue), known \(known), flagged \(flagged), grace "
            + "\(grace.map { String($0) } ?? "none"), registered \(registered), enabled \(enabled)"
    }

    /// Every combination there is.
    static func all() -> [DecisionInput] {
        var inputs = [DecisionInput()]
        func vary<Value>(_ path: WritableKeyPath<DecisionInput, Value>, _ values: [Value]) {
            inputs = inputs.flatMap { input in
                values.map { value in
                    var input = input
                    input[keyPath: path] = value
                    return input
                }
            }
        }
        vary(\.provider, ["Twilio Verify", "None"])
        vary(\.loginType, LoginType.allCases)
        vary(\.application, Application.allCases)
        vary(\.known, [true, false])
        vary(\.flagged, [true, false])
        vary(\.grace, [nil, -1, 0, 1])
        vary(\.registered, [[], [.phone], [.authenticator], [.phone, .authenticator]])
        vary(
            \.enabled,
            (0..<(1 << Method.allCases.count)).map { bits in
                Set(Method.allCases.indices.filter { bits >> $0 & 1 == 1 }.map { Method.allCases[$0] })
            })
        return inputs
    }
}

/// The contract's sentence once more, as a list of which the first match counts.
struct DecisionRule: Sendable {
    var verdict: LoginDecision.Verdict
    /// What `because` ends with.
    var end: String
    var applies: @Sendable (DecisionInput) -> Bool

    static let all: [DecisionRule] = [
        DecisionRule(verdict: .notRequired, end: "provider_none") { $0.provider == "None" },
        DecisionRule(verdict: .notRequired, end: "application_none") { $0.loginType == .none },
        DecisionRule(verdict: .notRequired, end: "unknown_user") { $0.loginType == .flagged && !$0.known },
        DecisionRule(verdict: .notRequired, end: "user_not_flagged") { $0.loginType == .flagged && !$0.flagged },
        DecisionRule(verdict: .notRequired, end: "grace") {
            $0.flagged && ($0.grace ?? 0) > 0 && $0.registered.isEmpty
        },
        DecisionRule(verdict: .verify, end: "registered") { !$0.enabledOfRegistered.isEmpty },
        DecisionRule(verdict: .contactAdministrator, end: "no_method_enabled") {
            !$0.registered.isEmpty || $0.enabled.isEmpty
        },
        DecisionRule(verdict: .register, end: "not_registered") { _ in true },
    ]
}

extension DecisionInput {
    var enabledOfRegistered: Set<Method> { enabled.filter { registered.contains($0.factor) } }

    /// The contract's list of reasons, in its order, as far as this path goes.
    var becauseExpected: [String] {
        let end = DecisionRule.all.first { $0.applies(self) }?.end ?? ""
        let path: [(String, Bool)] = [
            ("provider_none", provider == "None"), ("application_none", loginType == .none),
            ("application_all", loginType == .all), ("application_flagged", loginType == .flagged),
            ("user_flag", flagged), ("user_not_flagged", !flagged), ("unknown_user", !known), ("grace", end == "grace"),
            ("registered", !registered.isEmpty), ("not_registered", registered.isEmpty),
            ("no_method_enabled", end == "no_method_enabled"),
        ]
        // A path that ends early says nothing about what it never asked; one reason says nothing of its opposite.
        let notAsked: Set<String> =
            switch end {
            case "provider_none", "application_none": Set(path.map(\.0)).subtracting([end])
            case "unknown_user": ["user_flag", "user_not_flagged", "registered", "not_registered"]
            case "user_not_flagged": ["registered", "not_registered"]
            case "grace": ["registered", "not_registered", "unknown_user", "user_not_flagged"]
            default: ["unknown_user", "user_not_flagged"]
            }
        return path.filter { $0.1 && !notAsked.contains($0.0) }.map(\.0)
    }
}
