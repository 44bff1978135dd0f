"""What a run found, for people: pure text."""

import collections

import recovery
from promises import PROMISES, no_late_message

SHOWN = 3
BY_BROKER = {
    "kill broker", "close connections", "memory alarm", "kill node", "restart node", "restart all nodes", "move leaders",
    "lose majority"}


def findings(evidence):
    """Of all promises that this judge can tell anything about."""
    return [promise(evidence) for promise in PROMISES if evidence.judge_is_exact or promise != no_late_message]


def lines(found, evidence, seed, seconds, deaths):
    """The report's lines."""
    jobs = [job for job in evidence.jobs if job.confirmed]
    outcomes = collections.Counter(job.outcome or "none" for job in jobs)
    reasons = collections.Counter(f"{job.outcome}/{job.reason}" for job in jobs if job.reason)
    kills = sum(exit.asked == "kill" for exit in evidence.exits)
    broken = sum(fault.kind in BY_BROKER for fault in evidence.faults)
    yield f"seed {seed}: {len(jobs)} jobs in {seconds:.0f} s, {kills} kills ({deaths} at failpoints), " \
        f"{broken} interruptions by the broker, {len(evidence.faults)} faults in all"
    yield "outcomes: " + ", ".join(f"{outcome} {count}" for outcome, count in outcomes.most_common())
    yield "reasons: " + ", ".join(f"{reason} {count}" for reason, count in reasons.most_common())
    yield f"uncertain: {outcomes['uncertain'] / max(1, len(jobs)):.2%}"
    yield ""
    yield f"{'recovery after':<24}{'times':>6}{'median s':>10}{'longest':>10}"
    yield from recovery.summary(recovery.recoveries(evidence.jobs, evidence.faults))
    yield ""
    yield from verdicts(found)


def verdicts(found):
    for finding in found:
        verdict = "VIOLATED" if finding.offenders else "holds" if finding.checked else "NOT CHECKED"
        yield f"{verdict:<12}{finding.promise:<14}{finding.says}: checked {finding.checked}, " \
            f"violations {len(finding.offenders)}"
        for offender in finding.offenders[:SHOWN]:
            yield f"            - {offender}"


def holds(found):
    return all(finding.checked and not finding.offenders for finding in found)
