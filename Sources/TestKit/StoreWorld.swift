import Basics
public import Foundation
import Logging
public import Store
public import StoreSQLite

/// The stores that tests run over.
public enum StoreKind: String, CaseIterable, Sendable {
    case memory, sqlite
}

/// One store, on which any number of workers can be started and ended.
public final class StoreWorld: Sendable {
    public let kind: StoreKind
    public let time = TestClocks()
    public let folder: URL
    private let shared: InMemoryStore.Shared
    private let letters: LetterBounds

    public var configuration: SQLiteStoreConfiguration {
        var configuration = SQLiteStoreConfiguration(path: folder.path + "/store.db")
        configuration.letters = letters
        return configuration
    }

    public init(
        _ kind: StoreKind, options: [String: String] = [:], letters: LetterBounds = LetterBounds()
    ) async throws {
        self.kind = kind
        self.letters = letters
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(RandomID.hex(bytes: 8))")
        shared = InMemoryStore.Shared(siteOptions: options, letters: letters)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        if kind == .sqlite { try await SQLiteStore.create(configuration, siteOptions: options) }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    public func worker() async throws -> any LoginStore {
        switch kind {
        case .memory: InMemoryStore(sharing: shared, clocks: time.clocks)
        case .sqlite:
            try await SQLiteStore.open(configuration, clocks: time.clocks, logger: Logger(label: "test"))
        }
    }

    /// Ends a worker as a crash would: what it began can be taken over at once.
    public func end(_ worker: any LoginStore) async {
        (worker as? InMemoryStore)?.die()
        await (worker as? SQLiteStore)?.close()
    }
}
