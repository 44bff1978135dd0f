public import Basics

/// What is counted over a sliding window (contract, section 6, `limits.*`).
public enum Tally: String, Sendable, CaseIterable, Codable {
    /// Sends to a registered number for its owner; what strangers send there is not counted here.
    case numberSends = "sends_per_number_hour"
    case userSends = "sends_per_user_hour"
    case clientSends = "sends_per_client_hour"
    case unprovenNumberSends = "unproven_sends_per_number_day"
    case unprovenCountrySends = "unproven_sends_per_country_hour"
    case unprovenSiteSends = "unproven_sends_per_site_hour"
    case userEnrolments = "enrolments_per_user_hour"
    case clientEnrolments = "enrolments_per_client_hour"
    case wrongCodesOfUserAndClient = "wrong_codes_per_user_client_hour"
    case wrongCodesOfUser = "wrong_codes_per_user_hour"

    /// How far back is counted.
    public var window: Duration {
        self == .unprovenNumberSends ? .seconds(86_400) : .seconds(3600)
    }
}

/// How a tally stands against its limit.
public struct TallyState: Sendable, Equatable {
    /// The limit's setting, above 0: one that is 0 is not loaded.
    public var limit: Int
    /// Counted within the window, up to the limit.
    public var used: Int
    /// When there is room again; `nil` while there is.
    public var freeAt: Timestamp?

    /// - Parameter newest: the newest times within the window, newest first, at most `limit` of them.
    package init(limit: Int, newest: [Timestamp], window: Duration) {
        self.limit = limit
        used = newest.count
        freeAt = newest.count >= limit ? newest.last.map { $0 + window } : nil
    }

    /// What there is room for within the window.
    public var left: Int { max(0, limit - used) }
}

/// Whose sends are spaced out.
public enum PaceKey: Sendable, Hashable {
    case user(String)
    /// `isProven`: for its registered owner. Others who send there have a pace of their own, so that they cannot hold
    /// the owner up.
    case number(E164, isProven: Bool)
}

/// How far sends are spaced out, since the last approval.
public struct Pace: Sendable, Equatable {
    /// Sends since the last approval.
    public var streak: Int
    /// No further one before this.
    public var notBefore: Timestamp

    package init(streak: Int, notBefore: Timestamp) {
        self.streak = streak
        self.notBefore = notBefore
    }
}
