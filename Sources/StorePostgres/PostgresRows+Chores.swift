import Basics
import Foundation
import Store
import Wire

/// What is still to be undone at Twilio, and the room for calls to it.
extension PostgresRows {
    /// What another worker takes just now is passed over.
    func dueChores(at now: Timestamp, limit: Int) throws -> [ProviderChoreRow] {
        var found: [ProviderChoreRow] = []
        // One look for each: the index then hands the rows out in order, however many wait.
        for priority in ProviderChore.Priority.allCases where found.count < limit {
            found += try firstReadable(
                limit - found.count,
                """
                SELECT id, payload, due_at, tries FROM provider_chore WHERE priority = $1 AND due_at <= $2
                ORDER BY due_at, id LIMIT $3::bigint FOR UPDATE SKIP LOCKED
                """, [.number(priority.rawValue), .time(now)]
            ) { row in
                let id = try row.integer(0)
                return try reading("provider_chore", String(id)) {
                    let payload = try open(row.bytes(1), in: .chore, String(id))
                    return ProviderChoreRow(
                        id: id, chore: try JSONDecoder().decode(ProviderChore.self, from: Data(payload)),
                        dueAt: try row.time(2), tries: try row.number(3))
                }
            }
        }
        return found
    }

    func put(_ row: ProviderChoreRow) throws {
        try run(
            "UPDATE provider_chore SET due_at = $1, tries = $2 WHERE id = $3",
            [.time(row.dueAt), .number(row.tries), .integer(row.id)])
    }

    func put(_ chore: ProviderChore, _ now: Timestamp) throws {
        let id = try nextID("provider_chore")
        let payload = try seal(Array(try JSONEncoder().encode(chore)), in: .chore, String(id))
        try run(
            """
            INSERT INTO provider_chore (id, kind, payload, due_at, tries, priority) VALUES ($1, $2, $3, $4, 0, $5)
            """,
            [
                .integer(id), .text(chore.kind), payload, .time(now + ProviderChoreRow.pause(after: 0)),
                .number(chore.priority.rawValue),
            ])
    }

    func callLeases() throws -> [CallLeaseRow] {
        try all(
            "SELECT worker, until, running, starting, waiting, places, starts, served_at FROM call_lease"
        ).map { row in
            CallLeaseRow(
                worker: try row.integer(0), until: MonotonicTime(nanoseconds: try row.integer(1)),
                running: try row.number(2), starting: try row.number(3), waiting: try row.number(4),
                places: try row.number(5), starts: try row.number(6),
                servedAt: try row.integerIfAny(7).map(MonotonicTime.init(nanoseconds:)))
        }
    }

    private static let putLease = PostgresColumns.put(
        "call_lease", key: ["worker"], ["until", "running", "starting", "waiting", "places", "starts", "served_at"])

    func put(_ lease: CallLeaseRow) throws {
        try run(
            Self.putLease,
            [
                .integer(lease.worker), .time(lease.until), .number(lease.running), .number(lease.starting),
                .number(lease.waiting), .number(lease.places), .number(lease.starts), .time(lease.servedAt),
            ])
    }

    func removeCallLease(of worker: Int64) throws {
        try run("DELETE FROM call_lease WHERE worker = $1", [.integer(worker)])
    }

    func departures(after time: MonotonicTime) throws -> [Int64: Int] {
        let rows = try all(
            "SELECT worker, SUM(count)::bigint FROM call_departure WHERE at > $1 GROUP BY worker", [.time(time)])
        return Dictionary(
            try rows.map { (try $0.integer(0), try $0.number(1)) }, uniquingKeysWith: { first, _ in first })
    }

    func addDepartures(_ count: Int, at time: MonotonicTime) throws {
        try run(
            """
            INSERT INTO call_departure AS known (at, worker, count) VALUES ($1, $2, $3)
            ON CONFLICT (at, worker) DO UPDATE SET count = known.count + excluded.count
            """, [.time(time), .integer(worker), .number(count)])
    }

    func forgetDepartures(upTo past: MonotonicTime, after now: MonotonicTime) throws {
        try run("DELETE FROM call_departure WHERE at <= $1 OR at > $2", [.time(past), .time(now)])
    }
}
