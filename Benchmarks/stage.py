"""What one measurement needs: a stand-in for Twilio, a worker or several, the load, and the end of all of them."""

import contextlib
import os
import pathlib
import re
import shutil
import signal
import subprocess
import time
import urllib.request

import pika

ACCOUNT, SERVICE, TOKEN = "AC" + "1".zfill(32), "VA" + "1".zfill(32), "secret"
"""Where the rivals expect the stand-in; they know no other port of the broker than 5672."""
FAKE = "127.0.0.1:9900"
BROKER = "amqp://guest:guest@127.0.0.1:5672/"
LINE = re.compile(
    r"jobs=(\d+) failed=(\d+) (\d+) jobs/s +p50=([\d.]+)ms p99=([\d.]+)ms +worker cpu/job=(\d+)us rss=(\d+)MB")


class Failure(Exception):
    """A measurement that came to nothing, and why."""


class Stage:
    def __init__(self, folder, programs, broker):
        """``programs``: product, rivals' and own programs by name; ``broker``: what deploy/broker.sh wrote down."""
        self.folder = pathlib.Path(folder)
        self.programs = programs
        self.broker = broker
        self.end = None
        self.logs = 0

    def seconds_left(self):
        left = self.end - time.monotonic()
        if left <= 0:
            raise Failure("its time is over")
        return left

    @contextlib.contextmanager
    def running(self, *command, env=None, ready=None, seconds=60):
        """A program until the end of the block; with ``ready``, once it has printed a line that begins so."""
        self.logs += 1
        output, log = (self.folder / f"{self.logs}.{kind}" for kind in ("out", "log"))
        with open(output, "wb") as out, open(log, "wb") as err:
            process = subprocess.Popen(list(map(str, command)), stdout=out, stderr=err, env=env, start_new_session=True)
        try:
            end = time.monotonic() + seconds
            while ready and not any(line.startswith(ready) for line in output.read_text().splitlines()):
                if process.poll() is not None or time.monotonic() > end:
                    raise Failure(f"{pathlib.Path(command[0]).name} did not start: {log.read_text()[-500:]}")
                time.sleep(0.05)
            yield process
        finally:
            stop(process)

    @contextlib.contextmanager
    def fake(self, milliseconds=0):
        with self.running(self.programs["fake"], "-addr", FAKE, "-latency", f"{milliseconds}ms"):
            wait_for(lambda: fetch(f"http://{FAKE}/_fake/stats"), 30, "the stand-in for Twilio")
            yield

    def load(self, exchange, pids, users, inflight, *more):
        """The last line of the load generator, which tells the figures."""
        command = [
            self.programs["load"], "-url", BROKER, "-exchange", exchange, "-users", users, "-inflight", inflight,
            "-pids", ",".join(map(str, pids)), *more]
        with self.running(*command) as process:
            try:
                process.wait(self.seconds_left())
            except subprocess.TimeoutExpired:
                raise Failure("the load did not end in its time") from None
            text = (self.folder / f"{self.logs}.out").read_text() + (self.folder / f"{self.logs}.log").read_text()
        found = LINE.search(text)
        if not found:
            raise Failure(f"the load said nothing of use: {text[-500:]}")
        jobs, failed, rate, p50, p99, cpu, resident = map(float, found.groups())
        if failed:
            raise Failure(f"{failed:.0f} of {jobs:.0f} jobs failed: {text[:500]}")
        return {"jobs/s": rate, "CPU": cpu, "p50": p50, "p99": p99, "MB": resident, "peak MB": sum(map(peak, pids))}

    # Rivals

    def rival(self, name, users, inflight, milliseconds=0):
        database = self.folder / f"{name}.db"
        command = {
            "C": [self.programs["limit"], f"http://{FAKE}", database],
            "Go": [self.programs["goworker"], f"http://{FAKE}", database],
            "aio-pika": [self.programs["aio python"], "-W", "ignore", self.programs["aio"], f"http://{FAKE}", database],
        }[name]
        with self.fake(milliseconds), peer_queue() as channel, self.running(*command) as worker:
            wait_for(lambda: consumers(channel) or worker.poll() is not None, 60, f"{name} to take jobs")
            return self.load("peer", [worker.pid], users, inflight)

    # The product

    def settings(self, store, **more):
        """The environment of the product; keys of the configuration with ``_`` for ``.``."""
        keys = {
            "broker_url": BROKER, "store_url": f"sqlite:{store}/store.db", "twilio_base_url": f"http://{FAKE}",
            "site_2fa_verify_servicesid": SERVICE, "site_2fa_verify_accountsid": ACCOUNT,
            "site_2fa_verify_authtoken": TOKEN, "ops_listen": "off", **more}
        return {"PATH": os.environ["PATH"], "HOME": str(self.folder)} | {
            f"VERIFY_COURIER_{key.upper()}": str(value) for key, value in keys.items()}

    def store(self, name="store", **more):
        """A folder with a new store, and the topology for it."""
        folder = self.folder / name
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        env = self.settings(folder, **more)
        self.courier(env, "store", "init")
        self.courier(env, "topology", "apply")
        return folder

    def courier(self, env, *arguments, seconds=60, answers=(0,)):
        done = subprocess.run(
            [self.programs["product"], *arguments], env=env, capture_output=True, text=True, timeout=seconds, check=False)
        if done.returncode not in answers:
            raise Failure(f"verify-courier {arguments[0]}: {done.stderr[-500:]}")
        return done.stdout

    @contextlib.contextmanager
    def workers(self, *environments):
        with contextlib.ExitStack() as stack:
            yield [
                stack.enter_context(self.running(self.programs["product"], "work", env=env, ready="ready"))
                for env in environments]


UNLIMITED = {
    "limits_enabled": "false", "twilio_reads_per_minute": 0, "twilio_reads_per_hour": 0, "twilio_reads_per_day": 0,
    "twilio_attempts_per_minute": 0, "twilio_calls_at_once": 0}
"""The limits of a site, but for those that one run exceeds."""
LIMITED = {
    "limits_cooldown_seconds": 0, "limits_unproven_sends_per_country_hour": 0, "limits_unproven_sends_per_site_hour": 0}


@contextlib.contextmanager
def peer_queue():
    connection = pika.BlockingConnection(pika.URLParameters(BROKER + "%2F?heartbeat=0"))
    channel = connection.channel()
    channel.exchange_declare("peer", "direct", durable=True)
    channel.queue_declare("peer.jobs", durable=True, arguments={"x-queue-type": "quorum"})
    for key in ("send", "check"):
        channel.queue_bind("peer.jobs", "peer", key)
    try:
        yield channel
    finally:
        channel.queue_delete("peer.jobs")
        channel.exchange_delete("peer")
        connection.close()


def consumers(channel):
    return channel.queue_declare("peer.jobs", passive=True).method.consumer_count


def fetch(url):
    try:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read().decode()
    except OSError:
        return None


def wait_for(condition, seconds, what):
    end = time.monotonic() + seconds
    while not (found := condition()):
        if time.monotonic() > end:
            raise Failure(f"waited {seconds} s for {what}")
        time.sleep(0.05)
    return found


def peak(pid):
    """The most memory that the process has held, in MB."""
    text = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", text)[1]) * 1024 / 1e6


def stop(process, seconds=40):
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
