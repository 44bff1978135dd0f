"""Everything that takes part: a private broker or a cluster, the judge, the proxies, the store, the workers."""

import asyncio
import os
import pathlib
import shlex
import socket

from judges import ACCOUNT, SERVICE, TOKEN, Fake, Simulator
from nodes import Cluster, run
from proxy import Proxy
from workers import Worker


def free_port():
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return taken.getsockname()[1]


class Stage:
    def __init__(self, options, chance):
        self.options = options
        self.chance = chance
        self.folder = options.folder
        self.store = self.folder / "store"
        """What gives a worker a time of day of its own; where it was not built, clocks are left alone."""
        self.false_clock = pathlib.Path(options.product).resolve().with_name("libFalseClock.so")
        if not self.false_clock.exists():
            self.false_clock = None
        self.cluster = Cluster(self.folder, options.nodes)
        self.workers = []
        self.tasks = []
        self.processes = []

    async def start(self):
        await self.cluster.start(self.chance)
        self.environment = {
            "PATH": os.environ["PATH"], "HOME": str(self.folder), "VERIFY_COURIER_OPS_LISTEN": "off",
            "VERIFY_COURIER_SITE_2FA_VERIFY_ACCOUNTSID": ACCOUNT, "VERIFY_COURIER_SITE_2FA_VERIFY_SERVICESID": SERVICE,
            "VERIFY_COURIER_SITE_2FA_VERIFY_AUTHTOKEN": TOKEN,
        }
        port = await (self._fake() if self.options.judge != "simulator" else self._simulator())
        self.to_judge = Proxy(port, self.chance)
        self.environment |= {
            "VERIFY_COURIER_BROKER_URL": self._urls(0),
            "VERIFY_COURIER_TWILIO_BASE_URL": f"http://127.0.0.1:{await self._way(self.to_judge)}",
            "VERIFY_COURIER_STORE_URL": f"sqlite:{self.store}/store.db", **unlimited(),
        }
        await self.courier("topology", "apply")
        await self.courier("store", "init")
        preloaded = {"LD_PRELOAD": str(self.false_clock)} if self.false_clock else {}
        for number in range(self.options.workers):
            log_level = "debug" if number == 0 else "info"
            worker = Worker(
                f"worker{number + 1}", self.options.product,
                {**self.environment, **preloaded, "VERIFY_COURIER_LOG_LEVEL": log_level,
                 "VERIFY_COURIER_BROKER_URL": self._urls(number)}, self.folder,
                self.chance if self.options.fronts else None)
            self.workers.append(worker)
            self.tasks.append(asyncio.create_task(worker.run()))
        await asyncio.wait_for(asyncio.gather(*(worker.ready.wait() for worker in self.workers)), 60)

    async def _way(self, proxy):
        """The port to reach it by. What is measured does not go by the proxies, which share this process."""
        port = await proxy.start()
        return proxy.target if self.options.isolation else port

    def _urls(self, number):
        """Every worker begins with another node."""
        nodes = self.cluster.nodes
        urls = [node.url if self.options.isolation else node.url_of_workers for node in nodes]
        first = number % len(urls)
        return ",".join(urls[first:] + urls[:first])

    async def _simulator(self):
        process = await self._serve(self.options.product, "simulate", "--listen", "127.0.0.1:0", env=self.environment)
        port = int((await process.stdout.readline()).decode().rstrip("/\n").rsplit(":", 1)[1])
        self.judge = Simulator(port)
        return port

    async def _fake(self):
        port = free_port()
        command = shlex.split(self.options.judge)
        await self._serve(*command, "-addr", f"127.0.0.1:{port}", "-token", TOKEN)
        self.judge = Fake(port)
        return port

    async def _serve(self, *command, **more):
        log = open(self.folder / "judge.log", "wb")
        process = await asyncio.create_subprocess_exec(
            *command, stdout=asyncio.subprocess.PIPE, stderr=log, start_new_session=True, **more)
        self.processes.append(process)
        return process

    async def courier(self, *arguments):
        return await run(self.options.product, *arguments, env=self.environment)

    async def stop_workers(self):
        await asyncio.gather(*(worker.stop() for worker in self.workers))
        await asyncio.gather(*self.tasks)

    async def stop(self):
        for worker in self.workers:
            worker.ending = True
            worker.kill()
        for process in self.processes:
            process.terminate()
        if hasattr(self, "judge"):
            await self.judge.close()
        if hasattr(self, "to_judge"):
            await self.to_judge.stop()
        await self.cluster.stop()


def unlimited():
    """The bench sends faster than people do; the countries stay closed but for the default ones."""
    limits = (
        "cooldown_seconds", "sends_per_number_hour", "sends_per_user_hour", "sends_per_client_hour",
        "unproven_sends_per_number_day", "unproven_sends_per_country_hour", "unproven_sends_per_site_hour",
        "enrolments_per_user_hour", "enrolments_per_client_hour",
        "wrong_codes_per_user_client_hour", "wrong_codes_per_user_hour")
    reads = ("reads_per_minute", "reads_per_hour", "reads_per_day", "attempts_per_minute")
    return {f"VERIFY_COURIER_LIMITS_{name.upper()}": "0" for name in limits} | {
        f"VERIFY_COURIER_TWILIO_{name.upper()}": "0" for name in reads}
