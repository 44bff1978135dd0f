"""The jobs that wait for a reply. A state machine: it does no I/O, reads no clock, starts no thread.

Whoever owns the connection tells it what happens (`opened`, `closed`, `confirmed`, `heard`, …) and publishes what `take`
hands out. Every wait ends: by its reply, by an error that says why, or by its time, which `tick` looks at.

A job is published until the broker has confirmed it. When the reply queue is another one afterwards (the connection was
lost, or the queue was deleted), the reply may have come to the old one: the recorded outcome is asked for, and the job is
published again, under its own message id, where nothing is recorded. The same happens once when the person's patience is
over, in case the reply was lost without anybody noticing.
"""

from __future__ import annotations

import datetime
import enum
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field

from .errors import CourierError, Forbidden, NoReply, TooManyWaiting, Unreachable, Unreadable, Unroutable
from .jobs import RECORDED, Job
from .replies import Outcome, Reply

Settle = Callable[[Reply | CourierError], None]

# After the person's patience, for a reply that is on its way.
LINGER = 5.0
# As many as a reply queue holds.
MOST_WAITING = 10_000
# Until a full lane is tried again, and a job under way asked about again.
SHORTEST_PAUSE, LONGEST_PAUSE = 0.25, 2.0
# How long a question about an outcome is waited for.
PROBE_PATIENCE = 5.0
# For how long a key is not tried again that the broker user may not publish: it costs everybody the channel.
FORBIDDEN_FOR = 60.0

ACCESS_REFUSED, NOT_FOUND = 403, 404
_TOPIC = re.compile(r"topic '([^']*)'")


@dataclass(frozen=True, slots=True)
class Publication:
    """One message for the exchange `verify`. Its body is in no `repr`."""

    key: str
    body: bytes = field(repr=False)
    message_id: str
    correlation_id: str
    reply_to: str
    published_at: datetime.datetime
    deadline: str
    is_probe: bool = False

    @property
    def type(self) -> str:
        return f"verify.{self.key}.v1"


class _Step(enum.Enum):
    """What is to be done for a job next, or what was done last."""

    PUBLISH = enum.auto()  # it is to be published, as soon as there is a reply queue
    PUBLISHED = enum.auto()  # the broker has not said yet that it has it
    PROBE = enum.auto()  # its recorded outcome is to be asked for
    AWAIT = enum.auto()  # the broker has it, or the question: the reply is waited for
    PAUSE = enum.auto()  # until `again`


@dataclass(slots=True, eq=False)
class Waiting:
    """One job, and who waits for it."""

    job: Job
    correlation: str
    asked_at: datetime.datetime
    deadline: float
    end: float
    settles: list[Settle]
    step: _Step = _Step.PUBLISH
    after_pause: _Step = _Step.PUBLISH
    again: float = 0.0
    pause: float = SHORTEST_PAUSE
    # The reply queue that it was last published with.
    address: str | None = None
    is_taken: bool = False
    was_probed: bool = False
    refusal: str | None = None

    @property
    def is_recorded(self) -> bool:
        return self.job.key in RECORDED and self.job.login is not None


@dataclass(frozen=True, slots=True)
class Ticket:
    """One caller's wait."""

    waiting: Waiting = field(repr=False)
    settle: Settle = field(repr=False)


class PendingJobs:
    """All jobs of one client that wait. Not for several threads at once: its owner locks."""

    def __init__(self, *, most: int = MOST_WAITING, linger: float = LINGER) -> None:
        self._most, self._linger = most, linger
        self._by_correlation: dict[str, Waiting] = {}
        self._by_id: dict[str, Waiting] = {}
        # In the order in which they are to be published.
        self._queue: dict[str, None] = {}
        self._callers = 0
        self._address: str | None = None
        self._trouble: str | None = None
        self._is_forbidden = False
        self._forbidden: dict[str, tuple[float, str]] = {}

    def __len__(self) -> int:
        """How many callers wait."""
        return self._callers

    @property
    def is_open(self) -> bool:
        return self._address is not None

    # What callers do

    def add(self, job: Job, settle: Settle, *, now: float, wall: datetime.datetime) -> Ticket:
        """A caller waits for this job; one that waits already for the same bytes is joined, and ends with it.

        Raises TooManyWaiting.
        """
        if self._callers >= self._most:
            raise TooManyWaiting(f"{self._most} jobs wait already")
        same = self._by_id.get(job.message_id)
        if same is not None and (same.job.key, same.job.body) == (job.key, job.body):
            same.settles.append(settle)
            self._callers += 1
            return Ticket(same, settle)
        waiting = Waiting(
            job=job,
            correlation=uuid.uuid4().hex,
            asked_at=wall,
            deadline=now + job.patience,
            end=now + job.patience + self._linger,
            settles=[settle],
        )
        self._callers += 1
        self._by_correlation[waiting.correlation] = waiting
        self._by_id.setdefault(job.message_id, waiting)
        until, text = self._forbidden.get(job.key, (0.0, ""))
        if now < until:
            self._end(waiting, Forbidden(text))
        else:
            self._schedule(waiting, _Step.PUBLISH)
        return Ticket(waiting, settle)

    def withdraw(self, ticket: Ticket) -> None:
        """A caller waits no more. The job may be carried out all the same."""
        waiting = ticket.waiting
        if ticket.settle in waiting.settles:
            waiting.settles.remove(ticket.settle)
            self._callers -= 1
        if not waiting.settles:
            self._forget(waiting)

    def end_all(self, error: CourierError) -> None:
        """Ends every wait."""
        for waiting in list(self._by_correlation.values()):
            self._end(waiting, error)

    # What the connection's owner tells

    def opened(self, address: str) -> None:
        """A new reply queue is consumed."""
        self._address, self._trouble, self._is_forbidden = address, None, False
        for waiting in self._by_correlation.values():
            if waiting.step in (_Step.AWAIT, _Step.PROBE) and waiting.is_recorded:
                self._schedule(waiting, _Step.PROBE)
            elif waiting.step is not _Step.PAUSE:
                self._schedule(waiting, _Step.PUBLISH)

    def closed(self, why: str, code: int | None = None, *, now: float) -> None:
        """The connection, its channel or its reply queue is gone; `why` and `code` are the broker's, where it said so.

        With 403 and 404 it means a job that was published and not confirmed: that one must not close the next channel.
        """
        self._address, self._trouble, self._is_forbidden = None, why, code == ACCESS_REFUSED
        unconfirmed = [waiting for waiting in self._by_correlation.values() if waiting.step is _Step.PUBLISHED]
        for waiting in unconfirmed:
            self._schedule(waiting, _Step.PUBLISH)
        if code == NOT_FOUND:
            for waiting in unconfirmed:
                self._end(waiting, Unroutable(f"run 'verify-courier topology apply' first: {why}"))
        elif code == ACCESS_REFUSED:
            topic = _TOPIC.search(why)
            error = Forbidden(f"the broker user may not publish this job: {why}")
            if topic is not None:
                self._forbidden = {key: kept for key, kept in self._forbidden.items() if kept[0] > now}
                self._forbidden[topic[1]] = (now + FORBIDDEN_FOR, str(error))
            for waiting in unconfirmed:
                if topic is None or topic[1] == waiting.job.key:
                    self._end(waiting, error)

    def take(self, wall: datetime.datetime) -> list[Publication]:
        """What is to be published now, each to be answered by `confirmed`, `refused` or `returned`, or by `closed`."""
        if self._address is None:
            return []
        publications = []
        for correlation in self._queue:
            waiting = self._by_correlation[correlation]
            if waiting.step is _Step.PROBE:
                publications.append(self._probe(waiting, self._address, wall))
                waiting.step = _Step.AWAIT
            else:
                publications.append(self._publication(waiting, self._address))
                waiting.step, waiting.address = _Step.PUBLISHED, self._address
        self._queue.clear()
        return publications

    def confirmed(self, publication: Publication) -> None:
        """The broker has it."""
        waiting = self._of(publication)
        if waiting is not None and waiting.step is _Step.PUBLISHED and not publication.is_probe:
            waiting.step, waiting.is_taken = _Step.AWAIT, True

    def refused(self, publication: Publication, *, now: float) -> None:
        """The broker did not take it: its lane is full. It is tried again."""
        waiting = self._of(publication)
        if waiting is not None:
            waiting.refusal = "the job's lane is full"
            self._pause(waiting, _Step.PROBE if publication.is_probe else _Step.PUBLISH, now)

    def returned(self, publication: Publication) -> None:
        """No queue takes it."""
        waiting = self._of(publication)
        if waiting is not None and not publication.is_probe:
            text = f"no queue takes '{publication.key}': run 'verify-courier topology apply' first"
            self._end(waiting, Unroutable(text))

    def heard(self, correlation: str | None, raw: bytes, *, now: float) -> None:
        """Something came to the reply queue. What nobody waits for is dropped: a repeat, or one that came too late."""
        name, _, probe = (correlation or "").partition(".")
        waiting = self._by_correlation.get(name)
        if waiting is None:
            return
        try:
            reply = Reply.decode(raw)
        except Unreadable as error:
            if not probe:
                self._end(waiting, error)
            return
        if probe:
            self._probed(waiting, reply, now)
        elif reply.get("job", waiting.job.message_id) != waiting.job.message_id and waiting.job.key != "outcome":
            self._end(waiting, Unreadable("the reply is of another job"))
        else:
            self._end(waiting, reply)

    def tick(self, now: float) -> None:
        """Ends what is over, and does what was put off: to be called several times a second while anybody waits."""
        for waiting in list(self._by_correlation.values()):
            if now >= waiting.end:
                self._end(waiting, self._silence(waiting))
            elif waiting.step is _Step.PAUSE and now >= waiting.again:
                self._schedule(waiting, waiting.after_pause)
            elif now >= waiting.deadline and waiting.step is _Step.AWAIT and waiting.is_recorded and not waiting.was_probed:
                self._schedule(waiting, _Step.PROBE)

    # Within

    def _of(self, publication: Publication) -> Waiting | None:
        return self._by_correlation.get(publication.correlation_id.partition(".")[0])

    def _schedule(self, waiting: Waiting, step: _Step) -> None:
        waiting.step = step
        self._queue[waiting.correlation] = None

    def _pause(self, waiting: Waiting, step: _Step, now: float) -> None:
        self._queue.pop(waiting.correlation, None)
        waiting.step, waiting.after_pause, waiting.again = _Step.PAUSE, step, now + waiting.pause
        waiting.pause = min(waiting.pause * 2, LONGEST_PAUSE)

    def _probed(self, waiting: Waiting, reply: Reply, now: float) -> None:
        """What became of a job: its recorded reply, or that there is none yet, or that the question itself failed."""
        if reply.outcome is Outcome.UNKNOWN_JOB and reply.reason == "no_record":
            if waiting.address == self._address:
                # It waits in its lane, and will be answered here.
                waiting.step = _Step.AWAIT
            else:
                self._schedule(waiting, _Step.PUBLISH)
        elif reply.outcome is not Outcome.UNKNOWN_JOB and reply.get("job") == waiting.job.message_id:
            self._end(waiting, reply)
        else:
            self._pause(waiting, _Step.PROBE, now)

    def _publication(self, waiting: Waiting, address: str) -> Publication:
        job = waiting.job
        return Publication(
            key=job.key,
            body=job.body,
            message_id=job.message_id,
            correlation_id=waiting.correlation,
            reply_to=address,
            published_at=waiting.asked_at,
            deadline=_rfc3339(waiting.asked_at, job.patience),
        )

    def _probe(self, waiting: Waiting, address: str, wall: datetime.datetime) -> Publication:
        waiting.was_probed = True
        assert waiting.job.login is not None  # `is_recorded` says so
        fields = {**waiting.job.login.fields(), "job": waiting.job.message_id}
        return Publication(
            key="outcome",
            body=json.dumps(fields, ensure_ascii=False).encode(),
            message_id=str(uuid.uuid4()),
            correlation_id=f"{waiting.correlation}.outcome",
            reply_to=address,
            published_at=wall,
            deadline=_rfc3339(wall, PROBE_PATIENCE),
            is_probe=True,
        )

    def _silence(self, waiting: Waiting) -> CourierError:
        if waiting.is_taken:
            text = (
                "no reply: the broker has taken the job, and no worker answered it. Is one running? One that does not know "
                "the broker user (front_ends) answers nothing, and its log says so"
            )
            return NoReply(text)
        if self._is_forbidden:
            return Forbidden(f"the broker user may not have its reply queue: {self._trouble}")
        why = self._trouble or waiting.refusal or "it has not confirmed the job"
        error = Unreachable(f"no reply: the broker did not take the job: {why}")
        error.may_have_happened = waiting.address is not None
        return error

    def _end(self, waiting: Waiting, result: Reply | CourierError) -> None:
        self._forget(waiting)
        settles, waiting.settles = waiting.settles, []
        self._callers -= len(settles)
        for settle in settles:
            settle(result)

    def _forget(self, waiting: Waiting) -> None:
        self._by_correlation.pop(waiting.correlation, None)
        self._queue.pop(waiting.correlation, None)
        if self._by_id.get(waiting.job.message_id) is waiting:
            del self._by_id[waiting.job.message_id]


def _rfc3339(moment: datetime.datetime, after: float) -> str:
    until = moment + datetime.timedelta(seconds=after)
    return until.isoformat(timespec="milliseconds").replace("+00:00", "Z")
