"""What the front end did and heard, what the judge saw, what the store holds: facts alone, no opinions."""

import dataclasses
import json


@dataclasses.dataclass
class Reply:
    at: float
    raw: bytes

    @property
    def body(self):
        return json.loads(self.raw)


@dataclasses.dataclass
class Job:
    """One job as the front end published it, under one id, perhaps several times."""

    id: str
    kind: str
    user: str
    number: str
    login: str
    deadline: float
    """Of a check, what its code is: ``right``, ``wrong``, ``used`` (approved before), ``foreign`` (another login's),
    ``dead`` (ended at the provider), ``canceled`` (by this login)."""
    code_is: str = ""
    code: str = ""
    """``own``; ``none``: no address given; ``missing``: a queue that is not there."""
    address: str = "own"
    """The id is another job's, whose body differs."""
    reuses: bool = False
    """The id that an ``outcome`` asks for."""
    asks_for: str = ""
    published_at: float = 0
    confirmed: bool = False
    publications: int = 0
    replies: list = dataclasses.field(default_factory=list)
    """The outcome in the store, for a job whose reply cannot arrive."""
    recorded: str | None = None

    @property
    def outcome(self):
        return self.replies[0].body.get("outcome") if self.replies else self.recorded

    @property
    def reason(self):
        return self.replies[0].body.get("reason") if self.replies else None

    @property
    def is_recorded(self):
        """Whether the store keeps a record under this id and for this body: reading jobs leave none."""
        return self.kind not in ("options", "outcome") and not self.reuses

    @property
    def sends(self):
        return self.kind in ("register.phone", "send")


@dataclasses.dataclass
class Record:
    """A job's row in the store."""

    is_finished: bool
    outcome: str
    reply: bytes
    """``pending``, ``confirmed`` or ``undeliverable``."""
    reply_state: str


@dataclasses.dataclass
class Message:
    """A message that the judge delivered; ``at`` is ``None`` where the judge does not tell."""

    number: str
    code: str
    verification: str
    at: float | None = None


@dataclasses.dataclass
class Fault:
    """Something that was broken, from when to when."""

    kind: str
    began: float
    ended: float


@dataclasses.dataclass
class Exit:
    """How a worker's process ended: by its own code, after which request."""

    worker: str
    code: int
    """``kill``, ``term``, or ``""`` when nobody asked."""
    asked: str
    seconds: float = 0
    """The broker or the store was out of reach while it lived, so it may give up at its start (69)."""
    excused: bool = False


@dataclasses.dataclass
class Evidence:
    jobs: list
    records: dict
    messages: list
    """How many verifications of a number the judge approved."""
    approvals: dict
    faults: list
    exits: list
    """(name, line) of every log line of the workers."""
    log_lines: list
    """Bytes of the store's files by name."""
    store_files: dict
    """SQLite's own verdict on the store's file."""
    integrity: str
    """Messages left in each queue once all was quiet, unacknowledged ones included."""
    queues: dict
    """Whether each verification has a code of its own, and each message its time."""
    judge_is_exact: bool = True
