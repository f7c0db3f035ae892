"""What a calibration learned, as tables: parameters, counts of real cases, and scores without one's own affair."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from sim.study.history.calibration import COUNTED
from sim.study.history.ratios import wilson

if TYPE_CHECKING:
    from sim.study.history.calibration import Calibration

RULES = {"half": "one half", "overall": "overall rate", "issue": "rate of the issue", "group": "three-group rule"}
OUTCOMES = {"agreed": "agreed", "ended_360": "ended by day 360"}


def show(found: Calibration, console: Console) -> None:
    """Three tables and what to beware of."""
    for table in (_parameters(found), _counts(found), _scores(found)):
        console.print(table)
        console.print()
    said = found.manifest
    console.print(
        f"{said['worlds']:,} draws from the priors; {said['effective']:,.0f} effective draws of the posterior, at least "
        f"{min(said['effective_left_out'].values()):,.0f} with an affair left out. Contraction: share of the prior variance that "
        "the record took away. Places: largest distance of known truths from uniform places (up to 0.115 by chance). In, out: of "
        "the 95% interval of the count. Model less rule: below 0 the model is better."
    )


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
        table.add_row(row["parameter"], prior, *quantiles, f"{row['contraction']:.0%}", f"{row['from_uniform']:.2f}")
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
    scores = found.scores[(found.scores["figures"] == "left_out") & (found.scores["measure"] == "brier")]
    for outcome, words in OUTCOMES.items():
        rows = scores[scores["outcome"] == outcome]
        model = rows.loc[rows["rule"] == "model", "value"]
        for row in rows[rows["rule"] != "model"].to_dict("records"):
            gap = f"{row['difference']:+.2f} [{row['difference_low']:+.2f}, {row['difference_high']:+.2f}]"
            own = (words, f"{model.iloc[0]:.2f}")
            table.add_row(*own, RULES.get(row["rule"], row["rule"]), f"{row['value']:.2f}", gap, row["verdict"])
    return table
