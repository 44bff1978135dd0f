import Basics
import Store
import Wire

/// How counters are locked that jobs of different people share: those of a client, a country, the site.
///
/// A limit on them must hold exactly, yet a lock that everybody waits for would make one queue of all sign-ins. So a job takes the
/// counter's lock shared, with everybody else, and counts: rows are only ever added, so nobody waits for anybody's row. It goes on
/// only if the limit is farther away than as many jobs as the server has connections at all: each of those that
/// counted beside it adds one row at the most, and whoever comes later sees what they have written. Nearer to the
/// limit it begins anew with the lock for itself alone, and what it counts is exact to the row. So people queue on a
/// counter for the last stretch before its limit, and nowhere else.
enum CounterLock: Sendable {
    case shared, exclusive

    var function: String {
        switch self {
        case .shared: "pg_advisory_xact_lock_shared"
        case .exclusive: "pg_advisory_xact_lock"
        }
    }
}

/// A shared counter is near its limit: begin anew with ``CounterLock/exclusive``.
struct NeedsExclusiveCounters: Error {}

/// What a transaction locks before it looks at anything.
///
/// The order is fixed, so that no two wait for each other: first jobs and people, by the value of their locks, then the number, then
/// shared counters, again by value. A lock is an advisory one of the transaction on the first 64 bits of a keyed hash: two
/// that share it by chance wait for each other, and nothing else comes of it. What has to be locked later all the same
/// (another job's intent that is taken over) may meet somebody who waits the other way round: the server then ends one of the
/// two, and it is done again.
struct LockPlan: Sendable {
    /// Of jobs, people, and what there is one of.
    var entities: [Int64] = []
    /// The number of a job: known, or told by the login's pending code or the person's phone.
    var number: NumberSource?
    /// Shared counters whose keys are known.
    var counters: [Int64] = []
    /// Shared counters by where their keys stand among the number's.
    var numberCounters: [Int] = []

    struct NumberSource: Sendable {
        var keys: [UInt8]?
        var isPendings: Bool
        var login: LoginKey
    }

    /// The hashes of the number, in SQL whose first five parameters are those of ``NumberSource``.
    private static let keys = """
        coalesce($1::bytea, CASE WHEN $2::bigint <> 0
            THEN (SELECT number_keys FROM pending WHERE person = $3 AND application = $4 AND login = $5)
            ELSE (SELECT phone_keys FROM person WHERE name = $3) END)
        """

    /// Sends what takes the locks; each sees what those before it have waited for.
    func take(_ transaction: PostgresTransaction) throws {
        let connection = transaction.connection
        let entities = Set(entities).sorted()
        if !entities.isEmpty {
            try connection.queue(
                "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key",
                [.list(entities.map { .integer($0) })])
            transaction.held.formUnion(entities)
        }
        guard let number else { return }
        let source: [PostgresValue] = [
            .blob(number.keys), .flag(number.isPendings), .text(number.login.user),
            .text(number.login.application.rawValue), .text(number.login.login),
        ]
        try connection.queue(
            "SELECT pg_advisory_xact_lock(lock_of(substr(\(Self.keys), 1, \(NumberKeys.length))))", source)
        guard !counters.isEmpty || !numberCounters.isEmpty else { return }
        try connection.queue(
            """
            SELECT \(transaction.counters.function)(key) FROM (
                SELECT key FROM (
                    SELECT unnest($6::bigint[]) AS key UNION ALL
                    SELECT lock_of(substr(number.keys, place::int, \(NumberKeys.length)))
                    FROM (SELECT \(Self.keys) AS keys) AS number, unnest($7::bigint[]) AS place) AS found
                WHERE key IS NOT NULL ORDER BY key) AS ordered
            """,
            source + [.list(counters.map { .integer($0) }), .list(numberCounters.map { .number($0) })])
    }
}

extension PostgresContext {
    private func lock(_ words: String) -> Int64 { Self.lock(of: sealing.lookup("lock \(words)")) }

    /// The lock of a hash, as the database's own function `lock_of` makes it.
    static func lock(of hash: [UInt8]) -> Int64 {
        Int64(bitPattern: hash.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    func lock(ofJob key: JobKey) -> Int64 { lock("job \(key.frontEnd)\u{0}\(key.messageID)") }
    func lock(ofPerson name: String) -> Int64 { lock("person \(name)") }
    /// Of what the store has one of.
    func lock(ofThe thing: SharedThing) -> Int64 { lock("the \(thing.rawValue)") }

    /// What is done by one at a time.
    enum SharedThing: String {
        case callBudget, readBudget, sweep, rollups, orders, schema, samples
    }
}

extension PostgresRows {
    /// Locks another job before it is looked at.
    func lock(theJob key: JobKey) throws {
        guard transaction.isWriting else { return }
        try lock([context.lock(ofJob: key)])
    }

    /// Locks people before what is theirs is looked at.
    func lock(people: some Sequence<String>) throws { try lock(people.map(context.lock(ofPerson:))) }

    private func lock(_ locks: [Int64]) throws {
        let missing = Set(locks).subtracting(transaction.held).sorted()
        guard !missing.isEmpty else { return }
        try transaction.connection.queue(
            "SELECT pg_advisory_xact_lock(key) FROM unnest($1::bigint[]) AS key",
            [.list(missing.map { .integer($0) })])
        transaction.held.formUnion(missing)
    }

    /// What a job's look goes by, and so what is locked for it.
    func plan(_ query: JobQuery) -> LockPlan {
        let login = LoginKey(query.login)
        var plan = LockPlan(entities: [context.lock(ofJob: query.key)])
        plan.entities += [query.login.user, query.wanted.otherUser ?? ""].filter { !$0.isEmpty }
            .map(context.lock(ofPerson:))
        plan.number = LockPlan.NumberSource(
            keys: query.login.user.isEmpty ? nil : query.place.map { NumberKeys($0, self).bytes },
            isPendings: query.isPendings, login: login)
        let counted = ChangeContext(
            key: query.key, login: query.login, place: query.place, now: Timestamp(milliseconds: 0))
        for (tally, limit) in query.wanted.tallies where limit > 0 && tally.isShared {
            if let part = NumberKeys.Part(tally) {
                plan.numberCounters.append(part.offset)
            } else if let hash = hash(of: tally, counted) {
                plan.counters.append(PostgresContext.lock(of: hash))
            }
        }
        return plan
    }
}

extension JobQuery {
    /// The number is the pending code's, as far as there is one.
    var isPendings: Bool { place == nil && kind?.lane == .check }
}
