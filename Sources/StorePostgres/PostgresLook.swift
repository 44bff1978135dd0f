package import Basics
package import Store

/// A store that is only looked at, at any server that has it: a standby is as good.
///
/// Nothing is made, brought up to date or entered.
package final class PostgresLook: StoreReader {
    private let session: PostgresSession
    private let context: PostgresContext

    private init(_ session: PostgresSession, _ context: PostgresContext) {
        self.session = session
        self.context = context
    }

    /// - Throws: ``StoreError``, `.wrongSchema` for a store of another version, older or newer.
    package static func open(_ configuration: PostgresConfiguration) async throws(StoreError) -> PostgresLook {
        let location = try configuration.usable()
        let sealing = try KeyFile.read(configuration.keyFile)
        let session = PostgresSession(location, for: .looking)
        try await session.use { connection in
            try Schema.requireCompleted(Schema.check(connection, sealing, keyFile: configuration.keyFile))
        }
        return PostgresLook(
            session, PostgresContext(sealing: sealing, worker: -1, clocks: .system, time: configuration.time))
    }

    /// Lets go of the connection, behind what is under way.
    package func close() { Task { [session] in await session.disconnect() } }

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
    package func orders() async throws(StoreError) -> WorkerOrders { try await read { WorkerOrders(try $0.orders()) } }

    /// What operators have stopped.
    package func brakes() async throws(StoreError) -> Brakes { try await read { try $0.brakes() } }

    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (PostgresRows) throws -> Value
    ) async throws(StoreError) -> Value {
        try await session.transact(context, .reading) { try body($0) }.value
    }
}
