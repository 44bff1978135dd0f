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

    func job(_ key: JobKey) throws(Failure) -> JobRow?
    /// The job other than `key` that has begun on that.
    func begunJob(on lock: CallLock, except key: JobKey) throws(Failure) -> LockHolder?
    /// Lets others work on what that job has begun on. Only for one whose record cannot be read, and whose worker is gone:
    /// nobody here could see it through.
    mutating func dropLock(of key: JobKey) throws(Failure)
    /// Loads what ``job(_:)`` leaves out: the call, and the login's client and locale.
    func loadCall(of row: inout JobRow) throws(Failure)
    mutating func put(_ row: JobRow) throws(Failure)
    mutating func settle(_ key: JobKey, as state: ReplyState) throws(Failure)
    mutating func addHistory(_ row: JobRow, _ answer: Answer, number: E164?) throws(Failure)

    func options() throws(Failure) -> [String: String]
    func user(_ name: String) throws(Failure) -> UserRecord?
    func pending(_ login: LoginKey) throws(Failure) -> PendingCode?
    func code(of number: E164) throws(Failure) -> LiveCode?
    /// Whether another login of the same user is tied to a code that lives.
    func pendingElsewhere(than login: LoginKey, at now: Timestamp) throws(Failure) -> Bool
    /// What other people's live ties to this code are for.
    func strangers(to code: LiveCode, than user: String) throws(Failure) -> Set<Purpose>
    /// The live codes that a person is tied to.
    func openCodes(of user: String, at now: Timestamp) throws(Failure) -> [OpenCode]
    func approval(of login: LoginKey) throws(Failure) -> Timestamp?
    func clientApproval(of user: String, client: [UInt8]) throws(Failure) -> Timestamp?

    /// The newest times of a tally after a time, newest first.
    func newest(_ tally: Tally, key: [UInt8], after: Timestamp, limit: Int) throws(Failure) -> [Timestamp]
    func pace(_ key: PaceKey) throws(Failure) -> Pace?
    func hasTicket(_ hash: [UInt8], of user: String, at now: Timestamp) throws(Failure) -> Bool
    /// A person's bypass code, while it lasts.
    func bypass(of user: String, at now: Timestamp) throws(Failure) -> BypassRow?
    /// Until when what was handed out to a person is good.
    func handedOut(to user: String, at now: Timestamp) throws(Failure) -> HandedOut
    func enrolment(of user: String) throws(Failure) -> Enrolment?
    func challenge(of factorSID: String, at now: Timestamp) throws(Failure) -> OpenChallenge?
    /// Whether another job than `key` has reserved the code.
    func isReserved(_ hash: [UInt8], except key: JobKey, at now: Timestamp) throws(Failure) -> Bool
    /// Enrolments that have run out and are not ended yet.
    func runOutEnrolments(at now: Timestamp, limit: Int) throws(Failure) -> [Enrolment]
    func cancelsSend(_ key: JobKey, of login: LoginKey) throws(Failure) -> Bool

    func census() throws(Failure) -> [Census]
    func page(_ page: UserPage) throws(Failure) -> [UserRecord]
    func dueLetters(at now: Timestamp, limit: Int) throws(Failure) -> [DeadLetterRow]
    /// By priority, then the oldest first.
    func dueChores(at now: Timestamp, limit: Int) throws(Failure) -> [ProviderChoreRow]
    /// Replaces when it is due and how often it was tried.
    mutating func put(_ row: ProviderChoreRow) throws(Failure)

    mutating func apply(_ change: Change, _ context: ChangeContext) throws(Failure)

    func reads(_ kind: ReadKind, after: Timestamp) throws(Failure) -> Int
    mutating func addRead(_ kind: ReadKind, at now: Timestamp, forgetting before: Timestamp) throws(Failure)
    /// What to throw when a job's row holds what it cannot.
    func damaged(_ key: JobKey) -> Failure
    /// How many rows this transaction has passed over because they cannot be read.
    var unreadable: Int { get }
}

/// A person's bypass code as a store holds it.
package struct BypassRow: Sendable {
    package var hash: [UInt8]
    /// Wrong guesses so far.
    package var tries: Int

    package init(hash: [UInt8], tries: Int) {
        self.hash = hash
        self.tries = tries
    }
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

extension StoreRows {
    /// The hash that a ticket is found by.
    package func hash(ofTicket text: String) -> [UInt8] { lookup("ticket \(text)") }
    /// The hash of a person's bypass code.
    package func hash(ofBypass code: String, of user: String) -> [UInt8] { lookup("bypass \(code) \(user)") }
    /// An authenticator's code, for the five minutes that it is reserved.
    package func hash(ofCode code: String, factorSID: String) -> [UInt8] { lookup("code \(factorSID) \(code)") }
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
