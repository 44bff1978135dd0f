"""A front end that outlives the broker: publishes a job until it is confirmed, and keeps every reply that it hears.

In a cluster its reply queue is gone with the node that it was declared at. So it has another one at every connection, and
asks again, under the same id, about what it has not heard of."""

import asyncio
import contextlib
import json
import time
import uuid

import aio_pika
from ledger import Reply
from properties import REPLY_QUEUE, deadline

BROKEN = (aio_pika.exceptions.AMQPError, OSError, asyncio.TimeoutError, RuntimeError)


class FrontEnd:
    def __init__(self, urls):
        self.urls = urls
        self.connections = 0
        self.queue = self._new_queue()
        self.jobs = {}
        self.heard = {}
        """Bodies of published jobs that were not heard of, by correlation id."""
        self.unheard = {}
        self.usable = asyncio.Event()
        self.strangers = 0

    def _new_queue(self):
        return f"verify.reply.guest.{uuid.uuid4().hex}"

    async def run(self):
        """Connects again whenever the connection is lost."""
        while True:
            with contextlib.suppress(*BROKEN):
                await self._connected()
            self.usable.clear()
            await asyncio.sleep(0.2)

    async def _connected(self):
        lost = asyncio.Event()
        self.connections += 1
        connection = await asyncio.wait_for(aio_pika.connect(self.urls[self.connections % len(self.urls)]), 10)
        try:
            connection.close_callbacks.add(lambda *_: lost.set())
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            channel.close_callbacks.add(lambda *_: lost.set())
            await channel.set_qos(prefetch_count=500)
            if len(self.urls) > 1:
                self.queue = self._new_queue()
            queue = await channel.declare_queue(self.queue, durable=True, arguments=REPLY_QUEUE)
            await queue.consume(self._take)
            self.exchange = await channel.get_exchange("verify", ensure=False)
            self.usable.set()
            asking = asyncio.create_task(self._ask_again()) if len(self.urls) > 1 else None
            await lost.wait()
        finally:
            with contextlib.suppress(*BROKEN):
                await asyncio.wait_for(connection.close(), 5)

    async def _take(self, message):
        # Acknowledged only when it is in the ledger: what dies on the way is delivered again.
        job = self.jobs.get(message.correlation_id)
        if job is None:
            self.strangers += 1
        else:
            job.replies.append(Reply(time.time(), message.body))
            self.unheard.pop(message.correlation_id, None)
            self.heard[message.correlation_id].set()
        with contextlib.suppress(*BROKEN):
            await message.ack()

    def enter(self, job):
        """A correlation id for the job's replies."""
        correlation = uuid.uuid4().hex
        self.jobs[correlation] = job
        self.heard[correlation] = asyncio.Event()
        return correlation

    async def _ask_again(self):
        for correlation, body in list(self.unheard.items()):
            await self.publish(self.jobs[correlation], correlation, body)

    def _message(self, job, correlation, body):
        addresses = {"own": self.queue, "none": None, "missing": "verify.reply.guest.nobody"}
        return aio_pika.Message(
            json.dumps(body).encode(), content_type="application/json", message_id=job.id, correlation_id=correlation,
            reply_to=addresses[job.address], type=f"verify.{job.kind}.v1", user_id="guest",
            timestamp=int(time.time()), headers={"deadline": deadline(job.deadline - time.time())},
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT)

    async def publish(self, job, correlation, body):
        """Publishes until the broker has confirmed; the same bytes under the same id each time."""
        job.published_at = job.published_at or time.time()
        while True:
            await self.usable.wait()
            job.publications += 1
            try:
                await asyncio.wait_for(self.exchange.publish(self._message(job, correlation, body), job.kind), 60)
                job.confirmed = True
                if job.address == "own" and not job.replies:
                    self.unheard[correlation] = body
                return
            except BROKEN:
                await asyncio.sleep(0.2)

    async def hear(self, correlation, seconds):
        """Waits for the first reply; whether there is one."""
        try:
            await asyncio.wait_for(self.heard[correlation].wait(), seconds)
        except asyncio.TimeoutError:
            return False
        return True
