"""Where the broker is, and who logs in there."""

from __future__ import annotations

import ssl
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

REPLY_PREFIX = "verify.reply."
LISTEN_PREFIX = "verify.listen."
JOBS_EXCHANGE = "verify"
STATUS_EXCHANGE = "verify.status"

REPLY_QUEUE_ARGUMENTS: dict[str, str | int] = {
    "x-queue-type": "classic",
    "x-expires": 600_000,
    "x-message-ttl": 300_000,
    "x-max-length": 10_000,
    "x-overflow": "reject-publish",
}
LISTEN_QUEUE_ARGUMENTS: dict[str, str | int] = {"x-max-length": 10, "x-message-ttl": 30_000}


@dataclass(frozen=True, slots=True)
class Address:
    """One node of the broker. Its password is in no `repr`."""

    host: str
    port: int
    user: str
    password: str = field(repr=False)
    vhost: str = "/"
    tls: bool = False

    @classmethod
    def parse(cls, url: str) -> Address:
        """An AMQP URL as the contract writes them: no path, or `/`, means the virtual host `/`.

        Raises ValueError, without the password, when it is none.
        """
        try:
            parts = urlsplit(url.strip())
            port, host = parts.port, parts.hostname
        except ValueError:
            raise ValueError("this is no AMQP URL: amqp://USER:PASSWORD@HOST:PORT/VHOST") from None
        if parts.scheme not in ("amqp", "amqps") or not host:
            raise ValueError("this is no AMQP URL: amqp://USER:PASSWORD@HOST:PORT/VHOST")
        if parts.query or parts.fragment:
            raise ValueError("an AMQP URL has no query here: give certificates by `tls`")
        tls = parts.scheme == "amqps"
        vhost = parts.path.removeprefix("/")
        if "/" in vhost:
            raise ValueError("write a / within the name of a virtual host as %2F")
        return cls(
            host=host,
            port=port or (5671 if tls else 5672),
            user=unquote(parts.username) if parts.username else "guest",
            password=unquote(parts.password) if parts.password else "guest",
            vhost=unquote(vhost) or "/",
            tls=tls,
        )


def addresses(urls: str | Iterable[str]) -> list[Address]:
    """The nodes of one broker, from a list or a comma-separated text: tried in turn, and of one user.

    The broker checks the user of every job, so that they cannot be of several.
    """
    found = [Address.parse(url) for url in (urls.split(",") if isinstance(urls, str) else urls)]
    if not found:
        raise ValueError("there is no AMQP URL")
    if len({address.user for address in found}) > 1:
        raise ValueError("all AMQP URLs must name the same user")
    return found


def context_for(address: Address, tls: ssl.SSLContext | None) -> ssl.SSLContext | None:
    """What to speak TLS with: the given context, or the system's authorities with the name checked. None: no TLS."""
    if not address.tls:
        return None
    return tls or ssl.create_default_context()
