#!/usr/bin/env python3
"""Writes a manual page for each command of verify-courier, from what the program says of itself.

    verify-courier --experimental-dump-help | manual.py FOLDER VERSION DATE
"""

import json
import re
import sys
from pathlib import Path

PROGRAM = "verify-courier"
EXIT_CODES = {
    0: "done",
    1: "the answer is no: a wrong code, nothing found, a check that failed",
    64: "the command was not understood",
    65: "data that cannot be used",
    69: "broker, store or Twilio out of reach",
    70: "an error of the program, or output that cannot be written",
    75: "try again later",
    77: "not allowed",
    78: "the configuration is wrong, a missing store and a key that does not fit among it",
}


def plain(text):
    """Text that roff takes for nothing else: no escape, no macro, no hyphen that it would change."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq").replace("`", "\\(ga")
    return re.sub(r"^(\.)", r"\\&\1", text, flags=re.MULTILINE)


def word(text):
    """An argument of a macro: none of mdoc's own, and one only."""
    return '"' + r"\&" + plain(text).replace('"', '""') + '"'


def parts(discussion):
    """(description, example lines)."""
    description, examples = [], []
    inside = False
    for line in discussion.splitlines():
        before, found, after = line.partition("Example:")
        if not found:
            before, found, after = line.partition("Examples:")
        if found:
            inside = True
            description.append(before.rstrip())
            examples.append(after.strip())
        elif inside and line.startswith(" "):
            examples.append(line.strip() if not examples or not examples[-1].endswith("\\") else "    " + line.strip())
        else:
            inside = False
            description.append(line)
    return "\n".join(description).strip(), [line for line in examples if line]


def names(argument):
    """`-h`, `--help`."""
    return [("-" if name["kind"] == "short" else "--") + name["name"] for name in argument.get("names") or []]


def flags(text):
    """For the macro Fl, which writes the first dash itself."""
    return word(text[1:])


def is_shown(argument):
    return argument.get("shouldDisplay", True)


def synopsis(command):
    for argument in filter(is_shown, command.get("arguments") or []):
        value = argument.get("valueName", "")
        if argument["kind"] == "positional":
            text = f".Ar {word(value)}" + (" ..." if argument["isRepeating"] else "")
        else:
            text = f".Fl {flags(names(argument)[-1])}" + (f" Ar {word(value)}" if argument["kind"] == "option" else "")
        yield f".Op {text[1:]}" if argument["isOptional"] else text


def options(command):
    for argument in filter(is_shown, command.get("arguments") or []):
        value = argument.get("valueName", "")
        if argument["kind"] == "positional":
            yield f".It Ar {word(value)}"
        else:
            tail = f" Ar {word(value)}" if argument["kind"] == "option" else ""
            yield ".It " + " , ".join(f"Fl {flags(name)}{tail}" for name in names(argument))
        text = argument.get("abstract") or ""
        if argument.get("defaultValue") is not None:
            text += f" Default: {argument['defaultValue']}."
        yield from paragraph(text)


def paragraph(text):
    """Paragraphs as roff wants them: no empty lines, a sentence a line."""
    for index, block in enumerate(re.split(r"\n\s*\n", text.strip())):
        if index:
            yield ".Pp"
        yield from (plain(line) for line in re.split(r"(?<=[.!?:]) +", " ".join(block.split())) if line)


def page(command, path, leaves, version, date):
    """Lines of the manual page of one command."""
    name = "-".join(path)
    below = subcommands(command)
    description, examples = parts(command.get("discussion") or "")
    yield f".\\\" Made by deploy/manual.py from the help of {PROGRAM} {version}."
    yield f".Dd {date}"
    yield f".Dt {name.upper()} 1"
    yield f".Os {PROGRAM} {version}"
    yield ".Sh NAME"
    yield f".Nm {name}"
    yield f".Nd {plain((command.get('abstract') or name).rstrip('.'))}"
    yield ".Sh SYNOPSIS"
    yield f".Nm {PROGRAM}"
    for step in path[1:]:
        yield f".Cm {step}"
    if below:
        yield ".Ar command"
        yield ".Op Ar options"
    else:
        yield from synopsis(command)
    yield ".Sh DESCRIPTION"
    yield from paragraph(command.get("abstract") or "")
    if description:
        yield ".Pp"
        yield from paragraph(description)
    if below:
        yield ".Bl -tag -width Ds"
        for leaf_path, leaf in leaves:
            if leaf_path[: len(path)] == path:
                yield f".It Xr {'-'.join(leaf_path)} 1"
                yield from paragraph(leaf.get("abstract") or "")
        yield ".El"
    yield ".Pp"
    yield "The options are:"
    yield ".Bl -tag -width Ds"
    yield from options(command)
    yield ".El"
    yield ".Sh EXIT STATUS"
    yield ".Bl -tag -width Ds -compact"
    for code, meaning in EXIT_CODES.items():
        yield f".It {code}"
        yield meaning
    yield ".El"
    if examples:
        yield ".Sh EXAMPLES"
        yield ".Bd -literal -offset indent"
        yield from map(plain, examples)
        yield ".Ed"
    yield ".Sh SEE ALSO"
    others = [path[:-1]] if len(path) > 1 else []
    others += [other for other, _ in leaves if len(path) > 1 and other[:-1] == path[:-1] and other != path]
    pages = sorted({f"{'-'.join(other)} 1" for other in others})
    pages.append(f"{PROGRAM}-as-worker 8")
    for index, other in enumerate(pages):
        yield f".Xr {other}" + (" ," if index + 1 < len(pages) else "")


def subcommands(command):
    return [below for below in command.get("subcommands") or [] if below["commandName"] != "help"]


def walk(command, path=()):
    """Every command with its path, groups of others too."""
    path = (*path, command["commandName"])
    yield path, command
    for below in subcommands(command):
        yield from walk(below, path)


def main(folder, version, date):
    every = list(walk(json.load(sys.stdin)["command"]))
    leaves = [(path, command) for path, command in every if not subcommands(command)]
    folder.mkdir(parents=True, exist_ok=True)
    for path, command in every:
        text = "\n".join(page(command, path, leaves, version, date)) + "\n"
        (folder / f"{'-'.join(path)}.1").write_text(text, encoding="utf-8")


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3])
