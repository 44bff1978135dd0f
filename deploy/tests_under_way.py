"""The tests that a record of a run (``swift test --event-stream-output-path FILE``) has begun and not ended, oldest first.

    tests_under_way.py FILE"""

import json
import sys


def under_way(lines):
    """(Seconds before the last event, id) of each. The last line may be torn."""
    begun, now = {}, 0
    for line in lines:
        try:
            event = json.loads(line)["payload"]
        except ValueError:
            continue
        if "instant" not in event:
            continue
        now = event["instant"]["absolute"]
        # The id of a suite has no path behind it.
        if "/" not in event.get("testID", ""):
            continue
        if event["kind"] == "testStarted":
            begun[event["testID"]] = now
        elif event["kind"] in ("testEnded", "testSkipped"):
            begun.pop(event["testID"], None)
    return sorted(((now - since, test) for test, since in begun.items()), reverse=True)


if __name__ == "__main__":
    with open(sys.argv[1], encoding="utf-8", errors="replace") as record:
        for seconds, test in under_way(record):
            print(f"  {test}, for {seconds:.0f} s before the last sign of life")
