"""How long after each kind of fault its victims had to wait: pure."""

import bisect
import collections
import statistics


def recoveries(jobs, faults, longest=200):
    """By kind of fault, for each time it happened: the seconds from its end until the last job was answered that had
    been waiting at its end; 0 if none was."""
    answered = sorted((job.published_at, job.replies[0].at) for job in jobs if job.replies)
    starts = [published for published, _ in answered]
    found = collections.defaultdict(list)
    for fault in faults:
        window = answered[bisect.bisect(starts, fault.ended - longest):bisect.bisect(starts, fault.ended)]
        found[fault.kind].append(max((at - fault.ended for _, at in window if at > fault.ended), default=0.0))
    return dict(found)


def summary(found):
    """Lines of a table: kind, times, median and longest wait in seconds."""
    return [
        f"{kind:<24}{len(times):>6}{statistics.median(times):>10.1f}{max(times):>10.1f}"
        for kind, times in sorted(found.items())
    ]
