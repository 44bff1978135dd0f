"""The script of examples/credential_dialog.py: which screen comes after which answer."""

import importlib.util
import pathlib
import sys
import unittest
from unittest import mock

import verify_courier_client as vc

PATH = pathlib.Path(__file__).resolve().parents[1] / "examples" / "credential_dialog.py"
SPEC = importlib.util.spec_from_file_location("credential_dialog", PATH)
assert SPEC is not None
assert SPEC.loader is not None
example = importlib.util.module_from_spec(SPEC)
sys.modules["credential_dialog"] = example
SPEC.loader.exec_module(example)

AT = "2026-03-02T09:15:04.000Z"
SMS = {"method": "sms", "to": "+1········42", "usable": True}


def reply(outcome, **fields):
    return vc.Reply({"outcome": outcome, "message": f"[{outcome}]", "at": AT, **fields})


class Script(unittest.TestCase):
    def setUp(self):
        self.script = example.dialog(vc.Login("anna", application="windows"))
        self.step = next(self.script)

    def answer(self, answer):
        """The next screen or job; None when the person is in."""
        try:
            self.step = self.script.send(answer)
        except StopIteration:
            self.step = None
        return self.step

    def key(self):
        return self.step.key if isinstance(self.step, vc.Job) else None

    def to_code(self, **fields):
        self.answer(reply("options", decision="verify", methods=[SMS], register=[], register_channels=[]))
        self.answer("t")
        return self.answer(reply("sent", to="+1········42", **fields))

    def test_a_right_code_lets_in_and_nothing_else_does(self):
        for outcome in vc.Outcome:
            if outcome is vc.Outcome.APPROVED:
                continue
            self.setUp()
            self.to_code()
            self.answer("123456")
            self.assertIsNotNone(self.answer(reply(outcome)), outcome)
        self.setUp()
        self.to_code()
        self.answer("123456")
        self.assertIsNone(self.answer(reply("approved")))

    def test_silence_is_no_wrong_code_and_the_same_code_again_is_the_same_job(self):
        self.to_code()
        first = self.answer("123456")
        screen = self.answer(vc.NoReply("nobody"))
        self.assertEqual(screen.text, example.NOT_YOUR_FAULT)
        self.assertEqual(self.answer("123456").message_id, first.message_id)
        self.answer(reply("denied", checks_left=3))
        self.assertNotEqual(self.answer("123456").message_id, first.message_id)

    def test_after_the_last_try_another_code_is_offered(self):
        self.to_code()
        self.answer("123456")
        self.answer(reply("denied", checks_left=0))
        self.assertEqual(self.key(), "options")

    def test_a_code_that_dies_leads_back_to_the_choice(self):
        screen = self.to_code(expires_at="2026-03-02T09:15:34.000Z")
        self.assertAlmostEqual(screen.seconds, 30, delta=5)
        with mock.patch.object(example.time, "monotonic", lambda: 1e12):
            self.step = self.script.throw(example.TimedOut())
        self.assertEqual(self.key(), "options")
        screen = self.answer(reply("options", decision="verify", methods=[SMS], register=[], register_channels=[]))
        self.assertIn("no longer valid", screen.text)

    def test_a_screen_that_nobody_touches_ends_the_dialog(self):
        self.to_code(expires_at="2026-03-02T09:25:04.000Z")
        with self.assertRaises(example.TimedOut):
            self.script.throw(example.TimedOut())

    def test_leaving_works_on_every_screen(self):
        self.to_code()
        self.assertIn("x", self.step.tiles)
        with self.assertRaises(example.Leave):
            self.script.send("x")

    def test_who_may_not_in_has_the_administrators_code(self):
        screen = self.answer(reply("options", decision="contact_administrator", methods=[], register=[], register_channels=[]))
        self.assertEqual(set(screen.tiles), {"h", "x"})
        self.answer("h")
        self.assertNotIn(b'"method"', self.answer("12345678").body)

    def test_an_outage_of_options_lets_nobody_in(self):
        screen = self.answer(reply("unavailable"))
        self.assertIn("r", screen.tiles)
        self.answer("r")
        self.assertEqual(self.key(), "options")
        screen = self.answer(vc.NoReply("nobody"))
        self.assertEqual(screen.title, "No connection")

    def test_methods_of_a_later_version_are_passed_over(self):
        pigeon = {"method": "pigeon", "usable": True}
        screen = self.answer(reply("options", decision="verify", methods=[pigeon, SMS], register=[], register_channels=[]))
        self.assertEqual(set(screen.tiles), {"t", "h", "x"})


if __name__ == "__main__":
    unittest.main()
