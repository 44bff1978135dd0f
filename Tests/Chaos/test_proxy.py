"""The proxy passes on what it gets, and breaks it only when told to."""

import asyncio
import random
import unittest

from proxy import Mood, Proxy


class Through(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        self.server = await asyncio.start_server(self.echo, "127.0.0.1", 0)
        self.proxy = Proxy(self.server.sockets[0].getsockname()[1], random.Random(1))
        self.port = await self.proxy.start()

    async def asyncTearDown(self):
        await self.proxy.stop()
        self.server.close()

    async def echo(self, reader, writer):
        while piece := await reader.read(1000):
            writer.write(piece)
        writer.close()

    async def ask(self, text=b"x" * 500):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(text)
            return await asyncio.wait_for(reader.readexactly(len(text)), 5)
        finally:
            writer.close()

    async def test_whole(self):
        for mood in (Mood(), Mood(slice=3), Mood(delay=0.01)):
            self.proxy.set(mood)
            self.assertEqual(len(await self.ask()), 500)

    async def test_truncated(self):
        self.proxy.set(Mood(truncated=1))
        with self.assertRaises((asyncio.IncompleteReadError, ConnectionResetError)):
            await self.ask()

    async def test_cut(self):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        writer.write(b"x")
        await reader.readexactly(1)
        self.proxy.cut(1)
        with self.assertRaises((asyncio.IncompleteReadError, ConnectionResetError)):
            await asyncio.wait_for(reader.readexactly(1), 5)

    async def test_stalled_until_fair(self):
        self.proxy.set(Mood(stalls=frozenset({"to client"})))
        asking = asyncio.ensure_future(self.ask())
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.shield(asking), 0.2)
        self.proxy.set(Mood())
        self.assertEqual(len(await asking), 500)


if __name__ == "__main__":
    unittest.main()
