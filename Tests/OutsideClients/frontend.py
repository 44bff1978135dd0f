"""A front end on pika, as docs/contract/README.md describes one; with hands to do what a good one never would."""

import json
import os
import time
import urllib.parse
import urllib.request
import uuid

import pika

from properties import REPLY_QUEUE, deadline


class Reply:
    def __init__(self, properties, raw):
        self.properties = properties
        self.raw = raw
        self.body = json.loads(raw)
        self.outcome = self.body.get("outcome")
        self.reason = self.body.get("reason")
        self.errors = {(error["field"], error["reason"]) for error in self.body.get("errors", [])}


class FrontEnd:
    def __init__(self):
        broker = pika.URLParameters(os.environ["VERIFY_COURIER_BROKER_URL"])
        self.user = broker.credentials.username
        self.connection = pika.BlockingConnection(broker)
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()
        self.queue = f"verify.reply.{self.user}.{uuid.uuid4().hex}"
        self.channel.queue_declare(self.queue, durable=True, arguments=REPLY_QUEUE)
        self.direct = self.connection.channel()
        self.replies = {}
        self.channel.basic_consume(self.queue, self._take, auto_ack=True)
        self.direct.basic_consume("amq.rabbitmq.reply-to", self._take, auto_ack=True)

    def _take(self, channel, method, properties, raw):
        self.replies.setdefault(properties.correlation_id, []).append(Reply(properties, raw))

    def publish(self, job, body, headers=None, direct=False, **properties):
        """Sends a job; what is named replaces the usual property, None leaves it out. Returns the correlation id."""
        message_id = str(uuid.uuid4())
        usual = {
            "content_type": "application/json", "delivery_mode": 2, "message_id": message_id, "type": f"verify.{job}.v1",
            "correlation_id": uuid.uuid4().hex, "reply_to": "amq.rabbitmq.reply-to" if direct else self.queue,
            "timestamp": int(time.time()), "user_id": self.user, "headers": {"deadline": deadline(30), **(headers or {})},
        }
        usual.update(properties)
        raw = body if isinstance(body, bytes) else json.dumps(body, ensure_ascii=False).encode()
        channel = self.direct if direct else self.channel
        channel.basic_publish("verify", job, raw, pika.BasicProperties(**usual), mandatory=True)
        return usual["correlation_id"] or usual["message_id"]

    def wait(self, correlation, seconds=40):
        """The next reply of that correlation id; None when there is none in time."""
        end = time.monotonic() + seconds
        while not self.replies.get(correlation):
            if time.monotonic() >= end:
                return None
            self.connection.process_data_events(time_limit=0.2)
        return self.replies[correlation].pop(0)

    def ask(self, job, body, seconds=40, **properties):
        return self.wait(self.publish(job, body, **properties), seconds)


def outbox(phone):
    """What the simulator's phone received, oldest first."""
    base = os.environ["VERIFY_COURIER_TWILIO_BASE_URL"].rstrip("/")
    with urllib.request.urlopen(f"{base}/_simulator/outbox?{urllib.parse.urlencode({'to': phone})}") as page:
        return sorted(json.load(page), key=lambda message: message["at"])


def newest_code(phone):
    return outbox(phone)[-1]["code"]
