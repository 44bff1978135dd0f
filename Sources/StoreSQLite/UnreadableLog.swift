import Basics
import Logging
import Store

/// Tells of each record that cannot be read once. Jobs meet the same one again and again, and nobody wants to read that.
final class UnreadableLog: Sendable {
    private struct Told {
        var records: Set<UnreadableRecord> = []
        var inOrder: [UnreadableRecord] = []
    }

    /// So many are remembered; the oldest are forgotten for newer ones, and told again when they are met.
    static let remembered = 1000

    private let told = Locked(Told())
    private let watch: StoreWatch
    private let logger: Logger

    init(watch: StoreWatch, logger: Logger) {
        self.watch = watch
        self.logger = logger
    }

    func note(_ records: [UnreadableRecord]) {
        for record in records where isNew(record) {
            watch.found(record)
            logger.error(
                "a record of the store cannot be read: jobs that need it are answered unavailable / record_unreadable",
                metadata: ["table": "\(record.table)", "key": "\(record.key)"])
        }
    }

    private func isNew(_ record: UnreadableRecord) -> Bool {
        told.withLock { told in
            guard told.records.insert(record).inserted else { return false }
            told.inOrder.append(record)
            if told.inOrder.count > Self.remembered { told.records.remove(told.inOrder.removeFirst()) }
            return true
        }
    }
}
