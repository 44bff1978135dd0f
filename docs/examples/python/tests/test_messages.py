"""Jobs, replies, addresses: what is pure about them."""

import unittest

import verify_courier_client as vc
from verify_courier_client.backoff import Backoff
from verify_courier_client.broker import Address, addresses
from verify_courier_client.replies import Kind, Outcome, Reply
from verify_courier_client.status import LastStatus

LOGIN = vc.Login("anna", login="sign-in-0001")


class Jobs(unittest.TestCase):
    def test_absent_fields_are_left_out_and_the_same_job_has_the_same_bytes(self):
        first, second = (vc.check(LOGIN, "123456", "phone", nonce="n") for _ in range(2))
        self.assertEqual(first, second)
        self.assertEqual(first.body, b'{"code": "123456", "login": "sign-in-0001", "method": "phone", "user": "anna"}')

    def test_a_form_with_another_code_in_it_is_another_job(self):
        ids = {vc.check(LOGIN, code, "phone", nonce="n").message_id for code in ("123456", "123457")}
        ids.add(vc.send(LOGIN, "sms", nonce="n").message_id)
        ids.add(vc.check(LOGIN, "123456", "phone", nonce="m").message_id)
        self.assertEqual(len(ids), 4)
        self.assertEqual({len(id) for id in ids}, {32})

    def test_no_repr_shows_what_was_typed(self):
        for job in (
            vc.check(LOGIN, "483920", "phone"),
            vc.register_phone(LOGIN, "+14155550142", "sms", ticket="K7QF"),
            vc.make("check", {"user": "anna", "code": "483920"}),
        ):
            for secret in ("483920", "4155550142", "K7QF"):
                self.assertNotIn(secret, repr(job) + str(job))

    def test_what_no_worker_would_take_is_refused_here(self):
        for wrong in (
            lambda: vc.options(LOGIN, patience=1),
            lambda: vc.options(LOGIN, patience=121),
            lambda: vc.make("send", {}, message_id="a b"),
            lambda: vc.make("send", {}, message_id="x" * 65),
            lambda: vc.make("Send!", {}),
            lambda: vc.make("send", {"x": "y" * 16_384}),
        ):
            with self.assertRaises(ValueError):
                wrong()

    def test_each_sign_in_has_a_login_of_its_own(self):
        self.assertNotEqual(vc.Login("anna").login, vc.Login("anna").login)


class Replies(unittest.TestCase):
    def test_every_outcome_has_a_kind_and_one_alone_lets_in(self):
        self.assertEqual({outcome for outcome in Outcome if Reply({"outcome": outcome}).lets_in}, {Outcome.APPROVED})
        self.assertEqual({outcome for outcome in Outcome if Reply({"outcome": outcome}).kind is Kind.IN}, {Outcome.APPROVED})

    def test_only_options_that_say_so_let_in_without_a_code(self):
        for outcome in Outcome:
            reply = Reply({"outcome": outcome, "decision": "not_required"})
            self.assertEqual(reply.lets_in, outcome in (Outcome.OPTIONS, Outcome.APPROVED))

    def test_no_repr_shows_secrets_or_numbers(self):
        reply = Reply({"outcome": "enrolling", "secret": "GEZD GNBV", "uri": "otpauth://x", "to": "+1···42", "user": "anna"})
        self.assertEqual(repr(reply), "Reply(outcome='enrolling')")
        self.assertEqual(reply["secret"], "GEZD GNBV")

    def test_waits_are_by_the_workers_clock(self):
        at = "2026-03-02T09:15:04.210Z"
        self.assertEqual(Reply({"outcome": "throttled", "at": at, "retry_at": "2026-03-02T09:15:34.210Z"}).wait_seconds, 30)
        self.assertEqual(Reply({"outcome": "throttled", "at": at, "retry_at": at}).wait_seconds, 0)
        self.assertEqual(Reply({"outcome": "sent", "at": at}).wait_seconds, 0)

    def test_when_another_code_has_to_be_asked_for(self):
        for body, ends in (
            ({"outcome": "denied", "checks_left": 3}, False),
            ({"outcome": "denied", "checks_left": 0}, True),
            ({"outcome": "expired"}, True),
            ({"outcome": "unavailable"}, False),
            ({"outcome": "invalid"}, False),
        ):
            self.assertEqual(Reply(body).ends_code, ends)


class Addresses(unittest.TestCase):
    def test_urls(self):
        self.assertEqual(Address.parse("amqp://h"), Address("h", 5672, "guest", "guest", "/", False))
        self.assertEqual(Address.parse("amqps://w%40b:p%2Fq@h:1/a%2Fb"), Address("h", 1, "w@b", "p/q", "a/b", True))
        self.assertEqual(Address.parse("amqp://w:p@[::1]/").vhost, "/")
        self.assertEqual([address.host for address in addresses("amqp://a, amqp://b")], ["a", "b"])

    def test_what_is_none_is_said_without_the_password(self):
        for url in ("http://w:pass@h", "amqp://w:pass@", "amqp://w:pass@h:x", "amqp://w:pass@h/a/b", "amqp://w:pass@h?x=1"):
            with self.assertRaises(ValueError) as raised:
                Address.parse(url)
            self.assertNotIn("pass@", str(raised.exception))
        with self.assertRaises(ValueError):
            addresses("amqp://a@h,amqp://b@h")

    def test_no_repr_shows_a_password(self):
        self.assertNotIn("pass", repr(Address.parse("amqp://w:pass@h")))


class Waiting(unittest.TestCase):
    def test_pauses_grow_and_begin_anew_after_a_connection_that_held(self):
        backoff = Backoff(lambda: 1.0)
        self.assertEqual([backoff.after(0) for _ in range(8)], [0.1, 0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0])
        self.assertEqual(backoff.after(60), 0.1)

    def test_a_status_is_known_until_it_is_stale(self):
        last = LastStatus()
        self.assertIsNone(last.at(0))
        told = (
            b'{"channels":{"sms":{"state":"ok","countries_blocked":[]},"call":{"state":"down","countries_blocked":["CA"]},'
            b'"authenticator":{"state":"hazy","countries_blocked":[]},"pigeon":{"state":"ok"}}}'
        )
        self.assertTrue(last.heard(told, 100))
        self.assertFalse(last.heard(b"[]", 101))
        status = last.at(114)
        self.assertEqual(status.states, {"sms": "ok", "call": "down"})
        offered = [status.is_offered(method) for method in ("sms", "call", "authenticator")]
        self.assertEqual(offered, [True, False, True])
        self.assertIsNone(last.at(115))


if __name__ == "__main__":
    unittest.main()
