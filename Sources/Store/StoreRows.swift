package import Basics
package import Wire

/// What a store keeps of one job.
package struct JobRow: Sendable {
    package enum State: Int, Sendable {
        case begun = 0
        case recorded = 1
        case released = 2
    }

    package var key: JobKey
    package var kind: JobKind
    package var fingerprint: [UInt8]
    package var login: Job.Login
    package var state = State.released
    package var worker: Int64 = 0
    package var fence: Int64 = 0
    package var begins = 0
    package var leaseUntil = MonotonicTime(nanoseconds: 0)
    package var begunAt: Timestamp
    package var deadline: Timestamp
    package var generation: Int64 = 0
    /// Written with the row, but read only by ``StoreRows/loadCall(of:)``: opening it costs.
    package var call: PlannedCall?
    package var outcome: Outcome?
    package var reply: [UInt8] = []
    package var replyState = ReplyState.pending
    package var recordedAt: Timestamp?

    package init(
        key: JobKey, kind: JobKind, fingerprint: [UInt8], login: Job.Login, begunAt: Timestamp, deadline: Timestamp
    ) {
        self.key = key
        self.kind = kind
        self.fingerprint = fingerprint
        self.login = login
        self.begunAt = begunAt
        self.deadline = deadline
    }

    /// The outcome, when there is one.
    package var recorded: RecordedReply? {
        guard state == .recorded, let outcome else { return nil }
        return RecordedReply(
            key: key, kind: kind, user: login.user, outcome: outcome, body: reply, deadline: deadline,
            state: replyState)
    }

    /// The intent of a row that has begun and whose call is loaded.
    package func intent(formerLeaseUntil: MonotonicTime? = nil) -> Intent? {
        guard state == .begun, let call else { return nil }
        return Intent(
            key: key, kind: kind, login: login, call: call, generation: generation, fence: fence, begins: begins,
            leaseUntil: leaseUntil, begunAt: begunAt, deadline: deadline, formerLeaseUntil: formerLeaseUntil)
    }
}

/// The rows of a store inside one transaction, as ``LoginStore``'s rules need them; every store offers its own.
package protocol StoreRows {
    associatedtype Failure: Error

    /// The worker that acts.
    var worker: Int64 { get }
    var clocks: Clocks { get }
    /// Whether a worker's process lives; the acting one always does.
    func isAlive(_ worker: Int64) throws(Failure) -> Bool
    func fingerprint(_ kind: JobKind, _ body: [UInt8]) -> [UInt8]

    func job(_ key: JobKey) throws(Failure) -> JobRow?
    /// The job other than `key` that has begun on that number.
    func begunJob(on number: E164, except key: JobKey) throws(Failure) -> JobRow?
    /// Loads what ``job(_:)`` leaves out: the call, and the login's client and locale.
    func loadCall(of row: inout JobRow) throws(Failure)
    mutating func put(_ row: JobRow) throws(Failure)
    mutating func settle(_ key: JobKey, as state: ReplyState) throws(Failure)

    func options() throws(Failure) -> [String: String]
    func user(_ name: String) throws(Failure) -> UserRecord?
    func pending(_ login: LoginKey) throws(Failure) -> PendingCode?
    func code(of number: E164) throws(Failure) -> LiveCode?
    /// Whether another login of the same user is tied to a code that lives.
    func pendingElsewhere(than login: LoginKey, at now: Timestamp) throws(Failure) -> Bool
    mutating func apply(_ change: Change) throws(Failure)
    mutating func addHistory(_ row: JobRow, reason: Reason?) throws(Failure)

    func reads(_ kind: ReadKind, after: Timestamp) throws(Failure) -> Int
    mutating func addRead(_ kind: ReadKind, at now: Timestamp, forgetting before: Timestamp) throws(Failure)
    /// What to throw when a row holds what no version of this program wrote.
    func damaged() -> Failure
}
