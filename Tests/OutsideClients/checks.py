"""Counts what was checked, and says what failed."""

import sys


class Checks:
    def __init__(self):
        self.passed = 0
        self.failed = 0

    def that(self, name, condition, detail=""):
        """Counts a check; a failed one is printed with its detail."""
        if condition:
            self.passed += 1
        else:
            self.failed += 1
            print(f"FAILED {name}" + (f": {detail}" if detail != "" else ""))
        return bool(condition)

    def equal(self, name, actual, expected):
        return self.that(name, actual == expected, f"{actual!r}, not {expected!r}")

    def finish(self):
        """Prints the closing line, which whoever runs several clients adds up, and ends the program."""
        print(f"{self.passed} passed, {self.failed} failed")
        sys.exit(1 if self.failed else 0)
