import Basics
import PhoneNumbers
public import Store

/// What operators read from the store directly.
extension App {
    /// Entries of the audit trail, newest first.
    public func audit(_ query: AuditQuery) async throws -> [AuditEntry] {
        try await looking { store in try await store.audit(query) }
    }

    /// Recorded outcomes, newest first.
    public func outcomes(_ query: HistoryQuery) async throws -> [HistoryEntry] {
        try await looking { store in try await store.history(query) }
    }

    /// What became of the jobs with a message id, step by step.
    public func timelines(of messageID: String) async throws -> [JobTimeline] {
        try await looking { store in try await store.timelines(of: messageID) }
    }

    func looking<Value>(_ body: (any StoreReader) async throws -> Value) async throws -> Value {
        let store = try await settings.store().look()
        defer { store.close() }
        return try await body(store)
    }
}
