import Basics
import Foundation
import GRDB
import Store

extension Schema {
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

/// Roll-ups: read by series and time, and added to coarser ones with age.
extension SQLiteRows {
    func count(in keys: [RollupKey]) { notes.counted += keys }

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
        let since = try one("SELECT value FROM meta WHERE name = 'counted_since'", [])
        return RollupPage(
            rows: rows.sorted { $0.start > $1.start }, endsAt: end,
            countedSince: (try? since?.integer(0)).map { Timestamp(milliseconds: $0) })
    }

    private func rollups(
        _ series: RollupSeries, _ since: Timestamp, _ until: Timestamp, limit: Int
    ) throws -> [RollupRow] {
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
            RollupRow(series: series, start: try $0.time(0), labels: try $0.text(1), count: try $0.number(2))
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
