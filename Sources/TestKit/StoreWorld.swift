public import Basics
public import Foundation
import Logging
public import Store
public import StoreSQLite

/// The stores that the contract suite and others run over.
public enum StoreKind: String, CaseIterable, Sendable {
    case sqlite
}

/// One store in a folder of its own, on which any number of workers can be started and ended.
public final class StoreWorld: Sendable {
    public let kind: StoreKind
    public let time = TestClocks()
    public let folder: URL
    private let letters: LetterBounds

    public var configuration: SQLiteStoreConfiguration {
        var configuration = SQLiteStoreConfiguration(path: folder.path + "/store.db")
        configuration.letters = letters
        return configuration
    }

    public init(
        _ kind: StoreKind = .sqlite, options: [String: String] = [:], letters: LetterBounds = LetterBounds()
    ) async throws {
        self.kind = kind
        self.letters = letters
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("store-\(RandomID.hex(bytes: 8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        switch kind {
        case .sqlite: try await SQLiteStore.create(configuration, siteOptions: options)
        }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// - Parameter clocks: the world's own ``time`` unless told otherwise.
    public func worker(clocks: Clocks? = nil) async throws -> any LoginStore {
        switch kind {
        case .sqlite:
            try await SQLiteStore.open(configuration, clocks: clocks ?? time.clocks, logger: Logger(label: "test"))
        }
    }

    /// Ends a worker as a crash would: what it began can be taken over at once.
    public func end(_ worker: any LoginStore) async { await (worker as? SQLiteStore)?.close() }
}
