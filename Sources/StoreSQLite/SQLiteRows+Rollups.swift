import Basics
import Foundation
import GRDB
import Store

extension Schema {
    /// Up to which record outcomes are counted, and what the records lacked for it.
    static let counting = """
        ALTER TABLE job ADD COLUMN code_events TEXT;
        REPLACE INTO meta SELECT 'counted_to', ifnull(max(id), 0) FROM history;
        """

    /// What is counted, and what of an outcome is kept for it and for those who look.
    ///
    /// Of an index by Twilio's names only sends need be in it: whatever else was about a code comes behind its send, and is found by the
    /// person.
    static let rollups = """
        CREATE TABLE rollup (
            series INTEGER NOT NULL, start INTEGER NOT NULL, labels TEXT NOT NULL, count INTEGER NOT NULL,
            PRIMARY KEY (series, start, labels)) WITHOUT ROWID;
        REPLACE INTO meta VALUES ('counted_since', CAST((julianday('now') - 2440587.5) * 86400000 AS INTEGER));
        ALTER TABLE code ADD COLUMN cohort TEXT;
        ALTER TABLE job ADD COLUMN calls TEXT;
        ALTER TABLE history ADD COLUMN channel TEXT;
        ALTER TABLE history ADD COLUMN country TEXT;
        ALTER TABLE history ADD COLUMN login TEXT;
        ALTER TABLE history ADD COLUMN sid TEXT;
        CREATE INDEX history_by_sid ON history (sid, at) WHERE sid IS NOT NULL AND outcome = 'sent';
        """
}

/// How many outcomes a worker has recorded since it last had some counted.
///
/// While many come, they are counted a few at a time along with what is written anyway: all that came between two beats would
/// hold up jobs.
struct UncountedOutcomes: Sendable {
    /// Half of what is counted at once, so that two workers get as far as they record.
    private static let most = SQLiteRows.countedAtOnce / 2
    private let count = Locked(0)

    /// Whether it is time, with these.
    func isDue(after recorded: Int) -> Bool {
        count.withLock { count in
            count += recorded
            guard count >= Self.most else { return false }
            count = 0
            return true
        }
    }
}

/// Outcomes that are in no roll-up yet, as numbers to be added.
private struct Uncounted {
    var increments = RollupIncrements()
    var count = 0
    /// The record that they end with.
    var last: Int64?
}

/// Roll-ups: counted from the records, read by series and time, and added to coarser ones with age.
extension SQLiteRows {
    /// So few that a job hardly waits for them.
    static var countedAtOnce: Int { 256 }

    /// Adds the next outcomes to the roll-ups, in the order in which they were recorded: each once, since how far it got is written with
    /// the numbers.
    ///
    /// - Returns: how many; fewer than `limit` when there are no more.
    func countOutcomes(limit: Int) throws -> Int {
        let next = try uncounted(limit: limit)
        guard let last = next.last else { return 0 }
        try statements.add(next.increments, db)
        try run("REPLACE INTO meta VALUES ('counted_to', ?)", [last])
        return next.count
    }

    /// - Parameter limit: none for a look, which adds all of them; workers leave no more than came since their last beat.
    private func uncounted(limit: Int?) throws -> Uncounted {
        let counted = try one("SELECT value FROM meta WHERE name = 'counted_to'", [])?.integer(0)
        var found = Uncounted()
        try hot(.uncounted).each {
            $0.integer(counted ?? 0)
            $0.integer(limit ?? -1)
        } _: { row in
            let id = try row.integer(0)
            (found.last, found.count) = (id, found.count + 1)
            // One that cannot be read is in no number; it must not keep away those behind it.
            let outcome = try readable { try reading("history", String(id)) { try Self.counted(row) } }
            if let outcome { found.increments.add(outcome.keys) }
        }
        return found
    }

    private static func counted(_ row: HotRow) throws -> CountedOutcome {
        CountedOutcome(
            at: try row.time(1), took: .milliseconds(try row.integer(2)), job: try row.text(3),
            frontEnd: try row.text(4), application: try row.text(5), channel: try row.textIfAny(6),
            country: try row.textIfAny(7), outcome: try row.text(8), reason: try row.textIfAny(9),
            events: try row.textIfAny(10), calls: try row.textIfAny(11))
    }

    /// Behind records that went: the next ones may get their numbers again.
    func lowerCounted() throws {
        try run(
            """
            UPDATE meta SET value = min(value, (SELECT ifnull(max(id), 0) FROM history)) WHERE name = 'counted_to'
            """, [])
    }

    /// The newest first; ends with a whole span where there are too many.
    ///
    /// Outcomes that are not counted yet are among them.
    func rollups(_ query: RollupQuery, limit: Int = RollupQuery.mostRows) throws -> RollupPage {
        var counts: [RollupKey: Int] = [:]
        var end: Timestamp?
        for series in query.series {
            let found = try rollups(series, query.since, query.until, limit: limit + 1)
            for (key, count) in found { counts[key] = count }
            // The last span may not be whole.
            if found.count > limit, let last = found.last?.key.start { end = max(end ?? last, last) }
        }
        for (key, count) in try uncounted(limit: nil).increments.counts where query.asks(for: key) {
            counts[key, default: 0] += count
        }
        var rows = counts.sorted { left, right in
            left.key.start == right.key.start ? left.key > right.key : left.key.start > right.key.start
        }.map { RollupRow($0.key, count: $0.value) }
        if rows.count > limit { end = max(end ?? rows[limit].start, rows[limit].start) }
        if let end { rows.removeAll { $0.start <= end } }
        let since = try one("SELECT value FROM meta WHERE name = 'counted_since'", [])
        return RollupPage(
            rows: rows, endsAt: end,
            countedSince: (try? since?.integer(0)).map { Timestamp(milliseconds: $0) })
    }

    private func rollups(
        _ series: RollupSeries, _ since: Timestamp, _ until: Timestamp, limit: Int
    ) throws -> [(key: RollupKey, count: Int)] {
        // A row is of the whole span that it begins.
        let first = series.start(of: since)
        let rows = try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT start, labels, count FROM rollup WHERE series = ? AND start >= ? AND start < ?
                    ORDER BY start DESC, labels DESC LIMIT ?
                    """),
            arguments: [series.rawValue, first.milliseconds, until.milliseconds, max(0, limit)])
        return try rows.map {
            (key: RollupKey(series: series, start: try $0.time(0), labels: try $0.text(1)), count: try $0.number(2))
        }
    }

    /// Adds what is older than the series keeps to the coarser one, or drops it; both in one transaction, so that each number is in
    /// one of them at any time.
    ///
    /// - Returns: how many rows went.
    func fold(_ series: RollupSeries, at now: Timestamp, limit: Int) throws -> Int {
        guard let kept = series.kept else { return 0 }
        let oldest = (now - kept).milliseconds
        let old =
            "SELECT start, labels, count FROM rollup WHERE series = ? AND start < ? ORDER BY start, labels LIMIT ?"
        if let coarser = series.coarser {
            let span = coarser.span.milliseconds
            try run(
                """
                INSERT INTO rollup (series, start, labels, count)
                SELECT ?, start / ? * ?, labels, count FROM (\(old)) WHERE true
                ON CONFLICT DO UPDATE SET count = count + excluded.count
                """, [coarser.rawValue, span, span, series.rawValue, oldest, limit])
        }
        try run(
            "DELETE FROM rollup WHERE series = ? AND (start, labels) IN (SELECT start, labels FROM (\(old)))",
            [series.rawValue, series.rawValue, oldest, limit])
        return db.changesCount
    }
}
