import Basics
import Wire

/// Everything that an in-memory store holds.
struct InMemoryContent: Sendable {
    /// One count of a job in a tally.
    struct Counted: Sendable {
        var tally: Tally
        var key: [UInt8]
        var at: Timestamp
        var job: JobKey
    }

    struct Expiring: Sendable {
        var user: String
        var hash: [UInt8]
        var until: Timestamp
        var tries = 0
    }

    var options: [String: String] = [:]
    var jobs: [JobKey: JobRow] = [:]
    /// Which job has begun on what.
    var begun: [CallLock: Set<JobKey>] = [:]
    var users: [String: UserRecord] = [:]
    var codes: [E164: LiveCode] = [:]
    var pendings: [LoginKey: PendingCode] = [:]
    var approvals: [LoginKey: Timestamp] = [:]
    var clients: [String: [[UInt8]: Timestamp]] = [:]
    var counted: [Counted] = []
    var paces: [PaceKey: Pace] = [:]
    var bypasses: [Expiring] = []
    var tickets: [Expiring] = []
    var enrolments: [String: Enrolment] = [:]
    var challenges: [String: OpenChallenge] = [:]
    var reserved: [JobKey: (hash: [UInt8], until: Timestamp)] = [:]
    var canceledSends: [JobKey: LoginKey] = [:]
    var letters: [DeadLetterRow] = []
    var lastLetter: Int64 = 0
    var chores: [ProviderChoreRow] = []
    var lastChore: Int64 = 0
    var audit: [AuditEntry] = []
    var refusals: [AuditRefusals] = []
    var history: [(entry: HistoryEntry, number: E164?)] = []
    var reads: [ReadKind: [Timestamp]] = [:]
    var calls = InMemoryCalls()
    var living: Set<Int64> = []
    var lastWorker: Int64 = 0
}

/// An in-memory store's rows during one transaction.
struct InMemoryRows: StoreRows {
    typealias Failure = Never

    var content: InMemoryContent
    let worker: Int64
    let clocks: Clocks
    let sealing: Sealing
    let bounds: LetterBounds

    func isAlive(_ worker: Int64) -> Bool { worker == self.worker || content.living.contains(worker) }
    func fingerprint(_ kind: JobKind, _ body: [UInt8]) -> [UInt8] { sealing.fingerprint(kind, body) }
    func lookup(_ text: String) -> [UInt8] { sealing.lookup(text) }

    func job(_ key: JobKey) -> JobRow? { content.jobs[key] }
    func begunJob(on lock: CallLock, except key: JobKey) -> LockHolder? {
        content.begun[lock]?.first { $0 != key }.flatMap { content.jobs[$0] }.map {
            LockHolder(key: $0.key, worker: $0.worker, leaseUntil: $0.leaseUntil)
        }
    }
    mutating func dropLock(of key: JobKey) {
        if let lock = content.jobs[key]?.call?.lock { content.begun[lock]?.remove(key) }
    }
    func loadCall(of row: inout JobRow) {}
    mutating func put(_ row: JobRow) {
        if let former = content.jobs[row.key]?.call?.lock { content.begun[former]?.remove(row.key) }
        if row.state == .begun, let lock = row.call?.lock { content.begun[lock, default: []].insert(row.key) }
        content.jobs[row.key] = row
    }
    mutating func settle(_ key: JobKey, as state: ReplyState) {
        content.jobs[key]?.replyState = state
        content.jobs[key]?.settledAt = clocks.wall()
    }

    func options() -> [String: String] { content.options }
    func user(_ name: String) -> UserRecord? { content.users[name] }
    func pending(_ login: LoginKey) -> PendingCode? { content.pendings[login] }
    func code(of number: E164) -> LiveCode? { content.codes[number] }
    mutating func addHistory(_ row: JobRow, _ answer: Answer, number: E164?) {
        guard let outcome = row.outcome, let at = row.recordedAt else { return }
        let entry = HistoryEntry(
            at: at, begunAt: row.begunAt, kind: row.kind, frontEnd: row.key.frontEnd, messageID: row.key.messageID,
            user: row.login.user, application: row.login.application, masked: number?.masked, outcome: outcome,
            reason: answer.reason, providerCode: answer.providerCode)
        content.history.append((entry, number))
    }

    func reads(_ kind: ReadKind, after: Timestamp) -> Int { content.reads[kind, default: []].count { $0 > after } }
    mutating func addRead(_ kind: ReadKind, at now: Timestamp, forgetting before: Timestamp) {
        content.reads[kind, default: []].removeAll { $0 <= before }
        content.reads[kind, default: []].append(now)
    }
    func damaged(_ key: JobKey) -> Never { preconditionFailure("rows in memory are always whole") }
    var unreadable: Int { 0 }
}
