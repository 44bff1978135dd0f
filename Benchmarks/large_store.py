"""Makes a store large: rows that the product wrote are multiplied under other keys. What is sealed in them cannot be opened
there, which nobody tries: they are other people's."""

import json
import sqlite3
import time

from stage import LIMITED, Failure

TEMPLATES = 40
"""People who sign in for the rows that are multiplied."""

"""What is multiplied, with how many rows for each outcome, and the columns that are other in each row, as SQL of its number
``n`` and of ``unit``, what a second is in the table's times."""
TABLES = {
    "history": (1, {
        "id": "{next} + n", "message_id": "'large-' || n", "user": "'large-' || (n % ({rows} / 10 + 1))",
        "number_hmac": "randomblob(32)", "at": "at - unit * (n % 34600000)",
        "sid": "iif(sid IS NULL, NULL, 'VE' || lower(hex(randomblob(16))))", "begun_at": "at - unit * (n % 34600000)"}),
    "user": (0.1, {"name": "'large-' || n"}),
    "tally": (0.5, {"key": "randomblob(32)", "at": "at - unit * (n % 86400)", "message_id": "'large-' || n"}),
}
BATCH = 250_000


def ready(stage, millions):
    """The store, made when it is first asked for."""
    if not hasattr(stage, "large"):
        folder = stage.store("large", **LIMITED)
        with stage.fake(), stage.workers(stage.settings(folder, **LIMITED)) as [worker]:
            stage.load("verify", [worker.pid], TEMPLATES, 8, "-register")
        fill(folder / "store.db", round(millions * 1_000_000), stage.seconds_left)
        stage.large, stage.large_people = folder, TEMPLATES
    return stage.large


def new_people(stage, number):
    """The first of so many numbers of people whom it does not know."""
    stage.large_people += number
    return stage.large_people - number


def fill(path, outcomes, seconds_left):
    db = sqlite3.connect(path, isolation_level=None)
    for pragma in ("journal_mode = OFF", "synchronous = OFF", "cache_size = -2000000", "temp_store = MEMORY"):
        db.execute(f"PRAGMA {pragma}").fetchall()
    for table, (share, others) in TABLES.items():
        multiply(db, table, round(outcomes * share), others, seconds_left)
    count(db)
    db.execute("PRAGMA journal_mode = WAL").fetchall()
    db.close()


def multiply(db, table, rows, others, seconds_left):
    columns = [row[1] for row in db.execute(f"PRAGMA table_info({table})")]
    missing = set(others) - set(columns)
    if missing:
        raise Failure(f"the store's {table} has no {', '.join(sorted(missing))}: large_store.py is of another schema")
    db.execute(f"CREATE TEMP TABLE template AS SELECT * FROM {table}")
    templates, = db.execute("SELECT COUNT(*) FROM template").fetchone()
    if not templates:
        raise Failure(f"nobody wrote to the store's {table}")
    indexes = db.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ? AND sql IS NOT NULL", (table,)).fetchall()
    for name, _ in indexes:
        db.execute(f"DROP INDEX {name}")
    following, = db.execute(f"SELECT MAX(rowid) + 1 FROM {table}").fetchone() if "id" in columns else (0,)
    values = ", ".join(others.get(column, column).format(rows=rows, next=following) for column in columns)
    unit = second(db, columns)
    for first in range(0, rows, BATCH):
        seconds_left()
        db.execute(
            f"""WITH RECURSIVE number(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM number WHERE n < ?)
                INSERT INTO {table} SELECT {values} FROM number
                JOIN (SELECT rowid AS r, {unit} AS unit, * FROM template) ON r = n % {templates} + 1""",
            (first, min(first + BATCH, rows) - 1))
    for _, sql in indexes:
        seconds_left()
        db.execute(sql)
    db.execute("DROP TABLE template")


"""Series of roll-ups, with the milliseconds of a span and how many of them are kept; of those for ever, as many as there are days."""
SERIES = {
    1: (60_000, 26 * 60), 2: (3_600_000, 8 * 24), 3: (86_400_000, 400), 4: (3_600_000, 8 * 24), 5: (86_400_000, 400),
    6: (60_000, 26 * 60), 7: (3_600_000, 40 * 24)}
"""Countries that codes go to."""
COUNTRIES = "GB DE FR ES IT NL PL SE NO DK FI IE PT AT CH BE CZ GR HU RO".split()


def count(db):
    """What is counted is there as for all of these outcomes; how many each row says is of no matter for those who look."""
    db.execute("CREATE TEMP TABLE country AS SELECT value AS code FROM json_each(?)", (json.dumps(COUNTRIES),))
    db.execute("CREATE TEMP TABLE template AS SELECT series, labels, max(count) AS count FROM rollup GROUP BY series, labels")
    now = int(time.time() * 1000)
    for series, (span, kept) in SERIES.items():
        db.execute(
            """WITH RECURSIVE number(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n < ?1 - 1)
               INSERT OR IGNORE INTO rollup (series, start, labels, count)
               SELECT ?2, (?3 / ?4 - n) * ?4, replace(labels, 'US', code), count FROM number, template, country WHERE series = ?2""",
            (kept, series, now, span))
    db.execute("REPLACE INTO meta SELECT 'counted_to', max(id) FROM history")
    db.execute("UPDATE meta SET value = ? WHERE name = 'counted_since'", (now - 400 * 86_400_000,))
    db.execute("DROP TABLE template")


def second(db, columns):
    """How much a second is in the table's times."""
    if "at" not in columns:
        return 1
    at, = db.execute("SELECT MAX(at) FROM template").fetchone()
    return max(1, 10 ** (len(str(int(at))) - len(str(int(time.time())))))
