package import Basics
package import Foundation
import Logging
package import Store
package import StoreSQLite

/// The stores that the contract suite and others run over.
package enum StoreKind: String, CaseIterable, Sendable {
    case sqlite
}

/// One store in a folder of its own, on which any number of workers can be started and ended.
package final class StoreWorld: Sendable {
    package let kind: StoreKind
    package let time = TestClocks()
    package let folder: URL
    private let letters: LetterBounds

    package var configuration: SQLiteStoreConfiguration {
        var configuration = SQLiteStoreConfiguration(path: folder.path + "/store.db")
        configuration.letters = letters
        return configuration
    }

    package init(
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
    package func worker(clocks: Clocks? = nil) async throws -> any LoginStore {
        switch kind {
        case .sqlite:
            try await SQLiteStore.open(configuration, clocks: clocks ?? time.clocks, logger: Logger(label: "test"))
        }
    }

    /// What operators' commands read.
    package func look() async throws -> any StoreReader {
        switch kind {
        case .sqlite: try await StoreLook.open(configuration, clocks: time.clocks)
        }
    }

    /// Ends a worker as a crash would: what it began can be taken over at once.
    package func end(_ worker: any LoginStore) async { await (worker as? any WorkingStore)?.close() }
}
