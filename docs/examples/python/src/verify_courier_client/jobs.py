"""Jobs: what is asked, byte for byte. Pure: no clock, no connection.

A `Job` is made once and may be asked any number of times: its message id makes that one effect. A new `Job` means that the
person asked again.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Literal

Application = Literal["web", "windows"]

# How long the person waits for each job, in seconds. The reply is waited for five seconds more.
PATIENCE: dict[str, float] = {
    "options": 5,
    "outcome": 5,
    "send": 20,
    "register.phone": 20,
    "register.authenticator": 20,
    "check": 20,
    "cancel": 10,
}
DEFAULT_PATIENCE = 30.0
MOST_BYTES = 16_384

# The contract's `options` and `outcome` only read, and administrators may not publish `outcome`.
RECORDED = frozenset({"send", "register.phone", "register.authenticator", "check", "cancel"})

_MESSAGE_ID = re.compile(r"[A-Za-z0-9._:-]{1,64}")
_KEY = re.compile(r"[a-z]+(\.[a-z]+)*")


@dataclass(frozen=True, slots=True)
class Login:
    """One sign-in of one person, after the password was right. Keep it on the server's side.

    user:        the site's own id of the person, never the name as it was typed
    login:       made new for each sign-in, by itself: only the sign-in that asked for a code can use it
    application: `web` unless told otherwise
    client:      the end user's address or device, for limits
    locale:      what the browser says, for the language of texts and calls
    """

    user: str
    login: str = field(default_factory=lambda: str(uuid.uuid4()))
    application: Application | None = None
    client: str | None = None
    locale: str | None = None

    def fields(self) -> dict[str, object]:
        """The fields that all login jobs share; absent ones are left out."""
        named = {
            "user": self.user,
            "login": self.login,
            "application": self.application,
            "client": self.client,
            "locale": self.locale,
        }
        return {name: value for name, value in named.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it goes over the wire. Codes, tickets and numbers are in the body, which no `repr` shows."""

    key: str
    body: bytes = field(repr=False)
    message_id: str
    patience: float
    login: Login | None = field(default=None, repr=False)

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key):
            raise ValueError("a job's name has small letters and dots")
        if not _MESSAGE_ID.fullmatch(self.message_id):
            raise ValueError("a message id has 1 to 64 characters of A-Z a-z 0-9 . _ : -")
        if not 3 <= self.patience <= 120:  # noqa: PLR2004
            raise ValueError("a job's patience is 3 to 120 seconds: with less than two left a worker begins nothing")
        if len(self.body) > MOST_BYTES:
            raise ValueError(f"a job has {MOST_BYTES} bytes at most")


def make(
    key: str,
    fields: dict[str, object],
    *,
    nonce: str | None = None,
    message_id: str | None = None,
    patience: float | None = None,
    login: Login | None = None,
) -> Job:
    """Any job, also an administrator's (`make("admin.user.get", {"operator": "olga", "user": "anna"})`).

    nonce: a random number that was made with the form. The message id is then a hash of it and of name and body, so that a
    double click is one job, and the same form with another code in it, after the back button, another.
    """
    body = json.dumps({name: fields[name] for name in sorted(fields) if fields[name] is not None}, ensure_ascii=False)
    if message_id is None:
        message_id = form_id(nonce, key, body) if nonce is not None else str(uuid.uuid4())
    return Job(
        key=key,
        body=body.encode(),
        message_id=message_id,
        patience=patience if patience is not None else PATIENCE.get(key, DEFAULT_PATIENCE),
        login=login,
    )


def form_id(nonce: str, key: str, body: str) -> str:
    """The message id of a form, as docs/front-ends.md has it."""
    return hashlib.sha256(f"{nonce}\n{key}\n{body}".encode()).hexdigest()[:32]


def _of_login(key: str, login: Login, nonce: str | None, patience: float | None, more: dict[str, object]) -> Job:
    return make(key, {**login.fields(), **more}, nonce=nonce, patience=patience, login=login)


def options(login: Login, *, patience: float | None = None) -> Job:
    """Which ways to confirm a sign-in the person has, and whether one is needed."""
    return _of_login("options", login, None, patience, {})


def send(login: Login, channel: str, *, nonce: str | None = None, patience: float | None = None) -> Job:
    """A code to the person's registered phone, by `sms` or `call`."""
    return _of_login("send", login, nonce, patience, {"channel": channel})


def check(login: Login, code: str, method: str | None, *, nonce: str | None = None, patience: float | None = None) -> Job:
    """What the person typed, as it was typed.

    method: what the code is of, `phone` or `authenticator`, which a page knows; None only for a code of the administrator's.
    """
    return _of_login("check", login, nonce, patience, {"code": code, "method": method})


def register_phone(
    login: Login,
    phone: str,
    channel: str,
    *,
    region: str | None = None,
    ticket: str | None = None,
    nonce: str | None = None,
    patience: float | None = None,
) -> Job:
    """A code to a number, by `sms` or `call`; the first right one registers it. `phone` as typed; national with `region`."""
    more: dict[str, object] = {"phone": phone, "channel": channel, "region": region, "ticket": ticket}
    return _of_login("register.phone", login, nonce, patience, more)


def register_authenticator(
    login: Login,
    *,
    label: str | None = None,
    qr: str | None = None,
    ticket: str | None = None,
    nonce: str | None = None,
    patience: float | None = None,
) -> Job:
    """A secret for an app; the first right code of the same login registers it. `qr`: `svg` (the default), `png`, `none`."""
    more: dict[str, object] = {"label": label, "qr": qr, "ticket": ticket}
    return _of_login("register.authenticator", login, nonce, patience, more)


def cancel(login: Login, *, job: str | None = None, patience: float | None = None) -> Job:
    """Ends the login's code; `job`: a `send` of the same login too that may still wait."""
    return _of_login("cancel", login, None, patience, {"job": job})


def outcome(login: Login, job: str, *, patience: float | None = None) -> Job:
    """The recorded reply of an earlier job, by its message id."""
    return _of_login("outcome", login, None, patience, {"job": job})
