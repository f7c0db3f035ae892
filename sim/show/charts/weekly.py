"""Week by week: the share of worlds in which a process is apart, talking, signed, in force or suspended."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator

from sim.show.charts.style import (
    BLUE,
    ORANGE,
    PALE,
    SKY,
    YELLOW,
    Grid,
    Heading,
    Words,
    columns_for,
    footnote,
    label,
    page,
    percentages,
)
from sim.study.outcomes import Z

if TYPE_CHECKING:
    from sim.study.compare import Result

STATES = {
    "in_force": ("in force", BLUE, ""),
    "suspended": ("suspended", ORANGE, "////"),
    "signed": ("text signed, not yet ratified", YELLOW, ""),
    "talking": ("talking", SKY, ""),
    "apart": ("apart, or agreed only on other issues", PALE, ""),
}
"""States from the bottom of a stack to its top: words, colour, hatch."""


def draw(result: Result) -> Figure:
    """Stacked shares per week, a panel per process."""
    columns = columns_for(len(result.processes), 3)
    grid = Grid(columns, 6.0 if columns == 1 else 3.1, 2.1, left=0.65, right=0.25, bottom=0.65, legend=0.6)
    error = 100 * Z * 0.5 / np.sqrt(result.count)
    about = (
        f"95% Monte-Carlo interval at most ±{error:.1f} points"
        if result.count > 30
        else "too few worlds for an interval"
    )
    sheet = page(
        Words(
            "Share of worlds in each state, week by week",
            f"""Talks and texts on the issues that a process is for; of several tables the one that is furthest counts: in
            force before suspended, signed, talking and apart (before, between and after). {_first_week(result)}
            What the assumptions leave open is not drawn here: see the funnel.""",
            footnote(result, about),
        ),
        grid,
        [Heading(label(result.scenario.file.processes, p)) for p in result.processes],
    )
    for axes, process in zip(sheet.panels, result.processes, strict=True):
        _panel(axes, result, process)
    keys = [Patch(facecolor=c, hatch=h, edgecolor="white", linewidth=0, label=words) for words, c, h in STATES.values()]
    sheet.legend(keys, 3)
    return sheet.figure


def _first_week(result: Result) -> str:
    start = getattr(result.scenario.file, "start", None)
    return f"Week 1 begins on {start.day} {start:%B %Y}." if start is not None else ""


def _panel(axes: Axes, result: Result, process: str) -> None:
    rows = result.weekly[result.weekly["process"] == process].sort_values("week")
    weeks = rows["week"].to_numpy(dtype=float)
    edges = np.concatenate([weeks - 0.5, weeks[-1:] + 0.5])
    below = np.zeros(len(weeks))
    for state, (_, colour, hatch) in STATES.items():
        if not len(weeks):
            break
        above = below + (rows[state].to_numpy(dtype=float) if state in rows else 0.0)
        axes.stairs(
            above, edges, baseline=below, fill=True, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0
        )
        below = above
    axes.set_xlim(0.5, result.scenario.file.weeks + 0.5)
    axes.set_ylim(0, 1)
    percentages(axes.yaxis)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel("week")
