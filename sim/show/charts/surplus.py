"""What the sides saw in the texts they agreed, against what any text would bring at the values stated.

Surplus is utility of the table above a side's alternative to agreement; zero is no better than none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.scenario.headline import headline
from sim.show.charts.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    VERMILLION,
    Grid,
    Heading,
    Words,
    columns_for,
    footnote,
    label,
    legend_height,
    page,
    short,
    whisker_key,
    whiskers,
)
from sim.study.outcomes import mean
from sim.study.tally import left_open
from sim.study.zones import zones

if TYPE_CHECKING:
    from sim.study.compare import Result

POSSIBLE = "#9A9A9A"
MOST_DOTS = 2000
"""Texts, and packages, drawn per panel: the first worlds, every so many packages."""

NEAR = 0.2
"""Utility: packages that cost a side more than this are shown only if they are on the frontier."""


@dataclass(frozen=True)
class Panel:
    """A process at its busiest table: texts agreed ``(n, 2)``, their worlds, and the table's packages, a row each."""

    table: str
    texts: NDArray[np.float64]
    worlds: NDArray[np.int64]
    packages: pd.DataFrame

    @property
    def has_zone(self) -> bool:
        """Whether any package is better than none for both."""
        return bool(self.packages["zone"].any())


def draw(result: Result) -> Figure:
    """Texts against the frontier, a panel per process."""
    sides = list(result.scenario.disputants)
    stated = zones(result.scenario, list(result.processes))
    panels = {p: busiest(result, p, stated) for p in result.processes}
    columns = columns_for(len(panels), 3)
    side = 4.2 if columns == 1 else 3.0
    across = 2 if columns * (side + 1.0) < 8 else 3
    below = legend_height([*_key(), *whisker_key(thin=False)], across)
    grid = Grid(columns, side, side, left=0.8, right=0.2, bottom=0.65, legend=below)
    names = [short(label(result.scenario.file.parties, s)) for s in sides]
    heads = [Heading(label(result.scenario.file.processes, p), _note(result, panels[p])) for p in result.processes]
    sheet = page(
        Words(
            f"Surplus of {names[0]} and of {names[1]} in the texts agreed",
            """At the busiest table of each process that has an issue it is for. A dot: the first text agreed in one
            world, as the sides valued it then, with what mediators added; 0: no better than no agreement. Line and
            marks: all texts at the values the scenario states, in the first week. Values are assumptions; the
            surpluses of two sides, or of two tables, are not on one scale, and the axes differ from panel to panel.""",
            footnote(result, f"cross: the mean; spread of dots: worlds; at most the first {MOST_DOTS:,} texts are shown"),
        ),
        grid,
        heads,
    )
    known = False
    for axes, panel in zip(sheet.panels, panels.values(), strict=True):
        _draw_panel(axes, panel, sides)
        known |= _cross(axes, panel, result.drawn)
        axes.set_xlabel(f"surplus of {names[0]}")
        axes.set_ylabel(f"surplus of {names[1]}")
    sheet.legend([*_key(), *whisker_key(thin=known, colour=CROSS)], across)
    return sheet.figure


def busiest(result: Result, process: str, stated: pd.DataFrame) -> Panel:
    """The table with a headline issue that has the most texts agreed (the first of several), its texts and its packages."""
    rows = result.outcomes(process)
    rows = rows[rows["agreed_week"].notna()]
    file = result.scenario.file
    about = set(headline(file, process))
    tables = [t for t in file.processes[process].tables if about & set(file.tables[t].agenda)]
    counts = rows["table"].astype(str).value_counts()
    table = max(tables, key=lambda t: counts.get(t, 0))
    columns = [f"text_surplus_{s}" for s in result.scenario.disputants]
    own = rows[rows["table"] == table]
    texts = own[columns].to_numpy(dtype=float, na_value=np.nan)
    there = ~np.isnan(texts).any(axis=1)
    packages = stated[(stated["process"] == process) & (stated["table"] == table)]
    return Panel(table, texts[there], own["world"].to_numpy(dtype=np.int64)[there], packages)


CROSS = "#6A1B54"
FEWEST = 10
"""Texts from which on the intervals of their mean are drawn."""


def _cross(axes: Axes, panel: Panel, drawn: dict[str, NDArray[np.float64]]) -> bool:
    """Both intervals of the mean of the texts, for either side; whether what the assumptions leave open is known."""
    if len(panel.texts) < FEWEST:
        return False
    low, high = left_open(panel.texts.T, {name: column[panel.worlds] for name, column in drawn.items()})
    found = [mean(values) for values in panel.texts.T]
    centre = [one.estimate for one in found]
    for place, one in enumerate(found):
        bounds = (one.low, one.high, float(low[place]), float(high[place]))
        whiskers(axes, centre[1 - place], bounds, upright=bool(place), colour=CROSS)
    return not bool(np.isnan(low).all())


def _note(result: Result, panel: Panel) -> str:
    count = len(panel.texts)
    note = f"Table: {label(result.scenario.file.tables, panel.table)}. "
    note += f"{count:,} text{'' if count == 1 else 's'} agreed" if count else "No text agreed"
    return note + ("" if panel.has_zone else "; at stated values no text is better than none for both")


def _limits(panel: Panel, sides: list[str]) -> list[tuple[float, float]]:
    """Ends of both axes: zero, the texts and the frontier are inside; packages far from any zone need not be."""
    packages = panel.packages[[*sides]].to_numpy(dtype=float)
    shown = packages[panel.packages["frontier"].to_numpy(dtype=bool) | (packages > -NEAR).all(axis=1)]
    every = np.concatenate([np.zeros((1, 2)), np.full((1, 2), NEAR / 2), panel.texts, shown])
    low, high = every.min(axis=0), every.max(axis=0)
    room = 0.08 * (high - low)
    return [(float(a), float(b)) for a, b in zip(low - room, high + room, strict=True)]


def _draw_panel(axes: Axes, panel: Panel, sides: list[str]) -> None:
    (left, right), (bottom, top) = _limits(panel, sides)
    axes.set_xlim(left, right)
    axes.set_ylim(bottom, top)
    axes.add_patch(Rectangle((0, 0), right, top, facecolor=GREEN, alpha=0.10, linewidth=0, zorder=0))
    axes.axhline(0, color=GREY, linewidth=0.8, zorder=1)
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(5))
    packages = panel.packages
    every = packages.iloc[:: max(1, len(packages) // MOST_DOTS)]
    axes.scatter(every[sides[0]], every[sides[1]], s=14, facecolor="none", edgecolor=POSSIBLE, linewidth=0.7, zorder=2)
    texts = panel.texts[:MOST_DOTS]
    axes.scatter(texts[:, 0], texts[:, 1], s=9, color=BLUE, alpha=0.25, linewidth=0, zorder=3, rasterized=True)
    best = packages[packages["frontier"]].sort_values(sides)
    axes.plot(best[sides[0]], best[sides[1]], color=INK, linewidth=1.3, marker="o", markersize=3.5, zorder=4)
    if panel.has_zone:
        for column, mark in MARKS.items():
            at = packages[packages[column]]
            axes.scatter(at[sides[0]], at[sides[1]], zorder=5, linewidth=1.6, **mark)


MARKS: dict[str, Any] = {
    "nash": {"marker": "s", "s": 110, "facecolor": "none", "edgecolor": VERMILLION},
    "kalai": {"marker": "D", "s": 42, "facecolor": "none", "edgecolor": ORANGE},
}
"""Open marks of different size, so that one shows inside the other where both are the same text."""


def _key() -> list[Any]:
    def mark(words: str, **kind: Any) -> Line2D:
        settings: dict[str, Any] = {"linestyle": "", "markersize": 4} | kind
        return Line2D([], [], label=words, **settings)

    nash, kalai = (
        {"marker": m["marker"], "markerfacecolor": "none", "markeredgecolor": m["edgecolor"], "markeredgewidth": 1.6}
        for m in MARKS.values()
    )
    return [
        mark("a text agreed", marker="o", color=BLUE, alpha=0.6),
        mark("a possible text", marker="o", markerfacecolor="none", markeredgecolor=POSSIBLE),
        mark("frontier: none better for both", marker="o", color=INK, linestyle="-", linewidth=1.3),
        mark("largest product (Nash)", markersize=9, **nash),
        mark("best for the worse-off (Kalai)", markersize=6, **kalai),
        Patch(facecolor=GREEN, alpha=0.18, label="better than none for both"),
    ]
