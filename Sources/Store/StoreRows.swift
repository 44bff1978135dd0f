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
    package var withheld: WithheldField?
    package var replyState = ReplyState.pending
    package var recordedAt: Timestamp?
    /// When the message came in that the row was made for.
    package var receivedAt: Timestamp?
    /// When the reply's fate was known.
    package var settledAt: Timestamp?
    /// The calls that led to the outcome; written with it, and read for a look at the job only.
    package var calls: [ProviderCall] = []
    /// What the outcome did to a code; written with it, and read only when outcomes are counted.
    package var events: CodeEvents?

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
            key: key, kind: kind, user: login.user, outcome: outcome, body: reply, withheld: withheld,
            deadline: deadline, state: replyState)
    }

    /// The intent of a row that has begun and whose call is loaded.
    package func intent(formerLeaseUntil: MonotonicTime? = nil) -> Intent? {
        guard state == .begun, let call else { return nil }
        return Intent(
            key: key, kind: kind, login: login, call: call, generation: generation, fence: fence, begins: begins,
            leaseUntil: leaseUntil, begunAt: begunAt, deadline: deadline, formerLeaseUntil: formerLeaseUntil)
    }
}

/// Who has begun on something that one job at a time may work on.
package struct LockHolder: Sendable {
    package var key: JobKey
    package var worker: Int64
    package var leaseUntil: MonotonicTime

    package init(key: JobKey, worker: Int64, leaseUntil: MonotonicTime) {
        self.key = key
        self.worker = worker
        self.leaseUntil = leaseUntil
    }
}

/// The rows of a store inside one transaction, as ``LoginStore``'s rules need them; every store offers its own.
package protocol StoreRows: CallRows {
    func fingerprint(_ kind: JobKind, _ body: [UInt8]) -> [UInt8]
    /// A keyed hash: equal texts are found by it, and nothing is read from it.
    func lookup(_ text: String) -> [UInt8]
    /// The same of what somebody might get in with: remembered nowhere.
    func lookup(secret: String) -> [UInt8]

    /// Reads what the query names.
    func load(_ query: JobQuery) throws(Failure) -> Loaded<Failure>
    func job(_ key: JobKey) throws(Failure) -> JobRow?
    /// Lets others work on what that job has begun on. Only for one whose record cannot be read, and whose worker is gone:
    /// nobody here could see it through.
    mutating func dropLock(of key: JobKey) throws(Failure)
    /// Loads what ``job(_:)`` leaves out: the call, and the login's client and locale.
    func loadCall(of row: inout JobRow) throws(Failure)
    mutating func put(_ row: JobRow) throws(Failure)
    mutating func addHistory(
        _ row: JobRow, _ answer: Answer, _ facts: OutcomeFacts, number: E164?
    ) throws(Failure)

    func enrolment(of user: String) throws(Failure) -> Enrolment?
    /// Enrolments that have run out and are not ended yet.
    func runOutEnrolments(at now: Timestamp, limit: Int) throws(Failure) -> [Enrolment]
    func dueLetters(at now: Timestamp, limit: Int) throws(Failure) -> [DeadLetterRow]
    /// By priority, then the oldest first.
    func dueChores(at now: Timestamp, limit: Int) throws(Failure) -> [ProviderChoreRow]
    /// Replaces when it is due and how often it was tried.
    mutating func put(_ row: ProviderChoreRow) throws(Failure)

    mutating func apply(_ changes: [Change], _ context: ChangeContext) throws(Failure)

    func reads(_ kind: ReadKind, after: Timestamp) throws(Failure) -> Int
    mutating func addRead(_ kind: ReadKind, at now: Timestamp, forgetting before: Timestamp) throws(Failure)
    /// What to throw when a job's row holds what it cannot.
    func damaged(_ key: JobKey) -> Failure

    /// Whether a call of a worker's that is not alive, or has outlived its lease, may be under way all the same, since only its
    /// connection to the store is gone.
    func mayStillCall(_ worker: Int64) throws(Failure) -> Bool
}

extension StoreRows {
    /// Where life is the process's own, no call outlives it.
    package func mayStillCall(_ worker: Int64) throws(Failure) -> Bool { try isAlive(worker) }
}

/// Whose job a change belongs to: counters are kept by it.
package struct ChangeContext: Sendable {
    package var key: JobKey
    package var login: Job.Login
    package var place: NumberPlace?
    package var now: Timestamp

    package init(key: JobKey, login: Job.Login, place: NumberPlace?, now: Timestamp) {
        self.key = key
        self.login = login
        self.place = place
        self.now = now
    }

    /// For changes that belong to no job.
    package static func nobody(_ now: Timestamp) -> ChangeContext {
        ChangeContext(key: JobKey(frontEnd: "", messageID: ""), login: Job.Login(user: ""), place: nil, now: now)
    }

    /// What a tally is kept by; `nil` when the job has no such thing, and so is not counted there.
    package func text(of tally: Tally) -> String? {
        switch tally {
        case .numberSends, .unprovenNumberSends: place?.number.revealed
        case .userSends, .userEnrolments, .wrongCodesOfUser: login.user
        case .clientSends, .clientEnrolments: login.client
        case .unprovenCountrySends: place.map { $0.region ?? "none" }
        case .unprovenSiteSends: ""
        case .wrongCodesOfUserAndClient: login.client.map { "\(login.user)\u{0}\($0)" }
        }
    }
}

extension Tally {
    /// Whether it is kept by a number, or by what is known of one.
    package var isOfNumber: Bool {
        switch self {
        case .numberSends, .unprovenNumberSends, .unprovenCountrySends: true
        case .userSends, .clientSends, .unprovenSiteSends, .userEnrolments, .clientEnrolments,
            .wrongCodesOfUserAndClient, .wrongCodesOfUser:
            false
        }
    }
}

extension StoreRows {
    /// The hash that a ticket is found by.
    package func hash(ofTicket text: String) -> [UInt8] { lookup(secret: "ticket \(text)") }
    /// The hash of a person's bypass code.
    package func hash(ofBypass code: String, of user: String) -> [UInt8] { lookup(secret: "bypass \(code) \(user)") }
    /// An authenticator's code, for the five minutes that it is reserved.
    package func hash(ofCode code: String, factorSID: String) -> [UInt8] {
        lookup(secret: "code \(factorSID) \(code)")
    }
    package func hash(ofClient client: String) -> [UInt8] { lookup("client \(client)") }
    package func hash(of tally: Tally, _ context: ChangeContext) -> [UInt8]? {
        context.text(of: tally).map { lookup("tally \(tally.rawValue) \($0)") }
    }
    package func hash(of pace: PaceKey) -> [UInt8] {
        switch pace {
        case .user(let name): lookup("pace user \(name)")
        case .number(let number, let isProven): lookup("pace \(isProven ? "owner" : "unproven") \(number.revealed)")
        }
    }
}
