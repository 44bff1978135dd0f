"""Breaks everything around a few workers while people sign in, then tries to refute the promises.

``deploy/chaos.sh`` starts it, in a folder of its own."""

import argparse
import asyncio
import contextlib
import logging
import pathlib
import random
import signal
import sys
import time

import evidence
import isolation
import report
import soak
from front_end import FrontEnd
from people import Crowd
from stage import Stage
from weather import Weather

"""How often people do what: shares of logins or of jobs."""
HABITS = {
    "wrong": 0.15, "wrong again": 0.5, "foreign": 0.03, "cancel": 0.03, "dies": 0.03, "at once": 0.05, "use again": 0.1, "outcome": 0.05,
    "late": 0.01, "missing": 0.01, "twice": 0.05, "repeat": 0.03, "reuse": 0.01,
}


def options():
    parser = argparse.ArgumentParser(prog="chaos.sh", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="what breaks and when; printed")
    parser.add_argument("--minutes", type=float, help="how long people go on signing in (default 2)")
    parser.add_argument("--jobs", type=int, help="instead: until so many jobs were published")
    parser.add_argument("--alone", type=int, default=0, metavar="N", help="instead: every kind of fault so often, alone")
    parser.add_argument("--judge", default="simulator", help="'simulator', or the command of another stand-in")
    parser.add_argument("--workers", type=int, default=3)
    parser.add_argument("--nodes", type=int, default=1, help="of the broker; several are a cluster, killed one by one")
    parser.add_argument("--at-once", type=int, default=64, help="logins under way at the same time")
    parser.add_argument("--think", type=float, default=0, help="seconds that people think before a job, in the mean")
    parser.add_argument("--fronts", default=",".join(Weather.USUAL), help="which kinds of faults, comma-separated")
    parser.add_argument("--pace", type=float, default=1, help="stretches the pauses between faults")
    parser.add_argument("--soak", action="store_true", help="fair weather; memory, descriptors, log and p99 stay flat")
    parser.add_argument("--isolation", action="store_true", help="only measures other lanes while sends are in trouble")
    parser.add_argument("--product", required=True, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--disk", action="store_true", help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if sum(map(bool, (chosen.minutes, chosen.jobs, chosen.alone))) > 1:
        parser.error("one of --minutes, --jobs, --alone, not several")
    if chosen.isolation and chosen.judge != "simulator":
        parser.error("--isolation needs the simulator, which can be told to break sends alone")
    if chosen.soak or chosen.isolation:
        chosen.fronts = ""
    return chosen


async def perform(chosen, stage):
    await stage.start()
    front_end = FrontEnd([node.url for node in stage.cluster.nodes])
    listening = asyncio.create_task(front_end.run())
    began = time.time()

    def is_enough():
        if chosen.jobs:
            return len(crowd.ledger) >= chosen.jobs
        if chosen.alone:
            return weather.is_over
        return time.time() - began >= (chosen.minutes or 2) * 60

    crowd = Crowd(front_end, stage.judge, HABITS, random.Random(chosen.seed), is_enough, thinking=chosen.think)
    if not stage.false_clock:
        print("there is no libFalseClock.so beside the program: clocks are left alone")
    fronts = [front for front in chosen.fronts.split(",") if front]
    weather = Weather(stage, chosen.seed, fronts, chosen.pace, chosen.alone)
    storm = asyncio.create_task(weather.blow())
    telling = asyncio.create_task(tell(crowd, stage, is_enough, storm))
    watching = asyncio.create_task(soak.watch(stage, is_enough)) if chosen.soak else None
    await crowd.keep_busy(chosen.at_once)
    seconds = time.time() - began
    await telling
    found = await evidence.gather(stage, crowd, weather)
    listening.cancel()
    print(f"logins: {crowd.completed} of {crowd.logins} completed")
    flat = soak.findings(await watching, crowd.ledger) if watching else []
    return found, report.findings(found) + flat, seconds


async def tell(crowd, stage, is_enough, storm):
    """Says every ten seconds how far it is, and ends the storm when there is enough."""
    told = time.time()
    while not is_enough() and not (storm.done() and storm.exception()):
        await asyncio.sleep(0.5)
        if time.time() - told >= 10:
            told = time.time()
            exits = sum(len(worker.exits) for worker in stage.workers)
            print(f"{len(crowd.ledger)} jobs, {crowd.completed} logins, {exits} workers ended", flush=True)
    storm.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await storm
    # An end at a random moment may have left any of these half done.
    await stage.judge.calm()
    await stage.judge.calm_gateway()
    await stage.cluster.mend()


async def main():
    chosen = options()
    # That connections break is what is wanted here.
    for library in ("aiormq", "aio_pika", "asyncio"):
        logging.getLogger(library).setLevel(logging.CRITICAL)
    stage = Stage(chosen, random.Random(chosen.seed + 1))
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, asyncio.current_task().cancel)
    try:
        if chosen.isolation:
            await stage.start()
            judged = isolation.findings(await isolation.measure(stage))
            lines = report.verdicts(judged)
        else:
            found, judged, seconds = await perform(chosen, stage)
            deaths = sum(worker.deaths for worker in stage.workers)
            lines = report.lines(judged, found, chosen.seed, seconds, deaths)
    finally:
        await stage.stop()
    print("\n".join(lines))
    return 0 if report.holds(judged) else 1


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
