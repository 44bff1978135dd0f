import GRDB
package import Store

extension StoreKeeping {
    /// Reads a whole store while workers go on: file, schema, key, every sealed value, and rules between rows.
    ///
    /// Takes its time on a large one.
    ///
    /// - Throws: what opening it would throw.
    package static func check(_ configuration: SQLiteStoreConfiguration) async throws(StoreError) -> StoreReport {
        let told = StoreProgress.told
        return try await SQLiteFile.blocking {
            let sealing = try SQLiteFile.sealing(of: configuration)
            var reading = Configuration()
            reading.readonly = true
            reading.busyMode = .timeout(5)
            let queue = try DatabaseQueue(path: configuration.path, configuration: reading)
            defer { try? queue.close() }
            return try queue.read { db in
                try Schema.check(db, sealing, configuration)
                return try report(db, sealing, told)
            }
        }
    }

    private static func report(
        _ db: Database, _ sealing: Sealing, _ told: StoreProgress.Told?
    ) throws -> StoreReport {
        var report = StoreReport()
        let steps = 2 + SealedColumn.all.count + rules.count
        var step = 0
        /// The file's own look at all its pages is one step, and the longest.
        func next() {
            told?(StoreProgress("looks at the store", step, of: steps))
            step += 1
        }
        next()
        let lines = try String.fetchAll(db, sql: "PRAGMA integrity_check(20)")
        if lines != ["ok"] { report.damage = lines }
        let done = try Schema.migrator.completedMigrations(db)
        report.missingMigrations = Schema.migrator.migrations.filter { !done.contains($0) }
        report.isBound = sealing.isBindingAll
        for column in SealedColumn.all {
            next()
            try open(column, db, sealing, &report)
        }
        for (rule, query) in rules {
            next()
            let count = try Int.fetchOne(db, sql: "SELECT COUNT(*) FROM \(query)") ?? 0
            if count > 0 { report.violations[rule] = count }
        }
        return report
    }

    private static func open(
        _ column: SealedColumn, _ db: Database, _ sealing: Sealing, _ report: inout StoreReport
    ) throws {
        var place: [DatabaseValue]?
        repeat {
            let rows = try column.rows(db, after: place, limit: 500)
            for row in rows {
                report.sealed += 1
                if (try? column.open(row.sealed, of: row.key, sealing)) == nil {
                    report.unreadable["\(column.table).\(column.column)", default: 0] += 1
                }
            }
            place = rows.count == 500 ? rows.last?.key : nil
        } while place != nil
    }

    /// What holds between the fields of a row and between rows, whatever the workers do.
    private static let rules = [
        (
            "a recorded job has an outcome and a time",
            "job WHERE state = 1 AND (outcome IS NULL OR recorded_at IS NULL)"
        ),
        ("a job that is not recorded has no outcome", "job WHERE state <> 1 AND outcome IS NOT NULL"),
        (
            "a begun job knows its call, and a holder",
            "job WHERE state = 0 AND (call IS NULL OR worker = 0 OR fence = 0)"
        ),
        ("a job that is over keeps no call", "job WHERE state <> 0 AND call IS NOT NULL"),
        ("a phone has the time of its registration", "user WHERE (phone IS NULL) <> (phone_registered_at IS NULL)"),
        ("no more codes were wrong than were tried", "code WHERE checks_denied > checks_begun OR checks_denied < 0"),
        (
            "a letter that is being replayed has its turn, and no other has",
            "dead_letter WHERE (state = 'replaying') <> (due_at IS NOT NULL)"
        ),
    ]
}
