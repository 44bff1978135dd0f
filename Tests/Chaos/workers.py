"""Worker processes that are started again whenever they end, and notes on how they did."""

import asyncio
import contextlib
import os
import signal
import struct
import time

from ledger import Exit

FAILPOINTS = ("after_delivery", "after_begin", "after_call", "after_finish", "after_publish", "before_ack")
"""Longer than ``worker.drain_seconds`` and what follows it."""
LONGEST_END = 60


class Worker:
    """``chance`` chooses its failpoints; ``None``: it has none."""

    def __init__(self, name, courier, environment, folder, chance):
        self.name = name
        self.command = (courier, "work")
        self.environment = environment
        self.log = folder / f"{name}.log"
        self.clock = folder / f"{name}.clock"
        self.clock.write_bytes(bytes(8))
        self.chance = chance
        self.exits = []
        self.deaths = 0
        self.asked = ""
        """This bench sent the SIGKILL."""
        self.killed = False
        self.excused = False
        """How much that a worker needs at its start is out of reach now."""
        self.outages = 0
        self.ending = False
        self.ready = asyncio.Event()

    async def run(self):
        while not self.ending:
            self.asked, self.killed, self.excused = "", False, self.outages > 0
            began = time.time()
            self.set_clock(0)
            with open(self.log, "ab") as log:
                self.process = await asyncio.create_subprocess_exec(
                    *self.command, env={**self.environment, **self._failpoint(), "FALSE_CLOCK": str(self.clock)},
                    stdout=asyncio.subprocess.PIPE, stderr=log, start_new_session=True)
            await self._watch()
            code = await self.process.wait()
            self.ready.clear()
            if code == -signal.SIGKILL and not self.killed:
                # Only its failpoint kills it so.
                self.deaths += 1
                self.asked = "kill"
            self.exits.append(Exit(self.name, code, self.asked, time.time() - began, self.excused))
            if code > 0:
                # As systemd would: a service that cannot start is not started again at once.
                await asyncio.sleep(1)

    def _failpoint(self):
        """Looked at by debug builds alone."""
        if self.chance is None:
            return {}
        count = self.chance.choice((1, 3, 10, 50, 200))
        return {"VERIFY_COURIER_FAILPOINT": f"{self.chance.choice(FAILPOINTS)}:{count}"}

    def set_clock(self, ahead):
        """Its time of day, in seconds ahead of the machine's: into the same file, which the process has mapped."""
        with open(self.clock, "r+b") as file:
            file.write(struct.pack("=q", ahead))

    async def _watch(self):
        async for line in self.process.stdout:
            if line.startswith(b"ready"):
                self.ready.set()

    def signal(self, number):
        send(self.process, number)

    def kill(self):
        self.asked, self.killed = "kill", True
        self.signal(signal.SIGKILL)

    async def end(self):
        """SIGTERM; whoever does not end in time is killed, which shows in its exit."""
        ended = self.process
        self.asked = "term"
        self.signal(signal.SIGTERM)
        try:
            await asyncio.wait_for(ended.wait(), LONGEST_END)
        except asyncio.TimeoutError:
            self.killed = True
            send(ended, signal.SIGKILL)
            await ended.wait()

    async def stop(self):
        self.ending = True
        self.signal(signal.SIGCONT)
        await self.end()


def send(process, number):
    """Not the process's own ``send_signal``, which may take its exit code away from the event loop."""
    with contextlib.suppress(ProcessLookupError):
        if process.returncode is None:
            os.kill(process.pid, number)
