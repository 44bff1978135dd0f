"""A long queue of jobs that each send a code to a person of its own, some late already, and one worker that drains it."""

import collections
import datetime
import json
import threading
import time
import uuid

import pika

from stage import BROKER, FAKE, UNLIMITED, Failure, fetch

"""Every so many-th job is late: its person has stopped waiting."""
LATE = 10
"""Seconds in which the rate is taken."""
WINDOW = 5


class Replies:
    """Reads them in a thread of its own, as a front end does beside publishing."""

    def __init__(self):
        self.connection = connect()
        self.channel = self.connection.channel()
        self.queue = self.channel.queue_declare("", exclusive=True).method.queue
        self.outcomes = collections.Counter()
        self.seconds = collections.Counter()
        self.channel.basic_consume(self.queue, self._take, auto_ack=True)
        self.thread = threading.Thread(target=self.channel.start_consuming, daemon=True)
        self.thread.start()

    def _take(self, channel, method, properties, body):
        self.outcomes[json.loads(body)["outcome"]] += 1
        self.seconds[int(time.monotonic())] += 1

    def close(self):
        self.connection.add_callback_threadsafe(self.channel.stop_consuming)
        self.thread.join(30)
        self.connection.close()


def connect():
    return pika.BlockingConnection(pika.URLParameters(BROKER + "%2F?heartbeat=0"))


def run(stage, total):
    folder = stage.store("drain", **UNLIMITED)
    env = stage.settings(folder, **UNLIMITED)
    with stage.fake():
        before = sent()
        replies = Replies()
        try:
            publish(total, replies.queue, stage.seconds_left)
            with stage.workers(env):
                await_replies(replies, total, stage.seconds_left)
        finally:
            replies.close()
        late = len(range(0, total, LATE))
        wanted = {"late": late, "sent": total - late}
        if replies.outcomes != wanted or sent() - before != wanted["sent"]:
            raise Failure(f"{dict(replies.outcomes)} and {sent() - before} messages instead of {wanted}")
    return rates(replies.seconds) | {"jobs": total, "late": late}


def sent():
    return json.loads(fetch(f"http://{FAKE}/_fake/stats") or "{}").get("sends", 0)


def publish(total, queue, seconds_left):
    connection = connect()
    channel = connection.channel()
    now = datetime.datetime.now(datetime.timezone.utc)
    in_time, late = (
        (now + datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        for seconds in (86_400, 1))
    for number in range(total):
        if number % 1000 == 0:
            seconds_left()
            connection.process_data_events()
        identifier = str(uuid.uuid4())
        # Nobody gets more than one, as after a night without workers: a provider would not send five hundred to anybody.
        body = {"user": f"user{number}", "login": identifier, "phone": f"+1415{2_000_000 + number}", "channel": "sms"}
        channel.basic_publish("verify", "register.phone", json.dumps(body), pika.BasicProperties(
            content_type="application/json", delivery_mode=2, message_id=identifier, correlation_id=identifier,
            reply_to=queue, type="verify.register.phone.v1", timestamp=int(time.time()), user_id="guest",
            headers={"deadline": late if number % LATE == 0 else in_time}), mandatory=True)
    connection.close()


def await_replies(replies, total, seconds_left):
    counted, since = 0, time.monotonic()
    while (count := replies.outcomes.total()) < total:
        seconds_left()
        if count > counted:
            counted, since = count, time.monotonic()
        if time.monotonic() - since > 120:
            raise Failure(f"no reply for 120 s, after {count} of {total}: {dict(replies.outcomes)}")
        time.sleep(0.2)


def rates(seconds):
    """Jobs a second over all, and in the slowest and the fastest whole window."""
    first, last = min(seconds), max(seconds)
    whole = range(first + 1, last - WINDOW + 1, WINDOW)
    windows = [sum(seconds[begin + i] for i in range(WINDOW)) / WINDOW for begin in whole]
    mean = sum(seconds.values()) / (last - first + 1)
    return {"jobs/s": mean, "slowest": min(windows, default=mean), "fastest": max(windows, default=mean)}
