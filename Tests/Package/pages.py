"""Holds the manual pages of a folder against the commands that the program tells of, on standard input."""

import json
import sys
from pathlib import Path


def names(command, path=()):
    path = (*path, command["commandName"])
    yield "-".join(path)
    for below in command.get("subcommands") or []:
        if below["commandName"] != "help":
            yield from names(below, path)


told = set(names(json.load(sys.stdin)["command"]))
found = {page.stem for page in Path(sys.argv[1]).glob("*.1")}
if told != found or len(told) < 40:
    sys.exit(f"no page: {sorted(told - found)}; no command: {sorted(found - told)}; {len(told)} commands")
print(f"{len(found)} manual pages, one for each command")
