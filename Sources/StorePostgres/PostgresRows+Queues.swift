import Basics
import Foundation
import Store

/// How the queues stood, two seconds apart and farther with age.
extension PostgresRows {
    /// Whether it is for this process to look at the queues: one does it for all.
    ///
    /// Whoever did it last goes on; when that one is gone or has stopped, the next one who asks does.
    func maySampleQueues() throws -> Bool {
        guard let row = try one("SELECT at, worker FROM queue_sample ORDER BY id DESC LIMIT 1") else { return true }
        let (at, last) = (try row.time(0), try row.integer(1))
        let age = clocks.wall() - at
        // A clock that was set back must not keep everybody away.
        return try last == worker || last <= 0 || age < .zero || age >= .seconds(5) || !isAlive(last)
    }

    /// Keeps what the broker told of the queues, with what the workers say of them.
    func add(_ readings: [QueueReading]) throws {
        guard !readings.isEmpty, try maySampleQueues() else { return }
        let now = clocks.wall()
        let coarse = try latest(.coarse)
        let middle = [coarse, try latest(.middle)].compactMap(\.self).max()
        let grain = QueueHistory.grain(at: now, middle: middle, coarse: coarse)
        let queues = try snapshot(readings).queues
        if grain == .coarse { try note(queues, at: now) }
        try run(
            "INSERT INTO queue_sample (at, grain, worker, body) VALUES ($1, $2, $3, $4)",
            [.time(now), .number(grain.rawValue), .integer(max(0, worker)), .text(try Self.json(queues))])
    }

    private func latest(_ grain: QueueHistory.Grain) throws -> Timestamp? {
        try one("SELECT at FROM queue_sample WHERE grain = $1 ORDER BY at DESC LIMIT 1", [.number(grain.rawValue)])?
            .time(0)
    }

    /// What the broker tells now, with what the workers say.
    func snapshot(_ readings: [QueueReading]) throws -> QueueSnapshot {
        let ended = try all("SELECT lane, count FROM lane_settled").map { (try $0.text(0), try $0.number(1)) }
        return QueueSnapshot(
            at: clocks.wall(), readings, try workers(), ended: Dictionary(ended, uniquingKeysWith: +))
    }

    /// The latest ones, the oldest first.
    func snapshots(limit: Int) throws -> [QueueSnapshot] {
        let rows = try all(
            "SELECT at, body FROM queue_sample ORDER BY id DESC LIMIT $1::bigint", [.number(limit)])
        return rows.reversed().compactMap { row in
            // What a newer version writes in other words is passed over: the next look is two seconds away.
            guard let at = try? row.time(0), let body = try? row.text(1),
                let queues = try? JSONDecoder().decode([QueueSample].self, from: Data(body.utf8))
            else { return nil }
            return QueueSnapshot(at: at, queues: queues)
        }
    }
}
