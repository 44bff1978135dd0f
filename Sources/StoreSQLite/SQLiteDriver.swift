package import Basics
import Foundation
package import Logging
package import Store

/// Stores in one file that all processes of a machine can share.
package struct SQLiteDriver: StoreDriver {
    package static let scheme = "sqlite"
    package static let form = "sqlite:PATH"

    private let configuration: SQLiteStoreConfiguration

    package init?(_ location: String, keyFile: String?, letters: LetterBounds) {
        guard !location.isEmpty else { return nil }
        var configuration = SQLiteStoreConfiguration(path: location, keyFile: keyFile)
        configuration.letters = letters
        self.configuration = configuration
    }

    package var name: String { configuration.path }
    package var keyFile: String { configuration.keyFile }

    package func create(siteOptions: [String: String]) async throws(StoreError) {
        try await SQLiteStore.create(configuration, siteOptions: siteOptions)
    }

    package func open(
        clocks: Clocks, watch: StoreWatch, logger: Logger
    ) async throws(StoreError) -> any WorkingStore {
        try await SQLiteStore.open(configuration, clocks: clocks, watch: watch, logger: logger)
    }

    package func look() async throws(StoreError) -> any StoreReader { try await StoreLook.open(configuration) }

    package func check() async throws(StoreError) -> StoreReport { try await StoreKeeping.check(configuration) }

    package func backup(to path: String) async throws(StoreError) {
        try await StoreKeeping.backup(configuration, to: path)
    }

    package func migrate() async throws(StoreError) -> [String] { try await StoreKeeping.migrate(configuration) }

    package func rekey() async throws(StoreError) -> StoreRekeying { try await StoreKeeping.rekey(configuration) }

    package func copy(to target: SQLiteDriver) async throws(StoreError) {
        try await StoreKeeping.copy(configuration, to: target.configuration)
    }

    package func copySource() async throws(StoreError) -> any CopySource {
        try await SQLiteCopySource.open(configuration)
    }

    package func copyTarget(keyFile: String) async throws(StoreError) -> any CopyTarget {
        try await SQLiteCopyTarget.make(configuration, keyFile: keyFile)
    }

    package func order(
        _ command: WorkerCommand, clocks: Clocks
    ) async throws(StoreError) -> WorkerCommandResult {
        try await StoreKeeping.order(command, configuration, clocks: clocks)
    }

    package func brake(_ command: BrakeCommand, clocks: Clocks) async throws(StoreError) -> BrakeCommandResult {
        try await StoreKeeping.brake(command, configuration, clocks: clocks)
    }

    package func note(_ readings: [QueueReading]) async throws(StoreError) {
        try await StoreKeeping.note(readings, configuration)
    }

    package func inspect() async -> StoreCondition {
        var condition = StoreCondition()
        let path = configuration.path
        let folder = URL(filePath: path).deletingLastPathComponent().path
        do throws(StoreError) {
            let inspection = try await SQLiteStore.inspect(configuration)
            let isWritable = access(path, W_OK) == 0 && access(folder, W_OK) == 0
            condition.issues = inspection.issues(path: path, isWritable: isWritable)
            condition.waitingLetters = inspection.waitingLetters
            condition.longestWaits = inspection.longestWaits
        } catch {
            condition.error = error
        }
        condition.medium = DiskFacts(path: folder).map { ($0.description, $0.issues(folder: folder)) }
        return condition
    }
}
