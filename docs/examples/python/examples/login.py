"""The second factor at a terminal: VERIFY_COURIER_BROKER_URL=amqp://… python login.py USER; exit code 0: they are in."""

import asyncio
import getpass
import os
import secrets
import sys

import verify_courier_client as vc
from verify_courier_client.aio import Courier

NOT_YOUR_FAULT = "We cannot check this just now. It is not your fault: try again in a moment."


async def typed(question: str, secret: bool = False) -> str:
    """What the person types; nothing means that they go back."""
    try:
        return (await asyncio.to_thread(getpass.getpass if secret and sys.stdin.isatty() else input, question)).strip()
    except EOFError:
        return ""


async def ask(courier: Courier, job: vc.Job) -> vc.Reply | None:
    """Shows the answer's sentence. None: nothing was heard, and the same job may be asked again."""
    try:
        reply = await courier.ask(job)
    except vc.CourierError as error:
        print(NOT_YOUR_FAULT, f"[{type(error).__name__}]")
        return None
    print(reply.message, f"(in {reply.wait_seconds} s)" if reply.wait_seconds and reply.kind is not vc.Kind.GO_ON else "")
    if reply.kind in (vc.Kind.OTHER_WAY, vc.Kind.WAIT) and reply.alternatives:
        print("There is also:", ", ".join(reply.alternatives))
    return reply


async def enter_code(courier: Courier, login: vc.Login, method: str | None) -> bool:
    """The page for the code: it is left by the right one, by going back, or when no code is taken any more."""
    nonce = secrets.token_hex(16)
    while code := await typed("Code (nothing: go back): ", secret=True):
        reply = await ask(courier, vc.check(login, code, method, nonce=nonce))
        if reply is None:
            continue  # with the old nonce: the same code again is the same job, and gets its outcome
        if reply.lets_in or reply.ends_code:
            return reply.lets_in
        nonce = secrets.token_hex(16)
    return False


async def register(courier: Courier, login: vc.Login, can: vc.Reply) -> bool:
    """The page for registering a phone or an app."""
    ways = can["register_channels"] + [way for way in can["register"] if way != "phone"]
    way = await typed(f"Register by one of {', '.join(ways)}: ")
    if way not in ways:
        return False
    ticket = (await typed("The administrator's ticket: ", secret=True) or None) if can.get("needs_ticket") else None
    if way == "authenticator":
        reply = await ask(courier, vc.register_authenticator(login, qr="none", ticket=ticket))
        if reply and reply.outcome is vc.Outcome.ENROLLING:
            print("Type this key into your app, as time based:", reply["secret"])
            return await enter_code(courier, login, "authenticator")
        return False
    reply = await ask(courier, vc.register_phone(login, await typed("Phone, with + and country code: "), way, ticket=ticket))
    return bool(reply and reply.outcome is vc.Outcome.SENT) and await enter_code(courier, login, "phone")


async def sign_in(courier: Courier, user: str) -> bool:
    """The page for choosing how, until the person is in or leaves."""
    login, nonce, is_in = vc.Login(user), secrets.token_hex(16), False
    while not is_in:
        can = await ask(courier, vc.options(login))
        if can is not None and can.lets_in:
            return True
        ways = ["register"] if can and can.decision == "register" else can.usable if can and can.decision == "verify" else []
        way = await typed(f"One of {', '.join([*ways, 'administrator'])} (a code of theirs); nothing to leave: ")
        if not way:
            await ask(courier, vc.cancel(login))
            return False
        if way == "administrator" or (way == "authenticator" and way in ways):
            is_in = await enter_code(courier, login, "authenticator" if way == "authenticator" else None)
        elif way == "register" and can and way in ways:
            is_in = await register(courier, login, can)
        elif way in ways:
            reply = await ask(courier, vc.send(login, way, nonce=nonce))
            nonce = secrets.token_hex(16) if reply else nonce
            is_in = bool(reply and reply.outcome is vc.Outcome.SENT) and await enter_code(courier, login, "phone")
    return is_in


async def main() -> bool:
    async with Courier(os.environ["VERIFY_COURIER_BROKER_URL"]) as courier:
        is_in = await sign_in(courier, sys.argv[1])
    print("You are in." if is_in else "Not signed in.")
    return not is_in


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
