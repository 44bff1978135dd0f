/// How a code travels to a person.
///
/// A new channel is a case, and its row in the table below: the site's option, the configuration's keys, the methods, the
/// status and what commands say of it come from there.
public enum Channel: String, Sendable, Codable, CaseIterable {
    case sms, call

    private struct Row {
        var provider: String
        var option: String
        var countries: String
        var label: String
        var messages: String
        var reachesLandlines: Bool
    }

    private var row: Row {
        switch self {
        case .sms:
            Row(
                provider: "sms", option: "2FA_VER_SMS", countries: "sms_countries", label: "text", messages: "texts",
                reachesLandlines: false)
        case .call:
            Row(
                provider: "call", option: "2FA_VER_VOICE", countries: "call_countries", label: "call",
                messages: "calls", reachesLandlines: true)
        }
    }

    /// Twilio's word for it.
    public var provider: String { row.provider }
    /// The site option that switches it off (contract, section 6).
    public var option: String { row.option }
    /// The setting with the countries that codes may go to by it: `limits.` and this (contract, section 6).
    public var countries: String { row.countries }
    /// For operators, behind “a code is sent by”.
    public var label: String { row.label }
    /// For operators, before “may go”.
    public var messages: String { row.messages }
    /// Whether a code can go to a landline by it.
    public var reachesLandlines: Bool { row.reachesLandlines }
}

/// What a person can prove themselves with: a code that came by a channel, or one that an app made.
public enum Method: RawRepresentable, Sendable, Codable, Hashable, CaseIterable {
    case code(Channel)
    case authenticator

    /// Every channel's code, then the authenticator's.
    public static let allCases = Channel.allCases.map(Method.code) + [.authenticator]

    private static let authenticatorName = "authenticator"

    /// By its name in messages; `nil` where none has it.
    public init?(rawValue: String) {
        if rawValue == Self.authenticatorName {
            self = .authenticator
        } else if let channel = Channel(rawValue: rawValue) {
            self = .code(channel)
        } else {
            return nil
        }
    }

    /// Its name in messages: the channel's own, or `authenticator`.
    public var rawValue: String {
        switch self {
        case .code(let channel): channel.rawValue
        case .authenticator: Self.authenticatorName
        }
    }

    /// How its code travels; `nil` where none does.
    public var channel: Channel? {
        switch self {
        case .code(let channel): channel
        case .authenticator: nil
        }
    }

    /// The site option that switches it off (contract, section 6).
    public var option: String {
        switch self {
        case .code(let channel): channel.option
        case .authenticator: "2FA_VER_TOTP"
        }
    }

    /// What it takes to have registered.
    public var factor: Factor {
        switch self {
        case .code: .phone
        case .authenticator: .authenticator
        }
    }
}

/// Which of the site's two programs asks.
public enum Application: String, Sendable, Codable, CaseIterable {
    case web, windows
}

/// A thing that a person registers.
public enum Factor: String, Sendable, Codable, CaseIterable {
    case phone, authenticator
}

/// How an enrolment's QR code is drawn.
public enum Picture: String, Sendable, Codable, CaseIterable {
    case svg, png, none
}
