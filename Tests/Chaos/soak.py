"""Whether a long run stays flat: memory and descriptors of each worker, the store's log, the slowest answers."""

import asyncio
import dataclasses
import os
import pathlib
import statistics

from promises import Finding

PAUSE = 5
"""What may be added between the first and the last quarter: for caches that fill, and a machine that does other work."""
MEMORY, DESCRIPTORS, SECONDS = 32 << 20, 16, 0.25
"""Beyond this the store's log is not checkpointed any more."""
LONGEST_LOG = 64 << 20


@dataclasses.dataclass
class Sample:
    worker: str
    memory: int
    descriptors: int
    log: int


def sample(worker, store):
    process = pathlib.Path("/proc", str(worker.process.pid))
    pages = int((process / "statm").read_text().split()[1])
    return Sample(
        worker.name, pages * os.sysconf("SC_PAGESIZE"), len(os.listdir(process / "fd")),
        os.path.getsize(store / "store.db-wal"))


async def watch(stage, is_enough):
    """Samples until there is enough."""
    samples = []
    while not is_enough():
        samples += [sample(worker, stage.store) for worker in stage.workers]
        await asyncio.sleep(PAUSE)
    return samples


def growth(values):
    """Of the medians, from the second quarter, when all is warm, to the last."""
    quarter = len(values) // 4
    return statistics.median(values[-quarter:]) - statistics.median(values[quarter:2 * quarter])


def slowest(jobs):
    """The 99th percentile of the seconds until the first reply, of each quarter of the jobs."""
    times = [job.replies[0].at - job.published_at for job in jobs if job.replies]
    quarter = len(times) // 4
    return [statistics.quantiles(times[n * quarter:(n + 1) * quarter], n=100)[98] for n in range(4)]


def findings(samples, jobs):
    memory = Finding("soak memory", "the workers' memory is flat")
    descriptors = Finding("soak files", "their descriptors are")
    for worker in sorted({sample.worker for sample in samples}):
        own = [sample for sample in samples if sample.worker == worker]
        grown = growth([sample.memory for sample in own])
        memory.that(grown <= MEMORY, f"{worker}: {grown / (1 << 20):.0f} MiB more")
        grown = growth([sample.descriptors for sample in own])
        descriptors.that(grown <= DESCRIPTORS, f"{worker}: {grown:.0f} more")
    log = Finding("soak log", "the store's log is bounded")
    longest = max(sample.log for sample in samples)
    log.that(longest <= LONGEST_LOG, f"{longest / (1 << 20):.0f} MiB")
    slow = Finding("soak p99", "the slowest answers stay as quick as they were")
    quarters = slowest(jobs)
    slow.that(quarters[3] <= quarters[1] * 2 + SECONDS, ", ".join(f"{p99:.2f} s" for p99 in quarters))
    return [memory, descriptors, log, slow]
