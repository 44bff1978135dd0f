"""Writes the tables of runs that `bench.py --json` kept, each a run of its own, into docs/performance.md."""

import argparse
import json
import pathlib

import report
from scenarios import SCENARIOS

PAGE = pathlib.Path("docs/performance.md")


def main():
    parser = argparse.ArgumentParser(prog="tables.py", description=__doc__)
    parser.add_argument("runs", nargs="+", type=pathlib.Path, metavar="RUN.json", help="what a run kept")
    parser.add_argument("--write", action="store_true", help=f"write the tables into {PAGE}; else they are printed only")
    chosen = parser.parse_args()
    results, failures, sources = report.merged([json.loads(path.read_text()) for path in chosen.runs])
    texts = report.texts(SCENARIOS, results, failures, lambda name: report.sources_in_words(sources[name]))
    if chosen.write:
        report.write(PAGE, texts)
    print(*texts.values(), sep="\n\n")


if __name__ == "__main__":
    main()
