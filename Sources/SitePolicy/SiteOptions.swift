public import Wire

/// Whom a site asks for the second factor, per application.
public enum LoginType: String, Sendable, CaseIterable {
    case all = "All"
    case flagged = "Flagged"
    case none = "None"
}

/// The site options that an administrator sets (contract, section 6), understood.
public struct SiteOptions: Sendable, Equatable {
    /// `false` when the provider is `None`: nobody is asked for anything.
    public var usesProvider = true
    /// The methods that are switched off, each by an option of its own.
    public var disabled: Set<Method> = []
    /// Whom the web portal asks.
    public var web = LoginType.flagged
    /// Whom the Windows application asks.
    public var windows = LoginType.flagged

    /// As they are where nothing is stored.
    public init() {}

    private static let provider = "2FA_PROVIDER"
    private static let off = "Disabled"

    /// The starred names: the default value of each, and all that it takes.
    private static let table: [String: (standard: String, values: [String])] = {
        var table = [provider: (standard: "Twilio Verify", values: ["Twilio Verify", "None"])]
        for method in Method.allCases { table[method.option] = ("Enabled", ["Enabled", off, ""]) }
        for application in Application.allCases {
            table[application.option] = (LoginType.flagged.rawValue, LoginType.allCases.map(\.rawValue))
        }
        return table
    }()

    /// The starred names with their default values.
    public static let defaults: [String: String] = table.mapValues(\.standard)

    /// The values that a starred name takes; `nil` for any other name.
    public static func values(of name: String) -> [String]? { table[name]?.values }

    /// From the stored names and values; what is absent or blank has its default.
    public init(_ stored: [String: String]) {
        func loginType(_ application: Application) -> LoginType {
            stored[application.option].flatMap(LoginType.init) ?? .flagged
        }
        usesProvider = stored[Self.provider] != "None"
        for method in Method.allCases where stored[method.option] == Self.off { disabled.insert(method) }
        web = loginType(.web)
        windows = loginType(.windows)
    }

    /// Whom that application asks.
    public func loginType(of application: Application) -> LoginType {
        switch application {
        case .web: web
        case .windows: windows
        }
    }

    /// Whether codes may travel by the channel.
    public func allows(_ channel: Channel) -> Bool { allows(Method.code(channel)) }

    /// Whether the method is enabled.
    public func allows(_ method: Method) -> Bool { !disabled.contains(method) }

    /// Whether any method of the factor is enabled.
    public func allows(_ factor: Factor) -> Bool {
        Method.allCases.contains { $0.factor == factor && allows($0) }
    }

    /// The starred options with their values and where those are from.
    public static func states(_ stored: [String: String]) -> [String: Reply.OptionState] {
        Dictionary(
            uniqueKeysWithValues: defaults.map { name, value in
                (name, stored[name].map { .init(value: $0, source: "store") } ?? .init(value: value, source: "default"))
            })
    }

    /// What is wrong with a change of options; empty when it can be made.
    public static func problems(_ changes: [String: String?]) -> [FieldProblem] {
        changes.sorted { $0.key < $1.key }.compactMap { name, value in
            guard let allowed = values(of: name) else { return FieldProblem("options.\(name)", "unknown_option") }
            guard let value, !allowed.contains(value) else { return nil }
            return FieldProblem("options.\(name)", "unknown_value")
        }
    }
}

extension Application {
    /// The site option that says whom it asks for the second factor.
    fileprivate var option: String {
        switch self {
        case .web: "2FA_LOGINTYPE_WEB"
        case .windows: "2FA_LOGINTYPE_WIN"
        }
    }
}
