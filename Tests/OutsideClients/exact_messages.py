"""Sends the messages of docs/front-end-developers/windows.md as they stand there, as a broker user with least rights, and compares
what comes back, byte for byte. Then has the Python client do its work with the same rights.

    exact_messages.py COURIER work        COURIER is the program; with UPDATE_DOCS=1 what came is written into the page
"""

import datetime
import os
import pathlib
import re
import secrets
import subprocess
import sys
import tempfile
import time

import pika

import verify_courier_client as vc
from checks import Checks
from frontend import newest_code
from own_worker import OwnWorker
from properties import REPLY_QUEUE
from verify_courier_client import threads

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "front-end-developers" / "windows.md"
PHONE = "+14155550142"
PROPERTIES = ("content_type", "delivery_mode", "message_id", "correlation_id", "reply_to", "type", "timestamp", "user_id")
BLOCK = re.compile(r"(?<=```amqp\n)(.*?)(?=```)", re.DOTALL)
# What is of the moment in a reply, as the page writes it and as it comes.
OF_THE_MOMENT = (
    ("‹now›", re.compile(r"(?<=\ntimestamp: )\d{10}(?=\n)")),
    ("‹time›", re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")),
)

checks = Checks()


def with_rights(courier):
    """Users as operators make them; URLs by their names."""
    passwords = {name: secrets.token_hex(12) for name in ("worker", "windows", "windows-listen")}
    with tempfile.TemporaryDirectory() as folder:
        file, definitions = pathlib.Path(folder, "passwords.txt"), pathlib.Path(folder, "definitions.json")
        file.touch(0o600)
        file.write_text("".join(f"{name}={password}\n" for name, password in passwords.items()))
        made = subprocess.run(
            [courier, "topology", "definitions", "--front-end", "windows=windows", "--passwords-file", file], check=True,
            capture_output=True)
        definitions.write_bytes(made.stdout)
        subprocess.run(
            [ROOT / "deploy/broker.sh", "ctl", os.environ["BROKER_FOLDER"], "import_definitions", definitions], check=True,
            stdout=subprocess.DEVNULL)
    url = os.environ["VERIFY_COURIER_BROKER_URL"]
    return {name: url.replace("guest:guest", f"{name}:{password}") for name, password in passwords.items()}


def of_now(match):
    """A moment as the page names it, as seconds or as RFC 3339."""
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=float((match[1] or "0").replace(" ", "")))
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")


def filled(text):
    """A job of the page, ready to be sent."""
    if "code›" in text:
        code = newest_code(PHONE)
        text = text.replace("‹code›", code).replace("‹wrong code›", f"{(int(code) + 1) % 1_000_000:06}")
    text = text.replace("\ntimestamp: ‹now›\n", f"\ntimestamp: {int(time.time())}\n")
    return re.sub(r"‹now( [+-] \d+)?(?: s)?›", of_now, text)


def publish(channel, text):
    head, _, body = filled(text).partition("\n\n")
    verb, exchange, key, mandatory = head.split("\n")[0].split(" ")
    checks.equal("how it is sent", (verb, mandatory), ("publish", "mandatory"))
    named = dict(line.split(": ", 1) for line in head.split("\n")[1:])
    checks.equal(f"{key}: its properties", list(named), [*PROPERTIES, "deadline"])
    headers = {"deadline": named.pop("deadline")}
    numbers = {name: int(named.pop(name)) for name in ("delivery_mode", "timestamp")}
    channel.basic_publish(
        exchange, key, body.rstrip("\n").encode(), pika.BasicProperties(headers=headers, **named, **numbers), mandatory=True)


def written(verb, properties, body):
    """A message that came, as the page writes it."""
    lines = [verb]
    for name, value in vars(properties).items():
        if name == "headers":
            lines += [f"{header}: {content}" for header, content in (value or {}).items()]
        elif value is not None:
            lines.append(f"{name}: {value}")
    lines[1:] = sorted(lines[1:], key=lambda line: [*PROPERTIES, ""].index(line.split(": ")[0] if line.split(": ")[0] in PROPERTIES else ""))
    text = "\n".join([*lines, "", body.decode()]) + "\n"
    for name, pattern in OF_THE_MOMENT:
        text = pattern.sub(name, text)
    return text


def next_of(channel, queue):
    for _, properties, body in channel.consume(queue, auto_ack=True, inactivity_timeout=40):
        channel.cancel()
        return (properties, body) if properties is not None else None


def walk(page, urls):
    """What each block of the page says, after what it says was done: the page as it ought to be."""
    channel = pika.BlockingConnection(pika.URLParameters(urls["windows"])).channel()
    channel.confirm_delivery()
    queue = re.search(r"verify\.reply\.windows\.\w+", page)[0]
    channel.queue_declare(queue, durable=True, arguments=REPLY_QUEUE)
    listener = pika.BlockingConnection(pika.URLParameters(urls["windows-listen"])).channel()
    heard = f"verify.listen.windows.{secrets.token_hex(8)}"
    listener.queue_declare(heard, exclusive=True, auto_delete=True)
    listener.queue_bind(heard, "verify.status")

    def block(match):
        text = match[1]
        if text.startswith("publish "):
            publish(channel, text)
            return text
        verb = text.split("\n")[0]
        came = next_of(listener, heard) if verb == "listen" else next_of(channel, queue)
        if not checks.that(f"something comes to {verb}", came is not None):
            return text
        actual = written(verb, *came)
        if "UPDATE_DOCS" not in os.environ:
            checks.equal("what comes is what the page says", actual, text)
        return actual

    return BLOCK.sub(block, page)


def client_with_least_rights(urls):
    with threads.Courier(urls["windows"]) as courier:
        login = vc.Login("anna", application="windows")
        checks.equal("it is answered", courier.ask(vc.options(login)).usable, ["sms", "call"])
        try:
            courier.ask(vc.make("admin.user.get", {"operator": "olga", "user": "anna"}))
            checks.that("it may not administer", False)
        except vc.Forbidden as error:
            checks.that("and is told so", "admin.user.get" in str(error), error)
        checks.equal("and others go on", courier.ask(vc.options(login, patience=20)).decision, "verify")
    with threads.StatusListener(urls["windows-listen"]) as listener:
        checks.that("it hears the status", listener.next(40) is not None)


def main():
    urls = with_rights(sys.argv[1])
    os.environ["VERIFY_COURIER_BROKER_URL"] = urls["worker"]
    os.environ["VERIFY_COURIER_FRONT_ENDS"] = "windows=windows"
    worker = OwnWorker(sys.argv[1:])
    worker.start()
    page = PAGE.read_text(encoding="utf-8")
    as_it_ought_to_be = walk(page, urls)
    if "UPDATE_DOCS" in os.environ:
        PAGE.write_text(as_it_ought_to_be, encoding="utf-8")
    client_with_least_rights(urls)
    worker.stop()
    checks.finish()


if __name__ == "__main__":
    main()
