import Basics
import Store

/// One transaction over many calls, on a session of its own: with the connection it is lost as a whole.
private final class PostgresCopySession: Sendable {
    let session: PostgresSession
    let context: PostgresContext
    private let isWriting: Bool
    private let connection = Locked<ObjectIdentifier?>(nil)

    init(_ location: PostgresLocation, _ context: PostgresContext, isWriting: Bool) {
        session = PostgresSession(location, for: .writing)
        (self.context, self.isWriting) = (context, isWriting)
    }

    /// From now on another connection will not do.
    func stay() async throws(StoreError) {
        let id = try await session.use { ObjectIdentifier($0) }
        connection.withLock { $0 = id }
    }

    func run<Value: Sendable>(_ body: @Sendable (PostgresRows) throws -> Value) async throws(StoreError) -> Value {
        let known = connection.withLock { $0 }
        let (context, isWriting) = (context, isWriting)
        return try await session.use { connection in
            guard ObjectIdentifier(connection) == known else {
                throw StoreError(.failed, "The connection to the database was lost, and the copy with it: begin again.")
            }
            let transaction = PostgresTransaction(
                connection, .shared, mostBeside: 0, isWriting: isWriting, context)
            let value = try body(PostgresRows(transaction: transaction, context: context))
            try connection.flush()
            return value
        }
    }
}

/// A store in a database that is copied: no worker enters it until it is closed.
final class PostgresCopySource: CopySource {
    let keyFile: String
    private let copy: PostgresCopySession

    private init(_ copy: PostgresCopySession, keyFile: String) { (self.copy, self.keyFile) = (copy, keyFile) }

    static func open(_ configuration: PostgresConfiguration) async throws(StoreError) -> PostgresCopySource {
        let location = try configuration.usable()
        let sealing = try KeyFile.read(configuration.keyFile)
        let context = PostgresContext(sealing: sealing, worker: -1, clocks: .system, time: configuration.time)
        let copy = PostgresCopySession(location, context, isWriting: false)
        do throws(StoreError) {
            try await prepare(copy, keyFile: configuration.keyFile)
        } catch {
            await copy.session.disconnect()
            throw error
        }
        return PostgresCopySource(copy, keyFile: configuration.keyFile)
    }

    private static func prepare(_ copy: PostgresCopySession, keyFile: String) async throws(StoreError) {
        let (session, context) = (copy.session, copy.context)
        try Schema.requireCompleted(
            await session.use { try Schema.check($0, context.sealing, keyFile: keyFile) })
        try await copy.stay()
        // Whoever enters, or has a command stand, takes it: the session holds it to its end.
        let isAlone = try await copy.run { rows in
            try rows.one("SELECT pg_try_advisory_lock($1::bigint)", [.integer(context.lock(ofThe: .samples))])?.flag(0)
        }
        guard isAlone == true else {
            throw StoreError(.busy, "Somebody is at work on the store just now: try again when nobody is.")
        }
        try await PostgresKeeping.requireNoWorker(session, context)
        _ = try await session.transact(context, PostgresStart()) { try $0.noteKilled() }
        let most = 500
        var count = most
        while count == most {
            count = try await session.transact(context, PostgresStart(.rollups)) {
                try $0.gatherRollups(limit: most)
            }.value
        }
        _ = try await copy.run { try $0.all("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY").count }
    }

    func rows(
        of table: CopiedTable, after place: [CopiedValue]?, limit: Int
    ) async throws(StoreError) -> [[CopiedValue]] {
        try await copy.run { try table.rows($0, after: place, limit: limit) }
    }

    func lastNumber(of table: CopiedTable) async throws(StoreError) -> Int64 {
        try await copy.run { rows in
            try rows.one(
                "SELECT coalesce(pg_sequence_last_value(pg_get_serial_sequence($1, 'id')::regclass), 0)",
                [.text(table.postgresName)])?.integer(0) ?? 0
        }
    }

    func fact(_ name: String) async throws(StoreError) -> Int64? {
        try await copy.run { try $0.one("SELECT number FROM meta WHERE name = $1", [.text(name)])?.integerIfAny(0) }
    }

    func close() async { await copy.session.disconnect() }
}

/// A database that gets a store in one transaction.
final class PostgresCopyTarget: CopyTarget {
    private let copy: PostgresCopySession
    /// The key file that was made here, and goes where the copy fails.
    private let madeKeyFile: String?

    private init(_ copy: PostgresCopySession, madeKeyFile: String?) {
        (self.copy, self.madeKeyFile) = (copy, madeKeyFile)
    }

    static func make(
        _ configuration: PostgresConfiguration, keyFile: String
    ) async throws(StoreError) -> PostgresCopyTarget {
        let location = try configuration.usable()
        let makesKeyFile = keyFile != configuration.keyFile
        // The server is asked before anything is made.
        let asking = PostgresSession(location, for: .writing)
        let isThere = try await asking.use { try Schema.isThere($0) }
        await asking.disconnect()
        guard !isThere else {
            throw StoreError(.exists, "There is a store in that database already; it is left alone.")
        }
        if makesKeyFile { try KeyFile.copy(keyFile, to: configuration.keyFile) }
        do throws(StoreError) {
            let sealing = try KeyFile.read(configuration.keyFile)
            let context = PostgresContext(sealing: sealing, worker: -1, clocks: .system, time: configuration.time)
            let copy = PostgresCopySession(location, context, isWriting: true)
            do throws(StoreError) {
                try await begin(copy)
            } catch {
                await copy.session.disconnect()
                throw error
            }
            return PostgresCopyTarget(copy, madeKeyFile: makesKeyFile ? configuration.keyFile : nil)
        } catch {
            if makesKeyFile { KeyFile.remove(configuration.keyFile) }
            throw error
        }
    }

    private static func begin(_ copy: PostgresCopySession) async throws(StoreError) {
        try await copy.stay()
        try await copy.run { rows in
            let connection = rows.transaction.connection
            try connection.queue("BEGIN")
            try connection.queue("CREATE TABLE schema_migration (name text COLLATE \"C\" PRIMARY KEY)")
            try connection.flush()
            for migration in Schema.migrations { try Schema.take(migration, connection) }
            try rows.run("INSERT INTO meta (name, bytes) VALUES ('key_check', $1)", [.bytes(rows.sealing.checkValue)])
        }
    }

    /// PostgreSQL has no place for that one character in a text.
    func storable(_ text: String) -> String { text.replacing("\0", with: "\u{FFFD}") }

    func add(_ rows: [[CopiedValue]], to table: CopiedTable) async throws(StoreError) {
        try await copy.run { target in for row in rows { try table.insert(row, target) } }
    }

    func rows(
        of table: CopiedTable, after place: [CopiedValue]?, limit: Int
    ) async throws(StoreError) -> [[CopiedValue]] {
        try await copy.run { try table.rows($0, after: place, limit: limit) }
    }

    func setLastNumber(_ number: Int64, of table: CopiedTable) async throws(StoreError) {
        guard number > 0 else { return }
        try await copy.run { rows in
            _ = try rows.one(
                "SELECT setval(pg_get_serial_sequence($1, 'id')::regclass, $2::bigint)",
                [.text(table.postgresName), .integer(number)])
        }
    }

    func setFact(_ name: String, _ number: Int64) async throws(StoreError) {
        try await copy.run { try $0.note(name, number) }
    }

    func finish() async throws(StoreError) {
        try await copy.run { rows in
            guard try rows.transaction.connection.fetch("COMMIT").command == "COMMIT" else {
                throw PostgresFailure(sqlState: "25P02")
            }
        }
        await copy.session.disconnect()
    }

    func abandon() async {
        // The server takes back what was not committed.
        await copy.session.disconnect()
        if let madeKeyFile { KeyFile.remove(madeKeyFile) }
    }
}

extension CopiedTable {
    /// `user` is a word of SQL's own.
    private static func postgresName(_ name: String) -> String {
        switch name {
        case "user": "person"
        case "former_user": "former_person"
        case _: name
        }
    }

    fileprivate var postgresName: String { Self.postgresName(name) }

    private func list(_ names: [String]) -> String {
        names.map { "\"\(Self.postgresName($0))\"" }.joined(separator: ", ")
    }

    fileprivate func rows(
        _ rows: PostgresRows, after place: [CopiedValue]?, limit: Int
    ) throws -> [[CopiedValue]] {
        let key = list(self.key)
        let behind = place.map { "WHERE (\(key)) > (\(PostgresColumns.marks($0.count)))" } ?? ""
        return try rows.all(
            "SELECT \(list(columns)) FROM \(list([name])) \(behind) ORDER BY \(key) LIMIT \(limit)",
            (place ?? []).map(\.postgres)
        ).map { row in try columns.indices.map { try row.copied($0) } }
    }

    fileprivate func insert(_ row: [CopiedValue], _ rows: PostgresRows) throws {
        let more = try more(row, rows)
        let names = columns + more.map(\.column)
        let marks =
            (0..<columns.count).map { "$\($0 + 1)" }
            + more.enumerated().map { index, extra in extra.sql ?? "$\(columns.count + index + 1)" }
        try rows.run(
            "INSERT INTO \(list([name])) (\(list(names))) VALUES (\(marks.joined(separator: ", ")))",
            row.map(\.postgres) + more.compactMap(\.value))
    }

    /// What a row has here besides, as a value or in SQL.
    private func more(
        _ row: [CopiedValue], _ rows: PostgresRows
    ) throws -> [(column: String, value: PostgresValue?, sql: String?)] {
        switch name {
        // Its worker is gone.
        case "job": [("lease_until", .integer(0), nil)]
        case "worker": [("incarnation", .text(""), nil), ("released_at", .integer(0), nil)]
        case "worker_report": [("heard", .integer(0), nil)]
        case "used_code":
            [
                (
                    "user", nil,
                    "coalesce((SELECT person FROM job WHERE front_end = $1 AND message_id = $2), '')"
                )
            ]
        case "user": [("phone_keys", numberKeys(row, "phone", .phone, rows), nil)]
        case "pending": [("number_keys", numberKeys(row, "place", .pendingPlace, rows), nil)]
        case _: []
        }
    }

    /// The hashes of a sealed number; of one that cannot be opened such as find nothing.
    private func numberKeys(
        _ row: [CopiedValue], _ column: String, _ sealed: PostgresSealedColumn, _ rows: PostgresRows
    ) -> PostgresValue {
        guard let index = columns.firstIndex(of: column), case .bytes(let bytes) = row[index] else { return .null }
        let key = self.key(of: row).map { if case .text(let text) = $0 { text } else { "" } }
        guard let plain = try? rows.sealing.open(bytes, at: sealed.place(key)), let place = try? rows.number(plain)
        else { return .bytes(Array(repeating: 0, count: NumberKeys.length * NumberKeys.Part.allCases.count)) }
        return .bytes(NumberKeys(place, rows).bytes)
    }
}

extension CopiedValue {
    fileprivate var postgres: PostgresValue {
        switch self {
        case .null: .null
        case .integer(let number): .integer(number)
        case .text(let text): .text(text)
        case .bytes(let bytes): .bytes(bytes)
        }
    }
}
