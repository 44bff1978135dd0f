import GRDB
package import Store

/// What can be told of a store without working on it.
package struct StoreInspection: Sendable, Equatable {
    /// `wal` in a store that this program made.
    package var journalMode: String
    /// SQLite's number on a worker's connection: 2 is `FULL`.
    ///
    /// Not known while the store is locked.
    package var synchronous: Int
    /// What `quick_check` found, some lines of it; empty when it is sound.
    package var damage: [String]
    /// Made by an older version: the next worker brings it up to date.
    package var needsMigration: Bool
    /// Who keeps everybody from writing, in words; `nil` while nobody does for long.
    package var lockedBy: String?
    /// Dead letters that wait for an operator.
    package var waitingLetters: Int
    /// How long people wait at most, by front end, as the deadlines of the latest jobs say.
    package var longestWaits: [String: Duration]
    /// Bytes of the write-ahead log; some MiB in a store that is well.
    package var logBytes: Int64

    package init(
        journalMode: String, synchronous: Int, damage: [String] = [], needsMigration: Bool = false,
        lockedBy: String? = nil, waitingLetters: Int = 0, longestWaits: [String: Duration] = [:], logBytes: Int64 = 0
    ) {
        self.journalMode = journalMode
        self.synchronous = synchronous
        self.damage = damage
        self.needsMigration = needsMigration
        self.lockedBy = lockedBy
        self.waitingLetters = waitingLetters
        self.longestWaits = longestWaits
        self.logBytes = logBytes
    }

    /// What is wrong with the store, in words that say what to do.
    package func issues(path: String, isWritable: Bool) -> [StoreCondition.Issue] {
        var issues: [StoreCondition.Issue] = []
        if !damage.isEmpty {
            issues.append(.failure("\(path) is damaged: restore it from a backup (\(damage.count) findings)"))
        }
        if journalMode != "wal" {
            issues.append(.failure("\(path) has journal mode '\(journalMode)', not WAL: it was made by hand"))
        } else if lockedBy == nil, synchronous != 2 {
            issues.append(
                .failure("a worker's connection is not synchronous = FULL: a power cut could undo what was answered"))
        }
        if let holder = lockedBy {
            issues.append(
                .failure(
                    "\(path) is locked by \(holder), and no worker can write: let that program end its transaction"))
        }
        if !isWritable { issues.append(.failure("\(path) or its folder cannot be written by this user")) }
        if logBytes > 64 << 20 {
            let size = "\(logBytes >> 20) MiB"
            issues.append(
                .warning(
                    "\(path)-wal has \(size): a program has read the store for long and still does; end that program")
            )
        }
        if needsMigration {
            issues.append(
                .warning("\(path) is of an older version; the next worker brings it up to date: back it up first"))
        }
        return issues
    }
}

extension SQLiteStore {
    /// Looks at a store as a worker would find it; makes nothing and enters no worker.
    ///
    /// Takes its time on a large one.
    ///
    /// - Throws: what ``open(_:clocks:logger:)`` would throw.
    package static func inspect(_ configuration: SQLiteStoreConfiguration) async throws(StoreError) -> StoreInspection {
        try await SQLiteFile.blocking { try SQLiteFile.inspect(configuration) }
    }
}

extension SQLiteFile {
    fileprivate static func inspect(_ configuration: SQLiteStoreConfiguration) throws -> StoreInspection {
        let sealing = try sealing(of: configuration)
        var inspection = try look(configuration, sealing)
        // Opening it as a worker does would turn another journal into a WAL.
        if inspection.journalMode == "wal" {
            inspection.lockedBy = try WriteLock.holder(configuration.path)
            // A worker's connection cannot be made then, and waits.
            guard inspection.lockedBy == nil else { return inspection }
            let pool = try openPool(configuration.path)
            inspection.synchronous =
                try pool.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") } ?? 0
            try pool.close()
        }
        return inspection
    }

    /// Of the latest jobs that are recorded, administrators' apart: nobody waits for those at a page.
    private static func longestWaits(_ db: Database) throws -> [String: Duration] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT front_end, MAX(deadline - begun_at) FROM
                    (SELECT front_end, deadline, begun_at, kind FROM job WHERE recorded_at IS NOT NULL
                     ORDER BY recorded_at DESC LIMIT 1000)
                WHERE kind NOT LIKE 'admin.%' GROUP BY front_end
                """)
        return Dictionary(
            rows.map { ($0[0] as String, Duration.milliseconds($0[1] as Int64)) },
            uniquingKeysWith: { first, _ in first })
    }

    private static func look(
        _ configuration: SQLiteStoreConfiguration, _ sealing: Sealing
    ) throws -> StoreInspection {
        let path = configuration.path
        var reading = Configuration()
        reading.readonly = true
        reading.busyMode = .timeout(5)
        let queue = try DatabaseQueue(path: path, configuration: reading)
        defer { try? queue.close() }
        return try queue.inDatabase { db in
            try Schema.check(db, sealing, configuration)
            let lines = try String.fetchAll(db, sql: "PRAGMA quick_check(5)")
            // An older store may have no such table yet.
            let waiting = try? Int.fetchOne(db, sql: "SELECT count(*) FROM dead_letter WHERE state = 'waiting'")
            return StoreInspection(
                journalMode: try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? "", synchronous: 0,
                damage: lines == ["ok"] ? [] : lines, needsMigration: try !Schema.migrator.hasCompletedMigrations(db),
                waitingLetters: waiting ?? 0, longestWaits: (try? longestWaits(db)) ?? [:],
                logBytes: OpenFile.size(of: path + "-wal") ?? 0)
        }
    }
}
