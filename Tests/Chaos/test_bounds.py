"""What deploy/test.sh relies on: commands that do not end are ended, and tests that have not ended are named."""

import importlib.util
import json
import os
import pathlib
import signal
import subprocess
import tempfile
import time
import unittest

ROOT = pathlib.Path(__file__).parents[2]
specification = importlib.util.spec_from_file_location("tests_under_way", ROOT / "deploy/tests_under_way.py")
tests_under_way = importlib.util.module_from_spec(specification)
specification.loader.exec_module(tests_under_way)


def event(kind, test, at):
    return json.dumps({"kind": "event", "payload": {"kind": kind, "testID": test, "instant": {"absolute": at}}})


def is_alive(pid):
    try:
        return pathlib.Path(f"/proc/{pid}/stat").read_text().split(")")[-1].split()[0] != "Z"
    except FileNotFoundError:
        return False


class Bounded(unittest.TestCase):
    def run_bounded(self, limit, *command, grace="60"):
        return subprocess.run(
            [ROOT / "deploy/bounded.sh", limit, *command], timeout=300, check=False,
            env={**os.environ, "VERIFY_COURIER_TEST_GRACE": grace})

    def test_passes_the_exit_code_on(self):
        self.assertEqual(self.run_bounded("300", "bash", "-c", "exit 7").returncode, 7)
        self.assertEqual(self.run_bounded("300", "true").returncode, 0)

    def ends(self, command, grace):
        with tempfile.TemporaryDirectory() as folder:
            pids = pathlib.Path(folder, "pids")
            done = self.run_bounded("2", "bash", "-c", command, str(pids), grace=grace)
            self.assertEqual(done.returncode, 124)
            started = pids.read_text().split()
            self.assertEqual(len(started), 2)
            self.assertEqual([pid for pid in started if is_alive(pid)], [])

    def test_ends_what_does_not_end_with_all_that_it_started(self):
        self.ends('trap "kill %1" TERM; sleep 600 & echo $$ $! > "$0"; wait', "60")

    def test_ends_what_minds_no_request(self):
        self.ends('trap "" TERM; sleep 600 & echo $$ $! > "$0"; wait; sleep 600', "1")

    def test_is_ended_with_its_command(self):
        with tempfile.TemporaryDirectory() as folder:
            pids = pathlib.Path(folder, "pids")
            bounded = subprocess.Popen(
                [ROOT / "deploy/bounded.sh", "600", "bash", "-c", 'echo $$ > "$0"; exec sleep 600', str(pids)])
            end = time.time() + 240
            while not (pids.exists() and pids.read_text().strip()) and time.time() < end:
                time.sleep(0.05)
            bounded.send_signal(signal.SIGTERM)
            self.assertEqual(bounded.wait(240), 130)
            self.assertFalse(is_alive(pids.read_text().strip()))


class UnderWay(unittest.TestCase):
    def test_names_what_has_begun_and_not_ended(self):
        record = [
            json.dumps({"kind": "test", "payload": {"id": "A.B/c()"}}), event("testStarted", "A.B", 1),
            event("testStarted", "A.B/c()/B.swift:1:1", 2), event("testStarted", "A.B/d()/B.swift:2:1", 3),
            event("testStarted", "A.B/e()/B.swift:3:1", 4), event("testEnded", "A.B/c()/B.swift:1:1", 5),
            event("testSkipped", "A.B/e()/B.swift:3:1", 9), '{"kind":"event","payl',
        ]
        self.assertEqual(tests_under_way.under_way(record), [(6, "A.B/d()/B.swift:2:1")])


if __name__ == "__main__":
    unittest.main()
