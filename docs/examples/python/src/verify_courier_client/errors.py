"""Why a job has no reply."""

from __future__ import annotations


class CourierError(Exception):
    """There is no reply. What a person sees is "Not your fault: try again", and never "wrong code".

    `may_have_happened` says whether the job may be carried out all the same. Ask again with the very same `Job`: its
    message id makes that one effect, and the recorded outcome comes back.
    """

    may_have_happened = True


class NoReply(CourierError):
    """The broker has taken the job, and nobody answered in time: is a worker running?"""


class Unreachable(CourierError):
    """The broker did not take the job in time: it cannot be reached, or its lane was full until the end."""


class Unroutable(CourierError):
    """No queue takes the job: the operator has not run `verify-courier topology apply`."""

    may_have_happened = False


class Forbidden(CourierError):
    """The broker user may not publish this job, or not have its reply queue."""

    may_have_happened = False


class Unreadable(CourierError):
    """What came is no reply of the contract's. It lets nobody in."""


class TooManyWaiting(CourierError):
    """More jobs wait than this client holds: the site is overloaded, or nobody answers."""

    may_have_happened = False


class Closed(CourierError):
    """The client was closed, not yet started, or made before a fork."""
