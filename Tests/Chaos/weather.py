"""What breaks, by the seed: several fronts at once, each with faults of its own, one after another."""

import asyncio
import contextlib
import os
import random
import signal
import sqlite3
import time

from ledger import Fault
from proxy import Mood
from workers import send


class Weather:
    """``fronts`` names those that blow; ``pace`` stretches the pauses between faults (1: as in ``PAUSES``). With ``rounds``
    they do not blow at once: every kind of fault comes so often, alone."""

    """Mean seconds between two faults of a front."""
    PAUSES = {
        "workers": 2.5, "stops": 6, "network": 4, "provider": 4, "gateway": 8, "broker": 20, "store": 15, "clocks": 12,
        "freezes": 5,
    }
    """Those that blow unless others are asked for: a freeze leaves one worker to do everything for half a minute."""
    USUAL = tuple(name for name in PAUSES if name != "freezes")
    """Of a kind that takes long: how often its turn is taken."""
    RARE = {"partition broker": 0.25}
    """Seconds that a fault of the network lasts; a partition outlasts the heartbeats of both sides."""
    BRIEF, LASTING = (1, 14), (45, 70)
    """Seconds that all has to recover in from a fault that came alone."""
    RECOVERY = 20

    def __init__(self, stage, seed, fronts, pace=1.0, rounds=0):
        self.stage = stage
        self.seed = seed
        self.fronts = fronts
        self.pace = pace
        self.rounds = rounds
        self.is_over = False
        self.faults = []

    async def blow(self):
        if self.rounds:
            await self._one_by_one()
        else:
            await asyncio.gather(*(self._front(name) for name in self.fronts))

    async def _front(self, name):
        chance = random.Random(f"{self.seed}/{name}")
        faults = self._faults(name)
        # Each kind once, in an order of the seed's, before any comes again.
        while faults:
            for kind, fault in chance.sample(faults, len(faults)):
                if kind in self.RARE and chance.random() >= self.RARE[kind]:
                    continue
                await asyncio.sleep(chance.expovariate(1 / (self.PAUSES[name] * self.pace)))
                await self._strike(kind, fault, chance)

    async def _one_by_one(self):
        chance = random.Random(self.seed)
        faults = [fault for name in self.fronts for fault in dict(self._faults(name)).items()]
        for _ in range(self.rounds):
            for kind, fault in chance.sample(faults, len(faults)):
                await asyncio.sleep(self.RECOVERY)
                await self._strike(kind, fault, chance)
        await asyncio.sleep(self.RECOVERY)
        self.is_over = True

    def _faults(self, front):
        return getattr(self, f"{front}_faults")()

    async def _strike(self, kind, fault, chance):
        began = time.time()
        await fault(chance)
        self.faults.append(Fault(kind, began, time.time()))

    # Workers.

    def workers_faults(self):
        return [("kill worker", self._kill)] * 7 + [("end worker", self._end)]

    def stops_faults(self):
        return [("stop worker", self._short_stop)] * 3 + [("stop worker beyond its lease", self._long_stop)]

    async def _kill(self, chance):
        worker = chance.choice(self.stage.workers)
        if worker.ready.is_set() and not worker.asked:
            worker.kill()

    async def _end(self, chance):
        worker = chance.choice(self.stage.workers)
        if worker.ready.is_set() and not worker.asked:
            await worker.end()

    async def _short_stop(self, chance):
        await self._stop(chance, chance.uniform(0.2, 8))

    async def _long_stop(self, chance):
        await self._stop(chance, chance.uniform(21, 30))

    async def _stop(self, chance, seconds):
        await self._hold([chance.choice(self.stage.workers)], seconds)

    async def _hold(self, workers, seconds):
        processes = [worker.process for worker in workers]
        for process in processes:
            send(process, signal.SIGSTOP)
        try:
            await asyncio.sleep(seconds)
        finally:
            for process in processes:
                send(process, signal.SIGCONT)

    def freezes_faults(self):
        return [("stop most workers beyond their leases", self._freeze)]

    async def _freeze(self, chance):
        """Whoever comes back finds that its jobs were taken over."""
        workers = self.stage.workers
        await self._hold(chance.sample(workers, len(workers) - 1), chance.uniform(21, 30))

    # The clocks.

    def clocks_faults(self):
        return [("clock jumps", self._jump)] if self.stage.false_clock else []

    async def _jump(self, chance):
        worker = chance.choice(self.stage.workers)
        if worker.ready.is_set():
            worker.set_clock(chance.choice((-3600, 3600, 86_400)))
            try:
                await asyncio.sleep(chance.uniform(1, 30))
            finally:
                worker.set_clock(0)

    # The network, towards broker and provider.

    def network_faults(self):
        moods = [
            ("delay", lambda chance: Mood(delay=chance.uniform(0.02, 0.5))),
            ("slice", lambda chance: Mood(slice=chance.randint(1, 40))),
            ("truncate", lambda chance: Mood(truncated=0.02)),
            ("stall", lambda chance: Mood(stalls=self.BOTH_WAYS)), ("stall one way", self._one_way),
        ]
        sides = [("broker", self._to_broker), ("provider", lambda chance: self.stage.to_judge)]
        return [(f"cut {side}", self._cutting(proxy)) for side, proxy in sides] + [
            (f"{kind} {side}", self._changing(proxy, mood)) for side, proxy in sides for kind, mood in moods] + [
            ("partition broker", self._changing(self._to_broker, self._any_way, self.LASTING))]

    BOTH_WAYS = frozenset({"to target", "to client"})

    def _one_way(self, chance):
        return Mood(stalls=frozenset({chance.choice(("to target", "to client"))}))

    def _any_way(self, chance):
        return Mood(stalls=self.BOTH_WAYS) if chance.random() < 0.5 else self._one_way(chance)

    def _to_broker(self, chance):
        nodes = self.stage.cluster.nodes
        return (nodes[0] if len(nodes) == 1 else chance.choice(nodes)).proxy

    def _cutting(self, choose):
        async def cut(chance):
            choose(chance).cut(chance.choice((0.1, 0.5, 1)))
        return cut

    def _changing(self, choose, mood, seconds=BRIEF):
        async def change(chance):
            proxy = choose(chance)
            proxy.set(mood(chance))
            try:
                with self._outage():
                    await asyncio.sleep(chance.uniform(*seconds))
            finally:
                proxy.set(Mood())
        return change

    # The provider.

    def provider_faults(self):
        return [(f"provider {name}", self._breaking(name)) for name in self.stage.judge.FAULTS]

    def _breaking(self, name):
        async def break_it(chance):
            await self.stage.judge.set_fault(name, chance.choice((5, 20, 50, 100)))
            try:
                await asyncio.sleep(chance.uniform(1, 5))
            finally:
                await self.stage.judge.calm()
        return break_it

    # A gateway in front of the provider.

    def gateway_faults(self):
        return [("checks go on behind a 503", self._give_up_on_checks)] if self.stage.judge.GATEWAY else []

    async def _give_up_on_checks(self, chance):
        try:
            await self.stage.judge.give_up_on_checks(lambda *seconds: asyncio.sleep(chance.uniform(*seconds)))
        finally:
            await self.stage.judge.calm_gateway()

    # The broker.

    def broker_faults(self):
        if len(self.stage.cluster.nodes) > 1:
            return self._cluster_faults()
        return [
            ("kill broker", self._kill_broker), ("close connections", self._close_connections),
            ("memory alarm", self._memory_alarm), ("close connections", self._close_connections),
        ]

    async def _kill_broker(self, chance):
        node, = self.stage.cluster.nodes
        with self._outage():
            await node.do("kill")
            await node.do("start")

    async def _close_connections(self, chance):
        await chance.choice(self.stage.cluster.nodes).ctl("close_all_connections", "chaos")

    async def _memory_alarm(self, chance):
        node = chance.choice(self.stage.cluster.nodes)
        try:
            await node.ctl("set_vm_memory_high_watermark", "absolute", "1MB")
            await asyncio.sleep(chance.uniform(1, 6))
        finally:
            await node.ctl("set_vm_memory_high_watermark", "0.4")

    # A cluster. While only one node is gone the lanes keep their majority, and nobody is excused.

    def _cluster_faults(self):
        return [
            ("kill node", self._kill_node), ("restart node", self._restart_node), ("move leaders", self._move_leaders),
            ("kill node", self._kill_node), ("restart all nodes", self._restart_nodes),
            ("move leaders", self._move_leaders), ("close connections", self._close_connections),
            ("memory alarm", self._memory_alarm), ("lose majority", self._lose_majority),
        ]

    async def _lose_majority(self, chance):
        """One node is left: its lanes neither take nor give anything until another is back."""
        _, *others = self.stage.cluster.nodes
        with self._outage():
            await asyncio.gather(*(node.do("kill") for node in others))
            try:
                await asyncio.sleep(chance.uniform(5, 20))
            finally:
                await asyncio.gather(*(node.come_back() for node in others))
            await self.stage.cluster.whole()

    async def _kill_node(self, chance):
        """The one that leads the lane in which people wait longest."""
        node = await self.stage.cluster.leader("verify.send")
        await node.do("kill")
        await asyncio.sleep(chance.uniform(0, 15))
        await node.do("start")
        await self.stage.cluster.whole()

    async def _restart_node(self, chance):
        await chance.choice(self.stage.cluster.nodes).restart()
        await self.stage.cluster.whole()

    async def _restart_nodes(self, chance):
        for node in self.stage.cluster.nodes:
            await node.restart()
            await self.stage.cluster.whole()

    async def _move_leaders(self, chance):
        await self.stage.cluster.move_leaders(chance)

    # The store.

    def store_faults(self):
        faults = [("lock store", self._lock_store)]
        return faults + [("fill disk", self._fill_disk)] if self.stage.options.disk else faults

    async def _lock_store(self, chance):
        other = sqlite3.connect(self.stage.store / "store.db", timeout=30, isolation_level=None)
        try:
            with self._outage(), contextlib.suppress(sqlite3.OperationalError):
                other.execute("BEGIN IMMEDIATE")
                await asyncio.sleep(chance.uniform(0.5, 8))
                other.execute("ROLLBACK")
        finally:
            other.close()

    async def _fill_disk(self, chance):
        ballast = os.open(self.stage.store / "ballast", os.O_CREAT | os.O_WRONLY)
        try:
            with self._outage():
                with contextlib.suppress(OSError):
                    left = os.statvfs(self.stage.store)
                    os.posix_fallocate(ballast, 0, left.f_bavail * left.f_frsize)
                    os.lseek(ballast, 0, os.SEEK_END)
                    while True:
                        os.write(ballast, bytes(4096))
                await asyncio.sleep(chance.uniform(1, 6))
        finally:
            os.ftruncate(ballast, 0)
            os.close(ballast)

    @contextlib.contextmanager
    def _outage(self):
        """Workers that start meanwhile may find broker or store out of reach, and say so by their exit code."""
        for worker in self.stage.workers:
            worker.outages += 1
            worker.excused = True
        try:
            yield
        finally:
            for worker in self.stage.workers:
                worker.outages -= 1
