"""Asks verify-courier for the second factor of a login.

What is asked and what is answered is here; how it travels is in `aio` (asyncio, aio-pika) and `threads` (pika).
"""

from .errors import (
    Closed,
    CourierError,
    Forbidden,
    NoReply,
    TooManyWaiting,
    Unreachable,
    Unreadable,
    Unroutable,
)
from .jobs import (
    Job,
    Login,
    cancel,
    check,
    form_id,
    make,
    options,
    outcome,
    register_authenticator,
    register_phone,
    send,
)
from .replies import Kind, Outcome, Reply
from .status import Status

__all__ = [
    "Closed",
    "CourierError",
    "Forbidden",
    "Job",
    "Kind",
    "Login",
    "NoReply",
    "Outcome",
    "Reply",
    "Status",
    "TooManyWaiting",
    "Unreachable",
    "Unreadable",
    "Unroutable",
    "cancel",
    "check",
    "form_id",
    "make",
    "options",
    "outcome",
    "register_authenticator",
    "register_phone",
    "send",
]
