"""How the ways to a person are doing: what `verify.status` tells login screens. Pure."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "slow", "down", "off"]
_STATES = ("ok", "slow", "down", "off")
_METHODS = ("sms", "call", "authenticator")

# Workers tell it every five seconds: what is older says nothing any more.
STALE_AFTER = 15.0


@dataclass(frozen=True, slots=True)
class Status:
    """The state of each method as of one moment."""

    states: dict[str, State]
    countries_blocked: dict[str, tuple[str, ...]]

    @classmethod
    def decode(cls, raw: bytes) -> Status | None:
        """None for what is no status of the contract's; states of a later version are passed over."""
        try:
            channels = json.loads(raw)["channels"]
            told = {method: channels[method] for method in _METHODS if method in channels}
            return cls(
                states={name: channel["state"] for name, channel in told.items() if channel["state"] in _STATES},
                countries_blocked={name: tuple(channel["countries_blocked"]) for name, channel in told.items()},
            )
        except (ValueError, KeyError, TypeError, RecursionError):
            return None

    def is_offered(self, method: str) -> bool:
        """Whether a screen should offer it: not while it is down or off. What nothing is known of is offered."""
        return self.states.get(method) not in ("down", "off")


class LastStatus:
    """The newest status, until it is stale. Nothing known hides nothing."""

    def __init__(self) -> None:
        self._status: Status | None = None
        self._heard_at = 0.0

    def heard(self, raw: bytes, now: float) -> bool:
        """Whether it was one."""
        status = Status.decode(raw)
        if status is not None:
            self._status, self._heard_at = status, now
        return status is not None

    def at(self, now: float) -> Status | None:
        return self._status if now - self._heard_at < STALE_AFTER else None
