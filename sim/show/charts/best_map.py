"""Which process is best where two quantities are varied, and by how much: a map of cells, one per point of a grid.

A cell has the colour of the best process, the deeper the larger its margin over the next; cells whose best
process cannot be told apart from another are hatched, and a question mark (on fine grids a dot) stands where what the
assumptions leave open would turn the order. Processes that are for different issues are ranked issue by issue.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch, Rectangle
from numpy.typing import NDArray

from sim.show.charts.curves import COLOURS, Swept, is_number
from sim.show.charts.style import (
    GREY,
    INK,
    SIZE,
    SMALL,
    Grid,
    Heading,
    Words,
    baselines,
    columns_for,
    height_of,
    ink_on,
    label,
    legend_height,
    page,
    text_width,
    wrap,
)  # fmt: skip
from sim.show.wording import SHARES, metric_words, number_words, path_words
from sim.show.written import percent
from sim.study.sweeps.ranking import best, shared_issues

METRICS = ("agreed", "in_force_end")
"""What is drawn where nothing is asked for."""

ANOTHER = "#8C8C8C"
"""Colour of processes that lead somewhere when there are no more colours."""

CELL, ROW = 0.62, 0.42
"""Inches: width and height of a cell that holds a number."""

WIDEST = 6.2
"""Inches: width of a panel; finer grids have smaller cells without numbers."""

NUMBERS = " The number is that margin, in points of a hundred worlds where it is a share of worlds."

MOST_PANELS = 6
"""Panels of a page."""

FULL = 0.5
"""Margin, as a share of worlds, from which on a colour is no deeper."""


def fits(swept: Swept, metrics: Sequence[str] = METRICS, issue: str = "") -> bool:
    """Whether there is a map to draw: two numeric paths, each combination of values once, two processes, like with like."""
    if len(swept.paths) != 2 or len(swept.processes) < 2:
        return False
    points = swept.table.drop_duplicates("point")[list(swept.paths)]
    sizes = [points[path].nunique() for path in swept.paths]
    whole = len(points) == len(points.drop_duplicates()) == np.prod(sizes)
    return all(is_number(points[p]) for p in swept.paths) and whole and bool(_questions(swept, metrics, issue))


def _questions(swept: Swept, metrics: Sequence[str], issue: str) -> list[tuple[str, str]]:
    """Metric and issue of each panel: processes that are about different issues are ranked by those that all have."""
    rows = swept.table[(swept.table["issue"] == issue) & (swept.table["table"] == "")]
    found = []
    for metric in [metric for metric in metrics if metric in set(rows["metric"])]:
        if issue or rows.loc[rows["metric"] == metric, "headline"].nunique() == 1:
            found.append((metric, issue))
        else:
            found += [(metric, each) for each in shared_issues(swept.table, swept.processes, metric)]
    return found[:MOST_PANELS]


def draw(swept: Swept, metrics: Sequence[str] = METRICS, issue: str = "") -> Figure:
    """A map per metric; the first varied path runs to the right, the second up."""
    across, up = swept.paths
    columns, rows = (np.sort(swept.table[path].unique()).astype(float) for path in swept.paths)
    found = {
        (m, i): best(swept.table, metric=m, issue=i, processes=swept.processes) for m, i in _questions(swept, metrics, issue)
    }
    leaders = [p for p in swept.processes if any((f["best"] == p).any() for f in found.values())]
    order = swept.processes if len(swept.processes) <= len(COLOURS) else leaders  # as in the curves, where it can be
    colours = {p: COLOURS[n] if n < len(COLOURS) else ANOTHER for n, p in enumerate(order) if p in leaders}
    width, height = min(CELL * len(columns), WIDEST), min(ROW * len(rows), WIDEST * 0.8)
    width = max(width, 2.6)
    side = columns_for(len(found), 2 if width < 4.2 else 1)
    x_label = wrap(path_words(across, swept.file), width + 0.4, size=SIZE, lines=3)
    page_width = max(side * (width + 0.95), 7.0)
    every = pd.concat([*found.values()], ignore_index=True)
    doubt = ("?" if _has_room(columns, rows) else ".") if (every["told"] & ~every["sure"]).any() else ""
    keys = _key(swept, colours, page_width, hatched=not every["told"].all(), doubt=doubt)
    below = legend_height(keys, 2 if len(keys) > 1 else 1)
    grid = Grid(side, width, height, left=0.7, right=0.25, bottom=0.5 + height_of(x_label, SIZE), legend=below)
    numbers = NUMBERS if _has_room(columns, rows) else ""
    upward = f"upwards: {path_words(up, swept.file)}"
    sheet = page(
        Words(
            "Which process is best, and by how much",
            f"""A cell: two numbers set, all else that is assumed drawn anew in each world. Its colour is the process
            that is best there, the deeper the larger its margin over the next best.{numbers} Hatched:
            the 95% Monte-Carlo interval of a paired difference to another process includes zero, each cell taken by
            itself; what the assumptions leave open of it is marked as the legend says.""",
            swept.foot,
        ),
        grid,
        [Heading(metric_words(m, i, swept.file), upward) for m, i in found],
    )
    for axes, ((metric, _), ranked) in zip(sheet.panels, found.items(), strict=True):
        _panel(axes, ranked, metric, axis_values=(columns, rows), colours=colours)
        _ticks(axes, columns, rows, width=width, height=height)
        for line, under in baselines(x_label, SIZE):
            axes.text(0.5, -(0.36 + under) / height, line, ha="center", va="baseline", color=INK, transform=axes.transAxes)
    sheet.legend(keys, 2 if len(keys) > 1 else 1)
    return sheet.figure


def _has_room(columns: NDArray[Any], rows: NDArray[Any]) -> bool:
    """Whether cells are large enough for a number."""
    return len(columns) * CELL <= WIDEST and len(rows) * ROW <= WIDEST * 0.8


def _panel(
    axes: Axes, ranked: pd.DataFrame, metric: str, *, axis_values: tuple[NDArray[Any], NDArray[Any]], colours: dict[str, str]
) -> None:
    columns, rows = axis_values
    axes.set_xlim(0, len(columns))
    axes.set_ylim(0, len(rows))
    across, up = ranked.columns[1:3]
    full = FULL if metric in SHARES else max([1e-12, *ranked["margin"]])
    numbered = _has_room(columns, rows)
    for cell in ranked.to_dict("records"):
        x, y = (int(np.searchsorted(values, cell[path])) for values, path in ((columns, across), (rows, up)))
        depth = 0.22 + 0.78 * min(cell["margin"] / full, 1.0)
        shade = _mixed(colours[cell["best"]], depth)
        box = Rectangle((x, y), 1, 1, facecolor=shade, edgecolor="white", linewidth=0.8)
        if not cell["told"]:
            box.set(facecolor=_mixed(colours[cell["best"]], 0.16), hatch="////", edgecolor="#A8A8A8", linewidth=0.4)
        axes.add_patch(box)
        doubt = "" if cell["sure"] else "?"
        if numbered and cell["told"]:
            said = f"{percent(cell['margin'])}" if metric in SHARES else number_words(cell["margin"])
            axes.text(x + 0.5, y + 0.5, said + doubt, ha="center", va="center", fontsize=SMALL, color=ink_on(shade))
        elif doubt and cell["told"]:
            axes.plot([x + 0.5], [y + 0.5], marker=".", markersize=2.5, color=ink_on(shade), linestyle="")


def _ticks(axes: Axes, columns: NDArray[Any], rows: NDArray[Any], *, width: float, height: float) -> None:
    """The values under and beside the cells, as many as there is room for."""
    widest = max(text_width(number_words(v), SMALL) for v in columns) + 0.12
    for axis, values, room in ((axes.xaxis, columns, widest), (axes.yaxis, rows, 0.2)):
        cell = (width if axis is axes.xaxis else height) / len(values)
        every = max(1, int(np.ceil(room / cell)))
        axis.set_ticks(np.arange(len(values))[::every] + 0.5, [number_words(v) for v in values[::every]])
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _key(swept: Swept, colours: dict[str, str], room: float, *, hatched: bool, doubt: str) -> list[Any]:
    nodes = swept.file.processes if swept.file is not None else {}
    named = [p for p, colour in colours.items() if colour != ANOTHER]
    found: list[Any] = [
        Patch(facecolor=colours[p], label=wrap(f"{label(nodes, p)} is best", room / 2 - 0.6, size=SIZE, lines=2)) for p in named
    ]
    if len(named) < len(colours):
        found.append(Patch(facecolor=ANOTHER, label="another process is best"))
    if hatched:
        found.append(Patch(facecolor="white", edgecolor=GREY, hatch="////", linewidth=0.4, label="not told apart from another"))
    if doubt:
        said, mark = "the assumptions leave the order open", "" if doubt == "?" else doubt
        found.append(Line2D([], [], color=INK, linestyle="", marker=mark, label=said if mark else f"{doubt} {said}"))
    return found


def _mixed(colour: str, depth: float) -> str:
    """The colour over white."""
    red, green, blue = (1 - depth * (1 - part) for part in to_rgb(colour))
    return to_hex((red, green, blue))

