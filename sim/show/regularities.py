"""Counts of real cases beside the model's figures, as tables on screen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich.console import Console
from rich.text import Text

from sim.show.console import DISCLAIMER
from sim.show.tables import Figures, Table, Words, print_table, print_text
from sim.show.written import DASH, percent
from sim.study.history.regularities import RANDOM, SELECTED

if TYPE_CHECKING:
    from sim.study.history.regularities import Regularities


def show(result: Regularities, console: Console) -> None:
    """Print the table of counts, what is shown beside it, the contrasts and how to read them."""
    inside, every = result.inside, len(result.table)
    print_text(console, f"{inside} of {every} counts hold the model's figure in their 95% interval", style="bold")
    for label in result.misses:
        print_text(console, f"missed: {label}", first="• ", hang=2)
    console.print()
    print_table(console, _counts("Counted in real cases, and in the model as such cases are selected, %", result.table))
    console.print()
    if len(result.context):
        print_table(console, _counts("Shown, not scored, %", result.context))
        console.print()
    print_table(console, _contrast(result.contrast))
    console.print()
    for note in notes(result):
        print_text(console, note, style="dim")
    print_text(console, DISCLAIMER)


def _counts(title: str, rows: pd.DataFrame) -> Table:
    columns: list[Words | Figures] = [
        Words("of"), Words("per"), *map(Figures, ("counted", "interval", "model")), Words(""), Figures("by lot"),
    ]  # fmt: skip
    table = Table(title, columns)
    for row in rows.itertuples(index=False):
        model = (_percent(row.model), Text(f"[{_percent(row.model_low)}, {_percent(row.model_high)}]", style="dim"))
        verdict = Text("inside" if row.inside else "outside", style="" if row.inside else "bold")
        interval = f"{_percent(row.low)} to {_percent(row.high)}"
        table.row(row.label, row.unit, f"{row.k}/{row.n}", interval, model, verdict, _percent(row.by_lot))
    return table


def _contrast(contrast: pd.DataFrame) -> Table:
    columns: list[Words | Figures] = [Words("format"), Figures("by lot"), Figures("as selection shows it")]
    table = Table("Difference to the yardstick on the same worlds, points", columns)
    for _, part in contrast.groupby("contrast", sort=False):
        first = part.iloc[0]
        table.gap()
        table.heading(f"{first['label']} (yardstick: {str(first['yardstick']).replace('_', ' ')})")
        for _, own in part.groupby("format", sort=False):
            cells = {row.assignment: _change(row) for row in own.itertuples(index=False)}
            table.row(own.iloc[0]["format_label"], cells[RANDOM], cells[SELECTED], indent=2)
    return table


def _percent(value: float) -> str:
    return DASH if math.isnan(value) else percent(value)


def _change(row: Any) -> tuple[str | Text, ...]:
    if math.isnan(row.difference):
        return (DASH,)
    value, low, high = (percent(min(max(figure, -1.0), 1.0), sign=True) for figure in (row.difference, row.low, row.high))
    return value, Text(f"[{low}, {high}]", style="dim")


def notes(result: Regularities) -> list[str]:
    """What the figures mean, and what they were made from."""
    slope, (gentle, steep) = result.study.counted.selection.slope, result.study.counted.selection.range
    return [
        f"{result.count:,} worlds per format, seed {result.seed}. [ ] 95% Monte-Carlo interval. Interval: 95%, Wilson.",
        f"Selection: hard cases seek mediators, log-odds {slope:g} per unit of hardness (assumed, {gentle:g} to {steep:g}: "
        "table.csv has the figures at both ends).",
        "By lot: formats assigned at random, which is what a format causes in the model.",
        "Crises and attempts are different units and must not be compared with each other.",
    ]
