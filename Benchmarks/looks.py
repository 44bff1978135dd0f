"""How long an operator's questions take of a large store, each as a command with its start."""

import json
import statistics
import time

RUNS = 7
"""What each question asks. ``{sid}`` and ``{job}`` are of a code that was sent to somebody who is there."""
QUESTIONS = {
    "`--version`: nothing but the start": "--version",
    "`outcomes find --user`": "outcomes find --user user1",
    "`outcomes find --number`": "outcomes find --number +14152000001",
    "`outcomes find --sid`": "outcomes find --sid {sid}",
    "`outcomes find --user --login`: nothing": "outcomes find --user user1 --login nobody-has-it",
    "`outcomes find`: the latest hundred": "outcomes find",
    "`outcomes find --outcome denied --country GB`: nothing, among 20,000": "outcomes find --outcome denied --country GB",
    "`outcomes find --code 60410 --until`: nothing, in an old day": "outcomes find --code 60410 --until {old}",
    "`outcomes show`": "outcomes show {job}",
    "`traffic`: a day": "traffic",
    "`traffic --since 7d --by country,outcome --per hour`": "traffic --since 7d --by country,outcome --per hour",
    "`conversion --since 7d --per hour`": "conversion --since 7d --per hour",
    "`conversion --since 365d --per day`": "conversion --since 365d --per day",
    "`twilio calls --since 24h --by operation,result,code`": "twilio calls --since 24h --by operation,result,code",
    "`queues --since 7d`": "queues --since 7d",
    "`dead groups`": "dead groups",
    "`brakes`": "brakes",
    "`admin audit`": "admin audit",
    "`health`": "health",
}
"""1 is an answer: there is none, or something is wrong, as `health` without a worker says."""
ANSWERS = (0, 1)


def questions(stage, folder):
    """Yields (question, what measures it)."""
    env = stage.settings(folder)
    known = {}
    for name, words in QUESTIONS.items():
        yield name, lambda words=words: asked(stage, env, words.format(**(known or learn(stage, env, known))))


def learn(stage, env, known):
    found = [json.loads(line) for line in stage.courier(env, *"outcomes find --user user1 --outcome sent --json".split()).splitlines()]
    sent = next(one for one in found if one.get("sid"))
    year_ago = time.gmtime(time.time() - 300 * 86_400)
    known.update(
        sid=sent["sid"], job=sent["message_id"], old=time.strftime("%Y-%m-%dT%H:%M:%SZ", year_ago))
    return known


def asked(stage, env, words):
    times = []
    for _ in range(RUNS):
        began = time.monotonic()
        stage.courier(env, *words.split(), seconds=stage.seconds_left(), answers=ANSWERS)
        times.append((time.monotonic() - began) * 1000)
    return {"median": statistics.median(times), "slowest": max(times)}
