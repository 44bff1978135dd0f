"""Replies: what was answered, and what that means for a screen. Pure."""

from __future__ import annotations

import datetime
import enum
import json
from collections.abc import Mapping
from typing import Any

from .errors import Unreadable


class Outcome(enum.StrEnum):
    """The contract's closed list: programs branch on this alone."""

    OPTIONS = "options"
    SENT = "sent"
    ENROLLING = "enrolling"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    THROTTLED = "throttled"
    BLOCKED = "blocked"
    NOT_ALLOWED = "not_allowed"
    CANCELED = "canceled"
    DONE = "done"
    UNKNOWN_JOB = "unknown_job"
    INVALID = "invalid"
    LATE = "late"
    UNAVAILABLE = "unavailable"
    UNCERTAIN = "uncertain"


class Kind(enum.Enum):
    """What a login screen does about an outcome: the table "What to show" of docs/front-ends.md."""

    GO_ON = "go on"
    """The next screen: `options`, `sent`, `enrolling`, `canceled`, `done`."""
    IN = "in"
    """The person is in: `approved`, and nothing else."""
    AGAIN = "again"
    """A wrong code: the same field again, with the tries left."""
    OVER = "over"
    """The code is no longer good: offer a new one."""
    WAIT = "wait"
    """A limit: say how long."""
    OTHER_WAY = "other way"
    """This way is closed: offer the others."""
    NOT_YOUR_FAULT = "not your fault"
    """An outage: never shown as a wrong code."""
    MISTAKE = "mistake"
    """The field that is wrong, or a mistake of the program."""


_KINDS = {
    Outcome.OPTIONS: Kind.GO_ON,
    Outcome.SENT: Kind.GO_ON,
    Outcome.ENROLLING: Kind.GO_ON,
    Outcome.CANCELED: Kind.GO_ON,
    Outcome.DONE: Kind.GO_ON,
    Outcome.APPROVED: Kind.IN,
    Outcome.DENIED: Kind.AGAIN,
    Outcome.EXPIRED: Kind.OVER,
    Outcome.THROTTLED: Kind.WAIT,
    Outcome.BLOCKED: Kind.OTHER_WAY,
    Outcome.NOT_ALLOWED: Kind.OTHER_WAY,
    Outcome.LATE: Kind.NOT_YOUR_FAULT,
    Outcome.UNAVAILABLE: Kind.NOT_YOUR_FAULT,
    Outcome.UNCERTAIN: Kind.NOT_YOUR_FAULT,
    Outcome.UNKNOWN_JOB: Kind.MISTAKE,
    Outcome.INVALID: Kind.MISTAKE,
}

# What may be written to a log as it is.
_HARMLESS = ("outcome", "reason", "limit", "decision", "job")


class Reply(Mapping[str, Any]):
    """A reply: a mapping of the body's fields, of which those that every screen needs have a name here.

    Its `repr` shows neither secrets nor numbers nor whose it is.
    """

    __slots__ = ("_body", "outcome")

    def __init__(self, body: dict[str, Any]) -> None:
        """Raises Unreadable for what is no reply of the contract's; also for an outcome of a later version."""
        try:
            self.outcome = Outcome(body["outcome"])
        except (KeyError, ValueError, TypeError):
            raise Unreadable("the reply has no outcome that this client knows") from None
        self._body = body

    @classmethod
    def decode(cls, raw: bytes) -> Reply:
        """Raises Unreadable."""
        try:
            body = json.loads(raw)
        except (ValueError, RecursionError):
            raise Unreadable("the reply is no JSON") from None
        if not isinstance(body, dict):
            raise Unreadable("the reply is no object")
        return cls(body)

    def __getitem__(self, name: str) -> Any:
        return self._body[name]

    def __iter__(self) -> Any:
        return iter(self._body)

    def __len__(self) -> int:
        return len(self._body)

    def __repr__(self) -> str:
        return f"Reply({', '.join(f'{name}={self._body[name]!r}' for name in _HARMLESS if name in self._body)})"

    @property
    def kind(self) -> Kind:
        """What a screen does about it."""
        return _KINDS[self.outcome]

    @property
    def lets_in(self) -> bool:
        """Whether the person is in: a right code, or `options` that say that none is needed. An outage is neither."""
        return self.outcome is Outcome.APPROVED or (self.outcome is Outcome.OPTIONS and self.get("decision") == "not_required")

    @property
    def ends_code(self) -> bool:
        """Of `check`: no code of this sign-in is taken any more, and another has to be asked for."""
        return self.kind is Kind.OVER or (self.outcome is Outcome.DENIED and self.get("checks_left") == 0)

    @property
    def message(self) -> str:
        """One English sentence that may be shown as it is."""
        return str(self.get("message", ""))

    @property
    def reason(self) -> str | None:
        """The cause, from the contract's catalogue."""
        return self.get("reason")

    @property
    def decision(self) -> str | None:
        """Of `options`: `not_required`, `verify`, `register` or `contact_administrator`."""
        return self.get("decision")

    @property
    def usable(self) -> list[str]:
        """Of `options`: the registered methods that work now, of `sms`, `call`, `authenticator`."""
        return [way["method"] for way in self.get("methods", []) if way.get("usable")]

    @property
    def alternatives(self) -> list[str]:
        """The other ways that work now."""
        return list(self.get("alternatives", []))

    @property
    def wait_seconds(self) -> int:
        """Until a repeat is allowed, by the worker's own clock: 0 where nothing is said."""
        if "retry_at" not in self or "at" not in self:
            return 0
        wait = _moment(self["retry_at"]) - _moment(self["at"])
        return max(0, round(wait.total_seconds()))

    @property
    def seconds_alive(self) -> int | None:
        """For how long the code or the enrolment is good, by the worker's own clock. None where nothing is said."""
        if "expires_at" not in self or "at" not in self:
            return None
        return max(0, round((_moment(self["expires_at"]) - _moment(self["at"])).total_seconds()))

    @property
    def field_errors(self) -> dict[str, str]:
        """Of `invalid`: what is wrong, by field."""
        return {error["field"]: error["reason"] for error in self.get("errors", [])}


def _moment(text: str) -> datetime.datetime:
    try:
        return datetime.datetime.fromisoformat(text)
    except (ValueError, TypeError):
        raise Unreadable("the reply has a time that is none") from None
