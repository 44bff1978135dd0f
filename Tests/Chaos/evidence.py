"""Gathers the evidence once all is quiet."""

import asyncio
import sqlite3
import time

from ledger import Evidence, Record
from seal import Keys

STATES = {0: "pending", 1: "confirmed", 2: "undeliverable"}
LANES = ("verify.send", "verify.check", "verify.account", "verify.admin", "verify.dead")


async def depths(stage):
    """Messages by queue, unacknowledged ones included."""
    lines = (await stage.cluster.nodes[0].ctl("list_queues", "name", "messages")).splitlines()
    found = dict(line.rsplit("\t", 1) for line in lines if "\t" in line)
    return {lane: int(found[lane]) for lane in LANES}


async def quiet(stage, seconds=90):
    """Waits until no job is left in a lane; gives what is."""
    end = time.time() + seconds
    while any((left := await depths(stage)).values()) and time.time() < end:
        await asyncio.sleep(1)
    return left


def read_store(path):
    keys = Keys(path.with_name(path.name + ".key"))
    store = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = store.execute("SELECT front_end, message_id, state, outcome, reply, reply_state FROM job")
        records = {id: Record(state == 1, outcome, keys.open(reply, "job", "reply", front_end, id), STATES[fate])
                   for front_end, id, state, outcome, reply, fate in rows}
        return records, store.execute("PRAGMA integrity_check").fetchone()[0]
    finally:
        store.close()


def read_logs(folder):
    for file in sorted(folder.glob("worker*.log")):
        with open(file, errors="replace") as lines:
            for line in lines:
                yield file.name, line


async def gather(stage, crowd, weather):
    queues = await quiet(stage)
    # The files of a store in use, with what its log and its rows hold in clear.
    files = {path.name: path.read_bytes() for path in stage.store.glob("store.db*")}
    await stage.stop_workers()
    records, integrity = read_store(stage.store / "store.db")
    for job in crowd.ledger:
        if not job.replies and job.is_recorded and job.id in records and records[job.id].is_finished:
            job.recorded = records[job.id].outcome
    return Evidence(
        jobs=crowd.ledger, records=records, messages=await stage.judge.messages(),
        approvals=await stage.judge.approvals(), faults=weather.faults,
        exits=[exit for worker in stage.workers for exit in worker.exits], log_lines=read_logs(stage.folder),
        store_files=files, integrity=integrity, queues=queues,
        judge_is_exact=stage.judge.IS_EXACT)
