"""The broker's nodes: one, or several that are a cluster, each with a proxy of its own for the workers."""

import asyncio
import contextlib
import os

from proxy import Proxy


async def run(*command, **more):
    """Runs a program to its end and gives what it printed; fails when it does."""
    process = await asyncio.create_subprocess_exec(
        *command, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT, **more)
    output, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{os.path.basename(command[0])} {command[1]}: {output.decode(errors='replace')}")
    return output.decode()


class Node:
    def __init__(self, folder):
        self.folder = folder
        self.restarting = None

    async def start(self, chance, first=None):
        """Alone, or beside the first one."""
        await (self.do("join", str(first.folder)) if first else self.do("start"))
        facts = dict(line.split("=", 1) for line in (self.folder / "env").read_text().splitlines())
        self.name, self.url = facts["BROKER_NODE"], facts["BROKER_URL"]
        self.proxy = Proxy(int(facts["BROKER_PORT"]), chance)
        port = await self.proxy.start()
        self.url_of_workers = f"amqp://guest:guest@127.0.0.1:{port}"

    async def do(self, verb, *more):
        """A verb of ``deploy/broker.sh``."""
        return await run("deploy/broker.sh", verb, str(self.folder), *more)

    async def ctl(self, *arguments):
        return await self.do("ctl", "--quiet", *arguments)

    async def restart(self):
        await self._to_its_end(self._restart())

    async def come_back(self):
        await self._to_its_end(self.do("start"))

    async def _to_its_end(self, work):
        """Goes on when whoever waits for it is cancelled: a node that is half stopped can neither be started nor asked."""
        self.restarting = asyncio.ensure_future(work)
        await asyncio.shield(self.restarting)

    async def _restart(self):
        await self.ctl("stop", str(self.folder / "pid"))
        await self.do("start")

    async def settle(self):
        """Waits for the end of a restart, however that ended."""
        if self.restarting:
            with contextlib.suppress(RuntimeError):
                await self.restarting


class Cluster:
    """What can be asked of all nodes together; every one of them must be up."""

    def __init__(self, folder, count):
        self.nodes = [Node(folder / f"broker{number + 1 if number else ''}") for number in range(count)]

    async def start(self, chance):
        first, *others = self.nodes
        await first.start(chance)
        for node in others:
            await node.start(chance, first)

    async def mend(self):
        """Whatever was done to them."""
        for node in self.nodes:
            await node.settle()
            await node.do("start")
            await node.ctl("set_vm_memory_high_watermark", "0.4")

    async def stop(self):
        # The first one last: by its port mapper the others find each other.
        for node in reversed(self.nodes):
            await node.settle()
            if hasattr(node, "proxy"):
                await node.proxy.stop()
            await node.do("stop")

    async def leader(self, queue):
        lines = (await self.nodes[0].ctl("list_queues", "name", "leader")).splitlines()
        name = dict(line.split("\t") for line in lines if "\t" in line)[queue]
        return next(node for node in self.nodes if node.name == name)

    async def whole(self):
        """Returns once every member of every lane's queue is there again: then another node may go."""
        while True:
            lines = (await self.nodes[0].ctl("list_queues", "name", "type", "online")).splitlines()
            lanes = [line for line in lines if "\tquorum\t" in line]
            if lanes and all(line.count("@") == len(self.nodes) for line in lanes):
                return
            await asyncio.sleep(0.5)

    async def move_leaders(self, chance):
        """Has every lane led by another node, without anybody being gone."""
        lanes = ",".join(f'<<"verify.{lane}">>' for lane in ("send", "check", "account", "admin", "dead"))
        await self.nodes[0].ctl("eval", f"""
            [begin
                {{ok, Queue}} = rabbit_amqqueue:lookup(rabbit_misc:r(<<"/">>, queue, Lane)),
                {{Name, Leader}} = amqqueue:get_pid(Queue),
                Others = [Node || Node <- rabbit_nodes:all_running(), Node =/= Leader],
                Next = lists:nth({chance.randrange(1_000_000)} rem length(Others) + 1, Others),
                ra:transfer_leadership({{Name, Leader}}, {{Name, Next}})
            end || Lane <- [{lanes}]].""")
