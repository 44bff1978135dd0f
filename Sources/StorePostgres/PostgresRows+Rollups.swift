import Basics
import Store
import Wire

/// Roll-ups: written down by each job on its own, gathered, read by series and time, and added to coarser ones with age.
extension PostgresRows {
    /// Has an outcome counted with this transaction, if it stands.
    func count(_ row: JobRow, _ answer: Answer, _ facts: OutcomeFacts) {
        guard let at = row.recordedAt else { return }
        let outcome = CountedOutcome(
            at: at, took: at - (row.receivedAt ?? row.begunAt), job: row.kind.rawValue, frontEnd: row.key.frontEnd,
            application: row.login.application.rawValue, channel: facts.channel?.rawValue, country: facts.country,
            outcome: answer.outcome.rawValue, reason: answer.reason?.rawValue, events: row.events?.packed,
            calls: ProviderCall.pack(row.calls))
        transaction.counted += outcome.keys
    }

    /// Sends what this transaction adds, as its last change.
    func writeCounted() throws {
        let keys = transaction.counted
        guard !keys.isEmpty else { return }
        transaction.counted = []
        try run(
            "INSERT INTO rollup_added (series, start, labels) VALUES ($1::bigint[], $2::bigint[], $3::text[])",
            [
                .list(keys.map { .number($0.series.rawValue) }), .list(keys.map { .time($0.start) }),
                .list(keys.map { .text($0.labels) }),
            ])
    }

    /// Adds what jobs have written down to the numbers.
    ///
    /// In one statement, so that each is in one of the two tables at any time, whatever order jobs commit in; what is not committed yet is
    /// not seen, and comes next time.
    ///
    /// - Returns: how many jobs' it was.
    func gatherRollups(limit: Int) throws -> Int {
        let row = try one(
            """
            WITH taken AS (
                DELETE FROM rollup_added WHERE ctid = ANY(ARRAY(
                    SELECT ctid FROM rollup_added LIMIT $1::bigint FOR UPDATE SKIP LOCKED))
                RETURNING series, start, labels),
            added AS (
                INSERT INTO rollup AS known (series, start, labels, count)
                SELECT key.series, key.start, key.labels, COUNT(*)
                FROM taken, unnest(taken.series, taken.start, taken.labels) AS key (series, start, labels)
                GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
                ON CONFLICT (series, start, labels) DO UPDATE SET count = known.count + excluded.count)
            SELECT COUNT(*) FROM taken
            """, [.number(limit)])
        let count = try row?.number(0) ?? 0
        if count > 0 { transaction.wrote = true }
        return count
    }

    /// The newest first; ends with a whole span where there are too many.
    func rollups(_ query: RollupQuery, limit: Int = RollupQuery.mostRows) throws -> RollupPage {
        var rows: [RollupRow] = []
        var end: Timestamp?
        for series in query.series {
            let since = end.map { max($0 + .milliseconds(1), query.since) } ?? query.since
            let found = try rollups(series, since, query.until, limit: limit - rows.count + 1)
            rows += found
            guard rows.count > limit, let last = rows.last?.start else { continue }
            // The last span may not be whole.
            (end, rows) = (last, rows.filter { $0.start > last })
        }
        let since = try one("SELECT number FROM meta WHERE name = 'counted_since'")?.integerIfAny(0)
        return RollupPage(
            rows: rows.sorted { $0.start > $1.start }, endsAt: end,
            countedSince: since.map { Timestamp(milliseconds: $0) })
    }

    private func rollups(
        _ series: RollupSeries, _ since: Timestamp, _ until: Timestamp, limit: Int
    ) throws -> [RollupRow] {
        // A row is of the whole span that it begins. What is behind the limit among the gathered is behind it with the others, too.
        let rows = try all(
            """
            SELECT start, labels, SUM(count)::bigint FROM (
                (SELECT start, labels, count FROM rollup WHERE series = $1 AND start >= $2 AND start < $3
                    ORDER BY start DESC, labels DESC LIMIT $4::bigint)
                UNION ALL
                SELECT key.start, key.labels, 1
                FROM rollup_added, unnest(rollup_added.series, rollup_added.start, rollup_added.labels)
                    AS key (series, start, labels)
                WHERE key.series = $1 AND key.start >= $2 AND key.start < $3) AS counted
            GROUP BY start, labels ORDER BY start DESC, labels DESC LIMIT $4::bigint
            """,
            [
                .number(series.rawValue), .time(series.start(of: since)), .time(until), .number(max(0, limit)),
            ])
        return try rows.map {
            let key = RollupKey(series: series, start: try $0.time(0), labels: try $0.text(1))
            return RollupRow(key, count: try $0.number(2))
        }
    }

    /// Adds what is older than the series keeps to the coarser one, or drops it; both in one transaction, so that each number is in
    /// one of them at any time.
    ///
    /// - Returns: how many rows went.
    func fold(_ series: RollupSeries, at now: Timestamp, limit: Int) throws -> Int {
        guard let kept = series.kept else { return 0 }
        let old: [PostgresValue] = [.number(series.rawValue), .time(now - kept), .number(limit)]
        let taken = """
            DELETE FROM rollup WHERE series = $1 AND (start, labels) IN (
                SELECT start, labels FROM rollup WHERE series = $1 AND start < $2
                ORDER BY start, labels LIMIT $3::bigint)
            """
        guard let coarser = series.coarser else { return try change(taken, old) }
        let row = try one(
            """
            WITH taken AS (\(taken) RETURNING start, labels, count),
            added AS (
                INSERT INTO rollup AS known (series, start, labels, count)
                SELECT $4::bigint, start / $5::bigint * $5::bigint, labels, SUM(count) FROM taken
                GROUP BY 2, 3 ORDER BY 2, 3
                ON CONFLICT (series, start, labels) DO UPDATE SET count = known.count + excluded.count)
            SELECT COUNT(*) FROM taken
            """, old + [.number(coarser.rawValue), .number(coarser.span.milliseconds)])
        let count = try row?.number(0) ?? 0
        if count > 0 { transaction.wrote = true }
        return count
    }
}
