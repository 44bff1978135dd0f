package import Basics
package import Foundation
package import Logging
package import Store
package import StorePostgres
package import StoreSQLite

/// The stores that the contract suite and others run over.
package enum StoreKind: String, CaseIterable, Sendable {
    case sqlite, postgres

    /// Over PostgreSQL only where `VERIFY_COURIER_TEST_POSTGRES_DIR` names the folder of a server that deploy/postgres.sh started.
    package static var allCases: [StoreKind] {
        let server = ProcessInfo.processInfo.environment["VERIFY_COURIER_TEST_POSTGRES_DIR"]
        return server == nil ? [.sqlite] : [.sqlite, .postgres]
    }
}

/// One store in a folder or schema of its own, on which any number of workers can be started and ended.
package final class StoreWorld: Sendable {
    package let kind: StoreKind
    package let time = TestClocks()
    package let folder: URL
    private let letters: LetterBounds
    /// Where it is, if it is of that kind.
    package let postgres: (server: PrivatePostgres, location: String)?

    package var configuration: SQLiteStoreConfiguration {
        var configuration = SQLiteStoreConfiguration(path: folder.path + "/store.db")
        configuration.letters = letters
        return configuration
    }

    /// - Parameter isThere: Without it there is a place for a store only.
    package init(
        _ kind: StoreKind = .sqlite, options: [String: String] = [:], letters: LetterBounds = LetterBounds(),
        isThere: Bool = true
    ) async throws {
        self.kind = kind
        self.letters = letters
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(RandomID.hex(bytes: 8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        switch kind {
        case .sqlite:
            postgres = nil
            if isThere { try await SQLiteStore.create(configuration, siteOptions: options) }
        case .postgres:
            postgres = try await PrivatePostgres.sharedSchema()
            if isThere { try await PostgresKeeping.create(try postgresConfiguration(), siteOptions: options) }
        }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
        if let postgres { postgres.server.drop(shared: postgres.location) }
    }

    /// As operators' commands have it, with its kind's own time.
    package func driver() throws -> any StoreDriver {
        switch kind {
        case .sqlite:
            if let driver = SQLiteDriver(configuration.path, keyFile: configuration.keyFile, letters: letters) {
                return driver
            }
        case .postgres:
            let location = postgres?.location ?? ""
            if let driver = PostgresDriver(location, keyFile: folder.path + "/store.key", letters: letters) {
                return driver
            }
        }
        throw PrivatePostgres.Failure(description: "the store is at no place")
    }

    /// Of a world of that kind.
    ///
    /// - Parameter clocks: whose time decides; the world's own ``time`` unless told otherwise.
    package func postgresConfiguration(clocks: Clocks? = nil) throws -> PostgresConfiguration {
        guard let location = postgres?.location,
            var configuration = PostgresConfiguration(location, keyFile: folder.path + "/store.key")
        else { throw PrivatePostgres.Failure(description: "the store is in no database") }
        configuration.letters = letters
        configuration.use(clocks ?? time.clocks)
        return configuration
    }

    /// - Parameter clocks: the world's own ``time`` unless told otherwise.
    package func worker(clocks: Clocks? = nil) async throws -> any LoginStore {
        try await worker(clocks: clocks, watch: StoreWatch(), logger: Logger(label: "test"))
    }

    /// - Parameters:
    ///   - watch: is told how every operation ends.
    ///   - logger: is told what is worth a line.
    package func worker(
        clocks: Clocks? = nil, watch: StoreWatch = StoreWatch(), logger: Logger
    ) async throws -> any WorkingStore {
        let clock = clocks ?? time.clocks
        return switch kind {
        case .sqlite: try await SQLiteStore.open(configuration, clocks: clock, watch: watch, logger: logger)
        case .postgres:
            try await PostgresStore.open(
                try postgresConfiguration(clocks: clocks), clocks: clock, watch: watch, logger: logger)
        }
    }

    /// What operators' commands read.
    package func look() async throws -> any StoreReader {
        switch kind {
        case .sqlite: try await StoreLook.open(configuration, clocks: time.clocks)
        case .postgres: try await PostgresLook.open(try postgresConfiguration())
        }
    }

    /// Ends a worker as a crash would: what it began can be taken over at once.
    package func end(_ worker: any LoginStore) async { await (worker as? any WorkingStore)?.close() }
}

/// What operators do to a store, whichever kind it is of.
extension StoreWorld {
    @discardableResult
    package func order(_ command: WorkerCommand) async throws -> WorkerCommandResult {
        switch kind {
        case .sqlite: try await StoreKeeping.order(command, configuration, clocks: time.clocks)
        case .postgres: try await PostgresKeeping.order(command, try postgresConfiguration())
        }
    }

    @discardableResult
    package func brake(_ command: BrakeCommand) async throws -> BrakeCommandResult {
        switch kind {
        case .sqlite: try await StoreKeeping.brake(command, configuration, clocks: time.clocks)
        case .postgres: try await PostgresKeeping.brake(command, try postgresConfiguration())
        }
    }

    package func note(_ readings: [QueueReading]) async throws {
        switch kind {
        case .sqlite: try await StoreKeeping.note(readings, configuration, clocks: time.clocks)
        case .postgres: try await PostgresKeeping.note(readings, try postgresConfiguration())
        }
    }
}
