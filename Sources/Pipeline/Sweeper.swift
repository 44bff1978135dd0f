import Basics
public import Logging
public import Store

/// Has the store forget what has ended.
///
/// Every worker asks for it now and then; the store lets one of them do it, and another when that one is gone.
public struct Sweeper: Sendable {
    private static let pause: Duration = .seconds(60)
    private static let step = 500

    private let store: any LoginStore
    private let retention: Retention
    private let logger: Logger

    /// Nothing is done before ``run()``.
    public init(store: any LoginStore, retention: Retention, logger: Logger) {
        self.store = store
        self.retention = retention
        self.logger = logger
    }

    /// Sweeps until the task is cancelled.
    public func run() async {
        while !Task.isCancelled {
            let gone = await sweep()
            if gone < Self.step { try? await Task.sleep(for: Self.pause) }
        }
    }

    private func sweep() async -> Int {
        do throws(StoreError) {
            return try await store.sweep(retention, limit: Self.step)
        } catch {
            logger.debug("nothing swept: the store cannot be used", metadata: ["error": "\(error)"])
            return 0
        }
    }
}
