import Basics
package import Store

extension PostgresSession {
    /// Takes the steps to this version's schema; whoever comes at the same time waits.
    ///
    /// - Returns: the names of those that were missing.
    func migrate(_ context: PostgresContext) throws(StoreError) -> [String] {
        try transact(context, PostgresStart(.schema)) { rows in
            let connection = rows.transaction.connection
            let missing = try Schema.missing(besides: Schema.done(connection))
            for migration in missing { try Schema.take(migration, connection) }
            return missing.map(\.name)
        }.value
    }
}

/// What operators do to a store beside the workers.
package enum PostgresKeeping {
    /// Makes the key file and the store's tables in a database that is there; throws `.exists` if either is there.
    package static func create(
        _ configuration: PostgresConfiguration, siteOptions: [String: String]
    ) async throws(StoreError) {
        let session = PostgresSession(try configuration.usable(), for: .writing)
        // Before the key file is made: a server that cannot be reached leaves nothing behind.
        let isThere = try await session.use { try Schema.isThere($0) }
        guard !isThere else {
            throw StoreError(.exists, "There is a store in that database already; it is left alone.")
        }
        let sealing = try KeyFile.create(configuration.keyFile)
        do throws(StoreError) {
            let context = PostgresContext(
                sealing: sealing, worker: -1, clocks: .system, time: configuration.time)
            _ = try await session.transact(context, PostgresStart(.schema)) { rows in
                let connection = rows.transaction.connection
                guard try !Schema.isThere(connection) else {
                    throw StoreError(.exists, "There is a store in that database already; it is left alone.")
                }
                try connection.queue("CREATE TABLE schema_migration (name text COLLATE \"C\" PRIMARY KEY)")
                try connection.flush()
                for migration in Schema.migrations { try Schema.take(migration, connection) }
                try rows.run("INSERT INTO meta (name, bytes) VALUES ('key_check', $1)", [.bytes(sealing.checkValue)])
                for (name, value) in siteOptions {
                    try rows.run("INSERT INTO site_option (name, value) VALUES ($1, $2)", [.text(name), .text(value)])
                }
            }
        } catch {
            // Only what this call made is removed: it was made exclusively.
            KeyFile.remove(configuration.keyFile)
            throw error
        }
        await session.disconnect()
    }

    /// Takes the steps to this version's schema.
    ///
    /// - Returns: the names of those that were missing.
    package static func migrate(_ configuration: PostgresConfiguration) async throws(StoreError) -> [String] {
        try await with(configuration, for: .writing) { session, context throws(StoreError) in
            _ = try await session.use { try Schema.check($0, context.sealing, keyFile: configuration.keyFile) }
            return try await session.migrate(context)
        }
    }

    /// A session of its own for one purpose.
    static func with<Value: Sendable>(
        _ configuration: PostgresConfiguration, for use: PostgresLocation.Use,
        _ body: (PostgresSession, PostgresContext) async throws(StoreError) -> Value
    ) async throws(StoreError) -> Value {
        let location = try configuration.usable()
        let sealing = try KeyFile.read(configuration.keyFile)
        let context = PostgresContext(
            sealing: sealing, worker: -1, clocks: .system, time: configuration.time, letters: configuration.letters)
        let session = PostgresSession(location, for: use)
        let result = await Result.of { () async throws(StoreError) in try await body(session, context) }
        await session.disconnect()
        return try result.get()
    }
}

extension Result where Failure == StoreError {
    fileprivate static func of(_ body: () async throws(StoreError) -> Success) async -> Self {
        do throws(StoreError) { return .success(try await body()) } catch { return .failure(error) }
    }
}
