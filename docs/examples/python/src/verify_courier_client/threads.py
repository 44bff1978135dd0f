"""The client for threads, on pika.

    with Courier("amqp://web:…@broker") as courier:
        reply = courier.ask(send(login, "sms"))

One thread owns the connection; any number of others ask.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import datetime
import logging
import os
import ssl
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from types import TracebackType
from typing import Any, Self

import pika
import pika.exceptions

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
    """A thread that keeps one connection to the broker, and makes another when it is gone.

    `opened` is given an open channel, in that thread; `lost` is told why it is gone; `tick` is called several times a second,
    connected or not; `ended` once, at the end.
    """

    def __init__(self, urls: str | Iterable[str], tls: ssl.SSLContext | None, name: str) -> None:
        self._addresses = broker.addresses(urls)
        self._tls, self._name = tls, name
        self.user = self._addresses[0].user
        self.opened: Callable[[Any], None] = lambda channel: None
        self.lost: Callable[[str, int | None], None] = lambda why, code: None
        self.tick: Callable[[], None] = lambda: None
        self.ended: Callable[[], None] = lambda: None
        self._closing = threading.Event()
        self._lock = threading.Lock()
        self._connection: Any = None
        self._loop: Any = None
        self._thread: threading.Thread | None = None
        self._gone: tuple[str, int | None] = ("", None)
        self._opened_at: float | None = None

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name=self._name, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._closing.set()
        self.wake(lambda: self._end("the client was closed", None))
        if self._thread is not None:
            self._thread.join()

    def wake(self, callback: Callable[[], None]) -> None:
        """Has the thread do something soon, if there is a connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.ioloop.add_callback_threadsafe(callback)

    def _run(self) -> None:
        try:
            self._keep()
        finally:
            self.ended()

    def _keep(self) -> None:
        backoff, turn = Backoff(), 0
        while not self._closing.is_set():
            address = self._addresses[turn % len(self._addresses)]
            turn += 1
            self._gone, self._opened_at = ("the broker ended it", None), None
            try:
                self._talk(address)
            except Exception as error:  # whatever a library raises here, the connection is gone
                self._gone = _reason(error)
            held = time.monotonic() - self._opened_at if self._opened_at is not None else 0.0
            if self._closing.is_set():
                return
            why, code = self._gone
            self.lost(why, code)
            log.warning("no connection to the broker at %s:%d: %s", address.host, address.port, why)
            until = time.monotonic() + backoff.after(held)
            while (left := until - time.monotonic()) > 0 and not self._closing.wait(min(left, _TICK)):
                self.tick()

    def _talk(self, address: broker.Address) -> None:
        """Returns when the connection is gone."""
        context = broker.context_for(address, self._tls)
        parameters = pika.ConnectionParameters(
            host=address.host,
            port=address.port,
            virtual_host=address.vhost,
            credentials=pika.PlainCredentials(address.user, address.password),
            heartbeat=_HEARTBEAT_SECONDS,
            connection_attempts=1,
            socket_timeout=_CONNECT_SECONDS,
            stack_timeout=_CONNECT_SECONDS,
            client_properties={"connection_name": self._name},
        )
        if context is not None:
            parameters.ssl_options = pika.SSLOptions(context, address.host)
        connection = pika.SelectConnection(
            parameters,
            on_open_callback=self._connected,
            on_open_error_callback=lambda connection, error: self._end(*_reason(error)),
            on_close_callback=lambda connection, error: self._end(*_reason(error)),
        )
        self._loop = connection.ioloop
        with self._lock:
            self._connection = connection
        try:
            if not self._closing.is_set():
                self._keep_ticking()
                connection.ioloop.start()
        finally:
            with self._lock:
                self._connection = None
            _close(connection)

    def _connected(self, connection: Any) -> None:
        connection.channel(on_open_callback=self._channel_opened)

    def _channel_opened(self, channel: Any) -> None:
        self._opened_at = time.monotonic()
        channel.add_on_close_callback(lambda channel, error: self._end(*_reason(error)))
        channel.add_on_cancel_callback(lambda frame: self._end("the broker has deleted the queue", None))
        self.opened(channel)

    def _keep_ticking(self) -> None:
        self.tick()
        self._loop.call_later(_TICK, self._keep_ticking)

    def _end(self, why: str, code: int | None) -> None:
        """In the connection's thread: the first to say why it ends has the word."""
        if self._gone[0] == "the broker ended it":
            self._gone = (why, code)
        self._loop.stop()


def _close(connection: Any) -> None:
    """Says goodbye to the broker for half a second at most: what is in flight is asked for again anyhow."""
    try:
        if connection.is_open:
            connection.close()
            connection.ioloop.call_later(0.5, connection.ioloop.stop)
            connection.ioloop.start()
        connection.ioloop.close()
    except Exception as error:  # it is gone already
        log.debug("closing the connection: %s", type(error).__name__)


def _reason(error: BaseException | str) -> tuple[str, int | None]:
    """What the broker said, and its reply code where a channel was closed. Never a URL: it holds the password."""
    if isinstance(error, str):
        return error, None
    code = error.reply_code if isinstance(error, pika.exceptions.ChannelClosed) else None
    if isinstance(error, pika.exceptions.ChannelClosed | pika.exceptions.ConnectionClosed):
        return error.reply_text or type(error).__name__, code
    # pika wraps what happened, in one of three ways.
    wrapped = [*getattr(error, "exceptions", []), getattr(error, "exception", None), *error.args[:1]]
    inner = [one for one in wrapped if isinstance(one, BaseException)]
    if inner:
        return _reason(inner[-1] if hasattr(error, "exceptions") else inner[0])
    name = type(error).__name__
    return (f"{name}: {error}" if str(error) and isinstance(error, OSError | pika.exceptions.AMQPError) else name), code


def _settle(future: concurrent.futures.Future[Reply], result: Reply | CourierError) -> None:
    if not future.set_running_or_notify_cancel():
        return
    if isinstance(result, CourierError):
        future.set_exception(result)
    else:
        future.set_result(result)


class Courier:
    """One connection and one reply queue for everybody who signs in; thousands may wait at once, from any thread.

    Make one per process, after a fork and never before: asked in a child, one made before says so.
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
        self._link.opened, self._link.lost, self._link.tick = self._channel_opened, self._lost, self._tick
        self._link.ended = self._ended
        self._pending = PendingJobs(most=most_waiting, linger=linger)
        # Guards what follows, which callers' threads add to.
        self._lock = threading.Lock()
        self._settled: list[Callable[[], None]] = []
        self._opened = threading.Event()
        self._process: int | None = None
        # Within the connection's thread alone.
        self._channel: Any = None
        self._published = 0
        self._unconfirmed: OrderedDict[int, Publication] = OrderedDict()

    def __enter__(self) -> Self:
        if self._process is not None:
            raise Closed("this client was started already")
        self._process = os.getpid()
        self._link.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Ends every wait with `Closed`, and the connection."""
        self._process = None
        self._link.stop()

    @property
    def waiting(self) -> int:
        """How many callers wait."""
        with self._lock:
            return len(self._pending)

    def wait_until_open(self, timeout: float | None = None) -> bool:
        """Until there is a reply queue. Not needed before `ask`, which waits for it within the job's time."""
        return self._opened.wait(timeout)

    def ask(self, job: Job) -> Reply:
        """The reply, whatever its outcome: a wrong code is an answer, not an error.

        Raises CourierError when there is none. The same `Job` asked again has one effect.
        """
        future = self.submit(job)
        try:
            return future.result()
        finally:
            future.cancel()

    def submit(self, job: Job) -> concurrent.futures.Future[Reply]:
        """The same without a thread that waits. A future that is cancelled waits no more; the job may be carried out."""
        if self._process is None:
            raise Closed("use the client by 'with'")
        if self._process != os.getpid():
            raise Closed("this client was made before a fork: make one in each process")
        future: concurrent.futures.Future[Reply] = concurrent.futures.Future()

        def settle(result: Reply | CourierError) -> None:
            self._settled.append(lambda: _settle(future, result))

        try:
            with self._pending_jobs() as pending:
                ticket = pending.add(job, settle, now=time.monotonic(), wall=datetime.datetime.now(datetime.UTC))
        except CourierError as error:
            future.set_exception(error)
            return future

        def withdraw(future: concurrent.futures.Future[Reply]) -> None:
            if future.cancelled():
                with self._pending_jobs() as pending:
                    pending.withdraw(ticket)

        future.add_done_callback(withdraw)
        self._link.wake(self._publish_all)
        return future

    @contextlib.contextmanager
    def _pending_jobs(self) -> Iterator[PendingJobs]:
        """The jobs, for one thread at a time; waits that ended meanwhile are told so afterwards, without the lock."""
        try:
            with self._lock:
                try:
                    yield self._pending
                finally:
                    settled, self._settled = self._settled, []
        finally:
            for tell in settled:
                tell()

    # In the connection's thread

    def _ended(self) -> None:
        self._process = None
        with self._pending_jobs() as pending:
            pending.end_all(Closed("the client was closed"))

    def _channel_opened(self, channel: Any) -> None:
        address = f"{broker.REPLY_PREFIX}{self._link.user}.{uuid.uuid4().hex}"
        self._published, self._unconfirmed = 0, OrderedDict()

        def declared(frame: object) -> None:
            # Without acknowledgements: a reply that is lost with the connection is asked for again, and the broker, should
            # it stop reading from those who publish, still hands out what is there.
            channel.basic_consume(address, self._take, auto_ack=True, callback=consuming)

        def consuming(frame: object) -> None:
            channel.add_on_return_callback(self._returned)
            channel.confirm_delivery(self._confirmed, callback=ready)

        def ready(frame: object) -> None:
            self._channel = channel
            with self._pending_jobs() as pending:
                pending.opened(address)
            self._opened.set()
            self._publish_all()

        channel.queue_declare(address, durable=True, arguments=dict(broker.REPLY_QUEUE_ARGUMENTS), callback=declared)

    def _lost(self, why: str, code: int | None) -> None:
        self._opened.clear()
        self._channel = None
        with self._pending_jobs() as pending:
            pending.closed(why, code, now=time.monotonic())

    def _tick(self) -> None:
        with self._pending_jobs() as pending:
            pending.tick(time.monotonic())
        self._publish_all()

    def _publish_all(self) -> None:
        if self._channel is None or not self._channel.is_open:
            return
        with self._pending_jobs() as pending:
            publications = pending.take(datetime.datetime.now(datetime.UTC))
        for publication in publications:
            self._published += 1
            self._unconfirmed[self._published] = publication
            properties = pika.BasicProperties(
                content_type="application/json",
                delivery_mode=2,
                message_id=publication.message_id,
                correlation_id=publication.correlation_id,
                reply_to=publication.reply_to,
                type=publication.type,
                timestamp=int(publication.published_at.timestamp()),
                user_id=self._link.user,
                headers={"deadline": publication.deadline},
            )
            self._channel.basic_publish(broker.JOBS_EXCHANGE, publication.key, publication.body, properties, mandatory=True)

    def _confirmed(self, frame: Any) -> None:
        method = frame.method
        tags = [method.delivery_tag]
        if method.multiple:
            tags = [tag for tag in self._unconfirmed if tag <= method.delivery_tag]
        with self._pending_jobs() as pending:
            for tag in tags:
                publication = self._unconfirmed.pop(tag, None)
                if publication is None:
                    continue
                if isinstance(method, pika.spec.Basic.Ack):
                    pending.confirmed(publication)
                else:
                    pending.refused(publication, now=time.monotonic())

    def _returned(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        # It comes before the confirmation of the same message, and carries what tells it from others.
        for publication in self._unconfirmed.values():
            if publication.correlation_id == properties.correlation_id:
                with self._pending_jobs() as pending:
                    pending.returned(publication)
                return

    def _take(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        with self._pending_jobs() as pending:
            pending.heard(properties.correlation_id, body, now=time.monotonic())


class StatusListener:
    """How texts, calls and authenticators are doing. Its broker user is `<front end>-listen` where users have least rights.

    with StatusListener("amqp://web-listen:…@broker") as status:
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
        self._link.opened = self._channel_opened
        self._front_end = front_end or self._link.user.removesuffix("-listen")
        self._last = LastStatus()
        self._changed = threading.Condition()
        self._count = 0

    def __enter__(self) -> Self:
        self._link.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._link.stop()

    @property
    def current(self) -> Status | None:
        """None while nothing was heard lately."""
        return self._last.at(time.monotonic())

    def is_offered(self, method: str) -> bool:
        """Whether a screen should offer it. What nothing is known of is offered."""
        status = self.current
        return status is None or status.is_offered(method)

    def next(self, timeout: float | None = None) -> Status | None:
        """Waits until something is heard."""
        with self._changed:
            heard = self._count
            self._changed.wait_for(lambda: self._count > heard, timeout)
        return self.current

    def _channel_opened(self, channel: Any) -> None:
        name = f"{broker.LISTEN_PREFIX}{self._front_end}.{uuid.uuid4().hex}"

        def bound(frame: object) -> None:
            channel.basic_consume(name, self._take, auto_ack=True)

        def declared(frame: object) -> None:
            channel.queue_bind(name, broker.STATUS_EXCHANGE, callback=bound)

        channel.queue_declare(
            name, exclusive=True, auto_delete=True, arguments=dict(broker.LISTEN_QUEUE_ARGUMENTS), callback=declared
        )

    def _take(self, channel: Any, method: Any, properties: Any, body: bytes) -> None:
        if self._last.heard(body, time.monotonic()):
            with self._changed:
                self._count += 1
                self._changed.notify_all()
