public import Basics
public import Wire

/// An authenticator that is being registered: its secret is handed out and waits for its first code.
public struct Enrolment: Sendable, Equatable {
    /// How long it waits (contract, section 6).
    public static let life: Duration = .seconds(600)

    /// Whose, and in which sign-in: another sign-in gets a new secret.
    public var login: LoginKey
    /// Twilio's entity: random, nothing personal.
    public var identity: String
    /// `YF…`, once Twilio has made it.
    public var factorSID: String?
    /// Ours, written down before Twilio was told.
    ///
    /// The store encrypts it, and it is erased with the enrolment's end.
    public var secret: Redacted<[UInt8]>?
    /// What the app shows beside the code.
    public var label: String
    /// What the app shows as the site's name; may be empty.
    public var issuer = ""
    /// Digits of a code.
    public var digits = 6
    /// Seconds that a code lasts.
    public var period = 30
    /// When it can no longer be completed.
    public var expiresAt: Timestamp
    /// Wrong codes so far, as Twilio may have counted them.
    public var tries = 0
    /// Codes that were handed to Twilio for it.
    public var checksBegun = 0
    /// Of those, the ones known to be wrong.
    public var checksDenied = 0
    /// When a call can no longer be under way of which it could not be found out what it did.
    public var lostCallOverAt: Timestamp?
    /// The hash of the ticket that it was begun with.
    public var ticket: [UInt8]?
    /// The sign-in was confirmed with another method when it began.
    public var wasConfirmed: Bool
    /// Why it can be completed no more; `nil` while it can.
    public private(set) var ended: Reason?

    package init(
        login: LoginKey, identity: String, secret: Redacted<[UInt8]>?, label: String, expiresAt: Timestamp,
        ticket: [UInt8]?, wasConfirmed: Bool, ended: Reason? = nil
    ) {
        self.login = login
        self.identity = identity
        self.secret = secret
        self.label = label
        self.expiresAt = expiresAt
        self.ticket = ticket
        self.wasConfirmed = wasConfirmed
        self.ended = ended
    }

    /// What is at Twilio of it.
    public var factor: OldFactor { OldFactor(identity: identity, factorSID: factorSID) }

    /// Whether its first code may still come.
    public func isOpen(at now: Timestamp) -> Bool { ended == nil && expiresAt > now }

    /// The same once it is over: without its secret.
    public func ended(_ reason: Reason) -> Enrolment {
        var over = self
        (over.ended, over.secret) = (ended ?? reason, nil)
        return over
    }
}

/// A factor at Twilio that serves nobody any more and has to go there.
public struct OldFactor: Sendable, Hashable, Codable {
    /// Twilio's entity of the factor.
    public var identity: String
    /// `nil` when it is not known whether there is one.
    public var factorSID: String?

    package init(identity: String, factorSID: String?) {
        self.identity = identity
        self.factorSID = factorSID
    }
}

/// A challenge at Twilio that wrong codes have left open: the next code answers it.
public struct OpenChallenge: Sendable, Equatable {
    /// `YC…`, Twilio's name for it.
    public var sid: String
    /// When Twilio takes no code for it any more.
    public var expiresAt: Timestamp
    /// Wrong codes so far, of Twilio's five.
    public var tries: Int
    /// Codes that were handed to Twilio for it.
    public var checksBegun: Int
    /// Of those, the ones known to be wrong.
    public var checksDenied: Int

    package init(sid: String, expiresAt: Timestamp, tries: Int, checksBegun: Int = 0, checksDenied: Int = 0) {
        self.sid = sid
        self.expiresAt = expiresAt
        self.tries = tries
        self.checksBegun = checksBegun
        self.checksDenied = checksDenied
    }
}

/// How long an authenticator's code counts as used: longer than Twilio takes it for (three steps of 30 s by default, of
/// 60 s at the most).
package enum Reservation {
    package static let life: Duration = .seconds(300)
}
