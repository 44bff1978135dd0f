public import Basics
public import Wire

/// A store that lives as long as its process, for tests and trials.
public final class InMemoryStore: LoginStore {
    /// What several workers of one process share, as processes share a file.
    public final class Shared: Sendable {
        let content = Locked(InMemoryContent())
        let sealing = Sealing.ephemeral()
        let bounds: LetterBounds

        public init(siteOptions: [String: String] = [:], letters bounds: LetterBounds = LetterBounds()) {
            self.bounds = bounds
            content.withLock { $0.options = siteOptions }
        }
    }

    private let shared: Shared
    private let worker: Int64
    private let clocks: Clocks

    /// A store with a single worker.
    public convenience init(clocks: Clocks = .system) {
        self.init(sharing: Shared(), clocks: clocks)
    }

    /// One more worker on a store that others use as well.
    public init(sharing shared: Shared, clocks: Clocks = .system) {
        self.shared = shared
        self.clocks = clocks
        worker = shared.content.withLock { content in
            content.lastWorker += 1
            content.living.insert(content.lastWorker)
            return content.lastWorker
        }
    }

    /// Ends this worker as a crash would: what it began can be taken over at once.
    public func die() {
        _ = shared.content.withLock { $0.living.remove(worker) }
    }

    private func transaction<Result: Sendable>(_ body: (inout InMemoryRows) -> Result) -> Result {
        shared.content.withLock { content in
            var rows = InMemoryRows(
                content: content, worker: worker, clocks: clocks, sealing: shared.sealing, bounds: shared.bounds)
            // The content moves into the rows and back, so that nothing is copied on write.
            content = InMemoryContent()
            defer { content = rows.content }
            return body(&rows)
        }
    }

    public func begin(
        _ job: NewJob, decide: @escaping @Sendable (Situation) -> Decision
    ) async throws(StoreError) -> Begun {
        transaction { $0.begin(job, decide: decide) }
    }

    public func finish(
        _ intent: Intent, wanted: Wanted, conclude: @escaping @Sendable (Situation) -> Answer
    ) async throws(StoreError) -> Finished {
        transaction { $0.finish(intent, wanted: wanted, conclude: conclude) }
    }

    public func end(_ intent: Intent, answer: Answer) async throws(StoreError) -> Finished {
        transaction { $0.end(intent, answer) }
    }

    public func release(_ intent: Intent) async throws(StoreError) {
        transaction { $0.release(intent) }
    }

    public func renew(_ intent: Intent) async throws(StoreError) -> Intent? {
        transaction { $0.renew(intent) }
    }

    public func refuse(_ job: NewJob?, answer: Answer) async throws(StoreError) -> Begun? {
        transaction { $0.refuse(job, answer) }
    }

    public func state(of key: JobKey) async throws(StoreError) -> JobState {
        transaction { $0.state(of: key) }
    }

    public func settle(_ key: JobKey, as state: ReplyState) async throws(StoreError) {
        transaction { $0.settle(key, as: state) }
    }

    public func situation(of login: Job.Login, wanted: Wanted) async throws(StoreError) -> Situation {
        transaction { rows in
            var situation = rows.situation(of: login, kind: nil, place: nil)
            rows.load(wanted, of: JobKey(frontEnd: "", messageID: ""), login, into: &situation)
            return situation
        }
    }

    public func secret(_ field: WithheldField, of key: JobKey) -> Redacted<String>? {
        shared.sealing.secret(field, of: key)
    }

    public func pseudonym(of user: String) -> String { shared.sealing.pseudonym(of: user) }

    public func enrolment(of user: String) async throws(StoreError) -> Enrolment? {
        transaction { $0.enrolment(of: user) }
    }

    public func letters(_ query: LetterQuery) async throws(StoreError) -> LetterPage {
        transaction { $0.letters(query) }
    }

    public func takeDueLetters(limit: Int) async throws(StoreError) -> [DeadLetterRow] {
        transaction { $0.takeDueLetters(limit: limit) }
    }

    public func takeDueChores(limit: Int) async throws(StoreError) -> [ProviderChoreRow] {
        transaction { $0.takeDueChores(limit: limit) }
    }

    /// Memory can always be written.
    public func probe() {}

    public func sweep(_ retention: Retention, limit: Int) async throws(StoreError) -> Int {
        transaction { $0.sweep(retention) }
    }

    public func auditRows(_ query: AuditQuery) async throws(StoreError) -> [AuditRow] {
        transaction { rows in
            let all = rows.content.audit.enumerated().map { AuditRow(id: Int64($0.offset) + 1, entry: $0.element) }
            let wanted = all.reversed().filter { row in
                query.matches(row.entry) && (query.before.map { row.id < $0 } ?? true)
            }
            return Array(wanted.prefix(query.limit))
        }
    }

    public func takeRead(_ kind: ReadKind, limits: [ReadLimit]) async throws(StoreError) -> Bool {
        transaction { $0.takeRead(kind, limits: limits) }
    }

    public func leaseCalls(_ demand: CallDemand, limits: CallLimits) async throws(StoreError) -> CallGrant {
        transaction { $0.leaseCalls(demand, limits) }
    }

    public func history(_ query: HistoryQuery) async throws(StoreError) -> [HistoryEntry] {
        transaction { Array($0.content.history.reversed().filter(query.matches).map(\.entry).prefix(query.limit)) }
    }
}
