"""Plays the rules of docs/contract against a running worker, as a front end of somebody else's, and validates every reply.

Wants VERIFY_COURIER_BROKER_URL, the simulator's VERIFY_COURIER_TWILIO_BASE_URL, and a worker without a cooldown
(limits.cooldown_seconds 0). Each run makes people and numbers of its own.
"""

import json
import random
import re
import uuid

import pika.exceptions

from checks import Checks
from frontend import FrontEnd, deadline, newest_code, outbox
from schemas import Schemas

checks, schemas, front = Checks(), Schemas(), FrontEnd()
AREAS = ("212", "213", "305", "312", "415", "503", "617", "702")


def new_user():
    return f"anna-{uuid.uuid4().hex[:10]}"


def new_phone():
    """Of the numbers that are given to nobody."""
    return f"+1{random.choice(AREAS)}555{random.randrange(100, 200):04}"


def login(user, **more):
    return {"user": user, "login": uuid.uuid4().hex, **more}


def wrong(code):
    return "111111" if code != "111111" else "222222"


def valid(name, job, reply):
    """Whether there is a reply that its schema allows."""
    if not checks.that(f"{name}: no reply", reply is not None):
        raise SystemExit(f"{name}: a worker is needed")
    checks.equal(f"{name}: schema", schemas.problem(f"{job}.result.v1.json", reply.body), None)
    return reply


def expect(name, job, body, outcome, reason=None, **properties):
    """Asks, validates, and compares outcome and reason."""
    reply = valid(name, job, front.ask(job, body, **properties))
    checks.equal(name, (reply.outcome, reply.reason), (outcome, reason))
    return reply


def registered():
    """A person with a phone."""
    user, phone = new_user(), new_phone()
    first = login(user)
    expect("register", "register.phone", {**first, "phone": phone, "channel": "sms"}, "sent")
    expect("first check", "check", {**first, "code": newest_code(phone)}, "approved")
    return user, phone


def properties_of_a_reply():
    message_id, correlation = str(uuid.uuid4()), uuid.uuid4().hex
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    reply = expect("options", "options", login(new_user()), "options", message_id=message_id, correlation_id=correlation,
                   headers={"traceparent": trace})
    got = reply.properties
    checks.equal("correlation_id", got.correlation_id, correlation)
    checks.equal("content_type", got.content_type, "application/json")
    checks.equal("type", got.type, "verify.options.result.v1")
    checks.equal("message_id", got.message_id, f"r:{message_id}")
    checks.equal("delivery_mode", got.delivery_mode, 2)
    checks.equal("traceparent", (got.headers or {}).get("traceparent"), trace)
    checks.that("timestamp", got.timestamp)
    checks.equal("job", reply.body["job"], message_id)
    expect("no correlation_id", "options", login(new_user()), "options", correlation_id=None)
    expect("direct reply-to", "options", login(new_user()), "options", direct=True)


def registration_and_login():
    user, phone = new_user(), new_phone()
    first = login(user)
    options = expect("a stranger's options", "options", first, "options")
    checks.equal("a stranger has no methods", options.body["methods"], [])
    checks.that("a stranger may register", "phone" in options.body["register"])
    sent = expect("register a phone", "register.phone", {**first, "phone": phone, "channel": "sms"}, "sent")
    checks.equal("the mask", sent.body["to"], f"+1········{phone[-2:]}")
    code = newest_code(phone)
    checks.that("no code in a reply", code not in sent.raw.decode())
    denied = expect("a wrong code", "check", {**first, "code": wrong(code)}, "denied")
    checks.equal("tries left", denied.body["checks_left"], sent.body["checks_left"] - 1)
    expect("another login's", "check", {**login(user), "code": code}, "expired", "not_yours")
    approved = expect("the right code", "check", {**first, "code": f" {code[:3]}-{code[3:]} "}, "approved")
    checks.equal("it registers", approved.body["registered"], "phone")
    expect("once only", "check", {**first, "code": code}, "expired", "code_used")

    second = login(user, locale="en-US", client="203.0.113.7")
    options = expect("options", "options", second, "options")
    checks.equal("the methods", [m["method"] for m in options.body["methods"] if m["usable"]], ["sms", "call"])
    by_call = expect("send", "send", {**second, "channel": "call"}, "sent")
    checks.equal("by call", (by_call.body["channel"], outbox(phone)[-1]["channel"]), ("call", "call"))
    again = expect("send again", "send", {**second, "channel": "sms"}, "sent")
    checks.that("the same code", again.body.get("same_code") and len({message["code"] for message in outbox(phone)[-2:]}) == 1)
    reply = expect("sign in", "check", {**second, "code": newest_code(phone), "method": "phone"}, "approved")
    checks.equal("nothing is registered anew", reply.body.get("registered"), None)


def national_number():
    phone = new_phone()
    body = {**login(new_user()), "phone": f"({phone[2:5]}) {phone[5:8]}-{phone[8:]}", "region": "US", "channel": "sms"}
    expect("a national number", "register.phone", body, "sent")
    checks.equal("went out", len(outbox(phone)), 1)


def refusals():
    user, phone = registered()
    body = {**login(user), "channel": "sms"}
    expect("the same number again", "register.phone", {**body, "phone": phone}, "not_allowed", "already_registered")
    expect("another number", "register.phone", {**body, "phone": new_phone()}, "not_allowed", "contact_administrator")
    expect("not registered", "send", {**login(new_user()), "channel": "sms"}, "not_allowed", "not_registered")
    abroad = expect("a country that is not served", "register.phone",
                    {**login(new_user()), "phone": "+442079460958", "channel": "sms"}, "blocked", "country_not_allowed")
    checks.equal("what may be registered instead", abroad.body["alternatives"], ["authenticator"])
    expect("nothing pending", "check", {**login(user), "code": "123456"}, "expired", "not_pending")


def repeats():
    user, phone = registered()
    body = json.dumps({**login(user), "channel": "sms"}).encode()
    message_id, before = str(uuid.uuid4()), len(outbox(phone))
    first = expect("a send", "send", body, "sent", message_id=message_id)
    for turn in range(3):
        again = expect(f"repeat {turn}", "send", body, "sent", message_id=message_id)
        checks.equal("the same bytes", again.raw, first.raw)
        checks.equal("known as a repeat", again.properties.message_id, first.properties.message_id)
    correlations = [front.publish("send", body, message_id=message_id) for _ in range(20)]
    for correlation in correlations:
        checks.equal("twenty at once", valid("repeat", "send", front.wait(correlation)).raw, first.raw)
    checks.equal("one message", len(outbox(phone)), before + 1)
    expect("other bytes", "send", body + b" ", "invalid", "message_id_reused", message_id=message_id)
    expect("another job", "cancel", json.dumps(login(user)).encode(), "invalid", "message_id_reused", message_id=message_id)

    recorded = expect("outcome", "outcome", {"user": user, "job": message_id}, "sent")
    checks.equal("the recorded bytes", recorded.raw, first.raw)
    checks.equal("its own type", recorded.properties.type, "verify.outcome.result.v1")
    expect("another person's", "outcome", {"user": new_user(), "job": message_id}, "unknown_job", "no_record")
    expect("of nothing", "outcome", {"user": user, "job": "never-sent"}, "unknown_job", "no_record")


def simultaneous():
    """A job that is published many times at once has one effect."""
    user, phone = registered()
    body, message_id, before = json.dumps({**login(user), "channel": "sms"}).encode(), str(uuid.uuid4()), len(outbox(phone))
    correlations = [front.publish("send", body, message_id=message_id) for _ in range(20)]
    raws = {valid("at once", "send", front.wait(correlation)).raw for correlation in correlations}
    checks.equal("one reply", len(raws), 1)
    checks.equal("one message", len(outbox(phone)), before + 1)


def cancel():
    user, phone = registered()
    second = login(user)
    expect("nothing to cancel", "cancel", second, "canceled")
    message_id = str(uuid.uuid4())
    expect("send", "send", {**second, "channel": "sms"}, "sent", message_id=message_id)
    expect("cancel", "cancel", {**second, "job": message_id}, "canceled")
    expect("gone", "check", {**second, "code": newest_code(phone)}, "expired", "not_pending")


def deadlines():
    user, phone = registered()
    before = len(outbox(phone))
    body = {**login(user), "channel": "sms"}
    expect("past", "send", body, "late", headers={"deadline": deadline(-1)})
    expect("too close", "send", body, "late", headers={"deadline": deadline(1)})
    expect("older than any record", "send", body, "late", timestamp=1_700_000_000, headers={"deadline": deadline(30)})
    reply = front.ask("send", body, headers={"deadline": "in a while"})
    checks.equal("no time", valid("no time", "send", reply).errors, {("deadline", "malformed")})
    checks.equal("nothing went out", len(outbox(phone)), before)


def invalid_bodies():
    deep = b'{"user":"anna","x":' + b"[" * 8 + b"]" * 8 + b"}"
    for name, job, body, errors in [
        ("no user", "options", {}, {("user", "missing")}),
        ("no channel", "send", {"user": "anna"}, {("channel", "missing")}),
        ("unknown channel", "send", {"user": "anna", "channel": "email"}, {("channel", "unknown_value")}),
        ("number for text", "check", {"user": "anna", "code": 123456}, {("code", "wrong_type")}),
        ("letters in a code", "check", {"user": "anna", "code": "12a456"}, {("code", "malformed")}),
        ("long user", "options", {"user": "a" * 129}, {("user", "too_long")}),
        ("short login", "options", {"user": "anna", "login": "short"}, {("login", "too_short")}),
        ("white space", "options", {"user": " anna"}, {("user", "malformed")}),
        ("two mistakes", "send", {"user": "", "channel": "email"}, {("user", "too_short"), ("channel", "unknown_value")}),
        ("no number", "register.phone", {"user": "anna", "phone": "hello", "channel": "sms"}, {("phone", "not_a_number")}),
        ("no JSON", "options", b"{user: anna}", {("", "not_json")}),
        ("no object", "options", b"[]", {("", "not_an_object")}),
        ("nothing", "options", b"", {("", "not_json")}),
        ("twice", "options", b'{"user":"anna","user":"bert"}', {("", "duplicate_key")}),
        ("no UTF-8", "options", b'{"user":"\xff"}', {("", "not_utf8")}),
        ("too deep", "options", deep, {("", "too_deep")}),
    ]:
        checks.equal(f"{name}: errors", expect(name, job, body, "invalid", "malformed").errors, errors)
    big = b'{"user":"anna","x":"' + b"x" * 16_384 + b'"}'
    checks.equal("too large: errors", expect("too large", "options", big, "invalid", "too_large").errors, {("", "too_large")})
    expect("unknown fields", "options", {**login(new_user()), "hat": {"size": [7]}}, "options")


def invalid_properties():
    body = login(new_user())
    for name, properties, errors in [
        ("no message_id", {"message_id": None}, {("message_id", "missing")}),
        ("bad message_id", {"message_id": "a b"}, {("message_id", "malformed")}),
        ("no content_type", {"content_type": None}, {("content_type", "missing")}),
        ("other content_type", {"content_type": "text/plain"}, {("content_type", "unsupported")}),
        ("compressed", {"content_encoding": "gzip"}, {("content_encoding", "unsupported")}),
        ("another job's type", {"type": "verify.send.v1"}, {("type", "disagrees_with_routing_key")}),
    ]:
        reply = expect(name, "options", body, "invalid", "malformed", **properties)
        checks.equal(f"{name}: errors", reply.errors, errors)
    expect("another version", "options", body, "invalid", "version_unsupported", type="verify.options.v2")
    expect("no type", "options", body, "options", type=None)
    try:
        front.publish("no.such.job", body)
        checks.that("a wrong key comes back", False)
    except pika.exceptions.UnroutableError:
        checks.that("a wrong key comes back", True)


def refused_address():
    """Nobody is answered at an address that a front end may not name; the operator finds the job."""
    message_id = str(uuid.uuid4())
    correlation = front.publish("options", login(new_user()), reply_to="somebody.else", message_id=message_id)
    # A job of the same lane that is answered tells that the first one is over.
    expect("the next", "options", login(new_user()), "options")
    checks.equal("no reply", front.replies.get(correlation), None)
    found = expect("dead letters", "admin.dead.list", {"operator": "olga", "filter": {"reason": "reply_to_refused"}}, "done")
    checks.that("it is kept", message_id in [letter.get("job") for letter in found.body["letters"]])


def administration():
    user, phone = registered()
    operator = {"operator": "olga"}
    options = expect("options", "admin.options.get", operator, "done")
    checks.equal("their names", len(options.body["options"]), 6)
    effect = expect("a dry run", "admin.options.set",
                    {**operator, "options": {"2FA_LOGINTYPE_WEB": "None"}, "dry_run": True}, "done")
    checks.that("its effect", effect.body["effect"]["users_without_method"] >= 0)
    expect("an unknown option", "admin.options.set", {**operator, "options": {"2FA_HAT": "x"}}, "invalid", "malformed")
    profile = expect("profile", "admin.user.get", {**operator, "user": user}, "done").body["profile"]
    checks.equal("masked", profile["phone"], f"+1········{phone[-2:]}")
    unseen = expect("never seen", "admin.user.get", {**operator, "user": new_user()}, "done").body["profile"]
    checks.equal("not known", unseen["known"], False)
    explained = expect("explain", "admin.explain", {**operator, "user": user, "application": "web"}, "done")
    checks.that("a decision", explained.body["decision"])
    checks.equal("the ways of a new phone", expect(
        "options of nobody", "options", login(new_user()), "options").body["register_channels"], ["sms", "call"])
    stranger = new_user()
    for job, more in [("unlock", {}), ("reset", {"reason": "lost"}), ("erase", {"reason": "has left"})]:
        done = expect(f"{job} of nobody", f"admin.user.{job}", {**operator, "user": stranger, **more}, "done")
        checks.equal("nobody", (done.body["profile"]["known"], done.body["warnings"]),
                     (False, [{"field": "user", "reason": "unknown_user"}]))
    hand_out = {**operator, "user": stranger, "reason": "at home", "minutes": 5}
    expect("bypass of nobody", "admin.user.bypass", hand_out, "invalid", "malformed")
    expect("bypass, and make them", "admin.user.bypass", {**hand_out, "create": True}, "done")
    past = expect("a grace that is past", "admin.user.set",
                  {**operator, "user": stranger, "grace_until": "2020-01-01T00:00:00Z"}, "done")
    checks.equal("warned of", past.body["warnings"], [{"field": "grace_until", "reason": "past"}])
    trail = expect("the trail", "admin.audit.list", {**operator, "user": stranger, "limit": 2}, "done").body
    checks.equal("newest first", [entry["key"] for entry in trail["entries"]], ["admin.user.set", "admin.user.bypass"])
    older = expect("its next page", "admin.audit.list",
                   {**operator, "user": stranger, "limit": 1, "after": trail["next"]}, "done").body
    checks.equal("older", older["entries"][0]["outcome"], "invalid")
    bypass = expect("bypass", "admin.user.bypass", {**operator, "user": user, "reason": "at home", "minutes": 5}, "done")
    code = bypass.body["code"]
    checks.that("digits", re.fullmatch("[0-9]{3,10}", code))
    expect("the bypass code", "check", {**login(user), "code": code}, "approved")
    expect("used", "check", {**login(user), "code": code}, "expired", "not_pending")
    reset = expect("reset", "admin.user.reset", {**operator, "user": user, "reason": "lost", "ticket": True}, "done")
    checks.that("a ticket", reset.body["ticket"])
    checks.equal("what was found and taken", (reset.body["before"]["phone"], reset.body["counts"]["phone"]),
                 (profile["phone"], 1))
    expect("nothing registered", "send", {**login(user), "channel": "sms"}, "not_allowed", "not_registered")
    expect("erase", "admin.user.erase", {**operator, "user": user, "reason": "has left"}, "done")
    expect("no operator", "admin.user.get", {"user": user}, "invalid", "malformed")


for play in (properties_of_a_reply, registration_and_login, national_number, refusals, repeats, simultaneous, cancel,
             deadlines, invalid_bodies, invalid_properties, refused_address, administration):
    print(f"-- {play.__name__.replace('_', ' ')}")
    play()
checks.finish()
