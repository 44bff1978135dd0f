import Basics
import GRDB
import Store
import StoreSQLite
import TestKit
import Testing
import Wire

extension LoginStore {
    /// Writes changes in the transaction of a job that is answered at once.
    func write(_ changes: [Change], as job: NewJob = Sample.job(RandomID.uuid(), number: nil)) async throws {
        _ = try await begin(job) { _ in .answer(Sample.answer(.done, changes)) }
    }

    /// What a job would be decided on.
    func look(_ job: NewJob, _ want: (inout Wanted) -> Void = { _ in }) async throws -> Situation {
        var job = job
        want(&job.wanted)
        let seen = Locked<Situation?>(nil)
        _ = try await begin(job) { situation in
            seen.withLock { $0 = situation }
            return .answer(Sample.answer(.done))
        }
        return try #require(seen.withLock { $0 })
    }

    /// What is known of a person.
    func look(at user: String, _ want: (inout Wanted) -> Void = { _ in }) async throws -> Situation {
        var wanted = Wanted()
        want(&wanted)
        return try await situation(of: Job.Login(user: user), wanted: wanted)
    }

    /// All dead letters, with their bodies.
    func allLetters() async throws -> [DeadLetterRow] {
        try await letters(LetterQuery(DeadSelection(), limit: 10_000, withBodies: true)).letters
    }

    func user(_ name: String) async throws -> UserRecord? { try await look(at: name).user }
}

extension Sample {
    static let now = Timestamp(seconds: 1_800_000_000)

    static func login(
        _ user: String, _ login: String = "", application: Application = .web
    ) -> LoginKey {
        LoginKey(user: user, application: application, login: login)
    }

    static func user(_ name: String = "ada", _ change: (inout UserRecord) -> Void = { _ in }) -> UserRecord {
        var user = UserRecord(name: name)
        user.isKnown = true
        change(&user)
        return user
    }

    static func phone(_ text: String = text) throws -> Phone {
        Phone(place: try place(text), registeredAt: now - .seconds(60))
    }

    static func code(_ sid: String = "VE1", _ text: String = text) throws -> LiveCode {
        LiveCode(number: try number(text), sid: sid, channel: .sms, expiresAt: now + .seconds(600), attempts: ["VL1"])
    }

    static func tie(
        _ login: LoginKey, sid: String = "VE1", _ text: String = text, purpose: Purpose = .login, ended: Reason? = nil
    ) throws -> PendingCode {
        PendingCode(login: login, place: try place(text), sid: sid, purpose: purpose, ended: ended)
    }
}

/// One store and one worker of it, ended together.
func withStore(
    _ kind: StoreKind, _ body: (World, any LoginStore) async throws -> Void
) async throws {
    let world = try await World(kind)
    let store = try await world.worker()
    try await body(world, store)
    await world.end(store)
}

/// What another program does to a store.
extension StoreWorld {
    /// Runs statements that give nothing.
    func change(_ sql: String) async throws {
        switch kind {
        case .sqlite: try await otherProgram().write { try $0.execute(sql: sql) }
        case .postgres: try await postgres?.server.run(sql, at: postgres?.location)
        }
    }

    /// Runs a statement, and tells the first column of what it gives as text.
    func query(_ sql: String) async throws -> [String] {
        switch kind {
        case .sqlite:
            return try await otherProgram().read { db in
                try Row.fetchAll(db, sql: sql).map { row in
                    String.fromDatabaseValue(row[0]) ?? Int64.fromDatabaseValue(row[0]).map(String.init) ?? ""
                }
            }
        case .postgres:
            let text = try await postgres?.server.run(sql, at: postgres?.location) ?? ""
            return text.split(separator: "\n").map(String.init)
        }
    }

    /// The first number that a statement gives.
    func number(_ sql: String) async throws -> Int { try #require(Int(try await query(sql).first ?? "")) }

    /// Another program at the store's file, which may begin a transaction and leave it open.
    func otherProgram() throws -> DatabaseQueue {
        var other = Configuration()
        other.allowsUnsafeTransactions = true
        other.busyMode = .timeout(10)
        return try DatabaseQueue(path: configuration.path, configuration: other)
    }
}
