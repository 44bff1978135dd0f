"""Tables: spread, ratios within one round, places in the page."""

import unittest

import report
from scenarios import SCENARIOS

ROUNDS = [
    {"C": {"jobs/s": 4000, "CPU": 80, "p50": 10, "p99": 30}, "ours": {"jobs/s": 1000, "CPU": 800, "p50": 20, "p99": 60}},
    {"C": {"jobs/s": 2000, "CPU": 160, "p50": 20, "p99": 60}, "ours": {"jobs/s": 1000, "CPU": 800, "p50": 20, "p99": 60}},
    {"C": {"jobs/s": 4000, "CPU": 100, "p50": 10, "p99": 30}},
]


class Tables(unittest.TestCase):
    def test_figures_have_their_spread(self):
        self.assertIn("| C | 4000 (2000–4000) | 100 (80–160) |", "\n".join(report.figures(ROUNDS)))

    def test_ratios_are_taken_within_a_round(self):
        [line] = [line for line in report.ratios(ROUNDS, "C") if line.startswith("| ours")]
        self.assertTrue(line.startswith("| ours | 0.38 (0.25–0.50) × | 7.50 (5.00–10.00) ×"), line)

    def test_without_its_reference_there_is_no_ratio(self):
        self.assertEqual(report.ratios(ROUNDS, "Go"), [])

    def test_what_was_not_measured_is_said(self):
        text = report.section("Title", ROUNDS, ("C",), ["round 2: Go: its time is over"])
        self.assertIn("Not measured: round 2: Go: its time is over.", text)
        self.assertIn("Not measured: x.", report.section("Title", [{}], (), ["x"]))
        self.assertIn("not measured", "\n".join(report.summary({})))

    def test_the_summary_divides_and_names_goals(self):
        results = {"logins": [{"C": {"CPU": 100, "jobs/s": 10}, "verify-courier": {"CPU": 240, "jobs/s": 9}}]}
        lines = report.summary(results)
        self.assertIn("| CPU a job, 64 in flight | 2.40 × | ≤ 2.50 × | ≤ 1.50 × |", lines)
        self.assertIn("| jobs/s, 64 in flight | 0.90 × | ≥ 0.75 × | ≥ 0.90 × |", lines)
        large = {"large": [{"empty store": {"CPU": 100, "p99": 30}, "large store": {"CPU": 104, "p99": 42, "find": 33}}]}
        lines = report.summary(large)
        self.assertIn("| p99 in ms, large store beyond an empty one | 12 | ≤ 20 | ≤ 20 |", lines)
        self.assertIn("| `outcomes find` in ms, large store | 33 | ≤ 50 | ≤ 50 |", lines)


class Runs(unittest.TestCase):
    def test_runs_that_were_kept_are_rounds_of_one(self):
        runs = [
            {"of": "abc", "begun": f"2027-01-0{day} 10:00", "results": {"logins": [one]}, "failures": {"logins": ["Go: late"]}}
            for day, one in enumerate(ROUNDS[:2], 1)]
        results, failures, sources = report.merged(runs)
        self.assertEqual(results, {"logins": ROUNDS[:2]})
        self.assertEqual(failures, {"logins": ["2027-01-01 10:00: Go: late", "2027-01-02 10:00: Go: late"]})
        words = report.sources_in_words(sources["logins"])
        self.assertTrue(words.startswith("Of abc, ") and "2 separate runs (2027-01-01 10:00, 2027-01-02 10:00 UTC)" in words, words)
        self.assertIn("one run", report.sources_in_words(runs[:1]))

    def test_the_summary_needs_every_scenario_that_has_a_goal(self):
        some = report.texts(SCENARIOS, {"logins": ROUNDS}, {}, lambda name: f"of {name}")
        self.assertEqual(list(some), ["logins"])
        self.assertIn("of logins", some["logins"])
        self.assertIn("summary", report.texts(SCENARIOS, {goal[1]: [] for goal in report.GOALS}, {}, str))


class Page(unittest.TestCase):
    def test_text_is_put_between_its_markers_and_again(self):
        page = "a\n<!-- bench x -->\nold\n<!-- bench x end -->\nb\n"
        once = report.placed(page, "x", "new")
        self.assertEqual(once, "a\n<!-- bench x -->\nnew\n<!-- bench x end -->\nb\n")
        self.assertEqual(report.placed(once, "x", "new"), once)

    def test_a_page_without_markers_is_refused(self):
        for page in ("", "<!-- bench x end --> <!-- bench x -->", "<!-- bench x --> <!-- bench x end -->" * 2):
            self.assertRaises(ValueError, report.placed, page, "x", "new")

    def test_the_page_has_a_place_for_every_scenario(self):
        with open("docs/performance.md") as file:
            page = file.read()
        for name in (*SCENARIOS, "summary"):
            report.placed(page, name, "new")


if __name__ == "__main__":
    unittest.main()
