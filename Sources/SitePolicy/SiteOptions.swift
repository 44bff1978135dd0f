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
    public var sms = true
    public var call = true
    public var authenticator = true
    public var web = LoginType.flagged
    public var windows = LoginType.flagged

    public init() {}

    /// The starred names with their default values.
    public static let defaults: [String: String] = [
        "2FA_PROVIDER": "Twilio Verify", "2FA_VER_SMS": "Enabled", "2FA_VER_VOICE": "Enabled",
        "2FA_VER_TOTP": "Enabled", "2FA_LOGINTYPE_WEB": "Flagged", "2FA_LOGINTYPE_WIN": "Flagged",
    ]

    /// The values that a starred name takes.
    public static func values(of name: String) -> [String]? {
        switch name {
        case "2FA_PROVIDER": ["Twilio Verify", "None"]
        case "2FA_VER_SMS", "2FA_VER_VOICE", "2FA_VER_TOTP": ["Enabled", "Disabled", ""]
        case "2FA_LOGINTYPE_WEB", "2FA_LOGINTYPE_WIN": LoginType.allCases.map(\.rawValue)
        default: nil
        }
    }

    /// From the stored names and values; what is absent or blank has its default.
    public init(_ stored: [String: String]) {
        usesProvider = stored["2FA_PROVIDER"] != "None"
        sms = stored[Channel.sms.option] != "Disabled"
        call = stored[Channel.call.option] != "Disabled"
        authenticator = stored["2FA_VER_TOTP"] != "Disabled"
        web = stored["2FA_LOGINTYPE_WEB"].flatMap(LoginType.init) ?? .flagged
        windows = stored["2FA_LOGINTYPE_WIN"].flatMap(LoginType.init) ?? .flagged
    }

    public func loginType(of application: Application) -> LoginType {
        switch application {
        case .web: web
        case .windows: windows
        }
    }

    public func allows(_ channel: Channel) -> Bool { allows(channel.method) }

    public func allows(_ method: Method) -> Bool {
        switch method {
        case .sms: sms
        case .call: call
        case .authenticator: authenticator
        }
    }

    /// Whether any method of the factor is enabled.
    public func allows(_ factor: Factor) -> Bool {
        switch factor {
        case .phone: Channel.allCases.contains { allows($0) }
        case .authenticator: authenticator
        }
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
