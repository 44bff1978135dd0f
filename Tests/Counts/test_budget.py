"""The judging of figures: what is above a bound must be found, and what disturbs a few jobs must not."""

import pathlib
import unittest

import budget
from people import AUTHENTICATOR, PHONE, one_time_password

TEXT = pathlib.Path(__file__).with_name("bounds.txt").read_text()
BOUNDS = budget.read(TEXT)


def cost(**more):
    return {"statements": 12, "commits": 2, "syncs": 2, "allocations": 200, "bytes": 30_000, "large": 0} | more


class Held(unittest.TestCase):
    def held(self, column):
        return {(bound.figure, bound.load): getattr(bound, column) for bound in BOUNDS}

    def test_passes_what_is_at_its_bound(self):
        for column in ("debug", "release", "budget"):
            self.assertEqual(budget.findings(self.held(column), BOUNDS, column), [])

    def test_finds_each_figure_above_its_bound(self):
        for bound in BOUNDS:
            found = self.held("debug")
            found[bound.figure, bound.load] *= 1.001
            [finding] = budget.findings(found, BOUNDS, "debug")
            self.assertTrue(finding.startswith(f"{bound.figure}, {bound.load}: "))

    def test_finds_what_is_no_number(self):
        found = self.held("debug") | {("statements", "phone"): float("nan")}
        self.assertEqual(len(budget.findings(found, BOUNDS, "debug")), 1)

    def test_wants_every_figure(self):
        found = self.held("debug")
        del found["commits", "phone"]
        self.assertRaises(KeyError, budget.findings, found, BOUNDS, "debug")

    def test_says_which_bounds_are_too_high_but_not_of_what_jobs_share(self):
        held = self.held("release")
        self.assertEqual(budget.slack(held, BOUNDS, "release"), [])
        lower = {key: value * 0.8 for key, value in held.items()}
        told = budget.slack(lower, BOUNDS, "release")
        self.assertEqual(len(told), len(BOUNDS) - 3)
        self.assertFalse(any(line.startswith("commits, 64 at once") for line in told))

    def test_counts_are_held_more_closely_than_one_statement_in_one_kind_of_job(self):
        # What a job runs is a whole number, so the mean of the four or three jobs of a person is one of their fractions.
        for bound in BOUNDS:
            if bound.figure in ("statements", "commits") and bound.load in ("phone", "authenticator"):
                jobs = len(budget.LOADS[bound.load])
                self.assertLess(bound.debug * jobs % 1, 0.5, bound)
                self.assertEqual(bound.debug, bound.release, bound)


class Table(unittest.TestCase):
    def test_refuses_a_table_with_a_row_too_few_twice_or_unknown(self):
        rows = TEXT.splitlines()
        for broken in (rows[:-1], rows + rows[-1:], rows + ["sorrow" + rows[-1][rows[-1].index(" |"):]]):
            self.assertRaises(ValueError, budget.read, "\n".join(broken))

    def test_refuses_a_row_of_other_columns(self):
        self.assertRaises(ValueError, budget.read, TEXT + "\nstatements | phone | a job | 1 | 1 | 1")
        self.assertRaises(ValueError, budget.read, TEXT + "\nstatements | phone | a job | 1 | 1 | few | why")

    def test_says_unit_and_reason_of_each_and_holds_no_less_than_is_to_be_reached(self):
        for bound in BOUNDS:
            self.assertTrue(bound.unit and len(bound.reason) > 10, bound)
            self.assertGreaterEqual(bound.debug, bound.budget, bound)


class Figures(unittest.TestCase):
    def each(self, **more):
        return {name: cost(**more) for name in PHONE + AUTHENTICATOR}

    def test_what_happens_beside_jobs_does_not_count(self):
        disturbed = [cost(statements=30, syncs=4)] * 5 + [cost()] * 3
        self.assertEqual(budget.of_each({"send": disturbed})["send"], cost())

    def test_one_statement_more_in_every_job_shows(self):
        self.assertEqual(budget.of_each({"send": [cost(statements=13)] * 9})["send"]["statements"], 13)

    def test_are_the_mean_of_a_persons_jobs_and_of_all_jobs_at_once(self):
        each = self.each() | {PHONE[0]: cost(statements=16)}
        found = budget.figures(each, cost(statements=1500, large=20), 100)
        self.assertEqual(found["statements", "phone"], 13)
        self.assertEqual(found["statements", "authenticator"], 12)
        self.assertEqual(found["statements", "64 at once"], 15)
        self.assertEqual(found["large", "64 at once"], 0.2)
        self.assertEqual(set(found) | {budget.FRAME}, {(bound.figure, bound.load) for bound in BOUNDS})

    def test_statements_are_listed_by_how_often_they_ran_since(self):
        listed = budget.statements_of({"SELECT 1": 10}, {"SELECT 1": 20, "SELECT\n  2": 30, "SELECT 3": 0}, 10)
        self.assertEqual(listed, ["  3.00  SELECT 2", "  1.00  SELECT 1"])


class OneTimePassword(unittest.TestCase):
    def test_has_six_digits_and_changes(self):
        codes = {one_time_password("GEZDGNBVGY3TQOJQ", ahead) for ahead in range(20)}
        self.assertTrue(all(len(code) == 6 and code.isdigit() for code in codes))
        self.assertGreater(len(codes), 15)


if __name__ == "__main__":
    unittest.main()
