"""What a calibration learned, as tables: parameters, counts of real cases, scores without one's own affair, checks.

Where they were asked for also the model's alternatives, and comparisons of processes under prior and posterior.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.table import Table

from sim.study.history.ratios import wilson
from sim.study.history.reference import COUNTED

if TYPE_CHECKING:
    from sim.study.history.calibration import Calibration

RULES = {"half": "one half", "overall": "overall rate", "issue": "rate of the issue", "group": "three-group rule"}
FIGURES = {"left_out": "", "predicted": " *"}
OUTCOMES = {"agreed": "agreed", "ended_360": "ended by day 360"}


def show(found: Calibration, console: Console) -> None:
    """The tables, each with what to beware of."""
    for table in (_parameters(found), _counts(found), _scores(found)):
        console.print(table)
        console.print()
    said = found.manifest
    console.print(
        f"{said['worlds']:,} draws from the priors; {said['effective']:,.0f} effective draws of the posterior, at least "
        f"{min(said['effective_left_out'].values()):,.0f} with an affair left out. Contraction: share of the prior variance that "
        "the record took away. Places: largest distance of known truths from uniform places (by chance above 0.096 in 5%, above "
        "0.115 in 1%). In, out: of the 95% interval of the count. Model less rule: below 0 the model is better. *: with the "
        "discrepancy, the chance, learned from the other affairs, that a row of an episode had nothing to do with the model."
    )
    if len(found.checks):
        _with_note(console, _checks(found.checks), CHECKS_NOTE)
    if len(found.alternatives):
        _with_note(console, _alternatives(found.alternatives), ALTERNATIVES_NOTE.format(said["alternatives_worlds"], FEW_DRAWS))
    for title, rows in found.results.groupby("scenario", sort=False) if len(found.results) else ():
        _with_note(console, _results(str(title), rows), RESULTS_NOTE.format(said["results_worlds"], _places(rows)))


FEW_DRAWS = 20
"""Effective draws below which what is said of an alternative is marked."""

CHECKS_NOTE = (
    "Predicted: median and 90% interval of the figure, the record made again from the posterior. Tail: chance of a figure as "
    "far out as the observed one, on its side. Every episode's own chance of both coming is in checks.csv."
)
ALTERNATIVES_NOTE = (
    "Evidence: log evidence less that of the full model in {:,} worlds, and one standard error; below 0 the record speaks for "
    "the mechanism that was taken away. Words after Kass and Raftery (1995). Agreed, ended: left-out Brier score less that of "
    "the full model; below 0 the model is better without; *: the 95% interval over affairs is off 0. In: counts inside "
    "their interval; out: with each left out. ?: rests on fewer than {} effective draws."
)
RESULTS_NOTE = (
    "{:,} worlds per process, the same luck under prior and posterior. Brackets: what the numbers that are drawn leave open, "
    "within 0 and 1. Intervals of the paired changes and differences to the first process are in results.csv. {}"
)


def _with_note(console: Console, table: Table, note: str) -> None:
    console.print()
    console.print(table)
    console.print()
    console.print(note)


def _table(title: str, *columns: str) -> Table:
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, padding=(0, 1, 0, 0))
    for place, name in enumerate(columns):
        table.add_column(name, justify="right" if place else "left", no_wrap=True)
    return table


def _parameters(found: Calibration) -> Table:
    table = _table("Behavioural parameters", "parameter", "prior", "5%", "median", "95%", "contraction", "places")
    for row in found.parameters.sort_values("contraction", ascending=False).to_dict("records"):
        quantiles = [f"{row[name]:.2g}" for name in ("low", "median", "high")]
        prior = f"{row['prior_low']:g} to {row['prior_high']:g}"
        learned = f"{round(row['contraction'], 2) + 0.0:.0%}"  # no minus before a zero
        table.add_row(row["parameter"], prior, *quantiles, learned, f"{row['from_uniform']:.2f}")
    return table


def _counts(found: Calibration) -> Table:
    table = _table("Counts of real cases", "row", "counted", "interval", "prior", "now", "", "left out", "")
    for row in found.rows[found.rows["cluster"].str.startswith(COUNTED)].to_dict("records"):
        bounds = wilson(int(row["k"]), int(row["n"]))
        interval = f"{100 * bounds.low:.0f} to {100 * bounds.high:.0f}%"
        cells = [row["row"].replace("_", " "), f"{row['k']:.0f}/{row['n']:.0f}", interval]
        cells.append(f"{row['prior']:.0%}")
        for kind in ("posterior", "left_out"):
            cells += [f"{row[kind]:.0%}", "in" if bounds.low <= row[kind] <= bounds.high else "out"]
        table.add_row(*cells)
    return table


def _scores(found: Calibration) -> Table:
    title = "Brier score of the episodes, their own affair left out of the fit"
    table = _table(title, "outcome", "model", "rule", "score", "model less rule", "")
    asked = [(outcome, words, kind) for outcome, words in OUTCOMES.items() for kind in FIGURES]
    scores = found.scores[found.scores["measure"] == "brier"]
    for outcome, words, kind in asked:
        rows = scores[(scores["outcome"] == outcome) & (scores["figures"] == kind)]
        model = rows.loc[rows["rule"] == "model", "value"]
        for row in rows[rows["rule"] != "model"].to_dict("records"):
            gap = f"{row['difference']:+.2f} [{row['difference_low']:+.2f}, {row['difference_high']:+.2f}]"
            own = (words + FIGURES[kind], f"{model.iloc[0]:.2f}")
            table.add_row(*own, RULES.get(row["rule"], row["rule"]), f"{row['value']:.2f}", gap, row["verdict"])
    return table


def _checks(checks: pd.DataFrame) -> Table:
    table = _table("Of what was not fitted", "statistic", "of", "seen", "predicted", "90%", "tail")
    for row in checks[checks["kind"] != "chance"].to_dict("records"):
        figures = [_figure(row[name], row["kind"]) for name in ("observed", "predicted", "low", "high")]
        tail = "" if math.isnan(row["tail"]) else f"{row['tail']:.2f}"
        interval = f"{figures[2]} to {figures[3]}" if tail else "no worlds"
        statistic = row["statistic"].removeprefix("counts for ")
        table.add_row(statistic, row["of"].replace("_", " "), *figures[:2], interval, tail)
    return table


def _figure(value: float, kind: str) -> str:
    return "" if math.isnan(value) else f"{value:.0%}" if kind == "share" else f"{value:g}"


def _alternatives(rows: pd.DataFrame) -> Table:
    table = _table("Without one mechanism at a time", "model", "evidence", "", "says the record", "agreed", "ended", "in", "out")
    for row in rows.to_dict("records"):
        full = not row["verdict"]
        evidence = (f"{row['log_evidence']:.1f}", "") if full else (f"{row['change']:+.1f}", f"±{row['error']:.1f}")
        said = row["verdict"].removesuffix(" the mechanism") if row["scenarios"] else "is in no run"
        said += "" if full or row["effective"] >= FEW_DRAWS else "?"
        briers = [_brier(row, outcome, full) for outcome in ("agreed", "ended_360")]
        name = row["alternative"].replace("_", " ")
        table.add_row(name, *evidence, said, *briers, str(row["inside_posterior"]), str(row["inside_left_out"]))
    return table


def _brier(row: dict[str, Any], outcome: str, full: bool) -> str:
    if math.isnan(row.get(f"{outcome}_brier", math.nan)):
        return ""
    if full:
        return f"{row[f'{outcome}_brier']:.2f}"
    apart = row[f"{outcome}_low"] > 0 or row[f"{outcome}_high"] < 0
    return f"{row[f'{outcome}_change']:+.3f}" + ("*" if apart else " ")


def _results(title: str, rows: pd.DataFrame) -> Table:
    columns = ("process", "agreed: prior", "now", "", "change", "in force: prior", "now", "change")
    table = _table(f"{title}: prior beside posterior (share agreed, weeks in force)", *columns)
    own = rows.set_index(["process", "metric"])
    for name in dict.fromkeys(rows["process"]):
        agreed, weeks = own.loc[(name, "agreed")], own.loc[(name, "weeks_in_force")]
        bounds = (agreed["posterior_assumed_low"], agreed["posterior_assumed_high"])
        told = "" if math.isnan(bounds[0]) else f"[{100 * bounds[0]:.0f}, {100 * bounds[1]:.0f}]"
        shares = (f"{agreed['prior']:.0%}", f"{agreed['posterior']:.0%}", told, f"{round(100 * agreed['change']):+d}")
        table.add_row(
            str(name).replace("_", " "), *shares,
            f"{weeks['prior']:.0f}", f"{weeks['posterior']:.0f}", f"{round(weeks['change']):+d}",
        )
    return table


def _places(rows: pd.DataFrame) -> str:
    """Whether the order of processes by share agreed is another under the posterior."""
    agreed = rows[rows["metric"] == "agreed"]
    moved = agreed.loc[agreed["prior_order"] != agreed["posterior_order"], "process"]
    if not len(moved):
        return "The order of processes by share agreed is the same under both."
    return f"Another place by share agreed: {', '.join(str(name).replace('_', ' ') for name in moved)}."
