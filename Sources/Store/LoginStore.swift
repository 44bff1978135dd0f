public import Basics
public import Wire

/// An answer as it will be recorded.
public struct Answer: Sendable {
    /// How the job ended.
    public var outcome: Outcome
    /// The stable code of the cause, where the outcome has one.
    public var reason: Reason?
    /// The reply's body, as every repeat will get it; but for what is ``withheld``.
    public var body: [UInt8]
    /// A secret that the reply carries and the record does not.
    public var withheld: WithheldField?
    /// What is written in the same transaction.
    public var changes: [Change]
    /// Why Twilio refused, where it did: its error code, or the HTTP status of an answer without one.
    ///
    /// Recorded for operators, and in no reply.
    public var providerCode: Int?

    package init(
        outcome: Outcome, reason: Reason?, body: [UInt8], withheld: WithheldField? = nil, changes: [Change] = []
    ) {
        self.outcome = outcome
        self.reason = reason
        self.body = body
        self.withheld = withheld
        self.changes = changes
    }
}

/// What a pure rule made of a situation.
public enum Decision: Sendable {
    case answer(Answer)
    /// Make this call; the changes (counters, tries) are written with the intent.
    case call(PlannedCall, changes: [Change])
}

/// What became of a job at its beginning.
public indirect enum Begun: Sendable {
    /// Its outcome is on disk: `fresh` if it was decided just now.
    case recorded(RecordedReply, fresh: Bool)
    /// The id was used before with another body or key.
    case reused
    /// This very job is under way at a worker that lives.
    case inProgress
    /// Another job on the same number is under way at a worker that lives.
    case busy(JobKey)
    /// An intent whose worker is gone is now ours: reconcile it. It may belong to another job on the same number;
    /// then begin again afterwards.
    case abandoned(Intent)
    /// Its intent is on disk and ours: make the call.
    case intent(Intent)
}

/// What became of a job at its end.
public indirect enum Finished: Sendable {
    case recorded(RecordedReply)
    /// Another worker holds the lease now; its outcome counts.
    case superseded
}

/// What is known of a job id.
public enum JobState: Sendable {
    case unknown
    /// At a worker, for this person.
    case inProgress(user: String)
    case recorded(RecordedReply)
}

/// Which of Twilio's reads a budget is for.
public enum ReadKind: String, Sendable {
    case verification, attempts
}

/// How many reads a window allows; an empty list is no limit.
public struct ReadLimit: Sendable {
    /// How many reads there may be within the window.
    public var count: Int
    /// How far back is counted.
    public var window: Duration

    package init(count: Int, per window: Duration) {
        self.count = count
        self.window = window
    }
}

/// Where logins are remembered, per use case.
///
/// Every method is one transaction, durable when it returns, unless it says otherwise. `decide` and `conclude` are pure and quick: they run
/// inside the transaction, and may run more than once. Cancellation of the caller does not undo a transaction that was
/// queued. All throw ``StoreError`` when the store cannot be used; then nothing was written and nothing may be
/// answered. They throw one with a ``StoreError/record`` when they need a record that cannot be read; then nothing was
/// written either, and what goes without that record goes on.
public protocol LoginStore: CallStore {
    /// Looks the job up and, if it is new and nothing stands in its way, decides it.
    func begin(
        _ job: NewJob, decide: @escaping @Sendable (Situation) -> Decision
    ) async throws(StoreError) -> Begun

    /// Records the outcome of an intent that is ours, if it still is. A person who was reset meanwhile shows in
    /// ``Situation/wasReset``.
    ///
    /// What a call did is known to the caller alone, so while the store cannot be used it is tried again and again, until
    /// the task is cancelled.
    func finish(
        _ intent: Intent, wanted: Wanted, conclude: @escaping @Sendable (Situation) -> Answer
    ) async throws(StoreError) -> Finished

    /// Records an answer to an intent that is ours, if it still is, without reading what ``finish(_:wanted:conclude:)``
    /// would: for one whose person or code cannot be read. Is tried again as that is.
    func end(_ intent: Intent, answer: Answer) async throws(StoreError) -> Finished

    /// Gives an intent back as if it had not begun (its `begins` stay counted), if it is still ours.
    func release(_ intent: Intent) async throws(StoreError)

    /// Prolongs the lease of an intent; `nil` when it is no longer ours.
    func renew(_ intent: Intent) async throws(StoreError) -> Intent?

    /// Records an answer without any decision (malformed jobs, poison). With a job it is an outcome like any other,
    /// unless one is recorded already, or is under way at a worker that lives.
    ///
    /// - Returns: `recorded`, `inProgress`, or `reused` (then only the changes were made); `nil` without a job.
    func refuse(_ job: NewJob?, answer: Answer) async throws(StoreError) -> Begun?

    func state(of key: JobKey) async throws(StoreError) -> JobState

    /// Notes what became of a reply. One that nobody got is on disk when this returns. That a reply was confirmed is written
    /// soon, with others: losing it costs a second reply.
    func settle(_ key: JobKey, as state: ReplyState) async throws(StoreError)

    /// The situation of a person, outside any job; reads only.
    func situation(of login: Job.Login, wanted: Wanted) async throws(StoreError) -> Situation

    /// A secret of a job's reply: the same for every repeat, and computed anew each time so that it is kept nowhere.
    func secret(_ field: WithheldField, of key: JobKey) -> Redacted<String>?

    /// A keyed hash of a person's name, for what leaves the store.
    func pseudonym(of user: String) -> String

    /// The person's open enrolment, for a reply that shows it.
    func enrolment(of user: String) async throws(StoreError) -> Enrolment?

    /// Dead letters as they are; reads only, and waits for no writer.
    func letters(_ query: LetterQuery) async throws(StoreError) -> LetterPage

    /// Takes dead letters whose replay is due: each is one worker's for a while, and due again if it dies.
    func takeDueLetters(limit: Int) async throws(StoreError) -> [DeadLetterRow]

    /// Takes what is due to be undone at Twilio: each is one worker's until it is due again, after a growing pause. Whoever
    /// has done one says so by ``Change/choreDone(_:)``.
    func takeDueChores(limit: Int) async throws(StoreError) -> [ProviderChoreRow]

    /// Forgets what no rule looks at any more, a little at a time, so that no job waits for it; nothing while another worker
    /// that lives does it.
    ///
    /// - Returns: how many rows went; call again soon while it is `limit` or more.
    func sweep(_ retention: Retention, limit: Int) async throws(StoreError) -> Int

    /// Entries of the audit trail, newest first.
    func auditRows(_ query: AuditQuery) async throws(StoreError) -> [AuditRow]

    /// Recorded outcomes, newest first; of very many only some are looked at.
    func outcomes(_ query: HistoryQuery) async throws(StoreError) -> HistoryPage

    /// Writes something of no meaning: whether the store can be written. Throws ``StoreError`` when it cannot.
    func probe() async throws(StoreError)

    /// Takes one read from the budget that all workers share; `false` when it is spent.
    func takeRead(_ kind: ReadKind, limits: [ReadLimit]) async throws(StoreError) -> Bool
}

extension LoginStore {
    /// Records the outcome of an intent by what is always known.
    public func finish(
        _ intent: Intent, conclude: @escaping @Sendable (Situation) -> Answer
    ) async throws(StoreError) -> Finished {
        try await finish(intent, wanted: Wanted(), conclude: conclude)
    }

    /// Entries of the audit trail without their numbers, newest first.
    public func audit(_ query: AuditQuery) async throws(StoreError) -> [AuditEntry] {
        try await auditRows(query).map(\.entry)
    }

    /// Recorded outcomes, newest first.
    public func history(_ query: HistoryQuery) async throws(StoreError) -> [HistoryEntry] {
        try await outcomes(query).entries
    }

    /// The situation of a person without anything besides.
    public func situation(of login: Job.Login) async throws(StoreError) -> Situation {
        try await situation(of: login, wanted: Wanted())
    }
}
