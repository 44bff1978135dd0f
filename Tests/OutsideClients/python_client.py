"""The Python client of docs/examples/python, both kinds of it, against broker, workers and simulator, while things break.

    python_client.py WORKER...        WORKER is the command that starts a worker; how many run is for this program to say
"""

import asyncio
import concurrent.futures
import json
import logging
import os
import pathlib
import subprocess
import sys
import threading
import time
import unittest
import urllib.parse
import uuid

import pika

import verify_courier_client as vc
from checks import Checks
from cuttable_proxy import CuttableProxy
from frontend import newest_code, outbox
from own_worker import OwnWorker
from verify_courier_client import aio, threads

ROOT = pathlib.Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "docs" / "examples" / "python"
# Beyond this a run hangs.
PATIENT = 45

checks, numbers = Checks(), iter(range(100, 200))
direct = os.environ["VERIFY_COURIER_BROKER_URL"]
node = urllib.parse.urlsplit(direct)
proxy = CuttableProxy(node.hostname, node.port)
through = direct.replace(f":{node.port}", f":{proxy.port}")


class Written(logging.Handler):
    """Everything that any logger of this program says."""

    def __init__(self):
        super().__init__()
        self.lines = []

    def emit(self, record):
        self.lines.append(self.format(record))


class OnThreads:
    name = "threads"

    def __init__(self, url, **more):
        self.courier = threads.Courier(url, **more)
        self.courier.__enter__()
        self.submit = self.courier.submit
        checks.that(f"{self.name}: opens", self.courier.wait_until_open(PATIENT))

    def status(self, url):
        with threads.StatusListener(url) as listener:
            return listener.next(PATIENT)

    def close(self):
        self.courier.close()


class OnAsyncio:
    name = "asyncio"

    def __init__(self, url, **more):
        self.loop = asyncio.new_event_loop()
        threading.Thread(target=self.loop.run_forever, daemon=True).start()
        self.courier = self.run(self._open(url, more))

    async def _open(self, url, more):
        courier = await aio.Courier(url, **more).__aenter__()
        await asyncio.wait_for(courier.wait_until_open(), PATIENT)
        return courier

    def run(self, work):
        return asyncio.run_coroutine_threadsafe(work, self.loop).result(PATIENT)

    def submit(self, job):
        return asyncio.run_coroutine_threadsafe(self.courier.ask(job), self.loop)

    def status(self, url):
        async def listen():
            async with aio.StatusListener(url) as listener:
                return await asyncio.wait_for(listener.next(), PATIENT)

        return self.run(listen())

    def close(self):
        self.run(self.courier.close())


def answer(future):
    """The reply, or the error that came in its place."""
    try:
        return future.result(PATIENT)
    except vc.CourierError as error:
        return error


def outcome(future):
    result = answer(future)
    return str(result.outcome) if isinstance(result, vc.Reply) else type(result).__name__


def until(name, condition):
    end = time.monotonic() + PATIENT
    while not condition() and time.monotonic() < end:
        time.sleep(0.02)
    checks.that(name, condition())


def new_login():
    return vc.Login(f"anna-{uuid.uuid4().hex[:12]}")


def new_phone():
    """One that nobody has yet; there are a hundred that are nobody's."""
    return f"+1415555{next(numbers):04}"


def registered(client):
    """A person with a phone, and the number."""
    login, phone = new_login(), new_phone()
    checks.equal(f"{client.name}: a number", outcome(client.submit(vc.register_phone(login, phone, "sms"))), "sent")
    approved = answer(client.submit(vc.check(login, newest_code(phone), "phone")))
    checks.equal(f"{client.name}: registered", (approved.get("registered"), approved.lets_in), ("phone", True))
    return login.user, phone


def scripted(keys):
    """A worker of a few lines, which answers only as it is told: takes the next job, with a function that answers it."""
    connection = pika.BlockingConnection(pika.URLParameters(direct))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    for key in keys:
        channel.queue_bind(queue, "verify", key)

    def take():
        for _, properties, body in channel.consume(queue, auto_ack=True, inactivity_timeout=PATIENT):
            def reply(raw, **changes):
                named = {"correlation_id": properties.correlation_id, "content_type": "application/json", **changes}
                channel.basic_publish("", properties.reply_to, raw, pika.BasicProperties(**named))
            return properties, json.loads(body), reply

    return take


def body_of(properties, **fields):
    return json.dumps({"message": "x", "at": "2026-01-01T00:00:00.000Z", "job": properties.message_id, **fields}).encode()


# Scenes: each is given both clients


def whole_login(clients, worker):
    for client in clients:
        user, phone = registered(client)
        login = vc.Login(user)
        checks.equal("ways", answer(client.submit(vc.options(login))).usable, ["sms", "call"])
        checks.equal("sent", outcome(client.submit(vc.send(login, "call"))), "sent")
        code = newest_code(phone)
        wrong = answer(client.submit(vc.check(login, "1" * 6 if code != "1" * 6 else "2" * 6, "phone")))
        checks.equal("wrong", (wrong.kind, wrong.lets_in, wrong.ends_code), (vc.Kind.AGAIN, False, False))
        checks.that("right", answer(client.submit(vc.check(login, f" {code[:3]}-{code[3:]}", "phone"))).lets_in)
        enrolling = answer(client.submit(vc.register_authenticator(login, qr="png")))
        checks.equal("an app", enrolling.outcome, vc.Outcome.ENROLLING)
        checks.that("its secret is in no repr", enrolling["secret"] not in repr(enrolling) + str(enrolling))
        refused = answer(client.submit(vc.register_phone(vc.Login(user), "hello", "sms")))
        checks.equal("what was typed is wrong", refused.field_errors, {"phone": "not_a_number"})
        checks.equal("gone", outcome(client.submit(vc.cancel(login))), "canceled")


def one_id_is_one_job(clients, worker):
    for client in clients:
        user, phone = registered(client)
        login, before = vc.Login(user), len(outbox(phone))
        nonce = uuid.uuid4().hex
        twice = [client.submit(vc.send(login, "sms", nonce=nonce)) for _ in range(20)]
        checks.equal("a double click", {outcome(future) for future in twice}, {"sent"})
        job = vc.send(login, "sms", nonce=nonce)
        again = answer(client.submit(job))
        checks.equal("asked again later", (again.outcome, again["job"]), (vc.Outcome.SENT, job.message_id))
        recorded = answer(client.submit(vc.outcome(login, job.message_id)))
        checks.equal("its outcome", dict(recorded), dict(again))
        checks.equal("one message", len(outbox(phone)), before + 1)


def not_taken(clients, worker):
    for client in clients:
        checks.equal("no queue", outcome(client.submit(vc.make("no.such.job", {}))), "Unroutable")
        checks.equal("and others go on", outcome(client.submit(vc.options(new_login()))), "options")


def connection_is_killed(clients, worker):
    """While jobs wait, the broker closes every connection."""
    worker.stop()
    waiting = [client.submit(vc.options(new_login(), patience=40)) for client in clients]
    subprocess.run(
        [ROOT / "deploy/broker.sh", "ctl", os.environ["BROKER_FOLDER"], "close_all_connections", "killed by the test"],
        check=True, stdout=subprocess.DEVNULL)
    worker.start()
    for client, future in zip(clients, waiting):
        checks.equal(f"{client.name}: answered after a kill", outcome(future), "options")
        checks.equal("nobody waits", client.courier.waiting, 0)


def reply_is_lost(clients, worker):
    """The worker answers while the wire is cut: the recorded outcome is asked for, and nothing is sent twice."""
    people = [registered(client) for client in clients]
    before = [len(outbox(phone)) for _, phone in people]
    worker.stop()
    waiting = [client.submit(vc.send(vc.Login(user), "sms", patience=40)) for client, (user, _) in zip(clients, people)]
    until("the jobs are in the lane", lambda: depth("verify.send") == len(clients))
    proxy.cut()
    worker.start()
    until("the messages went out", lambda: all(len(outbox(phone)) == old + 1 for (_, phone), old in zip(people, before)))
    until("the lane is empty", lambda: depth("verify.send") == 0)
    proxy.mend()
    for client, future in zip(clients, waiting):
        checks.equal(f"{client.name}: the lost reply", outcome(future), "sent")
    checks.equal("one message each", [len(outbox(phone)) for _, phone in people], [old + 1 for old in before])


def job_waits_when_the_wire_is_cut(clients, worker):
    """The job is in its lane, names the old reply queue, and is not begun: it is published again to the new one."""
    people = [registered(client) for client in clients]
    before = [len(outbox(phone)) for _, phone in people]
    worker.stop()
    waiting = [client.submit(vc.send(vc.Login(user), "sms", patience=40)) for client, (user, _) in zip(clients, people)]
    until("the jobs are in the lane", lambda: depth("verify.send") == len(clients))
    proxy.cut()
    proxy.mend()
    until("the outcomes are asked for", lambda: depth("verify.account") == len(clients))
    worker.start()
    for client, future in zip(clients, waiting):
        checks.equal(f"{client.name}: answered", outcome(future), "sent")
    checks.equal("one message each", [len(outbox(phone)) for _, phone in people], [old + 1 for old in before])


def reply_queue_is_deleted(clients, worker):
    worker.stop()
    waiting = [client.submit(vc.options(new_login(), patience=40)) for client in clients]
    until("the jobs are in the lane", lambda: depth("verify.account") >= len(clients))
    connection = pika.BlockingConnection(pika.URLParameters(direct))
    for client in clients:
        connection.channel().queue_delete(client.courier._pending._address)
    connection.close()
    worker.start()
    for client, future in zip(clients, waiting):
        checks.equal(f"{client.name}: answered on another queue", outcome(future), "options")


def nobody_answers(clients, worker):
    worker.stop()
    jobs = [vc.send(new_login(), "sms", patience=3) for _ in clients]
    began = time.monotonic()
    waiting = [client.submit(job) for client, job in zip(clients, jobs)]
    late = [client.submit(vc.options(new_login(), patience=3)) for client in clients]
    for client, future in zip(clients, waiting + late):
        error = answer(future)
        checks.equal(f"{client.name}: told so", (type(error).__name__, error.may_have_happened), ("NoReply", True))
    checks.that("after the patience and the time for the reply", time.monotonic() - began >= 4)
    worker.start()
    for client, job in zip(clients, jobs):
        # What lay in the lane meanwhile is answered too, to nobody.
        checks.equal(f"{client.name}: the same job again", outcome(client.submit(job)), "late")
        checks.equal("nobody waits", client.courier.waiting, 0)


def broker_is_away(clients, worker):
    proxy.cut()
    until("that is noticed", lambda: not any(client.courier._pending.is_open for client in clients))
    waiting = [client.submit(vc.options(new_login(), patience=3)) for client in clients]
    for client, future in zip(clients, waiting):
        error = answer(future)
        checks.equal(f"{client.name}: told so", (type(error).__name__, error.may_have_happened), ("Unreachable", False))
    proxy.mend()
    for client in clients:
        checks.equal("and back", outcome(client.submit(vc.options(new_login(), patience=30))), "options")


def strange_replies(clients, worker):
    """A worker that answers as none should."""
    worker.stop()
    take = scripted(["options"])
    for client in clients:
        def ask():
            return client.submit(vc.options(new_login(), patience=30))

        # To nobody, to somebody else, twice; then the right one.
        future = ask()
        properties, _, reply = take()
        right = body_of(properties, outcome="options", decision="verify", methods=[], hat={"size": 7})
        reply(right, correlation_id=uuid.uuid4().hex)
        reply(right, correlation_id=None)
        reply(right)
        reply(right)
        result = answer(future)
        checks.equal("the right one", (result.outcome, result["hat"]), (vc.Outcome.OPTIONS, {"size": 7}))
        for name, raw in {
            "no JSON": b"{", "no object": b"[]", "no outcome": b"{}", "of tomorrow": b'{"outcome":"hooray"}',
            "too deep": b"[" * 100_000, "of another job": body_of(properties, outcome="options", decision="not_required"),
        }.items():
            future = ask()
            _, _, reply = take()
            reply(raw)
            checks.equal(f"{client.name}: {name}", outcome(future), "Unreadable")
    # Too late.
    late = [client.submit(vc.options(new_login(), patience=3)) for client in clients]
    taken = [take() for _ in clients]
    checks.equal("nothing in time", [outcome(future) for future in late], ["NoReply"] * len(clients))
    for properties, _, reply in taken:
        reply(body_of(properties, outcome="options", decision="not_required"))
    for client in clients:
        future = client.submit(vc.options(new_login(), patience=30))
        properties, _, reply = take()
        reply(body_of(properties, outcome="options", decision="verify"))
        checks.equal("the next is its own", answer(future).decision, "verify")
        checks.equal("nothing is kept", len(client.courier._pending._by_correlation), 0)
    connection = pika.BlockingConnection(pika.URLParameters(direct))
    connection.channel().queue_purge("verify.account")
    connection.close()
    worker.start()


def two_thousand_wait(clients, worker):
    worker.stop()
    for client in clients:
        waiting = [client.submit(vc.options(new_login(), patience=60)) for _ in range(2000)]
        # A worker that was stopped may have given back some that it had answered already.
        until("all wait", lambda: client.courier.waiting == 2000 and depth("verify.account") >= 2000)
        checks.equal("on one connection each", proxy.connections, len(clients))
        worker.start()
        checks.equal(f"{client.name}: all are answered", [outcome(future) for future in waiting].count("options"), 2000)
        checks.equal("nothing is kept", len(client.courier._pending._by_correlation), 0)
        worker.stop()
    worker.start()


def status_is_told(clients, worker):
    with concurrent.futures.ThreadPoolExecutor() as pool:
        told = list(pool.map(lambda client: client.status(direct), clients))
    for client, status in zip(clients, told):
        checks.equal(f"{client.name}: told", (status.states["sms"], status.is_offered("call")), ("ok", True))


def bounds(clients, worker):
    worker.stop()
    for kind in (OnThreads, OnAsyncio):
        client = kind(direct, most_waiting=10)
        waiting = [client.submit(vc.options(new_login(), patience=30)) for _ in range(11)]
        checks.equal(f"{client.name}: no more than it holds", outcome(waiting[10]), "TooManyWaiting")
        waiting[0].cancel()
        until("one that gives up makes room", lambda: client.courier.waiting == 9)
        open_wait = client.submit(vc.options(new_login(), patience=30))
        until("it waits", lambda: client.courier.waiting == 10)
        client.close()
        checks.equal("closing ends them", {outcome(future) for future in [*waiting[1:10], open_wait]}, {"Closed"})
    worker.start()


def fork_is_told(clients, worker):
    """A client that was made before a fork says so, where others are silent."""
    client = next(client for client in clients if client.name == "threads")
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        try:
            client.courier.ask(vc.options(new_login()))
        except vc.Closed as error:
            os.write(writer, str(error).encode())
        os._exit(0)
    os.close(writer)
    checks.that("said", b"fork" in os.read(reader, 1000))
    os.waitpid(child, 0)


def example_login(clients, worker):
    """examples/login.py at its terminal: registers a phone, gets a code wrong, then right; later signs in with it."""
    user, phone = new_login().user, new_phone()
    for way in ([b"register", b"sms", phone.encode()], [b"sms"]):
        environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
        terminal = subprocess.Popen(
            [sys.executable, PACKAGE / "examples/login.py", user], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, env=environment)
        ended = threading.Timer(PATIENT, terminal.kill)
        ended.start()
        terminal.stdin.write(b"\n".join(way) + b"\n")
        terminal.stdin.flush()
        shown = b""
        while b"Code" not in shown and (byte := terminal.stdout.read(1)):
            shown += byte
        code = newest_code(phone)
        wrong = "1" * 6 if code != "1" * 6 else "2" * 6
        rest, _ = terminal.communicate(f"{wrong}\n{code}\n".encode())
        ended.cancel()
        shown += rest
        checks.equal("it ends", terminal.returncode, 0)
        checks.that("it lets in", shown.endswith(b"You are in.\n"), shown.decode())
        checks.that("below a hundred lines", len((PACKAGE / "examples/login.py").read_text().splitlines()) < 100)
        checks.that("it told the wrong one", b"not right" in shown, shown.decode())


SCENES = (whole_login, one_id_is_one_job, not_taken, connection_is_killed, reply_is_lost, job_waits_when_the_wire_is_cut,
          reply_queue_is_deleted, nobody_answers, broker_is_away, strange_replies, two_thousand_wait, status_is_told, bounds,
          fork_is_told, example_login)


def depth(queue):
    """Messages in a queue that nobody has taken yet."""
    connection = pika.BlockingConnection(pika.URLParameters(direct))
    try:
        return connection.channel().queue_declare(queue, passive=True).method.message_count
    finally:
        connection.close()


def pure_tests():
    """Those of the package itself, without a broker."""
    suite = unittest.defaultTestLoader.discover(str(PACKAGE / "tests"))
    result = unittest.TextTestRunner(stream=sys.stdout, verbosity=0).run(suite)
    checks.that("there are some", result.testsRun > 0)
    checks.passed += result.testsRun - len(result.failures) - len(result.errors)
    checks.failed += len(result.failures) + len(result.errors)


def main():
    pure_tests()
    written = Written()
    ours = logging.getLogger("verify_courier_client")
    logging.getLogger().addHandler(written)
    ours.setLevel(logging.DEBUG)
    worker = OwnWorker(sys.argv[1:])
    worker.start()
    clients = [OnThreads(through, linger=1), OnAsyncio(through, linger=1)]
    for scene in SCENES:
        began, failed = time.monotonic(), checks.failed
        scene(clients, worker)
        print(f"-- {scene.__name__.replace('_', ' ')}: {time.monotonic() - began:.1f} s", flush=True)
        if checks.failed > failed:
            print("\n".join(written.lines[-5:]))
    for client in clients:
        client.close()
    worker.stop()
    password = node.password or "guest"
    checks.that("the broker's trouble was logged", any("no connection to the broker" in line for line in written.lines))
    checks.that("no password in a log", not any(f":{password}@" in line for line in written.lines))
    checks.that("no body in a log", not any('"login"' in line or '"code"' in line for line in written.lines))
    checks.finish()


if __name__ == "__main__":
    main()
