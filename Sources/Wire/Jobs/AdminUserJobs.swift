public import Basics

/// People and their profiles.
extension JobDefinition {
    static let adminUserGet = admin(.person) { _ in .userGet }

    static let adminUserSet = admin(.person, ["required", "grace_until", "phone", "ticket"]) {
        let required = $0.flag("required")
        let grace = $0.timeOrNull("grace_until")
        let phone = $0.text("phone", length: 1...64).map { Redacted($0) }
        let ticket = $0.flag("ticket") ?? false
        return .userSet(UserSettings(required: required, graceUntil: grace, phone: phone, ticket: ticket))
    }

    static let adminUserList = admin(.nobody, listsPeople: true, ["filter", "after", "limit"]) {
        let filter = $0.choice("filter", UserFilter.self)
        let after = $0.text("after", length: 1...128)
        return .userList(filter: filter, after: after, limit: $0.number("limit", in: 1...500) ?? 100)
    }

    static let adminUserReset = admin(.person, ["reason", "what", "ticket"]) {
        let what = $0.choice("what", ResetScope.self) ?? .all
        let ticket = $0.flag("ticket") ?? false
        return $0.reason().map { .userReset(reason: $0, what: what, ticket: ticket) }
    }

    static let adminUserUnlock = admin(.person) { _ in .userUnlock }

    static let adminUserBypass = admin(.person, ["reason", "minutes", "create"]) {
        let minutes = $0.requiredNumber("minutes", in: 1...1440)
        let create = $0.flag("create") ?? false
        guard let reason = $0.reason(), let minutes else { return nil }
        return .userBypass(reason: reason, minutes: minutes, create: create)
    }

    static let adminUserErase = admin(.person, ["reason"]) { $0.reason().map { .userErase(reason: $0) } }

    static let adminUserDelivery = admin(.person, ["job"]) {
        $0.messageID("job", isRequired: true).map { .userDelivery(job: $0) }
    }

    static let adminUserRename = admin(.person, ["to"]) { $0.canonicalUser("to").map { .userRename(to: $0) } }
}

/// What `admin.user.set` changes; what is absent stays.
public struct UserSettings: Sendable {
    /// Whether the second factor is asked for; `nil` leaves it.
    public var required: Bool?
    /// Until when nothing need be registered yet.
    public var graceUntil: Update<Timestamp>
    /// Proven elsewhere: it counts as registered at once.
    public var phone: Redacted<String>?
    /// Hand out a one-time ticket for a registration.
    public var ticket: Bool

    package init(
        required: Bool? = nil, graceUntil: Update<Timestamp> = .keep, phone: Redacted<String>? = nil,
        ticket: Bool = false
    ) {
        self.required = required
        self.graceUntil = graceUntil
        self.phone = phone
        self.ticket = ticket
    }
}

/// What a partial update does to one value.
public enum Update<Value: Sendable>: Sendable {
    case keep, clear
    case set(Value)
}

extension Update: Equatable where Value: Equatable {}

/// Which people are listed.
public enum UserFilter: String, Sendable, CaseIterable {
    case required, registered, unregistered
}

/// Which registrations `admin.user.reset` takes away.
public enum ResetScope: String, Sendable, CaseIterable {
    case phone, authenticator, all

    /// Whether a reset of this takes that factor away.
    public func covers(_ factor: Factor) -> Bool { self == .all || rawValue == factor.rawValue }
}
