"""Figures a job, and what they may be at most. Pure."""

import collections

from people import AUTHENTICATOR, PHONE

FIGURES = ("statements", "commits", "syncs", "allocations", "bytes", "large")
"""The jobs of a person one at a time, and the jobs of many persons at once."""
LOADS = {"phone": PHONE, "authenticator": AUTHENTICATOR, "64 at once": None}

"""What is read off the program and not counted."""
FRAME = "frame", "largest"

Bound = collections.namedtuple("Bound", "figure load unit debug release budget reason")


def read(text):
    """The rows of ``bounds.txt``."""
    rows = [line for line in text.splitlines() if line.strip() and not line.startswith("#")]
    bounds = []
    for row in rows[1:]:
        cells = [cell.strip() for cell in row.split("|")]
        if len(cells) != len(Bound._fields):
            raise ValueError(f"not {len(Bound._fields)} columns: {row}")
        bounds.append(Bound(*cells[:3], *map(float, cells[3:6]), cells[6]))
    wanted = {(figure, load) for figure in FIGURES for load in LOADS} | {FRAME}
    named = [(bound.figure, bound.load) for bound in bounds]
    if len(set(named)) != len(named) or set(named) != wanted:
        raise ValueError(f"rows missing, twice or unknown: {sorted(wanted ^ set(named)) or named}")
    return bounds


def of_each(differences):
    """What each job costs, by its name. The lower quartile: what the process does beside its jobs (sweeps, renewals, a
    checkpoint) only adds, and on a slow machine to many."""
    return {
        name: {figure: lower_quartile([one[figure] for one in found]) for figure in FIGURES}
        for name, found in differences.items()}


def lower_quartile(values):
    return sorted(values)[(len(values) - 1) // 4]


def figures(each, together, jobs):
    """All figures, by figure and load: the mean of a person's jobs, and of all jobs at once."""
    found = {}
    for figure in FIGURES:
        for load, names in LOADS.items():
            found[figure, load] = (
                sum(each[name][figure] for name in names) / len(names) if names else together[figure] / jobs)
    return found


def findings(found, bounds, column):
    """A line for each figure that is above what is held."""
    return [
        f"{bound.figure}, {bound.load}: {found[bound.figure, bound.load]:.2f} {bound.unit}, {getattr(bound, column):g} at most"
        for bound in bounds if not found[bound.figure, bound.load] <= getattr(bound, column)]


def slack(found, bounds, column):
    """The bounds that have become a tenth too high, for the table to follow."""
    return [
        f"{bound.figure}, {bound.load}: {getattr(bound, column):g} is held, {found[bound.figure, bound.load]:.2f} was counted"
        for bound in bounds
        if found[bound.figure, bound.load] < getattr(bound, column) * 0.9 and not shared(bound)]


def shared(bound):
    """What depends on how jobs meet: how low it comes says nothing."""
    return bound.load == "64 at once" and bound.figure in ("statements", "commits", "syncs")


def table(found, bounds, column):
    lines = [f"{'a job':<12} {'load':<14} {'counted':>10} {'held':>10} {'budget':>10}"]
    for bound in bounds:
        value = found[bound.figure, bound.load]
        lines.append(
            f"{bound.figure:<12} {bound.load:<14} {value:>10.2f} {getattr(bound, column):>10g} {bound.budget:>10g}")
    return lines


def statements_of(runs_before, runs_after, jobs, least=0.02):
    """Statements by how often they run a job, the most frequent first."""
    rates = {text: (runs - runs_before.get(text, 0)) / jobs for text, runs in runs_after.items()}
    return [
        f"{rate:6.2f}  {' '.join(text.split())}"
        for text, rate in sorted(rates.items(), key=lambda one: -one[1]) if rate >= least]
