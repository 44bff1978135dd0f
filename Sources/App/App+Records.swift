import Basics
import PhoneNumbers
public import Store
import TwilioVerify
import Wire

/// What operators read from the store directly.
extension App {
    /// Entries of the audit trail, newest first.
    public func audit(_ query: AuditQuery) async throws -> [AuditEntry] {
        try await looking { store in try await store.audit(query) }
    }

    /// Recorded outcomes, newest first, as far as one look goes.
    public func outcomes(_ query: HistoryQuery) async throws -> HistoryPage {
        try await looking { store in try await store.outcomes(query) }
    }

    /// What became of the jobs with a message id, step by step, with what else was done in the same sign-ins.
    public func course(of messageID: String) async throws -> JobCourse {
        try await looking { store in
            var query = HistoryQuery()
            query.messageID = messageID
            let outcomes = try await store.outcomes(query).entries
            var timelines = try await store.timelines(of: messageID)
            // Of a job whose record has gone the history still tells how it ended.
            for entry in outcomes where !timelines.contains(where: { $0.key == entry.key && $0.isOf(entry) }) {
                timelines.append(JobTimeline(entry))
            }
            var others: [HistoryEntry] = []
            for entry in outcomes { others += try await sameSignIn(as: entry, store) }
            let advised = timelines.map { $0.advised { Self.advice(onTwilioCode: $0) } }
            return JobCourse(timelines: advised, outcomes: outcomes, others: others)
        }
    }

    /// A sign-in takes minutes; front ends without names for theirs would otherwise show all that the person ever did.
    private static let signInLength: Duration = .seconds(1800)
    private static let mostOfSignIn = 20

    private func sameSignIn(as entry: HistoryEntry, _ store: any StoreReader) async throws -> [HistoryEntry] {
        guard !entry.kind.isAdministration, let login = entry.login else { return [] }
        var query = HistoryQuery()
        (query.user, query.login, query.application) = (entry.user, login, entry.application)
        (query.since, query.until) = (entry.begunAt - Self.signInLength, entry.at + Self.signInLength)
        query.limit = Self.mostOfSignIn
        return try await store.outcomes(query).entries.filter { $0 != entry }.reversed()
    }

    func looking<Value>(_ body: (any StoreReader) async throws -> Value) async throws -> Value {
        let store = try await settings.store().look()
        defer { store.close() }
        return try await body(store)
    }
}

/// All that the store tells of the jobs with one message id.
public struct JobCourse: Sendable {
    /// Step by step, one for each front end that used the id.
    public var timelines: [JobTimeline]
    /// As they are recorded.
    public var outcomes: [HistoryEntry]
    /// Other jobs of the same sign-ins, the oldest first.
    public var others: [HistoryEntry]
}

extension HistoryEntry {
    fileprivate var key: JobKey { JobKey(frontEnd: frontEnd, messageID: messageID) }

    /// What a help desk can tell whoever asks about it; `nil` for what nobody calls about.
    public var toTell: String? {
        guard !kind.isAdministration else { return nil }
        return Guidance.of(outcome, reason).text
    }
}

extension JobTimeline {
    /// Whether this is the very job, and not a later one of the same id.
    fileprivate func isOf(_ entry: HistoryEntry) -> Bool {
        events.contains { $0.name == "concluded" && $0.at == entry.at } || waitsFor != nil
    }
}
