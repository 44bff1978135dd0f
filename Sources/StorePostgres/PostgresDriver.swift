package import Basics
package import Logging
package import Store

/// Stores in a PostgreSQL database that workers on many hosts share.
package struct PostgresDriver: StoreDriver {
    package static let scheme = "postgresql"
    package static let form = "postgresql://USER@HOST/DATABASE"

    package let configuration: PostgresConfiguration

    package init?(_ location: String, keyFile: String?, letters: LetterBounds) {
        guard var configuration = PostgresConfiguration(location, keyFile: keyFile) else { return nil }
        configuration.letters = letters
        self.configuration = configuration
    }

    package var name: String { configuration.location.name }
    package var keyFile: String { configuration.keyFile }
    package var problem: String? { configuration.location.problem }

    package func create(siteOptions: [String: String]) async throws(StoreError) {
        try await PostgresKeeping.create(configuration, siteOptions: siteOptions)
    }

    package func open(
        clocks: Clocks, watch: StoreWatch, logger: Logger
    ) async throws(StoreError) -> any WorkingStore {
        try await PostgresStore.open(configuration, clocks: clocks, watch: watch, logger: logger)
    }

    package func look() async throws(StoreError) -> any StoreReader { try await PostgresLook.open(configuration) }

    package func order(
        _ command: WorkerCommand, clocks: Clocks
    ) async throws(StoreError) -> WorkerCommandResult {
        try await PostgresKeeping.order(command, configuration)
    }

    package func brake(_ command: BrakeCommand, clocks: Clocks) async throws(StoreError) -> BrakeCommandResult {
        try await PostgresKeeping.brake(command, configuration)
    }

    package func note(_ readings: [QueueReading]) async throws(StoreError) {
        try await PostgresKeeping.note(readings, configuration)
    }

    package func inspect() async -> StoreCondition { await PostgresKeeping.inspect(configuration) }

    package func check() async throws(StoreError) -> StoreReport { try await PostgresKeeping.check(configuration) }

    /// PostgreSQL's own tools do that, at the server: this says which.
    package func backup(to path: String) async throws(StoreError) { throw PostgresKeeping.backupAdvice(configuration) }

    package func migrate() async throws(StoreError) -> [String] { try await PostgresKeeping.migrate(configuration) }

    package func rekey() async throws(StoreError) -> StoreRekeying { try await PostgresKeeping.rekey(configuration) }

    package func copy(to target: PostgresDriver) async throws(StoreError) {
        try await StoreCopying.copy(from: self, to: target)
    }

    package func copySource() async throws(StoreError) -> any CopySource {
        try await PostgresCopySource.open(configuration)
    }

    package func copyTarget(keyFile: String) async throws(StoreError) -> any CopyTarget {
        try await PostgresCopyTarget.make(configuration, keyFile: keyFile)
    }
}
