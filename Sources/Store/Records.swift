public import Basics
public import Wire

/// A person as the site knows them.
public struct UserRecord: Sendable, Equatable {
    public var name: String
    /// "Two Factor Auth. Required" in the security profile.
    public var required = false
    public var graceUntil: Timestamp?
    public var phone: E164?
    public var phoneRegisteredAt: Timestamp?
    /// Raised by every reset: what was begun under an older one ends as `expired` / `reset`.
    public var generation: Int64 = 0
    public var lastApprovedAt: Timestamp?
    /// Sends since the last approval; the cooldown grows with it.
    public var sendStreak = 0
    public var lastSendAt: Timestamp?

    public init(name: String) {
        self.name = name
    }
}

/// Twilio's one verification of a number, as our journal knows it.
public struct LiveCode: Sendable, Equatable {
    public var number: E164
    /// Twilio's verification SID.
    public var sid: String
    public var channel: Channel
    public var expiresAt: Timestamp
    /// The SIDs of the sends (attempts) that we know of, in order.
    public var attempts: [String]
    /// Checks begun, and those of them that are recorded as `denied`.
    public var checksBegun = 0
    public var checksDenied = 0
    /// Why it lives no more; `nil` while it does.
    public var ended: Reason?

    public init(number: E164, sid: String, channel: Channel, expiresAt: Timestamp, attempts: [String]) {
        self.number = number
        self.sid = sid
        self.channel = channel
        self.expiresAt = expiresAt
        self.attempts = attempts
    }
}

/// What a code is for.
public enum Purpose: String, Sendable, Codable {
    case register, login
}

/// A login's tie to a code: only a tied login may check it.
public struct PendingCode: Sendable, Equatable {
    public var login: LoginKey
    public var number: E164
    public var sid: String
    public var purpose: Purpose
    /// Why it can be checked no more; `nil` while it can.
    public var ended: Reason?

    public init(login: LoginKey, number: E164, sid: String, purpose: Purpose, ended: Reason? = nil) {
        self.login = login
        self.number = number
        self.sid = sid
        self.purpose = purpose
        self.ended = ended
    }
}

/// One sign-in of one person at one application.
public struct LoginKey: Sendable, Hashable {
    public var user: String
    public var application: Application
    public var login: String

    public init(user: String, application: Application, login: String) {
        self.user = user
        self.application = application
        self.login = login
    }

    public init(_ login: Job.Login) {
        self.init(user: login.user, application: login.application, login: login.login)
    }
}

/// A message that could not be treated as a job, kept for an operator.
public struct DeadLetter: Sendable {
    public var reason: DeadLetterReason
    public var routingKey: String
    public var frontEnd: String
    public var messageID: String?
    /// The body with its codes blanked; the store encrypts it.
    public var body: Redacted<[UInt8]>
    public var at: Timestamp

    public init(
        reason: DeadLetterReason, routingKey: String, frontEnd: String, messageID: String?,
        body: Redacted<[UInt8]>, at: Timestamp
    ) {
        self.reason = reason
        self.routingKey = routingKey
        self.frontEnd = frontEnd
        self.messageID = messageID
        self.body = body
        self.at = at
    }
}
