import Basics
package import Store

extension PostgresKeeping {
    /// Has a command of an operator stand; each worker obeys at its next beat.
    ///
    /// Takes no step to a newer schema.
    package static func order(
        _ command: WorkerCommand, _ configuration: PostgresConfiguration
    ) async throws(StoreError) -> WorkerCommandResult {
        try await beside(configuration) { try $0.order(command) }
    }

    /// Has a command to the brakes stand; every job that begins after it obeys.
    ///
    /// Takes no step to a newer schema.
    package static func brake(
        _ command: BrakeCommand, _ configuration: PostgresConfiguration
    ) async throws(StoreError) -> BrakeCommandResult {
        try await beside(configuration) { try $0.brake(command) }
    }

    /// Keeps what the broker told of the queues, unless a worker does that; writes something in any case.
    package static func note(
        _ readings: [QueueReading], _ configuration: PostgresConfiguration
    ) async throws(StoreError) {
        try await beside(configuration) {
            try $0.add(readings)
            try $0.probe()
        }
    }

    /// One transaction beside the workers, of whoever is none.
    private static func beside<Value: Sendable>(
        _ configuration: PostgresConfiguration, _ body: @escaping @Sendable (PostgresRows) throws -> Value
    ) async throws(StoreError) -> Value {
        try await with(configuration, for: .writing) { session, context throws(StoreError) in
            try Schema.requireCompleted(
                await session.use { try Schema.check($0, context.sealing, keyFile: configuration.keyFile) })
            return try await session.transact(context, PostgresStart(.samples)) { try body($0) }.value
        }
    }

    /// What makes a copy of it, in words.
    static func backupAdvice(_ configuration: PostgresConfiguration) -> StoreError {
        StoreError(
            .failed,
            """
            A PostgreSQL store is backed up by the server's own tools, while workers go on: pg_dump --format=custom writes one \
            moment's state, and WAL archiving with pg_basebackup restores any moment. Keep \(configuration.keyFile) apart from it: \
            without that file nothing in a backup can be read.
            """)
    }

    /// What can be told of it without working on it.
    package static func inspect(_ configuration: PostgresConfiguration) async -> StoreCondition {
        var condition = StoreCondition()
        do throws(StoreError) {
            let found = try await with(configuration, for: .writing) { session, context throws(StoreError) in
                let missing = try await session.use {
                    try Schema.check($0, context.sealing, keyFile: configuration.keyFile)
                }
                var found = StoreCondition()
                if !missing.isEmpty {
                    found.issues.append(
                        .warning(
                            "the store is of an older version; the next worker brings it up to date: back it up first"))
                    return found
                }
                return try await session.transact(context, .reading) { try Self.look(at: $0) }.value
            }
            condition = found
        } catch {
            condition.error = error
        }
        return condition
    }

    @Sendable private static func look(at rows: PostgresRows) throws -> StoreCondition {
        var condition = StoreCondition()
        let row = try rows.one(
            """
            SELECT current_setting('fsync'), current_setting('full_page_writes'), current_setting('max_connections')::bigint,
                (SELECT COUNT(*) FROM pg_stat_activity WHERE backend_type = 'client backend'),
                current_setting('server_version'), pg_database_size(current_database()),
                coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false)
            """)
        guard let row else { return condition }
        if try row.text(0) == "off" {
            condition.issues.append(.failure("the server has fsync = off: a power cut loses what was answered"))
        }
        if try row.text(1) == "off" {
            condition.issues.append(.failure("the server has full_page_writes = off: a power cut can damage the store"))
        }
        let (most, used) = (try row.number(2), try row.number(3))
        if used * 10 >= most * 9 {
            condition.issues.append(
                .warning("\(used) of the server's \(most) connections are taken: raise max_connections"))
        }
        condition.waitingLetters = try rows.waitingLetters().reduce(0) { $0 + $1.count }
        condition.longestWaits = try rows.longestWaits()
        let tls = try row.flag(6) ? "over TLS" : "on this machine"
        condition.medium = (
            "PostgreSQL \(try row.text(4)), \(tls), \(try row.integer(5) >> 20) MiB, \(used) of \(most) connections", []
        )
        return condition
    }
}

extension PostgresRows {
    /// Of the latest jobs that are recorded, administrators' apart: nobody waits for those at a page.
    func longestWaits() throws -> [String: Duration] {
        let rows = try all(
            """
            SELECT front_end, MAX(deadline - begun_at) FROM
                (SELECT front_end, deadline, begun_at, kind FROM job WHERE recorded_at IS NOT NULL
                 ORDER BY recorded_at DESC LIMIT 1000) AS latest
            WHERE kind NOT LIKE 'admin.%' GROUP BY front_end
            """)
        return Dictionary(
            try rows.map { (try $0.text(0), Duration.milliseconds(try $0.integer(1))) },
            uniquingKeysWith: { first, _ in first })
    }
}
