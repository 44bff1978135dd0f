"""A TCP proxy of our own that cuts, delays, stalls, slices and truncates what goes through it."""

import asyncio
import dataclasses


@dataclasses.dataclass
class Mood:
    """What happens to every piece of bytes; the defaults are fair weather."""

    """Seconds that each piece waits."""
    delay: float = 0
    """At most so many bytes go on at once; 0: as they came."""
    slice: int = 0
    """Share of pieces of which a part goes on and then the connection ends."""
    truncated: float = 0
    """Nothing goes on: to the target, to the client, or either way."""
    stalls: frozenset = frozenset()


class Proxy:
    def __init__(self, port, chance):
        self.target = port
        self.chance = chance
        self.mood = Mood()
        self.fair = asyncio.Event()
        self.fair.set()
        self.pairs = set()
        self.tasks = set()
        self.server = None

    async def start(self):
        self.server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return self.server.sockets[0].getsockname()[1]

    def set(self, mood):
        self.mood = mood
        if mood.stalls:
            self.fair.clear()
        else:
            self.fair.set()

    def cut(self, share):
        """Resets that share of the connections, at least one."""
        pairs = list(self.pairs)
        for pair in self.chance.sample(pairs, min(len(pairs), max(1, round(share * len(pairs))))):
            abort(*pair)

    async def stop(self):
        if self.server:
            self.server.close()
        self.set(Mood())
        self.cut(1)
        await asyncio.gather(*self.tasks)

    async def _accept(self, reader, client):
        task = asyncio.current_task()
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)
        try:
            other, target = await asyncio.open_connection("127.0.0.1", self.target)
        except OSError:
            return abort(client)
        pair = (client, target)
        self.pairs.add(pair)
        try:
            await asyncio.gather(
                self._pump(reader, target, "to target"), self._pump(other, client, "to client"))
        finally:
            self.pairs.discard(pair)
            abort(*pair)

    async def _pump(self, reader, writer, way):
        try:
            while piece := await reader.read(65536):
                if way in self.mood.stalls:
                    await self.fair.wait()
                    # What a client that has gone since had written goes nowhere: it was never on the wire.
                    if reader.at_eof() or reader.exception():
                        break
                await self._pass_on(piece, writer)
            # What was written still goes out.
            writer.close()
        except OSError:
            abort(writer)

    def _forget(self, writer):
        for pair in [pair for pair in self.pairs if writer in pair]:
            abort(*pair)

    async def _pass_on(self, piece, writer):
        mood = self.mood
        if mood.delay:
            await asyncio.sleep(mood.delay)
        if mood.truncated and self.chance.random() < mood.truncated:
            writer.write(piece[:self.chance.randrange(len(piece))])
            await writer.drain()
            self._forget(writer)
            raise ConnectionResetError
        for start in range(0, len(piece), mood.slice or len(piece)):
            writer.write(piece[start:start + (mood.slice or len(piece))])
            await writer.drain()
            if mood.slice:
                await asyncio.sleep(0)


def abort(*writers):
    for writer in writers:
        writer.transport.abort()
