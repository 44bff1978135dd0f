"""The counter counts exactly what a process is known to do."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

import counter

"""What the child does between two readings of its totals."""
CHILD = """
import ctypes, os, sqlite3, sys
from counter import Counter, difference
import pathlib
counts, folder = Counter(pathlib.Path(os.environ["COUNTER_FILE"])), sys.argv[1]
db = sqlite3.connect(folder + "/db", isolation_level=None)
db.execute("PRAGMA journal_mode = WAL").fetchall()
db.execute("PRAGMA synchronous = FULL")
db.execute("CREATE TABLE t (a)")
before, runs = counts.totals(), counts.runs()
exec(sys.argv[2])
after = counts.totals()
print(*(f"{name}={value}" for name, value in difference(after, before).items()))
print(sorted((text, n - runs.get(text, 0)) for text, n in counts.runs().items() if n > runs.get(text, 0)))
"""


class Counting(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.library = os.environ["COUNTER_LIBRARY"]

    def count(self, actions):
        # Python loads SQLite when it is imported; the product is linked with it, so that it is there from the start.
        with tempfile.TemporaryDirectory() as folder:
            totals = pathlib.Path(folder, "totals")
            totals.touch()
            done = subprocess.run(
                [sys.executable, "-c", CHILD, folder, actions], check=True, capture_output=True, text=True,
                env={**os.environ, "LD_PRELOAD": f"{self.library} libsqlite3.so.0", "COUNTER_FILE": str(totals),
                     "PYTHONPATH": str(pathlib.Path(__file__).parent)})
        figures, runs = done.stdout.splitlines()
        return {name: int(value) for name, value in (pair.split("=") for pair in figures.split())}, runs

    def test_counts_runs_of_statements_and_not_their_steps(self):
        found, runs = self.count(
            "db.execute('BEGIN'); db.executemany('INSERT INTO t VALUES (?)', [(1,), (2,), (3,)]); db.execute('COMMIT');"
            "db.execute('SELECT a FROM t').fetchall()")
        self.assertEqual((found["statements"], found["commits"], found["syncs"]), (6, 1, 1))
        self.assertIn("('INSERT INTO t VALUES (?)', 3)", runs)
        self.assertIn("('SELECT a FROM t', 1)", runs)

    def test_counts_what_was_written_as_a_commit(self):
        cases = {
            "db.execute('INSERT INTO t VALUES (1)')": 1,
            "db.execute('SAVEPOINT a'); db.execute('INSERT INTO t VALUES (1)'); db.execute('RELEASE a')": 1,
            "db.execute('BEGIN IMMEDIATE'); db.execute('INSERT INTO t VALUES (1)'); db.execute('ROLLBACK')": 0,
            "db.execute('BEGIN'); db.execute('SELECT * FROM t').fetchall(); db.execute('COMMIT')": 0,
            "db.execute('SELECT * FROM t').fetchall()": 0,
        }
        for actions, commits in cases.items():
            found, _ = self.count(actions)
            self.assertEqual((found["commits"], found["syncs"]), (commits, commits), actions)

    def test_does_not_count_what_sqlite_runs_inside(self):
        # Another connection changed the schema: the statement is prepared anew within its step, which reads the schema.
        found, _ = self.count(
            "other = sqlite3.connect(folder + '/db', isolation_level=None); other.execute('CREATE TABLE u (a)');"
            "db.execute('SELECT a FROM t').fetchall()")
        self.assertEqual((found["statements"], found["prepares"]), (2, 2))

    def test_counts_allocations_of_every_kind(self):
        nothing, _ = self.count("pass")
        libc = "libc = ctypes.CDLL(None); made = ctypes.c_void_p();"
        for call, size in (
                ("libc.malloc(20000)", 20_000), ("libc.calloc(100, 200)", 20_000), ("libc.realloc(None, 20000)", 20_000),
                ("libc.aligned_alloc(64, 20032)", 20_032), ("libc.memalign(64, 20000)", 20_000),
                ("libc.posix_memalign(ctypes.byref(made), 64, 20000)", 20_000)):
            found, _ = self.count(libc + call)
            self.assertEqual(found["large"] - nothing["large"], 1, call)
            self.assertGreaterEqual(found["bytes"] - nothing["bytes"], size, call)

    def test_counts_syncs(self):
        found, _ = self.count("file = open(folder + '/f', 'w'); os.fsync(file.fileno()); os.fdatasync(file.fileno())")
        self.assertEqual(found["syncs"], 2)

    def test_a_file_that_nobody_counts_into_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            file = pathlib.Path(folder, "totals")
            file.write_bytes(bytes(counter.SIZE))
            with self.assertRaises(SystemExit):
                counter.Counter(file)


if __name__ == "__main__":
    unittest.main()
