package import Basics
import GRDB
package import Store

/// A store that is only looked at: nothing is made, brought up to date or entered for it, whoever works there.
package final class StoreLook: StoreReader {
    private let queue: DatabaseQueue
    private let sealing: Sealing
    private let liveness: Liveness
    private let clocks: Clocks

    private init(_ queue: DatabaseQueue, sealing: Sealing, liveness: Liveness, clocks: Clocks) {
        self.queue = queue
        self.sealing = sealing
        self.liveness = liveness
        self.clocks = clocks
    }

    /// - Throws: ``StoreError``, `.wrongSchema` for a store of another version, older or newer.
    package static func open(
        _ configuration: SQLiteStoreConfiguration, clocks: Clocks = .system
    ) async throws(StoreError) -> StoreLook {
        try await SQLiteFile.blocking {
            let sealing = try SQLiteFile.sealing(of: configuration)
            var reading = Configuration()
            reading.readonly = true
            reading.busyMode = .timeout(Double(SQLiteFile.busyTimeout) / 1000)
            let queue = try DatabaseQueue(path: configuration.path, configuration: reading)
            try queue.read { db in
                try Schema.check(db, sealing, configuration)
                try Schema.requireCompleted(db)
            }
            let live = Liveness(watching: configuration.path + ".live")
            return StoreLook(queue, sealing: sealing, liveness: live, clocks: clocks)
        }
    }

    /// Lets go of the file.
    package func close() { try? queue.close() }

    /// Entries of the audit trail, newest first.
    package func audit(_ query: AuditQuery) async throws(StoreError) -> [AuditEntry] {
        try await read { try $0.auditRows(query).map(\.entry) }
    }

    /// Recorded outcomes, newest first.
    package func outcomes(_ query: HistoryQuery) async throws(StoreError) -> HistoryPage {
        try await read { try $0.outcomes(query) }
    }

    /// What became of the jobs with this message id, of whichever front end; for as long as jobs are recorded.
    package func timelines(of messageID: String) async throws(StoreError) -> [JobTimeline] {
        try await read { try $0.timelines(of: messageID) }
    }

    /// What was counted.
    package func rollups(_ query: RollupQuery) async throws(StoreError) -> RollupPage {
        try await read { try $0.rollups(query) }
    }

    /// All workers of the store, those that ended too.
    package func workers() async throws(StoreError) -> [WorkerRecord] { try await read { try $0.workers() } }

    /// How the queues stood lately, the oldest first.
    package func snapshots(limit: Int) async throws(StoreError) -> [QueueSnapshot] {
        try await read { try $0.snapshots(limit: limit) }
    }

    /// How the queues stood hour by hour.
    package func queueHours(since: Timestamp, until: Timestamp) async throws(StoreError) -> [QueueHour] {
        try await read { try $0.queueHours(since: since, until: until) }
    }

    /// Dead letters by what they have in common.
    package func letterGroups(limit: Int) async throws(StoreError) -> [LetterGroup] {
        try await read { try $0.letterGroups(limit: limit) }
    }

    /// What the broker tells of the queues now, with what the workers say of them.
    package func snapshot(_ readings: [QueueReading]) async throws(StoreError) -> QueueSnapshot {
        try await read { try $0.snapshot(readings) }
    }

    /// How many dead letters came since then and wait for an operator.
    package func newLetters(since: Timestamp) async throws(StoreError) -> Int {
        try await read { try $0.newLetters(since: since) }
    }

    /// What operators want of workers.
    package func orders() async throws(StoreError) -> WorkerOrders {
        try await read { WorkerOrders(try $0.orders()) }
    }

    /// What operators have stopped.
    package func brakes() async throws(StoreError) -> Brakes { try await read { try $0.brakes() } }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (SQLiteRows) throws -> Value
    ) async throws(StoreError) -> Value {
        do {
            return try await queue.read { [sealing, liveness, clocks] db in
                try body(SQLiteRows.looking(db, clocks, sealing, liveness))
            }
        } catch {
            throw StoreError(sqlite: error)
        }
    }
}
