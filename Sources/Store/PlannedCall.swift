public import Basics
public import Wire

/// The one call to Twilio that a job is about to make, as the journal keeps it.
public indirect enum PlannedCall: Sendable, Equatable, Codable {
    /// Deliver a code.
    case send(PlannedSend)
    /// Check a code; the code itself is never kept.
    case check(PlannedCheck)
    /// End verifications and factors. Harmless to repeat.
    case cancel(PlannedCancel)
    /// Have Twilio make a factor with the secret of the person's enrolment.
    case enrol(PlannedFactor)
    /// Prove a new factor by its first code.
    case prove(PlannedFactor)
    /// Check an authenticator's code.
    case challenge(PlannedChallenge)

    /// What the call works on: work on one thing goes one after the other.
    public var lock: CallLock? {
        switch self {
        case .send(let send): .number(send.place.number)
        case .check(let check): .number(check.place.number)
        case .cancel(let cancel): cancel.number.map { .number($0) }
        case .enrol(let factor), .prove(let factor): .authenticator(user: factor.user)
        case .challenge(let challenge): .authenticator(user: challenge.factor.user)
        }
    }
}

extension PlannedCall {
    /// What is called.
    public var operation: ProviderOperation {
        switch self {
        case .send: .send
        case .check: .check
        case .cancel: .cancel
        case .enrol: .enrol
        case .prove: .prove
        case .challenge: .challenge
        }
    }

    /// What is sent by; `nil` for a call that sends nothing.
    public var channel: Channel? {
        switch self {
        case .send(let send): send.channel
        case .check, .cancel, .enrol, .prove, .challenge: nil
        }
    }

    /// Where the number is, by its numbering plan: ISO 3166-1 alpha-2; `nil` where it is in no country, or unknown.
    public var country: String? { place?.region }

    /// The number with what its plan tells; for a cancel the number only.
    package var place: NumberPlace? {
        switch self {
        case .send(let send): send.place
        case .check(let check): check.place
        case .cancel(let cancel):
            cancel.number.map { NumberPlace(number: $0, region: nil, isLandline: false) }
        case .enrol, .prove, .challenge: nil
        }
    }
}

/// What only one job at a time may work on.
public enum CallLock: Sendable, Hashable {
    case number(E164)
    case authenticator(user: String)

    /// What a store finds it by, hashed.
    package var text: String {
        switch self {
        case .number(let number): number.revealed
        case .authenticator(let user): "authenticator \(user)"
        }
    }
}

/// A send that is about to be made.
public struct PlannedSend: Sendable, Equatable, Codable {
    /// Where to.
    public var place: NumberPlace
    /// How it travels.
    public var channel: Channel
    /// Twilio's word for the language; `nil` leaves it to Twilio.
    public var locale: String?
    /// What the code is for.
    public var purpose: Purpose
    /// What Twilio was known to have done for the number before.
    public var knownSID: String?
    /// The sends of that verification that were known before, by SID.
    public var knownAttempts: [String]
    /// Ended first: a stranger's verification of the same number, so that the owner gets a code of their own.
    public var cancels: String?
    /// The hash of the ticket that it was begun with.
    public var ticket: [UInt8]?
    /// The sign-in was confirmed with another method before.
    public var wasConfirmed: Bool

    package init(
        place: NumberPlace, channel: Channel, locale: String?, purpose: Purpose, knownSID: String? = nil,
        knownAttempts: [String] = [], cancels: String? = nil, ticket: [UInt8]? = nil,
        wasConfirmed: Bool = false
    ) {
        self.place = place
        self.channel = channel
        self.locale = locale
        self.purpose = purpose
        self.knownSID = knownSID
        self.knownAttempts = knownAttempts
        self.cancels = cancels
        self.ticket = ticket
        self.wasConfirmed = wasConfirmed
    }
}

/// A check that is about to be made.
public struct PlannedCheck: Sendable, Equatable, Codable {
    /// The number that the code was sent to.
    public var place: NumberPlace
    /// Twilio's verification SID.
    public var sid: String
    /// What a right code brings about.
    public var purpose: Purpose
    /// The hash of the ticket that the registration was begun with.
    public var ticket: [UInt8]?
    /// The sign-in was confirmed with another method when the registration began.
    public var wasConfirmed: Bool
    /// What the code was sent by last, for the numbers that operators see: not kept, so that whoever takes the check over from a
    /// worker that died does not know it.
    public var sentBy: Channel? = nil
    /// When the code was made, likewise.
    public var madeAt: Timestamp? = nil

    private enum CodingKeys: CodingKey {
        case place, sid, purpose, ticket, wasConfirmed
    }

    package init(
        place: NumberPlace, sid: String, purpose: Purpose, ticket: [UInt8]? = nil, wasConfirmed: Bool = false
    ) {
        self.place = place
        self.sid = sid
        self.purpose = purpose
        self.ticket = ticket
        self.wasConfirmed = wasConfirmed
    }
}

/// Verifications and factors that are about to be ended at Twilio.
public struct PlannedCancel: Sendable, Equatable, Codable {
    /// The verifications that are ended.
    public var codes: [OpenCode]
    /// The factors that are removed.
    public var factors: [OldFactor]
    /// What the reply carries besides.
    public var withheld: WithheldField?
    /// An administrator's reply as far as it is known before the call: what was found, and what is left of it here.
    public var reply: [UInt8]?
    /// Why the codes end here, for an administrator's job.
    public var ends: Reason?

    package init(
        codes: [OpenCode], factors: [OldFactor] = [], withheld: WithheldField? = nil, reply: [UInt8]? = nil,
        ends: Reason? = nil
    ) {
        self.codes = codes
        self.factors = factors
        self.withheld = withheld
        self.reply = reply
        self.ends = ends
    }

    /// The number whose verification is ended, where it is one alone.
    var number: E164? { codes.count == 1 ? codes.first.flatMap { E164($0.number) } : nil }
}

/// A factor that a call is about; an enrolment's has no SID before Twilio has made it.
public struct PlannedFactor: Sendable, Equatable, Codable {
    /// Whose authenticator it is.
    public var user: String
    /// Twilio's entity of the factor.
    public var identity: String
    /// `YF…`, Twilio's name for the factor; `nil` before there is one.
    public var sid: String?
    /// What the reply carries besides.
    public var withheld: WithheldField?
    /// An earlier code of the new factor may have been taken, by a call that can be under way until then: it has to be looked
    /// at first.
    public var looksAfter: Timestamp?

    package init(
        user: String, identity: String, sid: String?, withheld: WithheldField? = nil, looksAfter: Timestamp? = nil
    ) {
        self.user = user
        self.identity = identity
        self.sid = sid
        self.withheld = withheld
        self.looksAfter = looksAfter
    }
}

/// A code that is about to be checked against a registered factor.
public struct PlannedChallenge: Sendable, Equatable, Codable {
    /// The registered factor.
    public var factor: PlannedFactor
    /// The challenge that it answers; `nil` makes a new one.
    public var open: String?
    /// Our own name for the challenge, by which it is found again if the answer is lost.
    public var request: String

    package init(factor: PlannedFactor, open: String?, request: String) {
        self.factor = factor
        self.open = open
        self.request = request
    }
}

/// A planned call as JSON, as `Codable` writes it and reads it again: each job with a call is sealed so, and Foundation's encoder
/// costs more than the sealing. A test holds both against each other.
extension PlannedCall {
    package func write(to json: inout CanonicalJSON) {
        json.object { json in
            switch self {
            case .send(let send): json.member("send", object: send) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .check(let check): json.member("check", object: check) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .cancel(let cancel): json.member("cancel", object: cancel) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .enrol(let factor): json.member("enrol", object: factor) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .prove(let factor): json.member("prove", object: factor) { $0.wrapped($1) { $1.write(to: &$0) } }
            case .challenge(let challenge):
                json.member("challenge", object: challenge) { $0.wrapped($1) { $1.write(to: &$0) } }
            }
        }
    }
}

extension CanonicalJSON {
    /// What a case without labels is written as.
    fileprivate mutating func wrapped<Value>(_ value: Value, _ members: (inout CanonicalJSON, Value) -> Void) {
        member("_0", object: value, members)
    }

    fileprivate mutating func member(_ key: String, bytes: [UInt8]?) {
        member(key, list: bytes) { $0.number($1) }
    }

    fileprivate mutating func member(_ key: String, withheld: WithheldField?) {
        member(key, object: withheld) { json, field in
            switch field {
            case .code: json.member("code", object: ()) { _, _ in }
            case .ticket: json.member("ticket", object: ()) { _, _ in }
            case .user: json.member("user", object: ()) { _, _ in }
            case .enrolment(let identity, let picture):
                json.member("enrolment", object: ()) { json, _ in
                    json.member("_1", picture)
                    json.member("identity", identity)
                }
            }
        }
    }
}

extension PlannedSend {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("cancels", cancels)
        json.member("channel", channel)
        json.member("knownAttempts", list: knownAttempts) { $0.string($1) }
        json.member("knownSID", knownSID)
        json.member("locale", locale)
        json.member("place", place.packed)
        json.member("purpose", purpose)
        json.member("ticket", bytes: ticket)
        json.member("wasConfirmed", wasConfirmed)
    }
}

extension PlannedCheck {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("place", place.packed)
        json.member("purpose", purpose)
        json.member("sid", sid)
        json.member("ticket", bytes: ticket)
        json.member("wasConfirmed", wasConfirmed)
    }
}

extension PlannedCancel {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("codes", list: codes) { json, code in
            json.object { json in
                json.member("number", code.number)
                json.member("sid", code.sid)
            }
        }
        json.member("ends", ends)
        json.member("factors", list: factors) { json, factor in
            json.object { json in
                json.member("factorSID", factor.factorSID)
                json.member("identity", factor.identity)
            }
        }
        json.member("reply", bytes: reply)
        json.member("withheld", withheld: withheld)
    }
}

extension PlannedFactor {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("identity", identity)
        json.member("looksAfter", looksAfter?.milliseconds)
        json.member("sid", sid)
        json.member("user", user)
        json.member("withheld", withheld: withheld)
    }
}

extension PlannedChallenge {
    fileprivate func write(to json: inout CanonicalJSON) {
        json.member("factor", object: factor) { $1.write(to: &$0) }
        json.member("open", open)
        json.member("request", request)
    }
}
