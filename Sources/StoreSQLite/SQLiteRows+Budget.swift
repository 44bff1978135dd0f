import Basics
import GRDB
import Store

extension Schema {
    /// Leases on room for calls to Twilio, and the requests that left within the last second.
    static let calls = """
        CREATE TABLE call_lease (
            worker INTEGER PRIMARY KEY, until INTEGER NOT NULL, running INTEGER NOT NULL, starting INTEGER NOT NULL,
            waiting INTEGER NOT NULL, places INTEGER NOT NULL, starts INTEGER NOT NULL, served_at INTEGER);
        CREATE TABLE call_departure (
            at INTEGER NOT NULL, worker INTEGER NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (at, worker)) WITHOUT ROWID;
        """
}

extension SQLiteRows {
    func callLeases() throws -> [CallLeaseRow] {
        try Row.fetchAll(db.cachedStatement(sql: "SELECT * FROM call_lease")).map { row in
            let served: Int64? = row[7]
            return CallLeaseRow(
                worker: row[0], until: MonotonicTime(nanoseconds: row[1]), running: row[2], starting: row[3],
                waiting: row[4], places: row[5], starts: row[6], servedAt: served.map(MonotonicTime.init(nanoseconds:)))
        }
    }

    func put(_ lease: CallLeaseRow) throws {
        try run(
            "REPLACE INTO call_lease VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [
                lease.worker, lease.until.nanoseconds, lease.running, lease.starting, lease.waiting, lease.places,
                lease.starts, lease.servedAt?.nanoseconds,
            ])
    }

    func removeCallLease(of worker: Int64) throws {
        try run("DELETE FROM call_lease WHERE worker = ?", [worker])
    }

    func departures(after time: MonotonicTime) throws -> [Int64: Int] {
        let statement = try db.cachedStatement(
            sql: "SELECT worker, SUM(count) FROM call_departure WHERE at > ? GROUP BY worker")
        let rows = try Row.fetchAll(statement, arguments: [time.nanoseconds])
        return Dictionary(rows.map { ($0[0], $0[1]) }) { first, _ in first }
    }

    func addDepartures(_ count: Int, at time: MonotonicTime) throws {
        try run(
            "INSERT INTO call_departure VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
            [time.nanoseconds, worker, count])
    }

    func forgetDepartures(upTo past: MonotonicTime, after now: MonotonicTime) throws {
        try run("DELETE FROM call_departure WHERE at <= ? OR at > ?", [past.nanoseconds, now.nanoseconds])
    }
}
