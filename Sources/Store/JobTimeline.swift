public import Basics
public import Wire

/// What became of one job, step by step, as far as the store knows.
public struct JobTimeline: Sendable, Equatable {
    /// Something that became of the job.
    public struct Event: Sendable, Equatable {
        /// When.
        public var at: Timestamp
        /// Stable, for programs: `received`, `begun`, `concluded`, `reply_confirmed`, `reply_undeliverable`.
        public var name: String
        /// In words.
        public var detail: String
    }

    /// Which job it is.
    public var key: JobKey
    /// What it asks for.
    public var kind: JobKind
    /// Whom it concerns.
    public var user: String
    /// At which application.
    public var application: Application
    /// In the order in which they happened.
    public var events: [Event]
    /// What it waits for; `nil` when it is over.
    public var waitsFor: String?

    /// - Parameter isAlive: whether the process of the worker that holds it lives.
    package init(_ row: JobRow, isAlive: Bool) {
        key = row.key
        kind = row.kind
        user = row.login.user
        application = row.login.application
        events = []
        if let at = row.receivedAt { events.append(Event(at: at, name: "received", detail: "")) }
        if row.begins > 0 {
            // Later turns are counted, but their times are not kept.
            let turns = row.begins > 1 ? ", begun \(row.begins) times in all" : ""
            events.append(Event(at: row.begunAt, name: "begun", detail: "by worker \(row.worker)\(turns)"))
        }
        if let at = row.recordedAt {
            events.append(Event(at: at, name: "concluded", detail: row.outcome?.rawValue ?? ""))
        }
        if let at = row.settledAt, row.replyState != .pending {
            let isConfirmed = row.replyState == .confirmed
            events.append(
                Event(
                    at: at, name: isConfirmed ? "reply_confirmed" : "reply_undeliverable",
                    detail: isConfirmed ? "" : "nobody took the reply: it can be asked for with 'outcome'"))
        }
        waitsFor = Self.wait(row, isAlive)
    }

    private static func wait(_ row: JobRow, _ isAlive: Bool) -> String? {
        switch row.state {
        case .begun where isAlive: "worker \(row.worker), which is carrying it out"
        case .begun: "another worker to see it through: worker \(row.worker), which began it, is gone"
        case .released: "its message, to be begun again"
        case .recorded: row.replyState == .pending ? "a note that its reply was taken" : nil
        }
    }
}
