"""Carries people's jobs to the worker: one at a time, so that each can be counted by itself, or many at once."""

import itertools
import time

from counter import difference
from properties import deadline

"""Far more than a job needs, for the machine may be busy; a job may have 120 s at the most."""
TIMEOUT = 110


class Load:
    def __init__(self, front_end, counter):
        self.front_end = front_end
        self.counter = counter
        self.published = 0

    def one_at_a_time(self, people):
        """What the worker did for each job, by the job's name: a list of differences. A job begins when all before it
        are acknowledged, so nothing of another one is in it."""
        found = {}
        for person in people:
            reply = None
            while True:
                before = self.counter.totals()
                try:
                    step = person.send(reply)
                except StopIteration:
                    break
                correlation = self._publish(step)
                reply = self._checked(step, self.front_end.wait(correlation, TIMEOUT))
                self._await_acknowledgements()
                found.setdefault(step.name, []).append(difference(self.counter.totals(), before))
        return found

    def at_once(self, people, number):
        """Has so many people busy at a time, until none are left; returns how many jobs they had."""
        waiting = {}
        began = self.published
        people = iter(people)

        def go_on(person, reply=None):
            while person is not None:
                try:
                    step = person.send(reply)
                except StopIteration:
                    person, reply = next(people, None), None
                else:
                    waiting[self._publish(step)] = (person, step, time.monotonic() + TIMEOUT)
                    return

        for person in list(itertools.islice(people, number)):
            go_on(person)
        while waiting:
            self.front_end.connection.process_data_events(time_limit=0.2)
            for correlation in [one for one in waiting if self.front_end.replies.get(one)]:
                person, step, _ = waiting.pop(correlation)
                go_on(person, self._checked(step, self.front_end.replies.pop(correlation)[0]))
            late = [step.name for _, step, end in waiting.values() if time.monotonic() > end]
            if late:
                raise SystemExit(f"no reply within {TIMEOUT} s to: {', '.join(sorted(set(late)))}")
        self._await_acknowledgements()
        return self.published - began

    def _publish(self, step):
        self.published += 1
        return self.front_end.publish(step.job, step.body, headers={"deadline": deadline(TIMEOUT)})

    def _checked(self, step, reply):
        if reply is None:
            raise SystemExit(f"no reply within {TIMEOUT} s to: {step.name}")
        if reply.outcome != step.outcome:
            raise SystemExit(f"{step.name}: {reply.outcome} {reply.reason or ''} instead of {step.outcome}")
        return reply.body

    def _await_acknowledgements(self):
        end = time.monotonic() + TIMEOUT
        while self.counter.totals()["acks"] < self.published:
            if time.monotonic() > end:
                acks = self.counter.totals()["acks"]
                raise SystemExit(f"{acks} of {self.published} jobs were acknowledged within {TIMEOUT} s")
            time.sleep(0.001)
