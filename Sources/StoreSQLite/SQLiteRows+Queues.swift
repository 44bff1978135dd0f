package import Basics
import Foundation
import GRDB
package import Store

extension Schema {
    /// How the queues stood, and what workers that have ended had settled.
    static let queues = """
        CREATE TABLE queue_sample (
            id INTEGER PRIMARY KEY AUTOINCREMENT, at INTEGER NOT NULL, grain INTEGER NOT NULL, worker INTEGER NOT NULL,
            body TEXT NOT NULL);
        CREATE INDEX queue_sample_by_grain ON queue_sample (grain, at);
        CREATE TABLE lane_settled (lane TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
        """
}

/// How the queues stood, two seconds apart and farther with age.
extension SQLiteRows {
    /// Whether it is for this process to look at the queues: one does it for all.
    ///
    /// Whoever did it last goes on; when that one is gone or has stopped, the next one who asks does.
    func maySampleQueues() throws -> Bool {
        let row = try one("SELECT at, worker FROM queue_sample ORDER BY id DESC LIMIT 1", [])
        guard let row else { return true }
        let (at, last): (Timestamp, Int64) = (try row.time(0), try row.at(1))
        let age = clocks.wall() - at
        // A clock that was set back must not keep everybody away.
        return last == worker || last <= 0 || age < .zero || age >= .seconds(5) || !isAlive(last)
    }

    /// Keeps what the broker told of the queues, with what the workers say of them.
    func add(_ readings: [QueueReading]) throws {
        guard !readings.isEmpty, try maySampleQueues() else { return }
        let now = clocks.wall()
        let coarse = try latest(.coarse)
        let middle = [coarse, try latest(.middle)].compactMap(\.self).max()
        let grain = QueueHistory.grain(at: now, middle: middle, coarse: coarse)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let queues = try snapshot(readings).queues
        if grain == .coarse { try note(queues, at: now) }
        let body = String(decoding: try encoder.encode(queues), as: UTF8.self)
        try run(
            "INSERT INTO queue_sample (at, grain, worker, body) VALUES (?, ?, ?, ?)",
            [now.milliseconds, grain.rawValue, max(0, worker), body])
    }

    private func latest(_ grain: QueueHistory.Grain) throws -> Timestamp? {
        let row = try one("SELECT at FROM queue_sample WHERE grain = ? ORDER BY at DESC LIMIT 1", [grain.rawValue])
        return try row?.time(0)
    }

    /// What the broker tells now, with what the workers say.
    func snapshot(_ readings: [QueueReading]) throws -> QueueSnapshot {
        let ended = try Row.fetchAll(db.cachedStatement(sql: "SELECT lane, count FROM lane_settled"))
        let counts = Dictionary(ended.map { ($0[0] as String, $0[1] as Int) }, uniquingKeysWith: +)
        return QueueSnapshot(at: clocks.wall(), readings, try workers(), ended: counts)
    }

    /// The latest ones, the oldest first.
    func snapshots(limit: Int) throws -> [QueueSnapshot] {
        let rows = try Row.fetchAll(
            db.cachedStatement(sql: "SELECT at, body FROM queue_sample ORDER BY id DESC LIMIT ?"), arguments: [limit])
        return rows.reversed().compactMap { row in
            // What a newer version writes in other words is passed over: the next look is two seconds away.
            guard let at = try? row.time(0), let body: String = try? row.at(1),
                let queues = try? JSONDecoder().decode([QueueSample].self, from: Data(body.utf8))
            else { return nil }
            return QueueSnapshot(at: at, queues: queues)
        }
    }

    /// What a worker that ends has settled counts on.
    func count(settledBy ended: Int64) throws {
        let row = try one("SELECT body FROM worker_report WHERE worker = ?", [ended])
        guard let body: String = try row?.at(0),
            let report = try? JSONDecoder().decode(WorkerReport.self, from: Data(body.utf8))
        else { return }
        for lane in report.lanes where lane.settled > 0 {
            try run(
                "INSERT INTO lane_settled VALUES (?, ?) ON CONFLICT DO UPDATE SET count = count + excluded.count",
                [lane.lane, lane.settled])
        }
    }
}

extension StoreKeeping {
    /// Keeps what the broker told of the queues, unless a worker does that; writes something in any case.
    package static func note(
        _ readings: [QueueReading], _ configuration: SQLiteStoreConfiguration, clocks: Clocks = .system
    ) async throws(StoreError) {
        try await writing(configuration, clocks) {
            try $0.add(readings)
            try $0.probe()
        }
    }
}
