public import Basics
public import Wire

/// A job that has begun: what is on disk before any byte leaves for Twilio, and the lease on carrying it out.
public struct Intent: Sendable {
    /// Which job it is.
    public var key: JobKey
    /// What it asks for.
    public var kind: JobKind
    /// For whom, in which sign-in.
    public var login: Job.Login
    /// What is about to be asked of Twilio.
    public var call: PlannedCall
    /// The user's generation when it began.
    public var generation: Int64
    /// Which holder of the lease this is; a finish under an older one is refused.
    public var fence: Int64
    /// How often the job's work was begun, this time included.
    public var begins: Int
    /// Until then nobody else takes it over.
    public var leaseUntil: MonotonicTime
    /// When the call could first have left.
    public var begunAt: Timestamp
    /// When the person no longer waits.
    public var deadline: Timestamp
    /// Taken over from a worker that died or outlived its lease: until then a call of that worker may be under way.
    public var formerLeaseUntil: MonotonicTime?
    /// The calls that were made for it here: they are recorded with its outcome.
    public let calls: CallLog

    package init(
        key: JobKey, kind: JobKind, login: Job.Login, call: PlannedCall, generation: Int64, fence: Int64,
        begins: Int, leaseUntil: MonotonicTime, begunAt: Timestamp, deadline: Timestamp,
        formerLeaseUntil: MonotonicTime? = nil, calls: CallLog = CallLog()
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
        self.calls = calls
    }
}

/// Lengths of leases.
public enum Lease {
    /// How long an intent is its worker's.
    public static let length: Duration = .seconds(20)
    /// How much of it must be left for a call to start: the call's own limit.
    public static let neededForCall: Duration = .seconds(10)
}
