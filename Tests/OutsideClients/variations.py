"""Bodies near the examples of the schemas: some valid, most not."""

import copy

VALUES = [
    None, True, False, 0, 1, -1, 7, 500, 501, 1000, 1001, 1440, 1441, 10_000, 10_001, 1.5, "", "x", "web", "sms", "phone",
    "all", "svg", "smoke", "Phone", "12345678", "1234567", "12", "123", "1234567890", "12345678901", "1-2 3", "12a4", "١٢٣",
    "a" * 35, "a" * 36, "a" * 64, "a" * 65, "a" * 128, "a" * 129, "a" * 500, "a" * 501, "😀" * 128, "😀" * 129, "a\u0007b",
    "a\nb", "abc\n", " a", "a ", "\u00a0a", "a\u3000", "a\u0085", "en-GB", "en_GB", "US", "us", "U1", "é",
    "2026-04-01T00:00:00Z", "2026-04-01t00:00:00.5+02:00", "2026-04-01", "tomorrow", [], [1], [1, 2], ["1"], [1.5], [None],
    {}, {"reason": "malformed"}, {"reason": "smoke"}, {"state": "waiting", "key": ""}, {"limit": 1}, {"x": 1},
]


def single_changes(example, field):
    """An example with each value in one field: null there, above all, is what a dice throws too seldom."""
    return [{**copy.deepcopy(example), field: value} for value in VALUES]


def variation(examples, fields, random):
    """One example with up to three things changed. The same seed makes the same bodies."""
    body = copy.deepcopy(random.choice(examples))
    for _ in range(random.randint(0, 3)):
        change = random.randrange(5)
        if change == 0 and body:
            body.pop(random.choice(sorted(body)))
        elif change == 1:
            body["field_of_tomorrow"] = random.choice(VALUES)
        else:
            body[random.choice(sorted(fields))] = random.choice(VALUES)
    return body
