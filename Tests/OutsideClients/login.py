"""A front end in twenty lines, written from docs/contract/README.md alone: registers a phone, then logs the user in.

Wants VERIFY_COURIER_BROKER_URL and, to read what the phone received, the simulator's VERIFY_COURIER_TWILIO_BASE_URL.
"""
import json, os, urllib.parse, urllib.request, uuid

import pika

broker = pika.URLParameters(os.environ["VERIFY_COURIER_BROKER_URL"])
me = broker.credentials.username
channel = pika.BlockingConnection(broker).channel()
channel.confirm_delivery()
queue = f"verify.reply.{me}.{uuid.uuid4().hex}"
channel.queue_declare(queue, durable=True, arguments={
    "x-queue-type": "classic", "x-expires": 600_000, "x-message-ttl": 300_000, "x-max-length": 10_000,
    "x-overflow": "reject-publish"})
outcomes = []


def ask(job, **body):
    id = str(uuid.uuid4())
    channel.basic_publish("verify", job, json.dumps(body), pika.BasicProperties(
        content_type="application/json", delivery_mode=2, message_id=id, correlation_id=id, reply_to=queue, user_id=me),
        mandatory=True)
    for _, properties, reply in channel.consume(queue, auto_ack=True, inactivity_timeout=35):
        if properties is None:
            raise SystemExit(f"{job}: no reply")
        if properties.correlation_id == id:
            outcomes.append(json.loads(reply)["outcome"])
            print(f"{job}: {outcomes[-1]}")
            return


def code():
    query = urllib.parse.urlencode({"to": phone})
    with urllib.request.urlopen(f"{os.environ['VERIFY_COURIER_TWILIO_BASE_URL'].rstrip('/')}/_simulator/outbox?{query}") as page:
        return max(json.load(page), key=lambda message: message["at"])["code"]


user, phone = f"anna-{uuid.uuid4().hex[:8]}", f"+1415555{uuid.uuid4().int % 100 + 100:04}"
first, second = str(uuid.uuid4()), str(uuid.uuid4())
ask("options", user=user, login=first)
ask("register.phone", user=user, login=first, phone=phone, channel="sms")
ask("check", user=user, login=first, code=code())
ask("send", user=user, login=second, channel="sms")
ask("check", user=user, login=second, code=code())
failed = sum(a != b for a, b in zip(outcomes, ["options", "sent", "approved", "sent", "approved"]))
print(f"{len(outcomes) - failed} passed, {failed} failed")
raise SystemExit(1 if failed else 0)
