import Basics
package import Store

extension PostgresKeeping {
    /// Reads a whole store while workers go on: schema, key, every sealed value, and rules between rows.
    ///
    /// Takes its time on a large one. Whether the server's files are sound is what `pg_amcheck` and the server's checksums tell.
    package static func check(_ configuration: PostgresConfiguration) async throws(StoreError) -> StoreReport {
        try await with(configuration, for: .looking) { session, context throws(StoreError) in
            var report = StoreReport()
            let missing = try await session.use { connection in
                try Schema.check(connection, context.sealing, keyFile: configuration.keyFile)
            }
            report.missingMigrations = missing.map(\.name)
            report.isBound = context.sealing.isBindingAll
            guard missing.isEmpty else { return report }
            for column in PostgresSealedColumn.all {
                var place: [String]?
                repeat {
                    let from = place
                    let rows = try await session.transact(context, .reading) { try $0.sealed(column, after: from) }
                        .value
                    for row in rows {
                        report.sealed += 1
                        let isReadable = (try? context.sealing.open(row.sealed, at: column.place(row.key))) != nil
                        if !isReadable {
                            report.unreadable["\(column.commonTable).\(column.column)", default: 0] += 1
                        }
                    }
                    place = rows.count == PostgresSealedColumn.step ? rows.last?.key : nil
                } while place != nil
            }
            for (rule, query) in rules {
                let count = try await session.transact(context, .reading) {
                    try $0.one("SELECT COUNT(*) FROM \(query)")?.number(0) ?? 0
                }.value
                if count > 0 { report.violations[rule] = count }
            }
            return report
        }
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
        ("a phone has the time of its registration", "person WHERE (phone IS NULL) <> (phone_registered_at IS NULL)"),
        ("a phone has the hashes of its number", "person WHERE (phone IS NULL) <> (phone_keys IS NULL)"),
        ("no more codes were wrong than were tried", "code WHERE checks_denied > checks_begun OR checks_denied < 0"),
        (
            "a letter that is being replayed has its turn, and no other has",
            "dead_letter WHERE (state = 'replaying') <> (due_at IS NOT NULL)"
        ),
    ]

    /// Seals every value of a store with a new key, bound to its place.
    ///
    /// Refused while a worker works on it: workers know the keys that they began with. Goes in steps, each whole by itself;
    /// called again after it was interrupted, it goes on with the key that it had made. Keys that nothing is sealed with are taken
    /// out at the end, but the oldest: look-up hashes come from it.
    package static func rekey(_ configuration: PostgresConfiguration) async throws(StoreError) -> StoreRekeying {
        try await with(configuration, for: .writing) { session, before throws(StoreError) in
            try Schema.requireCompleted(
                await session.use { try Schema.check($0, before.sealing, keyFile: configuration.keyFile) })
            try await requireNoWorker(session, before)
            let current = before.sealing.current
            let isUnfinished = try await session.transact(before, .reading) { try $0.hasOlder(than: current) }.value
            var context = before
            if !isUnfinished { context.sealing = try KeyFile.addKey(configuration.keyFile) }
            let key = context.sealing.current
            _ = try await session.transact(context, PostgresStart()) { try $0.note("key_current", Int64(key)) }
            var values = 0
            for column in PostgresSealedColumn.all {
                var place: [String]?
                repeat {
                    let from = place
                    let (count, last) = try await session.transact(context, PostgresStart()) {
                        try $0.reseal(column, after: from)
                    }.value
                    values += count
                    place = last
                } while place != nil
            }
            try KeyFile.removeUnused(configuration.keyFile)
            return StoreRekeying(key: key, values: values)
        }
    }

    static func requireNoWorker(_ session: PostgresSession, _ context: PostgresContext) async throws(StoreError) {
        let working = try await session.transact(context, .reading) { try $0.workers().filter(\.isAlive).map(\.id) }
            .value
        guard working.isEmpty else {
            let names = working.map(String.init).joined(separator: ", ")
            throw StoreError(.busy, "Workers are at work on the store (\(names)): stop them first.")
        }
    }
}

extension PostgresSealedColumn {
    static let step = 500
}

extension PostgresRows {
    /// Rows behind a place, in the order of their keys, with what is sealed in them.
    func sealed(
        _ column: PostgresSealedColumn, after place: [String]?
    ) throws -> [(key: [String], sealed: [UInt8])] {
        let isNumber = column.keys == ["id"]
        let keys = column.keys.joined(separator: ", ")
        let marks = column.keys.indices.map { "$\($0 + 1)\(isNumber ? "::bigint" : "")" }.joined(separator: ", ")
        let behind = place.map { _ in "AND (\(keys)) > (\(marks))" } ?? ""
        let values: [PostgresValue] = (place ?? []).map { text in
            isNumber ? .number(Int64(text)) : .text(text)
        }
        // A job without a reply yet has an empty one.
        let rows = try all(
            """
            SELECT \(keys), \(column.column) FROM \(column.table) WHERE length(\(column.column)) > 0 \(behind)
            ORDER BY \(keys) LIMIT \(PostgresSealedColumn.step)
            """, values)
        return try rows.map { row in
            let key = try column.keys.indices.map { isNumber ? String(try row.integer($0)) : try row.text($0) }
            return (key, try row.bytes(column.keys.count))
        }
    }

    func hasOlder(than key: UInt8) throws -> Bool {
        try PostgresSealedColumn.all.contains { column in
            try one(
                """
                SELECT 1 FROM \(column.table) WHERE length(\(column.column)) > 0 AND substr(\(column.column), 1, 1) <> $1
                AND \(column.column) <> $2 LIMIT 1
                """, [.bytes([key]), .bytes(PostgresSealedColumn.blank)]) != nil
        }
    }

    /// - Returns: how many were sealed anew, and the last one's key if there may be more.
    func reseal(_ column: PostgresSealedColumn, after place: [String]?) throws -> (Int, [String]?) {
        let rows = try sealed(column, after: place)
        var count = 0
        for row in rows where row.sealed.first != sealing.current && row.sealed != PostgresSealedColumn.blank {
            guard let plain = try? sealing.open(row.sealed, at: column.place(row.key)) else {
                throw StoreError(
                    unreadable: UnreadableRecord(table: column.commonTable, key: row.key.joined(separator: "/")))
            }
            let isNumber = column.keys == ["id"]
            let condition = column.keys.enumerated().map { "\($1) = $\($0 + 2)" }.joined(separator: " AND ")
            try run(
                "UPDATE \(column.table) SET \(column.column) = $1 WHERE \(condition)",
                [.bytes(try sealing.seal(plain, at: column.place(row.key)))]
                    + row.key.map { isNumber ? .number(Int64($0)) : .text($0) })
            count += 1
        }
        return (count, rows.count == PostgresSealedColumn.step ? rows.last?.key : nil)
    }
}
