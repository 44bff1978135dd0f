public import Basics

/// What an administrator asks for, and who it is.
public struct AdminRequest: Sendable {
    /// The body's `operator`: for the audit trail.
    public var administrator: String
    public var action: AdminAction

    public init(administrator: String, action: AdminAction) {
        self.administrator = administrator
        self.action = action
    }
}

/// The `admin.*` jobs (contract, section 2), one case each.
public enum AdminAction: Sendable {
    case optionsGet
    /// Values by name; `nil` is "back to the default". All or nothing.
    case optionsSet([String: String?], dryRun: Bool)
    case userGet
    case userSet(UserSettings)
    case userList(filter: UserFilter?, after: String?, limit: Int)
    case userReset(reason: String, what: ResetScope, ticket: Bool)
    case userUnlock
    /// - Parameter create: also for somebody who is not known yet.
    case userBypass(reason: String, minutes: Int, create: Bool)
    case userErase(reason: String)
    case userRename(to: String)
    case explain
    case auditList(AuditSelection)
    case deadList(DeadSelection)
    case deadShow(DeadSelection)
    case deadReplay(DeadSelection, perSecond: Int, evenLate: Bool)
    case deadDiscard(DeadSelection, reason: String?)
    case deadRestore(DeadSelection)
}

/// What a partial update does to one value.
public enum Update<Value: Sendable>: Sendable {
    case keep, clear
    case set(Value)
}

extension Update: Equatable where Value: Equatable {}

/// What `admin.user.set` changes; what is absent stays.
public struct UserSettings: Sendable {
    public var required: Bool?
    public var graceUntil: Update<Timestamp>
    /// Proven elsewhere: it counts as registered at once.
    public var phone: Redacted<String>?
    /// Hand out a one-time ticket for a registration.
    public var ticket: Bool

    public init(
        required: Bool? = nil, graceUntil: Update<Timestamp> = .keep, phone: Redacted<String>? = nil,
        ticket: Bool = false
    ) {
        self.required = required
        self.graceUntil = graceUntil
        self.phone = phone
        self.ticket = ticket
    }
}

public enum UserFilter: String, Sendable, CaseIterable {
    case required, registered, unregistered
}

/// Which registrations `admin.user.reset` takes away.
public enum ResetScope: String, Sendable, CaseIterable {
    case phone, authenticator, all

    public func covers(_ factor: Factor) -> Bool { self == .all || rawValue == factor.rawValue }
}

/// Which entries of the audit trail are asked for, the newest first.
public struct AuditSelection: Sendable, Equatable {
    /// Only what concerned this person.
    public var user: String?
    /// Only what this administrator did. The body's `operator` is who asks, as in every administrator's job.
    public var administrator: String?
    /// From this time on.
    public var since: Timestamp?
    /// Before this time.
    public var until: Timestamp?
    /// A page's end: what is older than that entry comes next.
    public var after: Int64?
    /// Entries on a page, 500 at most.
    public var limit: Int

    public init(limit: Int = 100) {
        self.limit = limit
    }
}

/// Which dead letters an operation is about: by number, or all that fit.
public struct DeadSelection: Sendable, Equatable {
    public var ids: [Int64]?
    public var reason: DeadLetterReason?
    public var state: DeadLetterState?
    public var routingKey: String?
    public var frontEnd: String?
    /// At most so many, the oldest first.
    public var limit: Int?
    /// A list begins after this one.
    public var after: Int64?

    public init() {}
}

/// What has become of a dead letter.
public enum DeadLetterState: String, Sendable, CaseIterable, Codable {
    /// Waits for an operator.
    case waiting
    /// Will be put through the pipeline again when its turn comes.
    case replaying
    case replayed
    case discarded
}
