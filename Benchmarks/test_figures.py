"""What is worked out of what was measured, and the store that is made large."""

import collections
import pathlib
import sqlite3
import tempfile
import unittest

import drain
import large_store
from scenarios import worst_commit
from stage import LINE, Failure

SCHEMA = """
    CREATE TABLE history (id INTEGER PRIMARY KEY, at INTEGER NOT NULL, message_id TEXT NOT NULL, user TEXT NOT NULL,
        number_hmac BLOB, outcome TEXT NOT NULL, begun_at INTEGER NOT NULL, sid TEXT);
    CREATE INDEX history_by_user ON history (user, at);
    CREATE TABLE user (name TEXT PRIMARY KEY, known INTEGER NOT NULL) WITHOUT ROWID;
    CREATE TABLE tally (tally TEXT NOT NULL, key BLOB NOT NULL, at INTEGER NOT NULL, message_id TEXT NOT NULL,
        PRIMARY KEY (tally, key, at, message_id)) WITHOUT ROWID;
    CREATE TABLE rollup (series INTEGER NOT NULL, start INTEGER NOT NULL, labels TEXT NOT NULL, count INTEGER NOT NULL,
        PRIMARY KEY (series, start, labels)) WITHOUT ROWID;
    CREATE TABLE meta (name TEXT PRIMARY KEY, value ANY) WITHOUT ROWID;
    INSERT INTO rollup VALUES (1, 1790000000000, 'send/sent/2', 40), (3, 1790000000000, 'portal/web/send/sms/US/sent/', 40);
    INSERT INTO meta VALUES ('counted_to', 8), ('counted_since', 1790000000000);
    INSERT INTO history VALUES (7, 1790000000000, 'm1', 'anna', x'01', 'sent', 1790000000000, 'VE1');
    INSERT INTO history VALUES (8, 1790000000500, 'm2', 'ben', x'02', 'approved', 1790000000400, NULL);
    INSERT INTO user VALUES ('anna', 1), ('ben', 1);
    INSERT INTO tally VALUES ('sends', x'01', 1790000000000, 'm1');
"""


class LargeStore(unittest.TestCase):
    def fill(self, schema, outcomes=2000):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        path = pathlib.Path(folder.name, "store.db")
        db = sqlite3.connect(path)
        self.addCleanup(db.close)
        db.executescript(schema)
        large_store.fill(path, outcomes, lambda: 60)
        return db

    def test_has_so_many_rows_of_each_table_beside_its_own(self):
        db = self.fill(SCHEMA)
        for table, rows in (("history", 2002), ("user", 202), ("tally", 1001)):
            self.assertEqual(db.execute(f"SELECT COUNT(*) FROM {table}").fetchone(), (rows,))
        self.assertEqual(db.execute("SELECT COUNT(*) FROM user WHERE name IN ('anna', 'ben')").fetchone(), (2,))

    def test_rows_are_of_other_people_spread_over_time_and_of_every_kind(self):
        db = self.fill(SCHEMA)
        people, first, last, kinds = db.execute(
            "SELECT COUNT(DISTINCT user), MIN(at), MAX(at), COUNT(DISTINCT outcome) FROM history WHERE id > 8").fetchone()
        self.assertEqual((people, kinds), (201, 2))
        self.assertGreater(last - first, 1_900_000)
        # Each code is another one, as with real people.
        self.assertEqual(db.execute("SELECT COUNT(DISTINCT sid), COUNT(sid) FROM history").fetchone(), (1001, 1001))

    def test_indexes_are_there_again(self):
        db = self.fill(SCHEMA)
        self.assertEqual(
            db.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL").fetchall(),
            [("history_by_user",)])
        self.assertEqual(db.execute("PRAGMA integrity_check").fetchone(), ("ok",))

    def test_what_was_made_is_counted_and_roll_ups_are_as_many_as_are_kept(self):
        db = self.fill(SCHEMA)
        self.assertEqual(db.execute("SELECT value FROM meta WHERE name = 'counted_to'").fetchone(), (2008,))
        rows = dict(db.execute("SELECT series, COUNT(*) FROM rollup GROUP BY series"))
        # One a minute for a day and two hours; one a day and country.
        self.assertEqual(rows, {1: 26 * 60 + 1, 3: 400 * len(large_store.COUNTRIES) + 1})

    def test_another_schema_or_an_empty_table_is_said(self):
        with self.assertRaisesRegex(Failure, "tally has no message_id"):
            self.fill(SCHEMA.replace("message_id TEXT NOT NULL,\n        PRIMARY KEY (tally, key, at, message_id)",
                                     "m TEXT NOT NULL,\n        PRIMARY KEY (tally, key, at, m)"))
        with self.assertRaisesRegex(Failure, "nobody wrote to the store's user"):
            self.fill(SCHEMA.replace("INSERT INTO user VALUES ('anna', 1), ('ben', 1);", ""))


class Figures(unittest.TestCase):
    def test_the_rate_of_a_drain_leaves_out_seconds_that_were_not_whole(self):
        found = drain.rates(collections.Counter([0, *[1, 2, 3, 4, 5] * 100, *[6, 7, 8, 9, 10] * 50, 11]))
        self.assertEqual((found["slowest"], found["fastest"]), (50, 100))

    def test_the_worst_commit_is_the_bound_of_the_last_bucket_that_holds_one(self):
        metrics = "".join(
            f'verify_courier_store_commit_duration_seconds_bucket{{backend="sqlite",le="{bound}"}} {count}\n'
            for bound, count in (("0.01", 5), ("0.05", 9), ("0.1", 9), ("+Inf", 9)))
        self.assertEqual(worst_commit(metrics), 50)
        self.assertEqual(worst_commit(""), float("inf"))

    def test_the_line_of_the_load_is_understood(self):
        line = "x              jobs=8000 failed=0 1234 jobs/s  p50=1.20ms p99=30.45ms  worker cpu/job=90us rss=14MB"
        self.assertEqual(LINE.search(line).groups(), ("8000", "0", "1234", "1.20", "30.45", "90", "14"))


if __name__ == "__main__":
    unittest.main()
