import Basics
import Wire

/// Everything that an in-memory store holds.
struct InMemoryContent: Sendable {
    var options: [String: String] = [:]
    var jobs: [JobKey: JobRow] = [:]
    /// Which job has begun on a number.
    var begun: [E164: Set<JobKey>] = [:]
    var users: [String: UserRecord] = [:]
    var codes: [E164: LiveCode] = [:]
    var pendings: [LoginKey: PendingCode] = [:]
    var deadLetters: [DeadLetter] = []
    var reads: [ReadKind: [Timestamp]] = [:]
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

    func isAlive(_ worker: Int64) -> Bool { worker == self.worker || content.living.contains(worker) }
    func fingerprint(_ kind: JobKind, _ body: [UInt8]) -> [UInt8] { sealing.fingerprint(kind, body) }

    func job(_ key: JobKey) -> JobRow? { content.jobs[key] }
    func begunJob(on number: E164, except key: JobKey) -> JobRow? {
        content.begun[number]?.first { $0 != key }.flatMap { content.jobs[$0] }
    }
    func loadCall(of row: inout JobRow) {}
    mutating func put(_ row: JobRow) {
        if let former = content.jobs[row.key]?.call?.number { content.begun[former]?.remove(row.key) }
        if row.state == .begun, let number = row.call?.number { content.begun[number, default: []].insert(row.key) }
        content.jobs[row.key] = row
    }
    mutating func settle(_ key: JobKey, as state: ReplyState) { content.jobs[key]?.replyState = state }

    func options() -> [String: String] { content.options }
    func user(_ name: String) -> UserRecord? { content.users[name] }
    func pending(_ login: LoginKey) -> PendingCode? { content.pendings[login] }
    func code(of number: E164) -> LiveCode? { content.codes[number] }
    func pendingElsewhere(than login: LoginKey, at now: Timestamp) -> Bool {
        content.pendings.values.contains { pending in
            guard pending.login.user == login.user, pending.login != login, pending.ended == nil,
                let code = content.codes[pending.number]
            else { return false }
            return code.sid == pending.sid && code.ended == nil && code.expiresAt > now
        }
    }
    mutating func apply(_ change: Change) {
        switch change {
        case .user(let user): content.users[user.name] = user
        case .code(let code): content.codes[code.number] = code
        case .pending(let pending): content.pendings[pending.login] = pending
        case .deadLetter(let letter): content.deadLetters.append(letter)
        }
    }
    func addHistory(_ row: JobRow, reason: Reason?) {}

    func reads(_ kind: ReadKind, after: Timestamp) -> Int { content.reads[kind, default: []].count { $0 > after } }
    mutating func addRead(_ kind: ReadKind, at now: Timestamp, forgetting before: Timestamp) {
        content.reads[kind, default: []].removeAll { $0 <= before }
        content.reads[kind, default: []].append(now)
    }
    func damaged() -> Never { preconditionFailure("rows in memory are always whole") }
}
