import Basics
import Store

/// How the queues stood for longer than their samples are kept.
extension PostgresRows {
    /// Adds what was seen once a minute to the hour that it is in.
    func note(_ queues: [QueueSample], at now: Timestamp) throws {
        for sample in queues {
            // The least and the greatest of a value and an empty one is the value.
            try run(
                """
                INSERT INTO queue_hour AS known
                (start, queue, samples, ready_least, ready_most, ready_last, consumers_least, in_hand_most, settled_first,
                 settled_last)
                VALUES ($1, $2, 1, $3, $3, $3, $4, $5, $6, $6)
                ON CONFLICT (start, queue) DO UPDATE SET samples = known.samples + 1,
                    ready_least = least(known.ready_least, excluded.ready_least),
                    ready_most = greatest(known.ready_most, excluded.ready_most),
                    ready_last = coalesce(excluded.ready_last, known.ready_last),
                    consumers_least = least(known.consumers_least, excluded.consumers_least),
                    in_hand_most = greatest(known.in_hand_most, excluded.in_hand_most),
                    settled_last = greatest(known.settled_last, excluded.settled_last)
                """,
                [
                    .time(QueueHour.start(of: now)), .text(sample.queue), .number(sample.ready),
                    .number(sample.consumers), .number(sample.inHand), .number(sample.settled),
                ])
        }
    }

    /// The hours of a range, the oldest first.
    func queueHours(since: Timestamp, until: Timestamp) throws -> [QueueHour] {
        let rows = try all(
            """
            SELECT start, queue, samples, ready_least, ready_most, ready_last, consumers_least, in_hand_most,
                settled_last - settled_first
            FROM queue_hour WHERE start >= $1 AND start < $2 ORDER BY start, queue LIMIT $3::bigint
            """,
            [.time(QueueHour.start(of: since)), .time(until), .number(RollupQuery.mostRows)])
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
        try all(
            """
            SELECT state, reason, front_end, routing_key, COUNT(*), MIN(at), MAX(at) FROM dead_letter
            GROUP BY state, reason, front_end, routing_key ORDER BY state, reason, front_end, routing_key
            LIMIT $1::bigint
            """, [.number(limit)]
        ).map { row in
            LetterGroup(
                state: try row.text(0), reason: try row.text(1), frontEnd: try row.text(2), key: try row.text(3),
                count: try row.number(4), first: try row.time(5), last: try row.time(6))
        }
    }
}
