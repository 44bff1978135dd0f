import Basics
import PhoneNumbers
public import Store
import StoreSQLite

/// What operators read from the store directly.
extension App {
    /// Entries of the audit trail, newest first.
    public func audit(_ query: AuditQuery) async throws -> [AuditEntry] {
        try await withStore { store in try await store.audit(query) }
    }

    /// Recorded outcomes, newest first.
    public func outcomes(_ query: HistoryQuery) async throws -> [HistoryEntry] {
        try await withStore { store in try await store.history(query) }
    }

    /// What became of the jobs with a message id, step by step.
    public func timelines(of messageID: String) async throws -> [JobTimeline] {
        try await withStore { store in try await store.timelines(of: messageID) }
    }

    private func withStore<Value>(_ body: (SQLiteStore) async throws -> Value) async throws -> Value {
        let store = try await SQLiteStore.open(settings.store(), logger: logger)
        do {
            let value = try await body(store)
            await store.close()
            return value
        } catch {
            await store.close()
            throw error
        }
    }
}
