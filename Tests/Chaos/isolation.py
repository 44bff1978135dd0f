"""Whether the lanes stay apart: how quickly ``options`` and ``check`` are answered while sends fail, hang or flood."""

import asyncio
import statistics

from people import Person
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


async def measure(stage, crowd):
    """By weather and kind: the jobs that were measured."""
    found = {}
    for name, (kind, more, times) in WEATHERS.items():
        people = await registering(crowd, PER_SECOND * LASTING)
        await stage.judge.order(operation="start", kind=kind, **more)
        began = len(crowd.ledger)
        await asyncio.gather(
            steadily(PER_SECOND, people, Person.enter_code), steadily(PER_SECOND, people, Person.look),
            steadily(SENDS * times, newcomers(crowd, SENDS * times * LASTING), Person.register))
        await stage.judge.order(operation="start", kind="none")
        jobs = crowd.ledger[began:]
        found[name] = {kind: [job for job in jobs if job.kind == kind] for kind in ("options", "check")}
        print(f"{name}: " + ", ".join(f"{kind} p99 {p99(jobs) * 1000:.0f} ms" for kind, jobs in found[name].items()),
              flush=True)
    return found


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


def p99(jobs):
    """Of the seconds until the reply."""
    return statistics.quantiles([job.replies[0].at - job.published_at for job in jobs if job.replies], n=100)[98]


def findings(found):
    answered = Finding("isolation", "each of them is answered as ever, whatever becomes of sends")
    quick = Finding("isolation p99", f"within {FACTOR} times their p99 of quiet weather")
    quiet = {kind: p99(jobs) for kind, jobs in found["quiet"].items()}
    for weather, kinds in found.items():
        for kind, jobs in kinds.items():
            expected = {"options": "options", "check": "approved"}[kind]
            for job in jobs:
                answered.that(job.outcome == expected, f"{weather}: {kind} {job.id} {job.outcome}")
            if weather != "quiet":
                slowest = p99(jobs)
                quick.that(
                    slowest <= max(FACTOR * quiet[kind], quiet[kind] + NOISE),
                    f"{weather}: {kind} {slowest * 1000:.0f} ms, quiet {quiet[kind] * 1000:.0f} ms")
    return [answered, quick]
