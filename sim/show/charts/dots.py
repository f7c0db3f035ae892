"""What comes of each point of a list: a row per point, in it a mark per process with both of its intervals.

Points are named by their number; a key under the panels says what was set at each.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator, PercentFormatter

from sim.show.charts.curves import COLOURS, MARKS, METRICS, MOST_LINES, Swept
from sim.show.charts.style import (
    GREY,
    INK,
    MARGIN,
    PALE,
    SMALL,
    Grid,
    Heading,
    Page,
    Words,
    baselines,
    columns_for,
    height_of,
    label,
    legend_height,
    page,
    wrap,
)  # fmt: skip
from sim.show.wording import SHARES, metric_words, path_words, value_words

MOST_POINTS = 40
"""Points that fit on a page."""

MARK, GAP = 0.16, 0.12
"""Inches: height of a mark's row, and the room between two points."""

LEAD = (
    "Each point sets what the key says; all else that is assumed is drawn anew in each world, the same worlds at every point. "
    "Thick: 95% Monte-Carlo interval. Thin: what the assumptions leave open, where enough worlds tell it from noise."
)


def draw(swept: Swept, metrics: Sequence[str] = METRICS, issue: str = "") -> Figure:
    """A panel per metric; where many processes are compared, one metric and a panel per process."""
    found = swept.table[(swept.table["issue"] == issue) & (swept.table["table"] == "")]
    shown = [m for m in metrics if m in set(found["metric"])]
    nodes = swept.file.processes if swept.file is not None else {}
    many = len(swept.processes) > MOST_LINES
    panels: list[tuple[Heading, str, tuple[str, ...]]]
    if many:
        shown = ["agreed" if "agreed" in shown else shown[0]]
        panels = [(Heading(label(nodes, p)), shown[0], (p,)) for p in swept.processes]
    else:
        panels = [(Heading(metric_words(m, issue, swept.file)), m, swept.processes) for m in shown]
    points = sorted(found["point"].unique().tolist())
    each = len(panels[0][2]) * MARK + GAP
    columns = columns_for(len(panels), 2)
    keys = _legend(swept, nodes, many=many)
    said = _key(swept, max(columns * 4.2, 7.0))
    marks = legend_height(keys, 2)
    below = marks + sum(height_of(text, SMALL) for text in said) + 0.15
    title = metric_words(shown[0], issue, swept.file) if len(shown) == 1 else "What comes of each process"
    grid = Grid(columns, 3.5, len(points) * each, left=0.45, right=0.25, bottom=0.55, legend=below)
    sheet = page(Words(f"{title}, point by point", LEAD, swept.foot), grid, [heading for heading, _, _ in panels])
    for axes, (_, metric, processes) in zip(sheet.panels, panels, strict=True):
        rows = found[found["metric"] == metric]
        _axes(axes, points, metric, each)
        for place, process in enumerate(processes):
            own = rows[rows["process"] == process].set_index("point").reindex(points)
            style = 0 if many else place
            _marks(axes, own, COLOURS[style], MARKS[style], start=(GAP / 2 + (place + 0.5) * MARK) / each)
    _under(sheet, keys, said, below, marks)
    return sheet.figure


def _axes(axes: Axes, points: list[int], metric: str, each: float) -> None:
    axes.set_ylim(len(points), 0)
    axes.set_yticks([n + 0.5 for n in range(len(points))], [str(point) for point in points])
    axes.tick_params(axis="y", length=0)
    for line in range(1, len(points)):
        axes.axhline(line, color=PALE, linewidth=0.7, zorder=1)
    if metric in SHARES:
        axes.set_xlim(-0.02, 1.02)
        axes.set_xticks([0, 0.25, 0.5, 0.75, 1])
        axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    else:
        axes.xaxis.set_major_locator(MaxNLocator(4))
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)
    down = -0.33 / (len(points) * each)
    axes.text(-0.02, down, "point", ha="right", va="center", fontsize=SMALL, color=GREY, transform=axes.transAxes)


def _marks(axes: Axes, rows: pd.DataFrame, colour: str, mark: str, *, start: float) -> None:
    for place, row in enumerate(rows.itertuples()):
        y: Any = place + start
        axes.plot([row.assumed_low, row.assumed_high], [y, y], color=colour, linewidth=0.9, alpha=0.75, zorder=2)
        axes.plot([row.low, row.high], [y, y], color=colour, linewidth=3.2, alpha=0.45, solid_capstyle="butt", zorder=3)
        axes.plot([row.estimate], [y], color=colour, marker=mark, markersize=4.5, linestyle="none", zorder=4)


def _legend(swept: Swept, nodes: Any, *, many: bool) -> list[Any]:
    names = ["the process over the panel"] if many else [wrap(label(nodes, p), 3.2, lines=2) for p in swept.processes]
    return [
        Line2D([], [], color=COLOURS[n], marker=MARKS[n], markersize=4.5, linestyle="none", label=name)
        for n, name in enumerate(names)
    ]


def _key(swept: Swept, room: float) -> list[str]:
    """What was set at each point, a wrapped text per point, first what is the same at all."""
    rows = swept.table.drop_duplicates("point").sort_values("point")
    same = [path for path in swept.paths if rows[path].astype(str).nunique() == 1 and len(rows) > 1]
    found = [("At every point", same, rows.iloc[0])] if same else []
    found += [(str(row["point"]), [path for path in swept.paths if path not in same], row) for _, row in rows.iterrows()]
    said = []
    for head, own, row in found:
        words = "; ".join(f"{path_words(path, swept.file)} = {value_words(row[path])}" for path in own)
        said.append(wrap(f"{head}: {words or 'as it is'}", room, size=SMALL, lines=8))
    return said


def _under(sheet: Page, keys: list[Any], said: list[str], below: float, marks: float) -> None:
    """The legend and, under it, the key of the points."""
    width, height = sheet.figure.get_size_inches()
    top = sheet.legend_at * height + below / 2
    Page(sheet.figure, sheet.panels, (top - marks / 2) / height).legend(keys, 2)
    down = top - marks
    for text in said:
        for line, under in baselines(text, SMALL):
            sheet.figure.text(MARGIN / width, (down - under) / height, line, fontsize=SMALL, color=INK, va="baseline", ha="left")
        down -= height_of(text, SMALL)
