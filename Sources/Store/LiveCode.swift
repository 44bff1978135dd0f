public import Basics
public import Wire

/// Twilio's one verification of a number, as our journal knows it.
public struct LiveCode: Sendable, Equatable {
    /// Where it was sent.
    public var number: E164
    /// Twilio's verification SID.
    public var sid: String
    /// How it travelled last.
    public var channel: Channel
    /// When it dies.
    public var expiresAt: Timestamp
    /// The SIDs of the sends (attempts) that we know of, in order.
    public var attempts: [String]
    /// Checks begun, and those of them that are recorded as `denied`.
    public var checksBegun = 0
    /// Of the checks begun, those recorded as `denied`.
    public var checksDenied = 0
    /// Those that ended in an outage: they cost no try, but any of them may turn out to have been the right one.
    public var checksExcused = 0
    /// Tries used up.
    public var tries: Int { checksBegun - checksExcused }
    /// Why it lives no more; `nil` while it does.
    public var ended: Reason?
    /// By what it is counted; `nil` for one that was sent before anything was.
    public var cohort: CodeCohort?

    package init(number: E164, sid: String, channel: Channel, expiresAt: Timestamp, attempts: [String]) {
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
    /// Which login it is tied to.
    public var login: LoginKey
    /// Where the code was sent.
    public var place: NumberPlace
    /// Twilio's verification SID.
    public var sid: String
    /// What a right code brings about.
    public var purpose: Purpose
    /// The hash of the ticket that the registration was begun with.
    public var ticket: [UInt8]?
    /// The sign-in was confirmed with another method when the registration began.
    public var wasConfirmed: Bool
    /// Why it can be checked no more; `nil` while it can.
    public var ended: Reason?

    package init(
        login: LoginKey, place: NumberPlace, sid: String, purpose: Purpose, ticket: [UInt8]? = nil,
        wasConfirmed: Bool = false, ended: Reason? = nil
    ) {
        self.login = login
        self.place = place
        self.sid = sid
        self.purpose = purpose
        self.ticket = ticket
        self.wasConfirmed = wasConfirmed
        self.ended = ended
    }

    /// Where the code was sent.
    public var number: E164 { place.number }
}

/// One sign-in of one person at one application.
public struct LoginKey: Sendable, Hashable {
    /// The site's own id of the person.
    public var user: String
    /// Where the person signs in.
    public var application: Application
    /// The front end's name of the sign-in; empty for the one that all jobs without a name share.
    public var login: String

    package init(user: String, application: Application, login: String) {
        self.user = user
        self.application = application
        self.login = login
    }

    package init(_ login: Job.Login) {
        self.init(user: login.user, application: login.application, login: login.login)
    }
}
