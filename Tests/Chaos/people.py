"""People who register and sign in, some of them clumsily or with bad intent."""

import asyncio
import time
import uuid

from ledger import Job

"""What cannot be settled now: the person asks again, with a new id."""
TRY_AGAIN = {"uncertain", "unavailable", "late", "throttled"}
"""A job that is not answered for so long is taken for lost; far beyond its deadline, for the machine may be busy."""
PATIENCE = 180


class Person:
    def __init__(self, ordinal, crowd):
        self.crowd = crowd
        self.chance = crowd.chance
        self.user = f"user-{ordinal}"
        # Exchanges 200 to 999 of area code 415; what ends in 11 is nobody's.
        exchange = 200 + ordinal // 10_000 % 800
        self.number = f"+1415{exchange + (exchange % 100 == 11)}{ordinal % 10_000:04d}"
        self.login = ""
        self.seen = set()

    async def live(self, logins):
        if not await self.sign_in("register.phone", {"phone": self.number, "channel": self._channel()}):
            return
        for _ in range(logins):
            if self.crowd.is_enough():
                return
            await self.ask("options")
            await self.sign_in("send", {"channel": self._channel()})

    def _channel(self):
        return self.chance.choice(("sms", "sms", "call"))

    async def register(self, persistently=False):
        """A code comes, and is not used yet."""
        self.login = uuid.uuid4().hex
        ask = self.persistently if persistently else self.ask
        return await ask("register.phone", {"phone": self.number, "channel": "sms"})

    async def look(self):
        return await self.ask("options")

    async def enter_code(self):
        code = await self.crowd.judge.newest_code(self.number)
        return code and await self.check(code, "right")

    async def sign_in(self, kind, body):
        """One login, from its code to its approval; whether it got there."""
        self.login = uuid.uuid4().hex
        self.crowd.logins += 1
        send = await self.persistently(kind, body)
        if send is None or send.outcome != "sent":
            return False
        if self.happens("outcome"):
            await self.ask("outcome", {"job": send.id}, asks_for=send.id)
        code = await self.crowd.judge.newest_code(self.number)
        if code is None:
            return False
        self.seen.add(code)
        check = await self._check(code)
        if check is None or check.outcome != "approved":
            return False
        self.crowd.completed += 1
        if self.happens("use again"):
            await self.check(code, "used")
        return True

    async def _check(self, code):
        """The person's way with the code; what its last check was answered."""
        if self.happens("wrong"):
            await self.check(self._wrong(code), "wrong")
        if self.happens("foreign"):
            await self.check(code, "foreign", login=uuid.uuid4().hex)
        if self.happens("cancel"):
            canceled = await self.persistently("cancel")
            is_canceled = canceled is not None and canceled.outcome == "canceled"
            return await self.check(code, "canceled" if is_canceled else "unsure")
        if self.happens("dies"):
            is_dead = await self.crowd.judge.end_code(self.number)
            return await self.check(code, "dead" if is_dead else "unsure")
        if self.happens("at once"):
            checks = await asyncio.gather(*(self.check(code, "right") for _ in range(3)))
            return next((check for check in checks if check and check.outcome == "approved"), checks[0])
        check = await self.check(code, "right")
        if check is None or check.outcome not in TRY_AGAIN:
            return check
        await asyncio.sleep(0.5)
        if self.happens("wrong again"):
            wrong = self._wrong(code)
            await self.persistently("check", {"code": wrong}, code_is="wrong", code=wrong)
        return await self.persistently("check", {"code": code}, code_is="right", code=code)

    async def check(self, code, code_is, **more):
        return await self.ask("check", {"code": code}, code_is=code_is, code=code, **more)

    def _wrong(self, code):
        while True:
            code = f"{(int(code) + self.chance.randrange(1, 1_000_000)) % 1_000_000:06d}"
            if code not in self.seen:
                return code

    def happens(self, what):
        return self.chance.random() < self.crowd.habits.get(what, 0)

    async def persistently(self, kind, body=None, **more):
        for attempt in range(6):
            job = await self.ask(kind, body, **more)
            if job is None or job.outcome not in TRY_AGAIN:
                return job
            await asyncio.sleep(0.5 * (attempt + 1))
        return job

    async def ask(self, kind, body=None, login=None, **more):
        """One job and its reply; ``None`` if there was none."""
        if self.crowd.thinking:
            await asyncio.sleep(self.chance.expovariate(1 / self.crowd.thinking))
        patience = self.chance.choice((15, 30, 30, 110)) if not self.happens("late") else 1
        job = Job(
            uuid.uuid4().hex, kind, self.user, self.number, login or self.login, time.time() + patience, **more)
        if job.is_recorded and job.code_is != "right" and self.happens("missing"):
            job.address = "missing"
        return await self.crowd.carry(job, {"user": self.user, "login": job.login, **(body or {})}, self)


class Crowd:
    """Keeps so many people busy at once, and the ledger of all that they did. Before each job they think for so many
    seconds in the mean."""

    def __init__(self, front_end, judge, habits, chance, enough, logins=6, thinking=0):
        self.front_end = front_end
        self.judge = judge
        self.habits = habits
        self.chance = chance
        self.is_enough = enough
        self.logins_each = logins
        self.thinking = thinking
        self.ledger = []
        self.logins = self.completed = self.born = 0

    async def keep_busy(self, at_once):
        async def place():
            while not self.is_enough():
                self.born += 1
                await Person(self.born, self).live(self.logins_each)

        await asyncio.gather(*(place() for _ in range(at_once)))

    async def carry(self, job, body, person):
        correlation = self.front_end.enter(job)
        self.ledger.append(job)
        await self.front_end.publish(job, correlation, body)
        if job.address == "missing":
            return await self._ask_for(job, person)
        if person.happens("twice"):
            await self.front_end.publish(job, correlation, body)
        heard = await self.front_end.hear(correlation, PATIENCE)
        if heard and job.is_recorded and person.happens("reuse"):
            await self._reuse(job, body)
        if heard and person.happens("repeat"):
            await self.front_end.publish(job, correlation, body)
        return job if heard else None

    async def _reuse(self, job, body):
        """The same id with another body."""
        other = Job(job.id, job.kind, job.user, job.number, job.login, job.deadline, reuses=True)
        await self.front_end.publish(other, self.front_end.enter(other), {**body, "locale": "de"})
        self.ledger.append(other)

    async def _ask_for(self, job, person):
        """What became of a job whose reply cannot arrive."""
        for _ in range(PATIENCE):
            asked = await person.ask("outcome", {"job": job.id}, asks_for=job.id)
            if asked is None or asked.outcome != "unknown_job":
                return asked
            await asyncio.sleep(1)
        return None
