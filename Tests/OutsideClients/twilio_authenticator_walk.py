"""Walks the calls of Twilio's SDK for entities, factors and challenges."""

import base64
import datetime
import email.utils
import hashlib
import hmac

from twilio_client import SERVICE

IDENTITY, OTHER = "ff483d1f-f591-898a-9942-916050d2ca3f", "another-person-1"
# The secret of RFC 6238's examples.
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
NO_FACTOR, NO_CHALLENGE = "YF" + "f" * 32, "YC" + "f" * 32
PUSH_ONLY = {
    "config_notification_platform": "none", "config_notification_token": "x" * 32, "config_sdk_version": "1.0",
}


def totp(secret, time, step=30, digits=6, algorithm="sha1"):
    """RFC 6238."""
    counter = (int(time) // step).to_bytes(8, "big")
    digest = hmac.new(base64.b32decode(secret), counter, getattr(hashlib, algorithm)).digest()
    start = digest[-1] & 15
    number = int.from_bytes(digest[start:start + 4], "big") & 0x7FFFFFFF
    return str(number)[-digits:].rjust(digits, "0")


class AuthenticatorWalk:
    """- walk: what counts the checks, and has the SDK."""

    def __init__(self, walk):
        self.walk, self.checks, self.refused, self.status = walk, walk.checks, walk.refused, walk.status
        self.service = walk.v2.services(SERVICE)
        self.person = self.service.entities(IDENTITY)

    def now(self):
        """The simulator's time."""
        self.service.fetch()
        return email.utils.parsedate_to_datetime(self.walk.http.last.headers["Date"]).timestamp()

    def code(self, **how):
        return totp(SECRET, self.now(), **how)

    def wrong_code(self):
        now = self.now()
        near = {totp(SECRET, now + 30 * steps) for steps in range(-3, 4)}
        return next(code for code in (str(digit) * 6 for digit in range(10)) if code not in near)

    def run(self):
        self.entities()
        self.refuse_entities()
        self.factors()
        self.refuse_factors()
        sid = self.verify_factor()
        self.challenges(sid)
        self.challenge_lists(sid)
        self.refuse_challenges(sid)
        self.leave()

    # Entities

    def entities(self):
        entities = self.service.entities
        made = self.status("create an entity", 201, entities.create_with_http_info(identity=IDENTITY))
        self.checks.equal("its identity", made.identity, IDENTITY)
        fetched = self.status("fetch it", 200, entities(IDENTITY).fetch_with_http_info())
        self.checks.equal("by its identity", fetched.sid, made.sid)
        self.checks.equal("in another case", entities(IDENTITY.upper()).fetch().sid, made.sid)
        self.checks.equal("by the instance", made.fetch().date_created, made.date_created)
        for number in range(4):
            entities.create(identity=f"page-person-{number}")
        self.pages("entities", entities, lambda e: e.identity, lambda: entities.list())
        for number in range(3):
            self.checks.that("delete an entity", entities(f"page-person-{number}").delete())
        self.status("delete tells 204", 204, entities("page-person-3").delete_with_http_info())
        self.checks.equal("deleted", [e.identity for e in entities.list()], [IDENTITY])

    def pages(self, name, items, key, everything):
        """A list of five."""
        keys = [key(item) for item in everything()]
        self.checks.equal(f"{name}: five", len(keys), 5)
        self.checks.equal(f"{name} in pages", [key(item) for item in items.list(page_size=2)], keys)
        self.checks.equal(f"{name} streamed", [key(item) for item in items.stream(page_size=3)], keys)
        self.checks.equal(f"{name} with a limit", [key(item) for item in items.list(limit=3)], keys[:3])
        first = items.page(page_size=2)
        second = items.get_page(first.next_page_url)
        self.checks.equal(f"second page of {name}", [key(item) for item in second], keys[2:4])
        self.checks.equal(f"back to the first of {name}", [key(item) for item in second.previous_page()], keys[:2])
        by_number = items.page(page_number=2, page_size=2)
        self.checks.equal(f"a page of {name} by its number", [key(item) for item in by_number], keys[4:])

    def refuse_entities(self):
        entities = self.service.entities
        self.refused("an identity that is there", 409, 60301, lambda: entities.create(identity=IDENTITY))
        for identity in ("short", "with space 1", "x" * 65):
            self.refused(f"identity {identity}", 400, 60306, lambda: entities.create(identity=identity))
        self.refused("no entity", 404, 20404, entities("nobody-there").fetch)
        self.refused("no entity to delete", 404, 20404, entities("nobody-there").delete)
        scripted = entities("scripted-create-factor-60328")
        self.refused("a scripted identity", 429, 60328, lambda: self.create_factor(of=scripted))

    # Factors

    def create_factor(self, of=None, **more):
        return (of or self.person).new_factors.create(friendly_name="Phone", factor_type="totp", **more)

    def factors(self):
        made = self.status("create a factor", 201, self.person.new_factors.create_with_http_info(
            friendly_name="Anna’s phone", factor_type="totp", binding_secret=SECRET, config_time_step=60,
            config_skew=2, config_code_length=8, config_alg="sha512", metadata={"os": "Android"}, binding_alg="ES256",
            binding_public_key="x", config_app_id="x", **PUSH_ONLY))
        self.checks.equal("its settings", made.config, {"alg": "sha512", "skew": 2, "code_length": 8, "time_step": 60})
        self.checks.equal("unverified", (made.status, made.factor_type), ("unverified", "totp"))
        self.checks.equal("its secret", made.binding["secret"], SECRET)
        link = f"otpauth://totp/Simulator:Anna%E2%80%99s%20phone?secret={SECRET}" \
            "&issuer=Simulator&algorithm=SHA512&digits=8&period=60"
        self.checks.equal("its link", made.binding["uri"], link)
        factor = self.person.factors(made.sid)
        code = self.code(step=60, digits=8, algorithm="sha512")
        updated = self.status("verify and rename it", 200, factor.update_with_http_info(
            auth_payload=code, friendly_name="New", config_time_step=60, config_skew=2, config_code_length=8,
            config_alg="sha512", **PUSH_ONLY))
        self.checks.equal("verified and renamed", (updated.status, updated.friendly_name), ("verified", "New"))
        fetched = self.status("fetch it", 200, factor.fetch_with_http_info())
        self.checks.equal("fetched", (fetched.sid, fetched.metadata), (made.sid, {"os": "Android"}))
        for _ in range(4):
            own = self.create_factor()
            self.checks.equal("a secret of Twilio's", len(own.binding["secret"]), 32)
        self.pages("factors", self.person.factors, lambda f: f.sid, lambda: self.person.factors.list())
        for listed in self.person.factors.stream(page_size=2):
            self.checks.that("delete a factor", listed.delete())
        implicit = self.create_factor(of=self.service.entities(OTHER))
        self.checks.equal("an entity made by its factor", self.service.entities(OTHER).fetch().sid, implicit.entity_sid)
        deleted = self.service.entities(OTHER).factors(implicit.sid).delete_with_http_info()
        self.status("delete tells 204", 204, deleted)

    def refuse_factors(self):
        for wrong in (
            {"config_time_step": 19}, {"config_skew": 3}, {"config_code_length": 9}, {"config_alg": "md5"},
            {"metadata": {"a": 1}},
        ):
            self.refused(f"create a factor with {wrong}", 400, 60306, lambda: self.create_factor(**wrong))
        self.refused("a secret that is none", 400, 60314, lambda: self.create_factor(binding_secret="1"))
        self.refused("another type", 400, 60306, lambda: self.person.new_factors.create("Phone", "push"))
        self.refused("no factor", 404, 20404, self.person.factors(NO_FACTOR).fetch)
        self.refused("no factor to verify", 404, 20404,
                     lambda: self.person.factors(NO_FACTOR).update(auth_payload="123456"))
        self.refused("no factor to delete", 404, 20404, self.person.factors(NO_FACTOR).delete)
        late = self.create_factor()
        used_up = self.create_factor(binding_secret=SECRET)
        self.refused("the same secret", 409, 60317, lambda: self.create_factor(binding_secret=SECRET))
        wrong = self.wrong_code()
        for _ in range(5):
            answered = self.person.factors(used_up.sid).update(auth_payload=wrong)
            self.checks.equal("a wrong code is no error", answered.status, "unverified")
        self.refused("the sixth try", 429, 60310,
                     lambda: self.person.factors(used_up.sid).update(auth_payload=self.code()))
        self.refused("a challenge for it", 403, 60318, lambda: self.person.challenges.create(factor_sid=used_up.sid))
        self.walk.simulator.order("clock", advance_seconds=3600)
        self.refused("too late", 403, 60318, lambda: self.person.factors(late.sid).update(auth_payload="123456"))
        for listed in self.person.factors.list():
            listed.delete()

    def verify_factor(self):
        made = self.create_factor(binding_secret=SECRET)
        verified = self.status("verify a factor", 200, self.person.factors(made.sid).update_with_http_info(
            auth_payload=self.code()))
        self.checks.equal("verified", verified.status, "verified")
        return made.sid

    # Challenges

    def create_challenge(self, sid, **more):
        return self.person.challenges.create(factor_sid=sid, **more)

    def challenges(self, sid):
        expires = datetime.datetime.fromtimestamp(int(self.now()) + 1800, datetime.timezone.utc)
        made = self.status("create a challenge", 201, self.person.challenges.create_with_http_info(
            factor_sid=sid, auth_payload=self.code(), expiration_date=expires, details_message="Hi",
            details_fields=[{"label": "Action", "value": "Sign in"}, {"label": "From", "value": "Berlin"}],
            hidden_details={"ip": "172.168.1.234"}))
        self.checks.equal("approved at once", (made.status, made.factor_sid), ("approved", sid))
        self.checks.equal("its details", made.details["fields"][1], {"label": "From", "value": "Berlin"})
        self.checks.equal("its hidden details", made.hidden_details, {"ip": "172.168.1.234"})
        self.checks.equal("its end", made.expiration_date, expires)
        fetched = self.status("fetch it", 200, self.person.challenges(made.sid).fetch_with_http_info())
        self.checks.equal("fetched", (fetched.status, fetched.sid), ("approved", made.sid))
        pending = self.create_challenge(sid, auth_payload=self.wrong_code())
        self.checks.equal("a wrong code is no error", pending.status, "pending")
        self.checks.equal("nor later", self.answer(pending.sid, self.wrong_code()).status, "pending")
        answered = self.status("answer it", 200, self.person.challenges(pending.sid).update_with_http_info(
            auth_payload=self.code(), metadata={"os": "Android"}))
        self.checks.equal("answered", (answered.status, answered.metadata), ("approved", {"os": "Android"}))

    def answer(self, sid, code):
        return self.person.challenges(sid).update(auth_payload=code)

    def challenge_lists(self, sid):
        self.create_challenge(sid)
        self.walk.simulator.order("clock", advance_seconds=300)
        for _ in range(2):
            self.create_challenge(sid)
        challenges = self.person.challenges
        self.pages("challenges", challenges, lambda c: c.sid, lambda: challenges.list())
        everything = challenges.list()
        for status, count in (("approved", 2), ("expired", 1), ("pending", 2), ("denied", 0)):
            self.checks.equal(f"those that are {status}", len(challenges.list(status=status)), count)
        newest = [c.sid for c in challenges.list(factor_sid=sid, order="desc", page_size=2)]
        self.checks.equal("newest first", newest, [c.sid for c in reversed(everything)])
        self.checks.equal("of another factor", challenges.list(factor_sid=NO_FACTOR), [])

    def refuse_challenges(self, sid):
        approved = self.person.challenges.list(status="approved")[0].sid
        expired = self.person.challenges.list(status="expired")[0].sid
        self.refused("answered already", 403, 60322, lambda: self.answer(approved, self.code()))
        self.refused("expired", 403, 60323, lambda: self.answer(expired, self.code()))
        self.refused("no challenge", 404, 20404, self.person.challenges(NO_CHALLENGE).fetch)
        self.refused("no challenge to answer", 404, 20404, lambda: self.answer(NO_CHALLENGE, "123456"))
        self.refused("no such factor", 404, 20404, lambda: self.create_challenge(NO_FACTOR))
        self.refused("a code that is none", 400, 60306, lambda: self.create_challenge(sid, auth_payload="12"))
        self.refused("hidden details that are none", 400, 60306,
                     lambda: self.create_challenge(sid, hidden_details={"a": 1}))
        used_up = self.create_challenge(sid).sid
        for _ in range(5):
            self.answer(used_up, self.wrong_code())
        self.refused("the sixth try", 429, 60308, lambda: self.answer(used_up, self.code()))
        self.walk.refused_list("a status that is none", 60306, lambda: self.person.challenges.list(status="open"))
        made = len(self.person.challenges.list(factor_sid=sid))
        for _ in range(50 - made):
            self.create_challenge(sid)
        self.refused("the fifty-first in an hour", 429, 60312, lambda: self.create_challenge(sid))

    # Faults

    def faults(self):
        """Answers that are lost, and errors to order; the exchanges are not compared with the document."""
        self.lost("create-factor", lambda: self.create_factor(binding_secret=SECRET))
        sid = self.person.factors.list()[0].sid
        self.lost("verify-factor", lambda: self.person.factors(sid).update(auth_payload=self.code()))
        self.checks.equal("verified nevertheless", self.person.factors(sid).fetch().status, "verified")
        self.lost("create-challenge", lambda: self.create_challenge(
            sid, auth_payload=self.code(), hidden_details={"request": "mine"}))
        newest = self.person.challenges.list(order="desc", limit=1)[0]
        found = (newest.status, newest.hidden_details)
        self.checks.equal("found by its hidden details", found, ("approved", {"request": "mine"}))
        self.walk.simulator.order("fault", operation="create-challenge", kind="error", code=60312, count=1)
        self.refused("an error to order", 429, 60312, lambda: self.create_challenge(sid))
        self.walk.simulator.order("codes", replay="refused")
        replayed = self.create_challenge(sid, auth_payload=self.code())
        self.checks.equal("a code counts once, if that is ordered", replayed.status, "pending")
        self.walk.simulator.order("codes", replay="accepted", wrong="refused")
        self.refused("a wrong code as it was once", 403, 60324,
                     lambda: self.create_challenge(sid, auth_payload=self.wrong_code()))
        self.walk.simulator.order("codes", wrong="answered")
        self.lost("delete-entity", self.person.delete)
        self.refused("deleted nevertheless", 404, 20404, self.person.fetch)

    def lost(self, operation, call):
        self.walk.simulator.order("fault", operation=operation, kind="close-after", count=1)
        self.walk.unanswered(f"a lost answer to {operation}", call)

    def leave(self):
        self.checks.that("delete the entity", self.person.delete())
        self.refused("and its factors with it", 404, 20404, self.person.factors(NO_FACTOR).fetch)
        self.walk.refused_list("none to list", 20404, lambda: self.person.factors.list())
