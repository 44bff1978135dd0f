"""Stand-ins for Twilio that tell what they delivered and approved: the product's simulator, and any other program that
speaks as ``Fake`` expects. Both are asked directly, never through the proxy."""

import asyncio
import collections
import datetime

import aiohttp
from ledger import Message

ACCOUNT = "AC00000000000000000000000000000001"
SERVICE = "VA00000000000000000000000000000001"
TOKEN = "chaos-token"


def seconds(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


class Judge:
    """What both have alike: Twilio's own API."""

    def __init__(self, port):
        self.base = f"http://127.0.0.1:{port}"
        self.session = aiohttp.ClientSession(
            auth=aiohttp.BasicAuth(ACCOUNT, TOKEN), timeout=aiohttp.ClientTimeout(total=60))

    async def close(self):
        await self.session.close()

    async def get(self, path, **query):
        async with self.session.get(self.base + path, params=query) as answer:
            answer.raise_for_status()
            return await answer.json()

    async def end_code(self, number):
        """Ends the number's verification at the provider, behind the product's back; whether that worked."""
        path = f"{self.base}/v2/Services/{SERVICE}/Verifications/{number.replace('+', '%2B')}"
        try:
            async with self.session.post(path, data={"Status": "canceled"}) as answer:
                return answer.status == 200 and (await answer.json())["status"] == "canceled"
        except (aiohttp.ClientError, asyncio.TimeoutError, ValueError, TypeError, KeyError):
            # Whatever it answers on a bad day.
            return False

    async def approvals(self):
        """How many verifications of each number were approved."""
        found = collections.defaultdict(set)
        path = "/v2/Attempts?PageSize=1000"
        while path:
            page = await self.get(path)
            for attempt in page["attempts"]:
                if attempt["conversion_status"] == "converted":
                    found[attempt["channel_data"]["to"]].add(attempt["verification_sid"])
            path = self.path(page["meta"]["next_page_url"])
        return {number: len(sids) for number, sids in found.items()}

    def path(self, url):
        return url and "/v2/" + url.split("/v2/", 1)[1]


class Simulator(Judge):
    """``verify-courier simulate``."""

    IS_EXACT = True

    FAULTS = {
        "500": dict(kind="500"), "500 done": dict(kind="500", performed="true"), "503": dict(kind="503"),
        "503 page": dict(kind="503", body="html"), "429": dict(kind="429", retry_after="1"), "401": dict(kind="401"),
        "slow": dict(kind="delay", ms="3000"), "too slow": dict(kind="delay", ms="13000"),
        "hang": dict(kind="hang", ms="15000"), "garbage": dict(kind="garbage"), "page": dict(kind="html"),
        "empty": dict(kind="empty"), "cut short": dict(kind="cut-short"), "drip": dict(kind="slow-body", ms="20"),
        "refused": dict(kind="close-before"), "answer lost": dict(kind="close-after"),
    }

    """A gateway gives up on checks that go on behind it: what it does to checks, phase by phase, with the seconds that a
    phase lasts. Whoever was answered 503 reads first, slowly, is refused when it tries again, and gone before the first
    try is carried out; then the answers to what people type next are lost."""
    GATEWAY = (
        (dict(kind="503", performed="later", ms="4000"), (0.5, 1.5)),
        (dict(kind="429", retry_after="60"), (1.5, 2.5)),
        (dict(kind="close-after"), (4, 6)),
    )
    GATEWAY_READS = dict(kind="delay", ms="1500")

    async def newest_code(self, number):
        messages = await self.get("/_simulator/outbox", to=number)
        return messages[-1]["code"] if messages else None

    async def messages(self):
        return [
            Message(message["to"], message["code"], message["verification_sid"], seconds(message["at"]))
            for message in await self.get("/_simulator/outbox")
        ]

    async def set_fault(self, name, percent):
        await self.order(operation="any", percent=str(percent), **self.FAULTS[name])

    async def calm(self):
        await self.order(operation="any", kind="none")

    async def give_up_on_checks(self, sleep):
        """``GATEWAY``; ``sleep`` takes the least and the most seconds."""
        await self.order(operation="fetch", **self.GATEWAY_READS)
        for fault, seconds in self.GATEWAY:
            await self.order(operation="check", **fault)
            await sleep(*seconds)

    async def calm_gateway(self):
        for operation in ("check", "fetch"):
            await self.order(operation=operation, kind="none")

    async def order(self, **fields):
        async with self.session.post(self.base + "/_simulator/fault", data=fields) as answer:
            answer.raise_for_status()


class Fake(Judge):
    """A program with ``-addr`` and ``-token`` whose code for a number is the number's last six digits, which counts at
    ``/_fake/stats?full=1`` and breaks at ``/_fake/fault?kind=…&percent=…``; a kind that it does not know changes nothing.
    ``503-check-later`` answers a check with 503 and carries it out two seconds later. It tells no time of a message."""

    IS_EXACT = False

    FAULTS = {
        name: name for name in (
            "500", "503", "503-check-later", "429", "garbage", "hang", "close-after-send", "close-after-check")
    }
    """It breaks everything in one way at a time."""
    GATEWAY = ()

    async def newest_code(self, number):
        return number[-6:]

    async def messages(self):
        sends = (await self.get("/_fake/stats", full="1"))["by_number"] or {}
        return [Message(number, number[-6:], "") for number, count in sends.items() for _ in range(count)]

    async def set_fault(self, name, percent):
        await self.get("/_fake/fault", kind=self.FAULTS[name], percent=str(percent))

    async def calm(self):
        await self.get("/_fake/fault", kind="", percent="0")

    async def calm_gateway(self):
        pass
