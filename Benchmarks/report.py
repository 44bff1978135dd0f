"""Tables of what was measured, with its spread over the rounds, and their places in a page. Pure."""

import os
import statistics

"""Figures in the order of the tables, and how they are written."""
COLUMNS = {
    "jobs/s": "{:.0f}", "CPU": "{:.0f}", "p50": "{:.2f}", "p99": "{:.1f}", "MB": "{:.0f}", "peak MB": "{:.0f}",
    "worst commit": "{:.0f}", "find": "{:.0f}", "median": "{:.0f}", "jobs": "{:.0f}", "late": "{:.0f}", "slowest": "{:.0f}",
    "fastest": "{:.0f}"}
HEADS = {
    "CPU": "CPU a job, µs", "p50": "p50, ms", "p99": "p99, ms", "MB": "resident, MB", "worst commit": "worst commit, ms below",
    "find": "`outcomes find`, ms"}
COMPARED = ("jobs/s", "CPU", "p50", "p99")


def spread(values, style, unit=""):
    """``median (least–most)``, or the value of a single round."""
    low, middle, high = (style.format(value) for value in (min(values), statistics.median(values), max(values)))
    return (middle if len(values) == 1 or low == high else f"{middle} ({low}–{high})") + unit


def row(cells):
    return "| " + " | ".join(cells) + " |"


def figures(rounds):
    """``rounds``: a list of {variant: {figure: value}}. One table of all figures that any variant has."""
    variants = list(dict.fromkeys(variant for one in rounds for variant in one))
    columns = [name for name in COLUMNS if any(name in found for one in rounds for found in one.values())]
    lines = [row(["", *(HEADS.get(name, name) for name in columns)]), row(["---"] * (len(columns) + 1))]
    for variant in variants:
        cells = []
        for name in columns:
            values = [one[variant][name] for one in rounds if name in one.get(variant, {})]
            cells.append(spread(values, COLUMNS[name]) if values else "")
        lines.append(row([variant, *cells]))
    return lines


def ratios(rounds, reference):
    """The same against one variant, each divided by that of its own round."""
    found = {}
    for one in rounds:
        for variant, values in one.items():
            if variant == reference or reference not in one:
                continue
            for name in COMPARED:
                if name in values and one[reference].get(name):
                    found.setdefault(variant, {}).setdefault(name, []).append(values[name] / one[reference][name])
    if not found:
        return []
    lines = [row([f"against {reference}", *(HEADS.get(name, name).split(",")[0] for name in COMPARED)])]
    lines.append(row(["---"] * (len(COMPARED) + 1)))
    for variant, by_name in found.items():
        cells = [spread(by_name[name], "{:.2f}", " ×") if name in by_name else "" for name in COMPARED]
        lines.append(row([variant, *cells]))
    return lines


"""What is to be reached: scenario, variant, figure, how it is compared with which variant, the first goal and the next."""
GOALS = (
    ("CPU a job, 64 in flight", "logins", "verify-courier", "CPU", "÷", "C", "≤", 2.5, 1.5),
    ("jobs/s, 64 in flight", "logins", "verify-courier", "jobs/s", "÷", "C", "≥", 0.75, 0.9),
    ("median, one in flight", "single", "verify-courier", "p50", "÷", "C", "≤", 1.5, 1.2),
    ("jobs/s, 256 in flight, 100 ms", "latency", "verify-courier", "jobs/s", "÷", "C", "≥", 0.9, 1),
    ("p99, 256 in flight, 100 ms", "latency", "verify-courier", "p99", "÷", "C", "≤", 1.1, 1),
    ("resident MB, 256 in flight", "latency", "verify-courier", "MB", "", None, "≤", 60, 40),
    ("CPU a job, large store against an empty one", "large", "large store", "CPU", "÷", "empty store", "≤", 1.05, 1.02),
    ("p99 in ms, large store beyond an empty one", "large", "large store", "p99", "−", "empty store", "≤", 20, 20),
    ("`outcomes find` in ms, large store", "large", "large store", "find", "", None, "≤", 50, 50),
    ("jobs/s, four processes against one", "processes", "4 processes", "jobs/s", "÷", "1 process", "≥", 1, 1),
    ("worst commit in ms, four processes", "processes", "4 processes", "worst commit", "", None, "≤", 50, 50),
)
COMPARISONS = {
    "÷": (lambda value, other: value / other, "{:.2f}", " ×"), "−": (lambda value, other: value - other, "{:.0f}", ""),
    "": (lambda value, _: value, "{:.0f}", "")}


def summary(results):
    lines = [row(["", "measured", "at most / at least", "then try"]), row(["---"] * 4)]
    for name, scenario, variant, figure, comparison, other, bound, first, following in GOALS:
        compare, style, unit = COMPARISONS[comparison]
        values = [
            compare(one[variant][figure], one[other][figure] if other else None) for one in results.get(scenario, [])
            if variant in one and (other is None or one.get(other, {}).get(figure))]
        lines.append(row([
            name, spread(values, style, unit) if values else "not measured", f"{bound} {style.format(first)}{unit}",
            f"{bound} {style.format(following)}{unit}"]))
    return lines


def section(title, rounds, references, failures):
    lines = [f"### {title}", ""]
    texts = [found for one in rounds for found in one.values() if isinstance(found, str)]
    if texts:
        lines += ["```", texts[-1], "```", ""]
    else:
        for table in [figures(rounds) if rounds else [], *(ratios(rounds, reference) for reference in references)]:
            lines += [*table, ""] if table else []
    for failure in failures:
        lines += [f"Not measured: {failure}.", ""]
    return "\n".join(lines).rstrip()


def placed(page, name, text):
    """The page with the text between its markers of that name."""
    begin, end = f"<!-- bench {name} -->", f"<!-- bench {name} end -->"
    if page.count(begin) != 1 or page.count(end) != 1 or page.index(begin) > page.index(end):
        raise ValueError(f"the page has no markers for {name}")
    return page[:page.index(begin) + len(begin)] + f"\n{text}\n" + page[page.index(end):]


def texts(scenarios, results, failures, where):
    """What goes where in the page; ``where``: says of a scenario of what, when and on what its tables are."""
    found = {}
    for name, rounds in results.items():
        scenario = scenarios[name]
        section_text = section(scenario.title, rounds, scenario.references, failures.get(name, []))
        found[name] = f"{section_text}\n\n{where(name)}"
    if {scenario for _, scenario, *_ in GOALS} <= set(results):
        found["summary"] = "\n".join([*summary(results), "", "Of the tables below."])
    return found


def write(page, by_place):
    text = page.read_text()
    for name, section_text in by_place.items():
        text = placed(text, name, section_text)
    page.write_text(text)


def merged(runs):
    """Runs that were kept, as rounds of one: results, failures, and for each scenario the runs that measured it."""
    results, failures, sources = {}, {}, {}
    for run in runs:
        for name, rounds in run["results"].items():
            results.setdefault(name, []).extend(rounds)
            failures.setdefault(name, []).extend(f"{run['begun']}: {failure}" for failure in run["failures"].get(name, []))
            sources.setdefault(name, []).append(run)
    return results, failures, sources


def sources_in_words(runs):
    """``Of 5e68142, in 3 runs (2026-12-01 04:52, 05:20, …)``."""
    programs = ", ".join(dict.fromkeys(run["of"] for run in runs))
    if len(runs) == 1:
        return f"Of {programs}, {runs[0]['begun']} UTC, {os.cpu_count()} cores; one run."
    begun = ", ".join(run["begun"] for run in runs)
    return f"Of {programs}, {os.cpu_count()} cores; {len(runs)} separate runs ({begun} UTC): median (least–most)."
