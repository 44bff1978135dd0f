"""The soak must see what grows."""

import unittest

import soak
from test_promises import job, reply


def samples(memory=lambda n: 0, descriptors=lambda n: 20, log=lambda n: 0):
    return [soak.Sample("worker1", memory(n), descriptors(n), log(n)) for n in range(40)]


def jobs(seconds=lambda n: 0.1):
    made = []
    for n in range(800):
        made.append(job("send", "sent", replies=[reply("sent", seconds(n))]))
    return made


class Soak(unittest.TestCase):
    def offenders(self, samples, jobs):
        return [finding.promise for finding in soak.findings(samples, jobs) if finding.offenders]

    def test_flat(self):
        self.assertEqual(self.offenders(samples(), jobs()), [])
        self.assertEqual(self.offenders(samples(memory=lambda n: (n < 10) * 10**9), jobs()), [])

    def test_growing(self):
        self.assertEqual(self.offenders(samples(memory=lambda n: n * 2 << 20), jobs()), ["soak memory"])
        self.assertEqual(self.offenders(samples(descriptors=lambda n: 20 + n), jobs()), ["soak files"])
        self.assertEqual(self.offenders(samples(log=lambda n: n * 4 << 20), jobs()), ["soak log"])
        self.assertEqual(self.offenders(samples(), jobs(lambda n: 0.1 + (n / 200) ** 3)), ["soak p99"])


if __name__ == "__main__":
    unittest.main()
