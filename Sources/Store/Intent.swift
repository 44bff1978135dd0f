public import Basics
public import Wire

/// The one call to Twilio that a job is about to make, as the journal keeps it.
public enum PlannedCall: Sendable, Equatable, Codable {
    /// Deliver a code.
    case send(PlannedSend)
    /// Check a code; the code itself is never kept.
    case check(PlannedCheck)
    /// End verifications. Harmless to repeat.
    case cancel(PlannedCancel)

    /// The number that the call concerns: work on one number goes one after the other.
    public var number: E164? {
        switch self {
        case .send(let send): send.place.number
        case .check(let check): check.place.number
        case .cancel(let cancel): cancel.codes.count == 1 ? cancel.codes.first.flatMap { E164($0.number) } : nil
        }
    }
}

extension PlannedCall {
    /// Where the number is, by its numbering plan: ISO 3166-1 alpha-2; `nil` where it is in no country, or unknown.
    public var country: String? { place?.region }

    /// The number with what its plan tells; for a cancel the number only.
    package var place: NumberPlace? {
        switch self {
        case .send(let send): send.place
        case .check(let check): check.place
        case .cancel: number.map { NumberPlace(number: $0, region: nil, isLandline: false) }
        }
    }
}

/// A send that is about to be made.
public struct PlannedSend: Sendable, Equatable, Codable {
    public var place: NumberPlace
    public var channel: Channel
    public var locale: String?
    public var purpose: Purpose
    /// What Twilio was known to have done for the number before.
    public var knownSID: String?
    public var knownAttempts: [String]
    /// Ended first: a stranger's verification of the same number, so that the owner gets a code of their own.
    public var cancels: String?
    /// The hash of the ticket that it was begun with.
    public var ticket: [UInt8]?

    public init(
        place: NumberPlace, channel: Channel, locale: String?, purpose: Purpose, knownSID: String? = nil,
        knownAttempts: [String] = [], cancels: String? = nil, ticket: [UInt8]? = nil
    ) {
        self.place = place
        self.channel = channel
        self.locale = locale
        self.purpose = purpose
        self.knownSID = knownSID
        self.knownAttempts = knownAttempts
        self.cancels = cancels
        self.ticket = ticket
    }
}

/// A check that is about to be made.
public struct PlannedCheck: Sendable, Equatable, Codable {
    public var place: NumberPlace
    public var sid: String
    public var purpose: Purpose
    /// The hash of the ticket that the registration was begun with.
    public var ticket: [UInt8]?

    public init(place: NumberPlace, sid: String, purpose: Purpose, ticket: [UInt8]? = nil) {
        self.place = place
        self.sid = sid
        self.purpose = purpose
        self.ticket = ticket
    }
}

/// Verifications that are about to be ended at Twilio.
public struct PlannedCancel: Sendable, Equatable, Codable {
    public var codes: [OpenCode]
    /// What the reply carries besides.
    public var withheld: WithheldField?

    public init(codes: [OpenCode], withheld: WithheldField? = nil) {
        self.codes = codes
        self.withheld = withheld
    }
}

/// A job that has begun: what is on disk before any byte leaves for Twilio, and the lease on carrying it out.
public struct Intent: Sendable {
    public var key: JobKey
    public var kind: JobKind
    public var login: Job.Login
    public var call: PlannedCall
    /// The user's generation when it began.
    public var generation: Int64
    /// Which holder of the lease this is; a finish under an older one is refused.
    public var fence: Int64
    /// How often the job's work was begun, this time included.
    public var begins: Int
    public var leaseUntil: MonotonicTime
    /// When the call could first have left.
    public var begunAt: Timestamp
    public var deadline: Timestamp
    /// Taken over from a worker that died or outlived its lease: until then a call of that worker may be under way.
    public var formerLeaseUntil: MonotonicTime?

    public init(
        key: JobKey, kind: JobKind, login: Job.Login, call: PlannedCall, generation: Int64, fence: Int64,
        begins: Int, leaseUntil: MonotonicTime, begunAt: Timestamp, deadline: Timestamp,
        formerLeaseUntil: MonotonicTime? = nil
    ) {
        self.key = key
        self.kind = kind
        self.login = login
        self.call = call
        self.generation = generation
        self.fence = fence
        self.begins = begins
        self.leaseUntil = leaseUntil
        self.begunAt = begunAt
        self.deadline = deadline
        self.formerLeaseUntil = formerLeaseUntil
    }
}

/// Lengths of leases.
public enum Lease {
    /// How long an intent is its worker's.
    public static let length: Duration = .seconds(20)
    /// How much of it must be left for a call to start: the call's own limit.
    public static let neededForCall: Duration = .seconds(10)
}
