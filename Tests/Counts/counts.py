"""Counts what a job costs the worker, without a clock, and compares it with ``bounds.txt``.

``deploy/counts.sh`` starts it, with a broker, the simulator, and a worker that counts into COUNTER_FILE."""

import argparse
import json
import os
import pathlib
import sys

import budget
import frames
from counter import Counter, difference
from frontend import FrontEnd
from load import Load
from people import People


SOURCES = pathlib.Path(__file__).parents[2] / "Sources"
# What no job of a worker goes through.
NO_WORKERS = ("Conformance", "LoginPage", "TwilioSimulator", "VerifyClient")


def options():
    parser = argparse.ArgumentParser(prog="counts.sh", description=__doc__)
    parser.add_argument("--counter", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--program", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--column", choices=("debug", "release"), default="debug", help=argparse.SUPPRESS)
    parser.add_argument("--statements", action="store_true", help="print every statement and how often it runs a job")
    parser.add_argument("--json", type=pathlib.Path, help="write the figures there as well")
    parser.add_argument("--alone", type=int, default=24, help="people one after another")
    parser.add_argument("--crowd", type=int, default=200, help="people of whom 64 are busy at once")
    return parser.parse_args()


def measure(chosen, counter, people, load):
    # Caches fill, statements are prepared, pages of the file are made.
    load.at_once((people.with_phone() for _ in range(96)), 64)
    load.one_at_a_time(people.with_authenticator() for _ in range(2))

    alone_before = counter.runs()
    differences = load.one_at_a_time(people.with_phone() for _ in range(chosen.alone))
    differences |= load.one_at_a_time(people.with_authenticator() for _ in range(chosen.alone // 2))
    alone_after = counter.runs()

    before = counter.totals()
    jobs = load.at_once((people.with_phone() for _ in range(chosen.crowd)), 64)
    together = difference(counter.totals(), before)
    each = budget.of_each(differences)
    alone = sum(len(found) for found in differences.values())
    return each, budget.figures(each, together, jobs), budget.statements_of(alone_before, alone_after, alone)


def main():
    chosen = options()
    bounds = budget.read(pathlib.Path(__file__).with_name("bounds.txt").read_text())
    counter = Counter(chosen.counter)
    people = People(os.environ["VERIFY_COURIER_TWILIO_BASE_URL"])
    each, found, statements = measure(chosen, counter, people, Load(FrontEnd(), counter))
    modules = [folder.name for folder in SOURCES.iterdir() if folder.name not in NO_WORKERS]
    largest = frames.largest(chosen.program, modules, 12)
    found[budget.FRAME] = largest[0][0]
    if counter.totals()["unnamed"]:
        print("the counter has no room for the names of all statements")
    for name, costs in each.items():
        print(f"{name:<26}" + "  ".join(f"{figure} {value:g}" for figure, value in costs.items()))
    print("\n".join(budget.table(found, bounds, chosen.column)))
    if chosen.json:
        chosen.json.write_text(json.dumps([[*key, value] for key, value in found.items()]))
    broken = budget.findings(found, bounds, chosen.column)
    for line in budget.slack(found, bounds, chosen.column):
        print(f"lower it in bounds.txt: {line}")
    if chosen.column == "release":
        print("largest frames of asynchronous functions, bytes:", *(f"{size:>8} {name}" for size, name in largest), sep="\n")
    if broken or chosen.statements:
        print("statements a job, one at a time:", *statements, sep="\n")
    print(*broken, f"{len(found) - len(broken)} passed, {len(broken)} failed", sep="\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
