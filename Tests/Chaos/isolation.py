"""Whether the lanes stay apart: how quickly ``options`` and ``check`` are answered while sends fail, hang or flood."""

import asyncio
import contextlib
import random
import statistics
import subprocess
import sys

from front_end import FrontEnd
from people import Crowd, Person
from promises import Finding

"""Jobs of each kind per second, and how long each kind of weather lasts, in seconds."""
PER_SECOND, LASTING = 20, 30
"""Sends per second beside them, in all weathers but the flood."""
SENDS = 40
"""By name: what Twilio does to sends, and how many times as many there are."""
WEATHERS = {
    "quiet": ("none", {}, 1), "sends fail": ("503", {}, 1), "sends hang": ("hang", {"ms": "15000"}, 1),
    "flood of sends": ("none", {}, 5),
}
"""How much slower the slowest hundredth may be than when all is quiet (the contract's section 1)."""
FACTOR = 2
"""Below this, in seconds, a difference is the machine's doing."""
NOISE = 0.01


@contextlib.asynccontextmanager
async def crowd_at(broker_url, judge=None, born=0):
    front_end = FrontEnd([broker_url])
    listening = asyncio.create_task(front_end.run())
    crowd = Crowd(front_end, judge, {}, random.Random(0), lambda: False)
    crowd.born = born
    try:
        yield crowd
    finally:
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


async def measure(stage):
    """By weather and kind: the jobs that were measured."""
    found = {}
    broker_url = stage.cluster.nodes[0].url
    async with crowd_at(broker_url, stage.judge) as crowd:
        for name, (kind, more, times) in WEATHERS.items():
            people = await registering(crowd, PER_SECOND * LASTING)
            await stage.judge.order(operation="start", kind=kind, **more)
            began = len(crowd.ledger)
            with sending(broker_url, SENDS * times, 100_000 * (1 + len(found))):
                await asyncio.gather(
                    steadily(PER_SECOND, people, Person.enter_code), steadily(PER_SECOND, people, Person.look))
            await stage.judge.order(operation="start", kind="none")
            jobs = crowd.ledger[began:]
            found[name] = {kind: [job for job in jobs if job.kind == kind] for kind in ("options", "check")}
            print(f"{name}: " + ", ".join(
                f"{kind} median {middle * 1000:.0f} ms, p99 {slowest * 1000:.0f} ms"
                for kind, (middle, slowest) in ((kind, times_of(jobs)) for kind, jobs in found[name].items())), flush=True)
    return found


@contextlib.contextmanager
def sending(broker_url, per_second, born):
    """Sends meanwhile, by another process: its work is not to slow down what is measured here."""
    process = subprocess.Popen([sys.executable, __file__, broker_url, str(per_second), str(born)])
    try:
        yield
    finally:
        process.wait(timeout=180)


async def send(broker_url, per_second, born):
    async with crowd_at(broker_url, born=born) as crowd:
        await steadily(per_second, newcomers(crowd, per_second * LASTING), Person.register)


def newcomers(crowd, count):
    crowd.born += count
    return [Person(number, crowd) for number in range(crowd.born - count + 1, crowd.born + 1)]


async def registering(crowd, count):
    """People with a code in their hands."""
    people = newcomers(crowd, count)
    for start in range(0, count, 50):
        # Until they have it: the breaker of the weather before may still be open.
        await asyncio.gather(*(person.register(persistently=True) for person in people[start:start + 50]))
    return people


async def steadily(per_second, people, act):
    """Each in turn, however long those before take."""
    acts = []
    for person in people:
        acts.append(asyncio.create_task(act(person)))
        await asyncio.sleep(1 / per_second)
    await asyncio.gather(*acts)


def times_of(jobs):
    """Median and 99th percentile of the seconds until the reply."""
    hundredths = statistics.quantiles([job.replies[0].at - job.published_at for job in jobs if job.replies], n=100)
    return hundredths[49], hundredths[98]


def findings(found):
    answered = Finding("isolation", "each of them is answered as ever, whatever becomes of sends")
    quick = Finding("isolation p99", f"within {FACTOR} times their p99 of quiet weather")
    quiet = {kind: times_of(jobs)[1] for kind, jobs in found["quiet"].items()}
    for weather, kinds in found.items():
        for kind, jobs in kinds.items():
            expected = {"options": "options", "check": "approved"}[kind]
            for job in jobs:
                answered.that(job.outcome == expected, f"{weather}: {kind} {job.id} {job.outcome}")
            if weather != "quiet":
                slowest = times_of(jobs)[1]
                quick.that(
                    slowest <= max(FACTOR * quiet[kind], quiet[kind] + NOISE),
                    f"{weather}: {kind} {slowest * 1000:.0f} ms, quiet {quiet[kind] * 1000:.0f} ms")
    return [answered, quick]


if __name__ == "__main__":
    asyncio.run(send(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
