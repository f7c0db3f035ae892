"""What a calibration learned, as tables: parameters, counts of real cases, scores without one's own affair, checks.

Where they were asked for also the model's alternatives, and comparisons of processes under prior and posterior.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console

from sim.show.tables import Cell, Figures, Table, Words, print_table, print_text
from sim.show.verdicts import interval, signed
from sim.show.wording import number_words
from sim.show.written import MINUS, percent, weeks
from sim.study.history.coverage import LEVELS
from sim.study.history.ratios import wilson
from sim.study.history.reference import COUNTED

if TYPE_CHECKING:
    from sim.study.history.calibration import Calibration

RULES = {
    "half": "one half", "overall": "overall rate", "issue": "rate of the issue", "group": "three-group rule",
    "regression": "regression on group and phase", "predecessor": "predecessor, recalibrated",
}  # fmt: skip
OUTCOMES = {"agreed": "agreed", "ended_360": "ended by day 360"}


def show(found: Calibration, console: Console) -> None:
    """The tables, each with what to beware of."""
    for table in (_parameters(found), _counts(found), _scores(found), *_record(found), *_reliability(found)):
        print_table(console, table)
        console.print()
    said = found.manifest
    print_text(
        console,
        f"{said['worlds']:,} worlds under the priors; {said['draws']:,} draws of the posterior, as good as "
        f"{said['effective']:,.0f} independent ones; chance moves a log likelihood by "
        f"{said['log_likelihood_spread']:.1f}. Contraction: share of the prior variance that the record took away. Places: "
        "largest distance of known truths from uniform places (by chance above 0.136 in 5%, above 0.163 in 1%). In, out: of "
        "the 95% interval of the count. Model less rule: below 0 the model is better.",
    )
    if apart := said.get("counts_apart"):  # none in a fit that took counts to be of the synthetic conflicts themselves
        low, middle, high = (f"{one:.1f}" for one in apart)
        print_text(console, f"On the logit, counts are {middle} [{low}, {high}] apart from the conflicts that stand for them.")
    if len(found.coverage):
        _with_note(console, _coverage(found.coverage), coverage_words(found.coverage))
    if len(found.checks):
        _with_note(console, _checks(found.checks), CHECKS_NOTE)
    if len(found.alternatives):
        _with_note(console, _alternatives(found.alternatives), ALTERNATIVES_NOTE.format(said["alternatives_worlds"]))
    for title, rows in found.results.groupby("scenario", sort=False) if len(found.results) else ():
        _with_note(console, _results(str(title), rows), RESULTS_NOTE.format(said["results_worlds"], _places(rows)))


def coverage_words(coverage: pd.DataFrame) -> str:
    """How many affairs and counts lie inside of their intervals, and how many the model expects."""
    said = []
    for kind, words in (("affair", "affairs"), ("count", "counts of real cases")):
        own = coverage[(coverage["kind"] == kind) & (coverage["flag"] == "")]
        inside = {level: (own[f"inside_{level}"].sum(), own[f"expected_{level}"].sum()) for level in LEVELS}
        if len(own):
            parts = [f"{seen} in the {level}% interval ({expected:.0f} expected)" for level, (seen, expected) in inside.items()]
            said.append(f"Of {len(own)} {words}, each left out of the fit, lie {' and '.join(parts)}.")
    few = coverage.loc[coverage["flag"] != "", "of"].str.replace("_", " ")
    if len(few):
        said.append(f"Not counted, since the model hardly has the record of it: {', '.join(few)}.")
    said.append("Expected is what the model itself expects: numbers are whole, so intervals hold more than they promise.")
    return " ".join(said)


CHECKS_NOTE = (
    "Predicted: median and 90% interval of the figure, the record made again from the posterior. Tail: chance of a figure as "
    "far out as the observed one, on its side. Every episode's own chance of both coming is in checks.csv."
)
ALTERNATIVES_NOTE = (
    "Evidence: log evidence less that of the full model in {:,} worlds, and one standard error; below 0 the record speaks for "
    "the mechanism that was taken away. Words after Kass and Raftery (1995). Agreed, ended: left-out Brier score less that of "
    "the full model; below 0 the model is better without; *: the 95% interval over affairs is off 0. In: counts inside "
    "their interval; out: with each left out."
)
RESULTS_NOTE = (
    "{:,} worlds per process, the same luck under prior and posterior. ( ) what the numbers that are drawn leave open, "
    "within 0 and 1. Intervals of the paired changes and differences to the first process are in results.csv. {}"
)


def _with_note(console: Console, table: Table, note: str) -> None:
    console.print()
    print_table(console, table)
    console.print()
    print_text(console, note)


def _parameters(found: Calibration) -> Table:
    heads = ("prior", "5%", "median", "95%", "contraction", "places")
    table = Table("Behavioural parameters", [Words("parameter"), *map(Figures, heads)])
    for row in found.parameters.sort_values("contraction", ascending=False).to_dict("records"):
        quantiles = [number_words(row[name]) for name in ("low", "median", "high")]
        prior = f"{number_words(row['prior_low'])} to {number_words(row['prior_high'])}"
        table.row(row["parameter"], prior, *quantiles, _whole(row["contraction"]), f"{row['from_uniform']:.2f}")
    return table


def _whole(share: float) -> str:
    return f"{percent(share)}%"


def _counts(found: Calibration) -> Table:
    heads = ("counted", "interval, %", "prior", "now", "left out")
    table = Table("Counts of real cases", [Words("row"), *map(Figures, heads)])
    for row in found.rows[found.rows["cluster"].str.startswith(COUNTED)].to_dict("records"):
        bounds = wilson(int(row["k"]), int(row["n"]))
        counted = f"{row['k']:.0f}/{row['n']:.0f}"
        cells: list[Cell] = [counted, f"{percent(bounds.low)} to {percent(bounds.high)}", _whole(row["prior"])]
        for kind in ("posterior", "left_out"):
            cells.append((_whole(row[kind]), "in" if bounds.low <= row[kind] <= bounds.high else "out"))
        table.row(row["row"].replace("_", " "), *cells)
    return table


def _scores(found: Calibration) -> Table:
    title = "Brier score of the episodes, their own affair left out of the fit"
    columns = [Words("outcome, rule"), Figures("model"), Figures("rule"), Figures("model less rule"), Words("")]
    table = Table(title, columns)
    scores = found.scores[(found.scores["measure"] == "brier") & (found.scores["figures"] == "left_out")]
    for outcome, words in OUTCOMES.items():
        rows = scores[scores["outcome"] == outcome]
        model = rows.loc[rows["rule"] == "model", "value"]
        for row in rows[rows["rule"] != "model"].to_dict("records"):
            gap = (signed(row["difference"]), interval(row["difference_low"], row["difference_high"], sign=True))
            label = f"{words}, {RULES.get(row['rule'], row['rule'])}"
            table.row(label, f"{model.iloc[0]:.3f}", f"{row['value']:.3f}", gap, row["verdict"])
    return table


def _record(found: Calibration) -> Iterator[Table]:
    """How good the figures were, by row and by affair."""
    if not len(found.record):
        return
    heads = ("Brier", "log", "AUC", "miscalibration", "discrimination", "put under 5%", "of these happened")
    columns = [Words("counted by, who says it"), *map(Figures, heads)]
    table = Table("Agreements, their own affair left out of the fit", columns)
    for row in found.record.to_dict("records"):
        scores = [(f"{row[m]:.3f}", interval(row[f"{m}_low"], row[f"{m}_high"])) for m in ("brier", "log")]
        said = RULES.get(row["rule"], "the model")
        more = [f"{row[name]:.3f}" for name in ("auc", "miscalibration", "discrimination")]
        table.row(f"{row['counted'].replace('_', ' ')}, {said}", *scores, *more, str(row["under"]), str(row["happened"]))
    yield table


def _reliability(found: Calibration) -> Iterator[Table]:
    """How often what was given a probability happened."""
    if not len(found.reliability):
        return
    heads = ("rows", "said, %", "happened, %", "were it right, %")
    table = Table("What was said, and how often it happened, left out of the fit", [Words("counted by"), *map(Figures, heads)])
    for row in found.reliability.to_dict("records"):
        within = f"{percent(row['low'])} to {percent(row['high'])}"
        table.row(row["counted"], str(row["rows"]), percent(row["probability"]), percent(row["happened"]), within)
    yield table


def _coverage(coverage: pd.DataFrame) -> Table:
    heads = ("cases", "came out", "predicted", *(f"{level}%" for level in LEVELS))
    table = Table("Predicted, left out of the fit, and what came out", [Words("affair or count"), *map(Figures, heads)])
    for row in coverage.to_dict("records"):
        ends = [
            (f"{row[f'low_{level}']} to {row[f'high_{level}']}", "in" if row[f"inside_{level}"] else "out") for level in LEVELS
        ]
        name = f"{row['of'].replace('_', ' ')}{' (few worlds)' if row['flag'] else ''}"
        table.row(name, str(row["cases"]), str(row["observed"]), f"{row['predicted']:.1f}", *ends)
    return table


def _checks(checks: pd.DataFrame) -> Table:
    table = Table("Of what was not fitted", [Words("statistic, of"), *map(Figures, ("seen", "predicted", "tail"))])
    for row in checks[checks["kind"] != "chance"].to_dict("records"):
        seen, predicted, low, high = (_figure(row[name], row["kind"]) for name in ("observed", "predicted", "low", "high"))
        known = not math.isnan(row["tail"])
        statistic = row["statistic"].removeprefix("counts for ")
        label = f"{statistic}, {row['of'].replace('_', ' ')}" if row["of"] else statistic
        said = (predicted, f"[{low}, {high}]") if known else ("no worlds",)
        table.row(label, seen, said, f"{row['tail']:.2f}" if known else "")
    return table


def _figure(value: float, kind: str) -> str:
    return "" if math.isnan(value) else _whole(value) if kind == "share" else number_words(value)


def _alternatives(rows: pd.DataFrame) -> Table:
    figures = [Figures(head) for head in ("agreed", "ended", "in", "out")]
    table = Table("Without one mechanism at a time", [Words("model"), Figures("evidence"), Words("says the record"), *figures])
    for row in rows.to_dict("records"):
        full = not row["verdict"]
        change = (f"{row['change']:+.1f}".replace("-", MINUS), f"±{row['error']:.1f}")
        evidence = (f"{row['log_evidence']:.1f}".replace("-", MINUS),) if full else change
        said = row["verdict"].removesuffix(" the mechanism") if row["scenarios"] else "is in no run"
        briers = [_brier(row, outcome, full) for outcome in ("agreed", "ended_360")]
        name = row["alternative"].replace("_", " ")
        table.row(name, evidence, said, *briers, str(row["inside_posterior"]), str(row["inside_left_out"]))
    return table


def _brier(row: dict[str, Any], outcome: str, full: bool) -> str:
    if math.isnan(row.get(f"{outcome}_brier", math.nan)):
        return ""
    if full:
        return f"{row[f'{outcome}_brier']:.3f}"
    apart = row[f"{outcome}_low"] > 0 or row[f"{outcome}_high"] < 0
    return signed(row[f"{outcome}_change"]) + ("*" if apart else " ")


def _results(title: str, rows: pd.DataFrame) -> Table:
    columns = ("agreed: prior", "agreed: now", "change, points", "in force: prior", "in force: now", "change, weeks")
    table = Table(f"{title}: prior beside posterior (share agreed, weeks in force)", [Words("process"), *map(Figures, columns)])
    own = rows.set_index(["process", "metric"])
    for name in dict.fromkeys(rows["process"]):
        agreed, held = own.loc[(name, "agreed")], own.loc[(name, "weeks_in_force")]
        bounds = (agreed["posterior_assumed_low"], agreed["posterior_assumed_high"])
        now: tuple[str, ...] = (_whole(agreed["posterior"]),)
        if not math.isnan(bounds[0]):
            now += (f"({percent(bounds[0])}, {percent(bounds[1])})",)
        table.row(
            str(name).replace("_", " "), _whole(agreed["prior"]), now, percent(agreed["change"], sign=True),
            weeks(held["prior"]), weeks(held["posterior"]), weeks(held["change"], sign=True),
        )  # fmt: skip
    return table


def _places(rows: pd.DataFrame) -> str:
    """Whether the order of processes by share agreed is another under the posterior."""
    agreed = rows[rows["metric"] == "agreed"]
    moved = agreed.loc[agreed["prior_order"] != agreed["posterior_order"], "process"]
    if not len(moved):
        return "The order of processes by share agreed is the same under both."
    return f"Another place by share agreed: {', '.join(str(name).replace('_', ' ') for name in moved)}."
