"""The second factor as a credential dialog of Windows asks for it, as a program at a console: one method a screen, every screen
ends by itself, and without a network there is an answer at once, which lets nobody in.

    VERIFY_COURIER_BROKER_URL=amqp://… python credential_dialog.py USER [--idle SECONDS] [--session SECONDS]

Exit codes: 0 in, 1 not in, 69 offline, 75 timed out. `dialog` does no I/O: it says which screen comes or which job is to
be asked, and is told what was typed or answered. A credential provider draws the same screens with its own tiles and fields.
"""

import argparse
import concurrent.futures
import enum
import os
import platform
import queue
import secrets
import sys
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from typing import NoReturn

import verify_courier_client as vc
from verify_courier_client.threads import Courier

WAYS = {"sms": ("t", "a text to"), "call": ("c", "a call to"), "authenticator": ("a", "a code of your app")}
NOT_YOUR_FAULT = "We cannot check this just now. It is not your fault: try again in a moment."


# A computer that has had no connection for so long is told to be offline, without waiting for the job's own time.
OFFLINE_AFTER = 4.0


class Result(enum.IntEnum):
    """How the dialog ended. Only IN lets the person in."""

    IN = 0
    NOT_IN = 1
    OFFLINE = 69
    TIMED_OUT = 75


class TimedOut(Exception):
    """Nobody typed anything while the screen was there."""


class Leave(Exception):
    """The person closes the dialog."""


@dataclass(frozen=True)
class Screen:
    """One screen: what to read, what may be chosen by a letter, and a field, if there is one."""

    title: str
    text: str
    tiles: dict[str, str] = field(default_factory=dict)
    label: str | None = None
    # Shorter than the others where what it asks for dies earlier.
    seconds: float | None = None


Step = Screen | vc.Job
Answer = str | vc.Reply | vc.CourierError
Page = Generator[Step, Answer, tuple[bool, str]]


def ask(job: vc.Job) -> Generator[Step, Answer, vc.Reply]:
    """The reply. While nothing is heard the person may try again, which asks the very same job, or leave."""
    while True:
        reply = yield job
        if isinstance(reply, vc.Reply):
            return reply
        yield from choose(
            Screen("No connection", "The sign-in service cannot be reached. It is not your fault.", {"r": "try again"})
        )


def choose(screen: Screen) -> Generator[Step, Answer, str]:
    """The letter of a tile, or what was typed into the field. Every screen can be left by x."""
    typed = ""
    tiles = {**screen.tiles, "x": "leave"}
    while not typed or (screen.label is None and typed not in tiles):
        answer = yield Screen(screen.title, screen.text, tiles, screen.label, screen.seconds)
        typed = answer.strip() if isinstance(answer, str) else ""
    if typed == "x":
        raise Leave
    return typed


def dialog(login: vc.Login) -> Generator[Step, Answer, None]:
    """The whole sign-in of one person, after the password was right. It returns when they are in."""
    said, is_in = "", False
    while not is_in:
        can = yield from ask(vc.options(login))
        if can.lets_in:
            return
        typed = yield from choose(Screen("Confirm that it is you", f"{said} {can.message}".strip(), tiles(can)))
        said = ""
        if typed == "h":
            is_in, said = yield from enter_code(login, None, "Enter the administrator's code.", None)
        elif typed == "r":
            continue
        elif can.decision == "register":
            is_in, said = yield from register(login, typed, bool(can.get("needs_ticket")))
        elif typed == "a":
            is_in, said = yield from enter_code(login, "authenticator", "Enter the code that your app shows.", None)
        else:
            sent = yield from ask(vc.send(login, "sms" if typed == "t" else "call"))
            is_in, said = yield from after_send(login, sent)


def tiles(can: vc.Reply) -> dict[str, str]:
    """What may be chosen."""
    found: dict[str, str] = {}
    if can.decision == "verify":
        for way in can["methods"]:
            if way["usable"] and way["method"] in WAYS:
                letter, label = WAYS[way["method"]]
                found[letter] = f"{label} {way.get('to', '')}".strip()
    elif can.decision == "register":
        if "phone" in can["register"]:
            for name in can["register_channels"]:
                found[WAYS[name][0]] = f"register a phone by {'text' if name == 'sms' else 'call'}"
        if "authenticator" in can["register"]:
            found["a"] = "register an app"
    elif can.decision is None:
        found["r"] = "try again"
    return {**found, "h": "a code from the administrator"}


def register(login: vc.Login, typed: str, needs_ticket: bool) -> Page:
    """Whether the person is in by it, and what the next screen says."""
    ticket = None
    if needs_ticket:
        ticket = yield from choose(Screen("Your ticket", "The administrator gave you one.", {"b": "back"}, "Ticket"))
    if ticket == "b":
        return False, ""
    if typed == "a":
        reply = yield from ask(vc.register_authenticator(login, qr="none", ticket=ticket))
        if reply.outcome is not vc.Outcome.ENROLLING:
            return False, with_wait(reply)
        text = f"Type this key into your app, as time based: {reply['secret']}\nThen enter the code that it shows."
        return (yield from enter_code(login, "authenticator", text, reply))
    said = "It is used for codes alone."
    while True:
        phone = yield from choose(Screen("Your phone", said, {"b": "back"}, "Number, with + and country code"))
        if phone == "b":
            return False, ""
        reply = yield from ask(vc.register_phone(login, phone, "sms" if typed == "t" else "call", ticket=ticket))
        if "phone" not in reply.field_errors:
            return (yield from after_send(login, reply))
        said = reply.message


def after_send(login: vc.Login, reply: vc.Reply) -> Page:
    if reply.outcome is not vc.Outcome.SENT:
        return False, with_wait(reply)
    text = f"{reply.message} It went to {reply['to']}." + (" It is the same code." if reply.get("same_code") else "")
    return (yield from enter_code(login, "phone", text, reply))


def enter_code(login: vc.Login, method: str | None, text: str, alive: vc.Reply | None) -> Page:
    """The screen for the code; going back leaves the code that is on its way as good as it was."""
    nonce, ends = secrets.token_hex(16), None
    if alive is not None and alive.seconds_alive is not None:
        ends = time.monotonic() + alive.seconds_alive
    while True:
        left = max(0.0, ends - time.monotonic()) if ends is not None else None
        try:
            code = yield from choose(Screen("Enter the code", text, {"b": "another way, or another code"}, "Code", left))
        except TimedOut:
            if left is None or (ends is not None and time.monotonic() < ends):
                raise
            return False, "The code is no longer valid."
        if code == "b":
            return False, ""
        reply = yield vc.check(login, code, method, nonce=nonce)
        if not isinstance(reply, vc.Reply):
            text = NOT_YOUR_FAULT
            continue  # with the old nonce: the same code is the same job, and gets its outcome
        if reply.lets_in or reply.ends_code:
            return reply.lets_in, reply.message
        text, nonce = with_wait(reply), secrets.token_hex(16)
        if "checks_left" in reply:
            text += f" Tries left: {reply['checks_left']}."


def with_wait(reply: vc.Reply) -> str:
    return reply.message + (f" Wait {reply.wait_seconds} s." if reply.kind is vc.Kind.WAIT else "")


class Console:
    """What Windows draws, at a console: its screens end by themselves. Works where input cannot be polled, as on Windows."""

    def __init__(self, idle: float, session: float) -> None:
        self._idle, self._end = idle, time.monotonic() + session
        self._typed: queue.Queue[str | None] = queue.Queue(maxsize=16)
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        for line in sys.stdin:
            self._typed.put(line)
        self._typed.put(None)

    def show(self, screen: Screen) -> str:
        """Raises TimedOut, and Leave when there is nobody to type any more."""
        left, own = self._end - time.monotonic(), self._idle if screen.seconds is None else screen.seconds
        print(f"\n== {screen.title}\n{screen.text}")
        print("   ".join(f"[{letter}] {label}" for letter, label in screen.tiles.items()))
        print(f"{screen.label or 'Choose'}: ", end="", flush=True)
        try:
            line = self._typed.get(timeout=max(0.0, min(own, self._idle, left)))
        except queue.Empty:
            raise TimedOut from None
        if line is None:
            raise Leave
        return line


def run(user: str, courier: Courier, console: Console) -> Result:
    """Has the dialog's jobs asked and its screens shown until it ends."""
    login = vc.Login(user, application="windows", client=platform.node() or "console")
    script, is_offline = dialog(login), False
    try:
        step = next(script)
        while True:
            try:
                answer = console.show(step) if isinstance(step, Screen) else heard(courier, step)
            except TimedOut as ended:
                # For the script to say: that of a code that has died leads to another screen, any other ends the dialog.
                step = script.throw(ended)
                continue
            is_offline = isinstance(answer, vc.CourierError) or (is_offline and isinstance(step, Screen))
            step = script.send(answer)
    except StopIteration:
        return Result.IN
    except (TimedOut, Leave) as ended:
        if is_offline:
            return Result.OFFLINE
        # The dialog is closed: its code shall not be good any more. The answer need not be awaited, only sent.
        concurrent.futures.wait([courier.submit(vc.cancel(login))], timeout=2)
        return Result.TIMED_OUT if isinstance(ended, TimedOut) else Result.NOT_IN


def heard(courier: Courier, job: vc.Job) -> vc.Reply | vc.CourierError:
    print("…", flush=True)
    try:
        if not courier.wait_until_open(OFFLINE_AFTER):
            return vc.Unreachable("there is no connection")
        return courier.ask(job)
    except vc.CourierError as error:
        return error


def main() -> NoReturn:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("user")
    arguments.add_argument("--idle", type=float, default=120, help="seconds until a screen that nobody touches ends")
    arguments.add_argument("--session", type=float, default=600, help="seconds for the whole dialog")
    given = arguments.parse_args()
    with Courier(os.environ["VERIFY_COURIER_BROKER_URL"]) as courier:
        result = run(given.user, courier, Console(given.idle, given.session))
    said = {
        Result.IN: "You are in.",
        Result.NOT_IN: "Not signed in.",
        Result.OFFLINE: "Offline: sign in again once this computer has a connection.",
        Result.TIMED_OUT: "Nobody was there: begin again.",
    }
    print("\n" + said[result])
    sys.exit(result)


if __name__ == "__main__":
    main()
