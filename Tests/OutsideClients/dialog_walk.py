"""Types what a person types into examples/credential_dialog.py, with and without a worker and a broker.

    dialog_walk.py WORKER...        WORKER is the command that starts a worker
"""

import os
import pathlib
import re
import subprocess
import sys
import threading
import uuid

from checks import Checks
from frontend import newest_code
from own_worker import OwnWorker

PROGRAM = pathlib.Path(__file__).resolve().parents[2] / "docs/examples/python/examples/credential_dialog.py"
PATIENT = 45

checks, numbers = Checks(), iter(range(100, 200))


class Dialog:
    def __init__(self, user, *options, **environment):
        self.process = subprocess.Popen(
            [sys.executable, PROGRAM, user, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment})
        self.limit = threading.Timer(PATIENT, self.process.kill)
        self.limit.start()
        self.shown = ""

    def sees(self, text):
        """Reads on until the dialog says so; what it said until then is gone over."""
        self.shown = ""
        data = b""
        while text not in self.shown and (byte := self.process.stdout.read(1)):
            data += byte
            self.shown = data.decode(errors="replace")
        checks.that(f"sees {text!r}", text in self.shown, self.shown)
        return self

    def types(self, line):
        self.process.stdin.write(f"{line}\n".encode())
        self.process.stdin.flush()
        return self

    def ends(self, code):
        rest = self.process.stdout.read().decode()
        checks.equal("exit code", (self.process.wait(PATIENT), rest[-200:] if self.process.returncode != code else ""), (code, ""))
        self.limit.cancel()


def person():
    return f"anna-{uuid.uuid4().hex[:12]}", f"+1415555{next(numbers):04}"


def wrong(code):
    return f"{(int(code) + 1) % 1_000_000:06}"


def registered():
    user, phone = person()
    Dialog(user).sees("[t] register a phone by text").sees("Choose: ").types("t").sees("code: ").types("hello").sees("not a phone").sees(
        "code: ").types(phone).sees("Code: ").types(newest_code(phone)).ends(0)
    return user, phone


def by_text_and_call(worker):
    user, phone = registered()
    dialog = Dialog(user).sees("[t] a text to").sees("[c] a call to").sees("Choose: ").types("z").sees("Choose: ").types("c").sees("Code: ")
    code = newest_code(phone)
    dialog.types(wrong(code)).sees("Tries left: 4").sees("Code: ").types("b").sees("Choose: ").types("t").sees("same code").sees("Code: ")
    dialog.types(f"{code[:3]} {code[3:]}").ends(0)


def by_app(worker):
    user, _ = person()
    dialog = Dialog(user).sees("Choose: ").types("a").sees("Code: ")
    key = re.search(r"time based: ([A-Z2-7 ]+)", dialog.shown)[1].replace(" ", "")
    totp = subprocess.run(["oathtool", "--totp", "--base32", "-"], input=key, capture_output=True, text=True, check=True).stdout
    dialog.types(totp.strip()).ends(0)


def nobody_types(worker):
    user, phone = registered()
    Dialog(user, "--idle", "2").sees("Choose: ").types("t").sees("Code: ").ends(75)
    Dialog(user, "--session", "2").sees("Choose: ").ends(75)
    # The code of the dialog that was left is dead: another sign-in cannot be told that it is the same one.
    dialog = Dialog(user).sees("Choose: ").types("t").sees("Code: ")
    checks.that("the code of a dialog that timed out was canceled", "same code" not in dialog.shown, dialog.shown)
    dialog.types("x").ends(1)


def no_network(worker):
    nowhere = {"VERIFY_COURIER_BROKER_URL": "amqp://guest:guest@127.0.0.1:1"}
    Dialog("anna", **nowhere).sees("No connection").sees("Choose: ").types("r").sees("No connection").types("x").ends(69)
    Dialog("anna", "--idle", "1", **nowhere).sees("No connection").ends(69)


def no_worker(worker):
    user, phone = registered()
    worker.stop()
    dialog = Dialog(user).sees("No connection").sees("Choose: ")
    worker.start()
    dialog.types("r").sees("[t] a text to").types("t").sees("Code: ").types(newest_code(phone)).ends(0)


def main():
    worker = OwnWorker(sys.argv[1:])
    worker.start()
    for scene in (by_text_and_call, by_app, nobody_types, no_network, no_worker):
        print(f"-- {scene.__name__.replace('_', ' ')}", flush=True)
        scene(worker)
    worker.stop()
    checks.finish()


if __name__ == "__main__":
    main()
