package import Basics
package import Logging

/// Tells of each record that cannot be read once.
///
/// Jobs meet the same one again and again, and nobody wants to read that; nor many thousands of them at once, where a
/// table is damaged: the others are told of when they are met later.
package final class UnreadableLog: Sendable {
    private struct Told {
        var records: Set<UnreadableRecord> = []
        var inOrder: [UnreadableRecord] = []
        var minute: MonotonicTime?
        var linesThen = 0
    }

    /// So many are remembered; the oldest are forgotten for newer ones, and told again when they are met.
    package static let remembered = 10_000
    package static let linesAMinute = 100

    private let told = Locked(Told())
    private let watch: StoreWatch
    private let clocks: Clocks
    private let logger: Logger

    package init(watch: StoreWatch, clocks: Clocks, logger: Logger) {
        self.watch = watch
        self.clocks = clocks
        self.logger = logger
    }

    package func note(_ records: [UnreadableRecord]) {
        for record in records where isToBeTold(record) {
            watch.found(record)
            logger.error(
                "a record of the store cannot be read: jobs that need it are answered unavailable / record_unreadable",
                metadata: ["table": "\(record.table)", "key": "\(record.key)"])
        }
    }

    private func isToBeTold(_ record: UnreadableRecord) -> Bool {
        let now = clocks.monotonic()
        return told.withLock { told in
            guard !told.records.contains(record) else { return false }
            if told.minute.map({ now - $0 >= .seconds(60) }) ?? true { (told.minute, told.linesThen) = (now, 0) }
            guard told.linesThen < Self.linesAMinute else { return false }
            told.linesThen += 1
            told.records.insert(record)
            told.inOrder.append(record)
            if told.inOrder.count > Self.remembered { told.records.remove(told.inOrder.removeFirst()) }
            return true
        }
    }
}
