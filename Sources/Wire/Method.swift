/// How a code travels to a person.
public enum Channel: String, Sendable, Codable, CaseIterable {
    case sms, call

    /// What tells a channel from the others: a new one is a row of this table, and the compiler asks for it.
    private var row: (method: Method, option: String, reachesLandlines: Bool, label: String) {
        switch self {
        case .sms: (.sms, "2FA_VER_SMS", false, "text")
        case .call: (.call, "2FA_VER_VOICE", true, "call")
        }
    }

    /// What a person who gets a code by it proves themselves with.
    public var method: Method { row.method }
    /// The site option that switches it off (contract, section 6).
    public var option: String { row.option }
    /// Whether a code can go to a landline by it.
    public var reachesLandlines: Bool { row.reachesLandlines }
    /// For operators: a code is sent by …
    public var label: String { row.label }
}

/// What a person can prove themselves with.
public enum Method: String, Sendable, Codable, CaseIterable {
    case sms, call, authenticator

    public init(_ channel: Channel) {
        self = channel.method
    }

    /// How its code travels; `nil` where none does.
    public var channel: Channel? {
        switch self {
        case .sms: .sms
        case .call: .call
        case .authenticator: nil
        }
    }

    /// What it takes to have registered.
    public var factor: Factor {
        switch self {
        case .sms, .call: .phone
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
