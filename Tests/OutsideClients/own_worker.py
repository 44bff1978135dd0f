"""A worker that a test starts and stops as it needs it."""

import subprocess
import tempfile


class OwnWorker:
    """The worker of this run, as long as it is there."""

    def __init__(self, command):
        self.command, self.process, self.log = command, None, tempfile.TemporaryFile()

    def start(self):
        self.process = subprocess.Popen(self.command, stdout=subprocess.PIPE, stderr=self.log)
        if not self.process.stdout.readline().startswith(b"ready"):
            self.log.seek(0)
            raise SystemExit(f"the worker did not start: {self.log.read().decode()}")

    def stop(self):
        if self.process is not None:
            self.process.terminate()
            self.process.wait(45)
            self.process = None
