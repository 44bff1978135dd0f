/// How a code travels to a person.
public enum Channel: String, Sendable, Codable, CaseIterable {
    case sms, call
}

/// What a person can prove themselves with.
public enum Method: String, Sendable, Codable, CaseIterable {
    case sms, call, authenticator

    public init(_ channel: Channel) {
        self = channel == .sms ? .sms : .call
    }

    /// What it takes to have registered.
    public var factor: Factor { self == .authenticator ? .authenticator : .phone }
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
