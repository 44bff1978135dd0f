"""Measures the product beside rivals, scenario by scenario and round by round, and writes the tables into a page.

``deploy/bench.sh`` starts it, with a private broker and all programs built."""

import argparse
import datetime
import fcntl
import json
import os
import pathlib
import signal
import socket
import struct
import subprocess
import sys
import time

import report
from scenarios import SCENARIOS, Sizes
from stage import Failure, Stage

PAGE = pathlib.Path("docs/performance.md")


def options():
    parser = argparse.ArgumentParser(prog="bench.sh", description=__doc__)
    parser.add_argument("scenarios", nargs="*", metavar="SCENARIO", help=f"of {', '.join(SCENARIOS)}; all by default")
    parser.add_argument("--rounds", type=int, default=3, help="each round measures everything once (default 3)")
    parser.add_argument("--logins", type=int, default=4000, help="logins of a measurement (default 4000)")
    parser.add_argument("--millions", type=float, default=10, help="outcomes in the large store (default 10 million)")
    parser.add_argument("--drained", type=int, default=1_000_000, help="jobs in the queue that is drained")
    parser.add_argument("--counts", action="store_true", help="the same as the scenario 'counts'")
    parser.add_argument("--short", action="store_true", help="one small round, to see that it works; writes no page")
    parser.add_argument("--seconds", type=float, help="ends a round of a scenario; by default each has a time of its own")
    parser.add_argument("--of", help="what is measured, as the tables say it (default: the commit that was built)")
    parser.add_argument("--write", action="store_true", help=f"write the tables into {PAGE}")
    parser.add_argument("--json", type=pathlib.Path, help="keep what was measured there")
    parser.add_argument("--folder", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    parser.add_argument("--programs", type=pathlib.Path, required=True, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    chosen.scenarios += ["counts"] if chosen.counts else []
    unknown = set(chosen.scenarios) - set(SCENARIOS)
    if unknown:
        parser.error(f"there is no scenario {', '.join(sorted(unknown))}")
    if chosen.short:
        chosen.rounds, chosen.logins, chosen.millions, chosen.drained = 1, 300, 0.05, 3000
    return chosen


def broker(folder):
    """A private broker on the port that the rivals know."""
    done = subprocess.run(["deploy/broker.sh", "start-tls", folder, "5672"], capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(f"the broker did not start: {done.stderr}")
    return dict(line.split("=", 1) for line in (folder / "env").read_text().splitlines())


def loopback_up():
    """A new network namespace has its loopback down. In the machine's own this changes nothing."""
    with socket.socket() as any_socket:
        request = struct.pack("16sh14x", b"lo", 0)
        flags, = struct.unpack_from("h", fcntl.ioctl(any_socket, 0x8913, request), 16)
        if not flags & 1:
            fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", flags | 1))


def measure(stage, name, sizes, seconds):
    """Figures by variant, and why those that are missing are."""
    scenario, found, failures = SCENARIOS[name], {}, []
    stage.end = time.monotonic() + (seconds or scenario.seconds)
    for variant, measured in scenario.run(stage, sizes):
        try:
            figures = found[variant] = measured()
        except (Failure, subprocess.TimeoutExpired, OSError) as failure:
            failures.append(f"{variant}: {failure}")
            print(f"{name}: {failures[-1]}", flush=True)
            continue
        told = figures if isinstance(figures, str) else "  ".join(f"{key} {value:g}" for key, value in figures.items())
        print(f"{name}: {variant}: {told}", flush=True)
    return found, failures


def where(chosen, begun, rounds):
    """Of what, when and on what the tables are."""
    spread = f"{rounds} rounds of {chosen.logins:,} logins: median (least–most)" if rounds > 1 else "one round"
    return f"Of {chosen.of}, {begun:%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores; {spread}."


def main():
    chosen = options()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    loopback_up()
    begun = datetime.datetime.now(datetime.timezone.utc)
    names = chosen.scenarios or list(SCENARIOS)
    sizes = Sizes(chosen.logins, chosen.millions, chosen.drained)
    results = {name: [] for name in names}
    failures = {name: [] for name in names}
    try:
        stage = Stage(chosen.folder, json.loads(chosen.programs.read_text()), broker(chosen.folder / "broker"))
        for number in range(chosen.rounds):
            for name in names:
                if SCENARIOS[name].once and number:
                    continue
                found, missing = measure(stage, name, sizes, chosen.seconds)
                results[name].append(found)
                failures[name] += [f"round {number + 1}: {failure}" for failure in missing]
    finally:
        subprocess.run(["deploy/broker.sh", "stop", chosen.folder / "broker"], capture_output=True, check=False)
    if chosen.json:
        chosen.json.write_text(json.dumps({
            "of": chosen.of, "begun": f"{begun:%Y-%m-%d %H:%M}", "results": results, "failures": failures}, indent=1))
    texts = report.texts(SCENARIOS, results, failures, lambda name: where(chosen, begun, len(results[name])))
    if chosen.write and not chosen.short:
        report.write(PAGE, texts)
    print("", *texts.values(), sep="\n\n")
    return 1 if any(failures.values()) else 0


if __name__ == "__main__":
    sys.exit(main())
