import Basics
import Foundation
import Store
import Wire

/// What operators want of workers.
extension PostgresRows {
    /// All that stands, in the order in which it was said.
    func orders() throws -> [WorkerOrder] {
        try all("SELECT id, worker, lane, wish, by, why, at, until FROM worker_order ORDER BY id").compactMap { row in
            let id = try row.integer(0)
            return try readable { try reading("worker_order", String(id)) { try order(row) } }
        }
    }

    private func order(_ row: PostgresRow) throws -> WorkerOrder {
        WorkerOrder(
            id: try row.integer(0), worker: try row.integerIfAny(1), lane: try row.choiceIfAny(2),
            wish: try row.choice(3), by: try row.text(4), why: try row.text(5), at: try row.time(6),
            until: try row.timeIfAny(7))
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
            AuditEntry(at: now, administrator: command.by, act: command.act, detail: detail(of: command, meant)))
        return .stands(meant)
    }

    private func put(_ command: WorkerCommand, worker: Int64?, at now: Timestamp) throws {
        var command = command
        command.worker = worker
        let standing = try orders()
        let over = standing.filter { command.supersedes($0) }
        try run(
            "DELETE FROM worker_order WHERE id = ANY($1::bigint[])", [.list(over.map { .integer($0.id) })])
        // With no pause before it there is nothing to take back.
        let isPaused = standing.contains { $0.wish == .pause && !command.supersedes($0) }
        if command.wish == .resume, !isPaused { return }
        try run(
            """
            INSERT INTO worker_order (worker, lane, wish, by, why, at, until) VALUES ($1, $2, $3, $4, $5, $6, $7)
            """,
            [
                .number(worker), .words(command.lane?.rawValue), .text(command.wish.rawValue), .text(command.by),
                .text(command.why), .time(now), .time(command.until),
            ])
    }

    /// For the audit trail; an erasure finds a person who is named in its reason.
    private func detail(of command: WorkerCommand, _ meant: [WorkerRecord]) -> String {
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
