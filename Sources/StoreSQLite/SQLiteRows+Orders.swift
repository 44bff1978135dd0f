package import Basics
import Foundation
import GRDB
package import Store
import Wire

extension Schema {
    /// What operators want of workers: a few rows, since a later word takes the place of earlier ones.
    static let orders = """
        CREATE TABLE worker_order (
            id INTEGER PRIMARY KEY AUTOINCREMENT, worker INTEGER, lane TEXT, wish TEXT NOT NULL, by TEXT NOT NULL,
            why TEXT NOT NULL, at INTEGER NOT NULL, until INTEGER);
        CREATE INDEX worker_order_by_worker ON worker_order (worker);
        CREATE TRIGGER worker_ended AFTER UPDATE OF ended_at ON worker WHEN NEW.ended_at IS NOT NULL BEGIN
            DELETE FROM worker_order WHERE worker = NEW.id;
            END;
        """
}

/// What operators want of workers.
extension SQLiteRows {
    /// All that stands, in the order in which it was said.
    func orders() throws -> [WorkerOrder] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM worker_order ORDER BY id")).compactMap { row in
            try readable { try reading("worker_order", String(row[0] as Int64)) { try order(row) } }
        }
    }

    private func order(_ row: Row) throws -> WorkerOrder {
        WorkerOrder(
            id: try row.at(0), worker: try row.at(1), lane: try row.choiceIfAny(2), wish: try row.choice(3),
            by: try row.at(4), why: try row.at(5), at: try row.time(6), until: try row.timeIfAny(7))
    }

    /// Has a command stand, and leaves its line in the audit trail.
    func order(_ command: WorkerCommand) throws -> WorkerCommandResult {
        let living = try workers().filter(\.isAlive)
        let meant = living.filter { command.worker == nil || command.worker == $0.id }
        if command.worker != nil, meant.isEmpty { return .noSuchWorker(living: living) }
        let now = clocks.wall()
        switch command.wish {
        case .pause, .resume: try put(command, worker: command.worker, at: now)
        // One that starts later is not meant.
        case .drain: for worker in meant { try put(command, worker: worker.id, at: now) }
        }
        try put(
            AuditEntry(at: now, administrator: command.by, act: command.act, detail: try detail(of: command, meant)))
        return .stands(meant)
    }

    private func put(_ command: WorkerCommand, worker: Int64?, at now: Timestamp) throws {
        var command = command
        command.worker = worker
        let standing = try orders()
        for order in standing where command.supersedes(order) {
            try run("DELETE FROM worker_order WHERE id = ?", [order.id])
        }
        // With no pause before it there is nothing to take back.
        let isPaused = standing.contains { $0.wish == .pause && !command.supersedes($0) }
        if command.wish == .resume, !isPaused { return }
        try run(
            "INSERT INTO worker_order (worker, lane, wish, by, why, at, until) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                worker, command.lane?.rawValue, command.wish.rawValue, command.by, command.why, now.milliseconds,
                command.until?.milliseconds,
            ])
    }

    /// For the audit trail; an erasure finds a person who is named in its reason.
    private func detail(of command: WorkerCommand, _ meant: [WorkerRecord]) throws -> String {
        let json = CanonicalJSON.object { json in
            json.member("lane", command.lane)
            json.member("reason", command.why)
            json.member("until", command.until?.description)
            json.member("worker", command.worker.map(String.init) ?? "all")
            json.member("workers", meant.map { String($0.id) }.joined(separator: " "))
        }
        return String(decoding: json, as: UTF8.self)
    }
}

extension StoreKeeping {
    /// Has a command of an operator stand; each worker obeys at its next beat.
    ///
    /// Takes no step to a newer schema.
    ///
    /// - Throws: what opening it would throw; `.wrongSchema` for a store of an older version.
    package static func order(
        _ command: WorkerCommand, _ configuration: SQLiteStoreConfiguration, clocks: Clocks = .system
    ) async throws(StoreError) -> WorkerCommandResult {
        try await writing(configuration, clocks) { try $0.order(command) }
    }

    /// One transaction beside the workers, of whoever is none.
    static func writing<Result: Sendable>(
        _ configuration: SQLiteStoreConfiguration, _ clocks: Clocks,
        _ body: @escaping @Sendable (SQLiteRows) throws -> Result
    ) async throws(StoreError) -> Result {
        try await locked(configuration) { pool, sealing in
            try pool.read(Schema.requireCompleted)
            let liveness = Liveness(watching: configuration.path + ".live")
            return try pool.write { try body(SQLiteRows.looking($0, clocks, sealing, liveness)) }
        }
    }
}
