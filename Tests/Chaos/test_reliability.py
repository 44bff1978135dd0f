"""docs/reliability.md names every fault and promise once, and only tests and promises that exist."""

import pathlib
import re
import unittest

import promises
from test_promises import evidence

ROOT = pathlib.Path(__file__).parents[2]
PAGE = (ROOT / "docs/reliability.md").read_text()


class Page(unittest.TestCase):
    def test_is_complete(self):
        rows = re.findall(r"^\| ([HP]\d+) \|", PAGE, re.MULTILINE)
        self.assertEqual(sorted(rows), sorted([f"H{n}" for n in range(1, 49)] + [f"P{n}" for n in range(1, 29)]))

    def test_names_what_there_is(self):
        files = {path.stem for path in (ROOT / "Tests").rglob("*.swift")}
        self.assertEqual(set(re.findall(r"`(\w+(?:Tests|Stories))`", PAGE)) - files, set())

    def test_quotes_what_is_said(self):
        for file, quote in re.findall(r'`(\w+)` "([^"]+)"', PAGE):
            source = next((ROOT / "Tests").rglob(f"{file}.swift")).read_text()
            self.assertIn(quote, source, file)

    def test_fuzzes_what_there_is(self):
        targets = {path.name for path in (ROOT / "Tests/Fuzz/Corpus").iterdir()}
        self.assertEqual(set(re.findall(r"fuzzing, `(\w+)`", PAGE)), targets)

    def test_promises_are_checked(self):
        names = {promise(evidence()).promise for promise in promises.PROMISES}
        said = set(re.findall(r"promises? (P\d+(?: (?:record|replies|reuse))?)", PAGE))
        self.assertEqual({name for name in said if name not in names}, set())


if __name__ == "__main__":
    unittest.main()
