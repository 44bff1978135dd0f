"""What is measured. A scenario measures all its variants one after another; only figures of one round are compared."""

import collections
import contextlib
import os
import re
import subprocess
import threading
import time

import pika

import drain
import large_store
import looks
from stage import BROKER, FAKE, LIMITED, UNLIMITED, Failure, fetch

"""``run`` takes stage and sizes and yields (variant, what measures it); ratios are taken against ``references``; ``seconds``
bounds one round; ``once``: it has one round only."""
Scenario = collections.namedtuple("Scenario", "title run references seconds once", defaults=(False,))
Sizes = collections.namedtuple("Sizes", "logins millions drained")
RIVALS = ("C", "Go", "aio-pika")


def product(stage, users, inflight, milliseconds=0, workers=1, store=None, base=0, metrics=False, **more):
    """One measurement of the product; with ``metrics``, its slowest commit as well."""
    folder = store or stage.store(**more)
    listens = [f"127.0.0.1:{8090 + i}" for i in range(workers)]
    environments = [
        stage.settings(folder, **more, **({"ops_listen": listen} if metrics else {})) for listen in listens]
    with stage.fake(milliseconds), stage.workers(*environments) as started:
        pids = [process.pid for process in started]
        figures = stage.load("verify", pids, users, inflight, "-register", "-base", base)
        if metrics:
            figures["worst commit"] = max(worst_commit(fetch(f"http://{listen}/metrics") or "") for listen in listens)
        return figures


def worst_commit(metrics):
    """The bound of the slowest commit's bucket, in milliseconds."""
    buckets = [
        (float(bound), float(count)) for bound, count in
        re.findall(r'store_commit_duration_seconds_bucket\{[^}]*le="([^"]+)"[^}]*\} ([\d.e+]+)', metrics)]
    most = max((count for _, count in buckets), default=0)
    return min((bound for bound, count in buckets if count == most), default=float("inf")) * 1000


def beside_rivals(inflight, share, milliseconds=0, rivals=RIVALS):
    def run(stage, sizes):
        users = max(sizes.logins // share, inflight)
        for name in rivals:
            yield name, lambda: stage.rival(name, users, inflight, milliseconds)
        yield "verify-courier", lambda: product(stage, users, inflight, milliseconds, **UNLIMITED)
        yield "with limits", lambda: product(stage, users, inflight, milliseconds, **LIMITED)
    return run


def tls(stage, sizes):
    yield "plain", lambda: product(stage, sizes.logins, 64, **UNLIMITED)
    folder, front = stage.broker["BROKER_TLS_FOLDER"], "127.0.0.1:9901"
    encrypted = {
        "broker_url": stage.broker["BROKER_TLS_URL"], "broker_tls_ca_file": f"{folder}/ca.pem",
        "twilio_base_url": f"https://localhost:{front.rsplit(':')[1]}", "twilio_ca_file": f"{folder}/ca.pem"}
    with stage.running(
            stage.programs["tls front"], front, FAKE, f"{folder}/server.pem", f"{folder}/server-key.pem"):
        yield "TLS to broker and Twilio", lambda: product(stage, sizes.logins, 64, **UNLIMITED, **encrypted)


def events(stage, sizes):
    yield "plain", lambda: product(stage, sizes.logins, 64, **UNLIMITED)
    yield "events, and metrics each second", lambda: told(stage, sizes)


def told(stage, sizes):
    with reading_events() as heard, scraping("http://127.0.0.1:8090/metrics") as scrapes:
        figures = product(stage, sizes.logins, 64, metrics=True, **UNLIMITED, events_enabled="true")
        # The last ones may wait for a worker that is not ended.
        if heard() < 2 * sizes.logins or not scrapes():
            raise Failure(f"{heard()} events of {4 * sizes.logins} jobs, {scrapes()} scrapes")
    return figures


@contextlib.contextmanager
def reading_events():
    """A queue for all that is told; yields what counts it. The exchange is there since the topology was applied."""
    connection = pika.BlockingConnection(pika.URLParameters(BROKER + "%2F?heartbeat=0"))
    channel = connection.channel()
    queue = channel.queue_declare("", exclusive=True).method.queue
    channel.queue_bind(queue, "verify.events", "#")
    try:
        yield lambda: channel.queue_declare(queue, passive=True).method.message_count
    finally:
        connection.close()


@contextlib.contextmanager
def scraping(url):
    over, done = threading.Event(), []

    def scrape():
        while not over.wait(1):
            if fetch(url):
                done.append(1)
    thread = threading.Thread(target=scrape)
    thread.start()
    try:
        yield lambda: len(done)
    finally:
        over.set()
        thread.join()


def processes(stage, sizes):
    for number in (1, 2, 3, 4):
        name = f"{number} process" + ("es" if number > 1 else "")
        yield name, lambda: product(stage, sizes.logins, 64, workers=number, metrics=True, **UNLIMITED)


def large(stage, sizes):
    empty = stage.store("empty", **LIMITED)
    yield "empty store", lambda: product(stage, sizes.logins, 64, store=empty, **LIMITED) | found_in(stage, empty)
    yield "large store", lambda: in_large_store(stage, sizes)


def in_large_store(stage, sizes):
    folder = large_store.ready(stage, sizes.millions)
    base = large_store.new_people(stage, sizes.logins)
    return product(stage, sizes.logins, 64, store=folder, base=base, **LIMITED) | found_in(stage, folder)


def found_in(stage, folder):
    """How long it takes to find a person's outcomes, the program's start included."""
    env = stage.settings(folder)
    began = time.monotonic()
    stage.courier(env, "outcomes", "find", "--user", "user1")
    return {"find": (time.monotonic() - began) * 1000}


def looked(stage, sizes):
    yield from looks.questions(stage, large_store.ready(stage, sizes.millions))


def drained(stage, sizes):
    yield "verify-courier", lambda: drain.run(stage, sizes.drained)


def counts(stage, sizes):
    yield "counts", lambda: counted(stage)


def counted(stage):
    """What deploy/counts.sh prints, which needs no clock."""
    env = {**os.environ, "VERIFY_COURIER_PRODUCT": str(stage.programs["product"])}
    done = subprocess.run(
        ["deploy/counts.sh"], env=env, capture_output=True, text=True, timeout=stage.seconds_left(), check=False)
    if "64 at once" not in done.stdout:
        raise Failure(f"counts.sh: {done.stdout[-500:]} {done.stderr[-500:]}")
    table = done.stdout[done.stdout.index("a job "):]
    return "\n".join(line for line in table.splitlines()[:-1] if not line.startswith("lower it"))


SCENARIOS = {
    "logins": Scenario("64 logins in flight, nothing added to a call", beside_rivals(64, 1), ("C", "Go"), 600),
    "single": Scenario("One login in flight", beside_rivals(1, 4), ("C", "Go"), 300),
    "latency": Scenario(
        "256 logins in flight, 100 ms added to a call", beside_rivals(256, 1, 100), ("C", "Go"), 600),
    "tls": Scenario("TLS to broker and Twilio, 64 in flight", tls, ("plain",), 300),
    "events": Scenario("Events told and metrics scraped, 64 in flight", events, ("plain",), 300),
    "processes": Scenario("Several workers on one file, 64 in flight", processes, ("1 process",), 600),
    "large": Scenario("A large store beside an empty one, 64 in flight, with limits", large, ("empty store",), 1800),
    "looks": Scenario("Questions to a large store, each a command with its start, in ms", looked, (), 1800, True),
    "drain": Scenario("A queue drained", drained, (), 3600, True),
    "counts": Scenario("Counts and frames", counts, (), 300, True),
}
