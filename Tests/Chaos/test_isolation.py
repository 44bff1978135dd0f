"""The measurement must see a lane that waits for another."""

import unittest

import isolation
from test_promises import job, reply


def found(seconds):
    """``seconds``: of weather and kind, how long each answer took."""
    return {
        weather: {
            kind: [job(kind, outcome, replies=[reply(outcome, seconds(weather, kind))]) for _ in range(200)]
            for kind, outcome in (("options", "options"), ("check", "approved"))}
        for weather in isolation.WEATHERS}


class Isolation(unittest.TestCase):
    def offenders(self, found):
        return [(finding.promise, len(finding.offenders)) for finding in isolation.findings(found) if finding.offenders]

    def test_apart(self):
        self.assertEqual(self.offenders(found(lambda weather, kind: 0.02)), [])
        self.assertEqual(self.offenders(found(lambda weather, kind: 0.02 if weather == "quiet" else 0.039)), [])

    def test_waiting(self):
        def slow(weather, kind):
            return 0.2 if (weather, kind) == ("sends hang", "check") else 0.02
        self.assertEqual(self.offenders(found(slow)), [("isolation p99", 1)])

    def test_unanswered(self):
        lost = found(lambda weather, kind: 0.02)
        lost["flood of sends"]["check"][0].replies.clear()
        self.assertEqual(self.offenders(lost), [("isolation", 1)])


if __name__ == "__main__":
    unittest.main()
