"""The client for asyncio, on aio-pika.

async with Courier("amqp://web:…@broker") as courier:
    reply = await courier.ask(send(login, "sms"))
"""

from __future__ import annotations

import asyncio
import contextlib
import datetime
import logging
import ssl
import time
import uuid
from collections.abc import Awaitable, Callable, Iterable
from types import TracebackType
from typing import Self

import aio_pika
import aiormq
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aio_pika.connection import make_url

from . import broker
from .backoff import Backoff
from .errors import Closed, CourierError
from .jobs import Job
from .pending import LINGER, MOST_WAITING, PendingJobs, Publication
from .replies import Reply
from .status import LastStatus, Status

log = logging.getLogger("verify_courier_client")

_TICK = 0.25
_CONNECT_SECONDS = 10.0
_HEARTBEAT_SECONDS = 15


class _Link:
    """Keeps one connection to the broker: makes it, sets it up, and makes another when it is gone."""

    def __init__(self, urls: str | Iterable[str], tls: ssl.SSLContext | None, name: str) -> None:
        self._addresses = broker.addresses(urls)
        self._tls, self._name = tls, name
        self.user = self._addresses[0].user

    async def keep(self, serve: Callable[[AbstractChannel], Awaitable[None]], lost: Callable[[str, int | None], None]) -> None:
        """Until it is cancelled. `serve` is given an open channel; when it returns or fails, `lost` is told why."""
        backoff, turn = Backoff(), 0
        while True:
            began: float | None = None
            address = self._addresses[turn % len(self._addresses)]
            turn += 1
            connection = self._connection(address)
            try:
                try:
                    await connection.connect(timeout=_CONNECT_SECONDS)
                    channel = connection.channel(publisher_confirms=True, on_return_raises=True)
                    await channel.initialize(timeout=_CONNECT_SECONDS)
                    began = time.monotonic()
                    await serve(channel)
                finally:
                    # Also one that never came to be: left to itself it would complain when its memory is freed.
                    with contextlib.suppress(Exception):
                        await asyncio.wait_for(connection.close(), 2)
                why, code = "the broker ended it", None
            except Exception as error:  # whatever a library raises here, the connection is gone
                why, code = _reason(error)
            lost(why, code)
            log.warning("no connection to the broker at %s:%d: %s", address.host, address.port, why)
            held = time.monotonic() - began if began is not None else 0.0
            await asyncio.sleep(backoff.after(held))

    def _connection(self, address: broker.Address) -> aio_pika.Connection:
        url = make_url(
            host=address.host,
            port=address.port,
            login=address.user,
            password=address.password,
            virtualhost=address.vhost,
            ssl=address.tls,
            name=self._name,
            heartbeat=_HEARTBEAT_SECONDS,
        )
        return aio_pika.Connection(url, ssl_context=broker.context_for(address, self._tls))


def _reason(error: BaseException) -> tuple[str, int | None]:
    """What the broker said, and its reply code. Never a URL: it holds the password."""
    if isinstance(error, aiormq.exceptions.ChannelAccessRefused):
        code: int | None = 403
    elif isinstance(error, aiormq.exceptions.ChannelNotFoundEntity):
        code = 404
    else:
        code = None
    if isinstance(error, aiormq.exceptions.AMQPError):
        return " ".join(str(part) for part in error.args) or type(error).__name__, code
    if isinstance(error, asyncio.TimeoutError):
        return "it does not answer", None
    return (str(error) if isinstance(error, OSError) else type(error).__name__) or type(error).__name__, None


async def _until_gone(channel: AbstractChannel) -> None:
    """Returns when the broker cancels the consumer, raises when the channel or its connection ends."""
    underlay = await channel.get_underlay_channel()
    gone = asyncio.get_running_loop().create_future()

    def cancelled(_: object) -> None:
        if not gone.done():
            gone.set_result(None)

    underlay.on_consumer_cancel_callbacks.add(cancelled)
    try:
        await asyncio.wait([underlay.closing, gone], return_when=asyncio.FIRST_COMPLETED)
        if underlay.closing.done() and not underlay.closing.cancelled():
            error = underlay.closing.exception()
            if error is not None:
                raise error
    finally:
        gone.cancel()


class Courier:
    """One connection and one reply queue for everybody who signs in; thousands may wait at once.

    Make one per process, within its event loop. It connects by itself, and again when the connection is lost.
    """

    def __init__(
        self,
        urls: str | Iterable[str],
        *,
        tls: ssl.SSLContext | None = None,
        name: str = "verify-courier-client",
        most_waiting: int = MOST_WAITING,
        linger: float = LINGER,
    ) -> None:
        """urls: one AMQP URL, or those of a cluster's nodes. tls: for `amqps`, if not the system's authorities."""
        self._link = _Link(urls, tls, name)
        self._pending = PendingJobs(most=most_waiting, linger=linger)
        self._work = asyncio.Event()
        self._opened = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []
        self._publishing: set[asyncio.Task[None]] = set()
        self._exchange: aio_pika.abc.AbstractExchange | None = None

    async def __aenter__(self) -> Self:
        if self._tasks:
            raise Closed("this client was started already")
        self._tasks = [
            asyncio.create_task(self._link.keep(self._serve, self._lost)),
            asyncio.create_task(self._tick()),
        ]
        for task in self._tasks:
            task.add_done_callback(self._ended)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Ends every wait with `Closed`, and the connection."""
        tasks, self._tasks = self._tasks, []
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    @property
    def waiting(self) -> int:
        """How many callers wait."""
        return len(self._pending)

    async def wait_until_open(self) -> None:
        """Until there is a reply queue. Not needed before `ask`, which waits for it within the job's time."""
        await self._opened.wait()

    async def ask(self, job: Job) -> Reply:
        """The reply, whatever its outcome: a wrong code is an answer, not an error.

        Raises CourierError when there is none. The same `Job` asked again has one effect.
        """
        if not self._tasks:
            raise Closed("use the client by 'async with'")
        loop = asyncio.get_running_loop()
        future: asyncio.Future[Reply | CourierError] = loop.create_future()

        def settle(result: Reply | CourierError) -> None:
            if not future.done():
                future.set_result(result)

        ticket = self._pending.add(job, settle, now=loop.time(), wall=datetime.datetime.now(datetime.UTC))
        self._work.set()
        try:
            result = await future
        finally:
            self._pending.withdraw(ticket)
        if isinstance(result, CourierError):
            raise result
        return result

    # The connection

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._pending.end_all(Closed("the client was closed"))

    async def _serve(self, channel: AbstractChannel) -> None:
        loop = asyncio.get_running_loop()
        address = f"{broker.REPLY_PREFIX}{self._link.user}.{uuid.uuid4().hex}"
        queue = await channel.declare_queue(address, durable=True, arguments=dict(broker.REPLY_QUEUE_ARGUMENTS))

        async def take(message: AbstractIncomingMessage) -> None:
            self._pending.heard(message.correlation_id, message.body, now=loop.time())

        # Without acknowledgements: a reply that is lost with the connection is asked for again, and the broker, should it
        # stop reading from those who publish, still hands out what is there.
        await queue.consume(take, no_ack=True)
        self._exchange = await channel.get_exchange(broker.JOBS_EXCHANGE, ensure=False)
        self._pending.opened(address)
        self._opened.set()
        self._work.set()
        publisher = asyncio.create_task(self._publish_all())
        try:
            gone = asyncio.create_task(_until_gone(channel))
            done, _ = await asyncio.wait([gone, publisher], return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                task.result()
        finally:
            gone.cancel()
            publisher.cancel()
            for task in self._publishing:
                task.cancel()
            await asyncio.gather(gone, publisher, *self._publishing, return_exceptions=True)

    def _lost(self, why: str, code: int | None) -> None:
        self._opened.clear()
        self._pending.closed(why, code, now=asyncio.get_running_loop().time())

    async def _publish_all(self) -> None:
        while True:
            await self._work.wait()
            self._work.clear()
            for publication in self._pending.take(datetime.datetime.now(datetime.UTC)):
                task = asyncio.create_task(self._publish(publication))
                self._publishing.add(task)
                task.add_done_callback(self._publishing.discard)

    async def _publish(self, publication: Publication) -> None:
        message = aio_pika.Message(
            publication.body,
            content_type="application/json",
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
            message_id=publication.message_id,
            correlation_id=publication.correlation_id,
            reply_to=publication.reply_to,
            type=publication.type,
            timestamp=publication.published_at,
            user_id=self._link.user,
            headers={"deadline": publication.deadline},
        )
        assert self._exchange is not None  # there is one before anything is taken
        try:
            await self._exchange.publish(message, publication.key, mandatory=True)
        except aio_pika.exceptions.PublishError:
            self._pending.returned(publication)
        except aio_pika.exceptions.DeliveryError:
            self._pending.refused(publication, now=asyncio.get_running_loop().time())
        except Exception:  # the channel is gone, and `_until_gone` says why
            return
        else:
            self._pending.confirmed(publication)

    async def _tick(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(_TICK)
            self._pending.tick(loop.time())
            self._work.set()


class StatusListener:
    """How texts, calls and authenticators are doing. Its broker user is `<front end>-listen` where users have least rights.

    async with StatusListener("amqp://web-listen:…@broker") as status:
        if status.is_offered("call"): …
    """

    def __init__(
        self,
        urls: str | Iterable[str],
        *,
        tls: ssl.SSLContext | None = None,
        front_end: str | None = None,
        name: str = "verify-courier-status",
    ) -> None:
        """front_end: whose queue it is; the user's name without `-listen` if not given."""
        self._link = _Link(urls, tls, name)
        self._front_end = front_end or self._link.user.removesuffix("-listen")
        self._last = LastStatus()
        self._heard = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._link.keep(self._serve, lambda why, code: None))
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def current(self) -> Status | None:
        """None while nothing was heard lately."""
        return self._last.at(time.monotonic())

    def is_offered(self, method: str) -> bool:
        """Whether a screen should offer it. What nothing is known of is offered."""
        status = self.current
        return status is None or status.is_offered(method)

    async def next(self) -> Status | None:
        """Waits until something is heard."""
        self._heard.clear()
        await self._heard.wait()
        return self.current

    async def _serve(self, channel: AbstractChannel) -> None:
        name = f"{broker.LISTEN_PREFIX}{self._front_end}.{uuid.uuid4().hex}"
        queue = await channel.declare_queue(
            name, exclusive=True, auto_delete=True, arguments=dict(broker.LISTEN_QUEUE_ARGUMENTS)
        )
        await queue.bind(broker.STATUS_EXCHANGE)

        async def take(message: AbstractIncomingMessage) -> None:
            if self._last.heard(message.body, time.monotonic()):
                self._heard.set()

        await queue.consume(take, no_ack=True)
        await _until_gone(channel)
