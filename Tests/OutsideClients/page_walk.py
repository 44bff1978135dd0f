"""Does what a page of the docs says, as its reader would: saves its scripts, runs its commands in one shell, in the page's
order, and holds what follows `#=>` against what each says.

    page_walk.py PAGE

A command `deploy/demo.sh` is left running, as in a terminal of its own; `. /tmp/…/env` is the line that it shows.
"""

import os
import pathlib
import re
import signal
import subprocess
import sys
import tempfile

from checks import Checks

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEMO = "deploy/demo.sh"
# Ends each command's words on the shell's output; nothing that a page runs says it.
END = "--- that was it, with"

checks = Checks()


class Demo:
    """deploy/demo.sh in a terminal of its own."""

    def __init__(self):
        self.process = subprocess.Popen(
            [ROOT / DEMO], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
            start_new_session=True)
        said = []
        for line in self.process.stdout:
            said.append(line)
            if line.startswith("Ctrl-C"):
                break
        self.environment = next((line.strip() for line in said if re.match(r"  \. /.*/env$", line)), None)
        if self.environment is None:
            raise SystemExit("the demo did not come up: " + "".join(said[-20:]))

    def end(self):
        os.killpg(self.process.pid, signal.SIGINT)
        self.process.wait(60)


class Shell:
    """One bash for the whole page."""

    def __init__(self):
        self.process = subprocess.Popen(
            ["bash", "--noprofile", "--norc"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            text=True)

    def run(self, command):
        """What it said, and how it ended."""
        self.process.stdin.write(f"{{ {command}\n}} </dev/null\necho \"{END} $?\"\n")
        self.process.stdin.flush()
        said = []
        for line in self.process.stdout:
            if END in line:
                before, _, status = line.partition(END)
                return "".join([*said, before]), int(status)
            said.append(line)
        return "".join(said), -1

    def end(self):
        self.process.stdin.close()
        self.process.wait(60)


def blocks(page):
    """Language and text of each block."""
    return re.findall(r"^```(\w+)\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)


def main():
    page = (ROOT / sys.argv[1]).read_text(encoding="utf-8")
    demo, shell, held = None, Shell(), 0
    with tempfile.TemporaryDirectory() as home:
        shell.run(f"export HOME={home}")
        try:
            for language, text in blocks(page):
                if language == "python":
                    path = pathlib.Path(home, text.split("\n")[0].removeprefix("# ~/"))
                    path.write_text(text, encoding="utf-8")
                    continue
                for line in filter(None, text.split("\n")):
                    command, _, wanted = (part.strip() for part in line.partition("#=>"))
                    if command == DEMO:
                        demo = Demo()
                    elif demo is not None and re.fullmatch(r"\. /\S+/env", command):
                        checks.equal(command, shell.run(f"{demo.environment} && export PATH")[1], 0)
                    else:
                        said, status = shell.run(command)
                        checks.that(command, wanted in said and (wanted or status == 0), f"{said}\nexit code {status}")
                        held += bool(wanted)
        finally:
            shell.end()
            if demo is not None:
                demo.end()
    checks.that("the page says what comes", held > 0)
    checks.finish()


if __name__ == "__main__":
    main()
