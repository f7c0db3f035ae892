"""Counts of real cases beside the model's figures, as tables on screen."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from sim.show.console import DISCLAIMER
from sim.show.written import MINUS
from sim.study.history.regularities import RANDOM, SELECTED

if TYPE_CHECKING:
    from sim.study.history.regularities import Regularities


def show(result: Regularities, console: Console) -> None:
    """Print the table of counts, what is shown beside it, the contrasts and how to read them."""
    inside, every = result.inside, len(result.table)
    console.print(Text(f"{inside} of {every} counts hold the model's figure in their 95% interval", style="bold"))
    for label in result.misses:
        console.print(Text(f"• missed: {label}"))
    console.print()
    console.print(_counts("Counted in real cases, and in the model as such cases are selected, %", result.table))
    console.print()
    if len(result.context):
        console.print(_counts("Shown, not scored, %", result.context))
        console.print()
    console.print(_contrast(result.contrast))
    console.print()
    for note in notes(result):
        console.print(Text(note, style="dim"))
    console.print(Text(DISCLAIMER))


def _table(title: str, heads: list[str]) -> Table:
    look = {"title_justify": "left", "title_style": "bold", "box": box.SIMPLE_HEAD}
    table = Table(title=title, pad_edge=False, padding=(0, 1, 0, 0), **look)  # type: ignore[arg-type]
    table.add_column("", max_width=42, overflow="fold")
    for head in heads:
        table.add_column(head, justify="right", no_wrap=True)
    return table


def _counts(title: str, rows: pd.DataFrame) -> Table:
    table = _table(title, ["per", "counted", "interval", "model", "", "by lot"])
    for row in rows.itertuples(index=False):
        model = f"{_percent(row.model)} [{_percent(row.model_low)}, {_percent(row.model_high)}]"
        verdict = Text("inside" if row.inside else "outside", style="" if row.inside else "bold")
        interval = f"{_percent(row.low)} to {_percent(row.high)}"
        table.add_row(row.label, row.unit, f"{row.k}/{row.n}", interval, model, verdict, _percent(row.by_lot))
    return table


def _contrast(contrast: pd.DataFrame) -> Table:
    table = _table("Difference to the yardstick on the same worlds, points", ["by lot", "as selection shows it"])
    for _, part in contrast.groupby("contrast", sort=False):
        first = part.iloc[0]
        table.add_row(Text(f"{first['label']} (yardstick: {str(first['yardstick']).replace('_', ' ')})", style="bold"))
        for _, own in part.groupby("format", sort=False):
            cells = {row.assignment: _change(row) for row in own.itertuples(index=False)}
            table.add_row(f"  {own.iloc[0]['format_label']}", cells[RANDOM], cells[SELECTED])
    return table


def _percent(value: float) -> str:
    return "–" if math.isnan(value) else f"{100 * value:.0f}"


def _change(row: Any) -> str:
    if math.isnan(row.difference):
        return "–"
    return f"{100 * row.difference:+.0f} [{100 * row.low:+.0f}, {100 * row.high:+.0f}]".replace("-", MINUS)


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
