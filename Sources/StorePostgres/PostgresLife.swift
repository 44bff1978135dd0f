import Basics
import Logging
import Store

/// A worker's life: an advisory lock of a session that does nothing else, so that the server drops it with the process.
///
/// Where the session is lost but the process lives, it takes the lock anew as soon as a server can be reached, as the same
/// worker: what it has begun is still its own unless somebody took it over, and then the fence tells.
final class PostgresLife: Sendable {
    let session: PostgresSession
    private let logger: Logger
    private let keeping = Locked<Task<Void, Never>?>(nil)
    /// Of the database, in bytes, as last heard.
    let size = Locked<Int64?>(nil)

    init(_ location: PostgresLocation, logger: Logger) {
        session = PostgresSession(location, for: .writing)
        self.logger = logger
    }

    /// By part.
    var sizes: [(name: String, bytes: Int64)] { size.withLock { $0 }.map { [("main", $0)] } ?? [] }

    /// Brings the store up to date and enters a worker that lives from then on.
    ///
    /// - Returns: its number.
    func begin(_ context: PostgresContext, keyFile: String) async throws(StoreError) -> Int64 {
        let missing = try await session.use { connection in
            try Schema.check(connection, context.sealing, keyFile: keyFile)
        }
        if !missing.isEmpty { _ = try await session.migrate(context) }
        let entered = try await session.transact(context, PostgresStart(.samples)) { rows in
            try rows.noteKilled()
            try rows.forgetEnded(keeping: EndedWorkers.most)
            let id = try rows.nextID("worker")
            // Before the row can be seen: whoever looks next must find this one alive.
            guard try Self.takeLock(of: id, rows) else {
                throw StoreError(.failed, "The lock that shows this worker alive cannot be taken.")
            }
            try rows.enter(id)
            return id
        }
        var own = context
        own.worker = entered.value
        keep(own)
        return own.worker
    }

    /// Gives the lock up: from now on others may take over what this worker began, and know that it makes no more calls.
    func end(_ context: PostgresContext) async {
        keeping.withLock { task in
            task?.cancel()
            task = nil
        }
        let worker = context.worker
        _ = try? await session.transact(context, PostgresStart(.samples)) { rows in
            try rows.run(
                "UPDATE worker SET released_at = $1 WHERE id = $2", [.time(rows.clocks.wall()), .integer(worker)])
        }
        await session.disconnect()
    }

    private static func takeLock(of worker: Int64, _ rows: PostgresRows) throws -> Bool {
        try rows.one(
            "SELECT pg_try_advisory_lock($1::int, $2::int)", [.integer(rows.lifeSpace), .integer(worker)])?
            .flag(0) ?? false
    }

    /// Watches the session, and makes it anew when it was lost.
    private func keep(_ context: PostgresContext) {
        let task = Task { [session, logger] in
            var backoff = Backoff(first: .milliseconds(100), longest: .seconds(2))
            while !Task.isCancelled {
                await Self.untilLost(session)
                if Task.isCancelled { return }
                if (try? await Self.liveAgain(session, context)) == true {
                    logger.info("the store's session was lost and is there again")
                    backoff = Backoff(first: .milliseconds(100), longest: .seconds(2))
                } else {
                    try? await Task.sleep(for: backoff.next())
                }
            }
        }
        keeping.withLock { $0 = task }
    }

    private static func untilLost(_ session: PostgresSession) async { await session.isDown.wait { $0 } }

    private static func liveAgain(_ session: PostgresSession, _ context: PostgresContext) async throws(StoreError)
        -> Bool
    {
        let done = try await session.transact(context, PostgresStart(.samples)) { rows in
            // The server may not have missed the former session yet.
            guard try takeLock(of: context.worker, rows) else { return false }
            try rows.enterAgain()
            return true
        }
        if !done.value {
            await session.disconnect()
            session.isDown.set(true)
        }
        return done.value
    }
}
