"""People whose jobs are counted. Each is a generator of steps; it is sent the reply to each."""

import base64
import collections
import hashlib
import hmac
import json
import time
import urllib.parse
import urllib.request
import uuid

"""One job: what it is called in the tables, its routing key and body, and the outcome that it must have."""
Step = collections.namedtuple("Step", "name job body outcome")

PHONE = ("register.phone", "check of a registration", "send", "check")
AUTHENTICATOR = ("register.authenticator", "check of an enrolment", "check by authenticator")


class People:
    """Makes new people; ``outbox`` is the address of the simulator."""

    def __init__(self, simulator):
        self.simulator = simulator
        self.born = 0

    def _next(self):
        self.born += 1
        # Exchanges 200 to 999 of area code 415; what ends in 11 is nobody's.
        exchange = 200 + self.born // 10_000 % 800
        return f"user-{self.born}", f"+1415{exchange + (exchange % 100 == 11)}{self.born % 10_000:04d}"

    def with_phone(self):
        user, number = self._next()
        login = {"user": user, "login": uuid.uuid4().hex}
        yield Step(PHONE[0], "register.phone", {**login, "phone": number, "channel": "sms"}, "sent")
        yield Step(PHONE[1], "check", {**login, "code": self._newest_code(number)}, "approved")
        login = {"user": user, "login": uuid.uuid4().hex}
        yield Step(PHONE[2], "send", {**login, "channel": "sms"}, "sent")
        yield Step(PHONE[3], "check", {**login, "code": self._newest_code(number)}, "approved")

    def with_authenticator(self):
        user, _ = self._next()
        login = {"user": user, "login": uuid.uuid4().hex}
        reply = yield Step(AUTHENTICATOR[0], "register.authenticator", login, "enrolling")
        secret = reply["secret"].replace(" ", "")
        yield Step(AUTHENTICATOR[1], "check", {**login, "code": one_time_password(secret)}, "approved")
        login = {"user": user, "login": uuid.uuid4().hex}
        # The next one, for a code may count once.
        code = one_time_password(secret, ahead=1)
        yield Step(AUTHENTICATOR[2], "check", {**login, "code": code, "method": "authenticator"}, "approved")

    def _newest_code(self, number):
        query = urllib.parse.urlencode({"to": number})
        with urllib.request.urlopen(f"{self.simulator}/_simulator/outbox?{query}", timeout=30) as page:
            return max(json.load(page), key=lambda message: message["at"])["code"]


def one_time_password(secret, ahead=0):
    """RFC 6238: six digits, SHA-1, 30 seconds."""
    moment = int(time.time()) // 30 + ahead
    digest = hmac.digest(base64.b32decode(secret + "=" * (-len(secret) % 8)), moment.to_bytes(8, "big"), hashlib.sha1)
    start = digest[-1] & 15
    return f"{(int.from_bytes(digest[start:start + 4], 'big') & 0x7FFF_FFFF) % 1_000_000:06d}"
