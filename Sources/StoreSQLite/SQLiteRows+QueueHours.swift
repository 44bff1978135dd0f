import Basics
import GRDB
import Store

extension Schema {
    /// How the queues stood, hour by hour.
    static let queueHours = """
        CREATE TABLE queue_hour (
            start INTEGER NOT NULL, queue TEXT NOT NULL, samples INTEGER NOT NULL, ready_least INTEGER,
            ready_most INTEGER, ready_last INTEGER, consumers_least INTEGER, in_hand_most INTEGER NOT NULL,
            settled_first INTEGER NOT NULL, settled_last INTEGER NOT NULL,
            PRIMARY KEY (start, queue)) WITHOUT ROWID;
        """
}

/// How the queues stood for longer than their samples are kept.
extension SQLiteRows {
    /// Adds what was seen once a minute to the hour that it is in.
    func note(_ queues: [QueueSample], at now: Timestamp) throws {
        for sample in queues {
            // A minimum or maximum with an empty value would be empty.
            try run(
                """
                INSERT INTO queue_hour VALUES (?1, ?2, 1, ?3, ?3, ?3, ?4, ?5, ?6, ?6)
                ON CONFLICT DO UPDATE SET samples = samples + 1,
                    ready_least = min(ifnull(ready_least, ?3), ifnull(?3, ready_least)),
                    ready_most = max(ifnull(ready_most, ?3), ifnull(?3, ready_most)),
                    ready_last = ifnull(?3, ready_last),
                    consumers_least = min(ifnull(consumers_least, ?4), ifnull(?4, consumers_least)),
                    in_hand_most = max(in_hand_most, ?5), settled_last = max(settled_last, ?6)
                """,
                [
                    QueueHour.start(of: now).milliseconds, sample.queue, sample.ready, sample.consumers, sample.inHand,
                    sample.settled,
                ])
        }
    }

    /// The hours of a range, the oldest first.
    func queueHours(since: Timestamp, until: Timestamp) throws -> [QueueHour] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT start, queue, samples, ready_least, ready_most, ready_last, consumers_least, in_hand_most,
                        settled_last - settled_first
                    FROM queue_hour WHERE start >= ? AND start < ? ORDER BY start, queue LIMIT ?
                    """),
            arguments: [
                QueueHour.start(of: since).milliseconds, until.milliseconds, RollupQuery.mostRows,
            ])
        return try rows.map { row in
            let ready =
                row.isNull(3)
                ? nil
                : QueueHour.Spread(least: try row.number(3), most: try row.number(4), last: try row.number(5))
            return QueueHour(
                start: try row.time(0), queue: try row.text(1), samples: try row.number(2), ready: ready,
                fewestConsumers: row.isNull(6) ? nil : try row.number(6), mostInHand: try row.number(7),
                settled: try row.number(8))
        }
    }

    /// Dead letters by what they have in common: counted along an index that holds it all, and their number is bounded.
    func letterGroups(limit: Int) throws -> [LetterGroup] {
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT state, reason, front_end, routing_key, COUNT(*), MIN(at), MAX(at) FROM dead_letter
                    GROUP BY state, reason, front_end, routing_key LIMIT ?
                    """), arguments: [limit])
        return try rows.map { row in
            LetterGroup(
                state: try row.text(0), reason: try row.text(1), frontEnd: try row.text(2), key: try row.text(3),
                count: try row.number(4), first: try row.time(5), last: try row.time(6))
        }
    }
}
