import Basics
import Store

/// The tables, as migrations that are never changed once released.
///
/// They are those of the SQLite store, but that `user`, a word of SQL's own, is `person` here. Numbers are `bigint`, flags too; times
/// are milliseconds, and those of leases nanoseconds, of the database's clock. Texts are compared byte by byte, so that order and
/// equality are those of every other store.
enum Schema {
    struct Migration: Sendable {
        let name: String
        let statements: [String]
    }

    static let migrations = [Migration(name: "0001", statements: first)]

    /// Those that are missing, by what is there.
    ///
    /// - Throws: `.wrongSchema` for a store of a newer version.
    static func missing(besides done: [String]) throws(StoreError) -> [Migration] {
        let known = Set(migrations.map(\.name))
        guard done.allSatisfy(known.contains) else {
            throw StoreError(.wrongSchema, "The store was made by a newer version of this program; use that one.")
        }
        return migrations.filter { !done.contains($0.name) }
    }

    /// Whether the database holds anything of a store.
    static func isThere(_ connection: PostgresConnection) throws -> Bool {
        try connection.fetch("SELECT to_regclass('schema_migration') IS NOT NULL").first?.flag(0) ?? false
    }

    static func done(_ connection: PostgresConnection) throws -> [String] {
        try connection.fetch("SELECT name FROM schema_migration ORDER BY name").rows.map { try $0.text(0) }
    }

    /// Takes a step, inside the caller's transaction.
    static func take(_ migration: Migration, _ connection: PostgresConnection) throws {
        for statement in migration.statements { try connection.queue(statement) }
        try connection.queue("INSERT INTO schema_migration (name) VALUES ($1)", [.text(migration.name)])
        try connection.flush()
    }

    /// Refuses a database without a store, of a newer version, or of another key.
    ///
    /// - Returns: the names of the steps that are missing.
    @discardableResult
    static func check(
        _ connection: PostgresConnection, _ sealing: Sealing, keyFile: String
    ) throws -> [Migration] {
        guard try isThere(connection) else {
            throw StoreError(.missing, "There is no store in that database (store.url); `store init` makes one.")
        }
        let missing = try missing(besides: done(connection))
        let check = try connection.fetch("SELECT bytes FROM meta WHERE name = 'key_check'").first?.bytesIfAny(0)
        guard check == sealing.checkValue else {
            throw StoreError(
                .wrongKey,
                "The key file \(keyFile) belongs to another store; put back this store's own (store.key_file).")
        }
        let current = try connection.fetch("SELECT number FROM meta WHERE name = 'key_current'").first?.integerIfAny(0)
        guard current.map({ sealing.holds(UInt8(truncatingIfNeeded: $0)) }) ?? true else {
            throw StoreError(
                .wrongKey,
                """
                The key file \(keyFile) does not hold the key of the store's latest 'store rekey'; put back the key \
                file of that time (store.key_file).
                """)
        }
        return missing
    }

    /// Refuses a store of an older version, for whoever brings none up to date.
    static func requireCompleted(_ missing: [Migration]) throws(StoreError) {
        guard missing.isEmpty else {
            throw StoreError(
                .wrongSchema,
                """
                The store is of an older version than this program, which brings none up to date here: use the workers' \
                program, or bring the store up to date with `store migrate`.
                """)
        }
    }

    /// The kinds of jobs whose replies name anybody, as they stand in SQL; the index goes by them.
    static let listing = "'admin.user.list', 'admin.dead.show'"
}
