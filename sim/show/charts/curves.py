"""A metric along one varied quantity of a sweep: a line per process with its Monte-Carlo band.

Few processes share a panel per metric, or, where a second quantity is varied, per value of it. Many get a panel
each, with the others in grey behind. What the assumptions leave open is a paler band with thin edges, and where more
than two processes share a panel thin upright lines.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.show.charts.style import (
    BLUE,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PALE,
    PURPLE,
    SIZE,
    SKY,
    THIN,
    VERMILLION,
    Grid,
    Heading,
    Words,
    baselines,
    columns_for,
    height_of,
    label,
    legend_height,
    page,
    percentages,
    wrap,
)  # fmt: skip
from sim.show.wording import SHARES, metric_words, number_words, path_words, value_words

COLOURS = (BLUE, VERMILLION, GREEN, ORANGE, PURPLE, SKY)
MARKS = ("o", "s", "^", "D", "v", "P")
OTHERS = "#BDBDBD"

MONTE_CARLO, ASSUMED = 0.28, 0.09
"""How deep the colours of the two bands are."""

METRICS = ("came", "agreed", "in_force_end", "worse_than_none")
"""What is drawn where nothing is asked for."""

MOST_LINES = len(COLOURS)
"""Processes that share a panel."""

MOST_PANELS = 6
"""Values of a second quantity that get a panel each."""

BANDS = 2
"""Processes in a panel up to which the range of the assumptions is a band; that of more is drawn as upright lines."""

MOST_UPRIGHT = 12
"""Values along a panel that get such lines."""


@dataclass(frozen=True)
class Swept:
    """Rows of a sweep's table, what is varied in it, and what its points rest on.

    ``file`` is the ScenarioFile whose labels are used (None: names in plain letters), ``base`` the values of the
    varied paths in the scenario as it stands.
    """

    table: pd.DataFrame
    paths: tuple[str, ...]
    processes: tuple[str, ...]
    foot: str
    file: Any = None
    base: dict[str, float] | None = None


def draw(swept: Swept, metrics: Sequence[str] = METRICS, issue: str = "") -> Figure:
    """Metrics along the first numeric path; with a second path varied, the first metric only, a panel per value."""
    x, *others = _numeric_first(swept)
    found = swept.table[(swept.table["issue"] == issue) & (swept.table["table"] == "")]
    shown = [m for m in metrics if m in set(found["metric"])]
    many = len(swept.processes) > MOST_LINES
    if others or many:
        shown = [_headline(shown)]
    panels = _by_value(swept, found, others[0], shown[0], issue) if others and not many else []
    if many:  # a panel per process, at one value of what else is varied
        kept, note = _at_one_value(swept, found, others)
        panels = [(Heading(label(_nodes(swept), p), note), kept[kept["metric"] == shown[0]]) for p in swept.processes]
    if not panels:
        panels = [(Heading(metric_words(m, issue, swept.file)), found[found["metric"] == m]) for m in shown]
    columns = columns_for(len(panels), 3)
    width = 5.6 if columns == 1 else 3.1
    across = wrap(path_words(x, swept.file), width + 0.5, size=SIZE, lines=3)
    page_width = max(columns * (width + 0.95), 7.0)
    keys = _key(swept, many=many, room=page_width)
    bottom, below = 0.42 + height_of(across, SIZE) + 0.1, legend_height(keys, _key_columns(keys))
    grid = Grid(columns, width, 2.2, left=0.7, right=0.25, bottom=bottom, legend=below)
    title = metric_words(shown[0], issue, swept.file) if len(shown) == 1 else "What comes of each process"
    words = Words(f"{title}, as one number changes", _lead(x, swept, many=many, others=others), swept.foot)
    sheet = page(words, grid, [heading for heading, _ in panels])
    for n, (axes, (_, rows)) in enumerate(zip(sheet.panels, panels, strict=True)):
        own = (swept.processes[n],) if many else swept.processes
        _panel(axes, rows, x, metric=str(rows["metric"].iloc[0]) if len(rows) else shown[0])
        if swept.base and x in swept.base:
            axes.axvline(swept.base[x], color=GREY, linewidth=0.9, linestyle=(0, (4, 3)), zorder=1)
        for process in [p for p in swept.processes if p not in own]:
            line = rows[rows["process"] == process].sort_values(x)
            axes.plot(line[x], line["estimate"], color=OTHERS, linewidth=1.0, zorder=2)
        for process in own:
            place = 0 if many else swept.processes.index(process)
            line = rows[rows["process"] == process].sort_values(x)
            if len(own) <= BANDS:
                _assumed(axes, line, x, COLOURS[place])
            else:
                _upright(axes, line, x, COLOURS[place], aside=own.index(process) - (len(own) - 1) / 2)
            _line(axes, line, x, place, behind=len(own) - 1 - own.index(process))
        _under(axes, across, grid.width)
    sheet.legend(keys, _key_columns(keys))
    return sheet.figure


def _nodes(swept: Swept) -> Any:
    return swept.file.processes if swept.file is not None else {}


def _headline(metrics: Sequence[str]) -> str:
    return "agreed" if "agreed" in metrics else metrics[0]


def _numeric_first(swept: Swept) -> list[str]:
    return sorted(swept.paths, key=lambda p: not is_number(swept.table[p]))


def is_number(column: pd.Series) -> bool:
    """Whether a varied path takes numbers, of which there are at least two."""
    return pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column) and column.nunique() > 1


def _spread(values: list[Any], most: int) -> list[Any]:
    """All of a few values; of many ``most`` evenly spaced ones, both ends among them."""
    if len(values) <= most:
        return values
    return [values[k] for k in dict.fromkeys(np.linspace(0, len(values) - 1, most).round().astype(int).tolist())]


def _by_value(swept: Swept, found: pd.DataFrame, path: str, metric: str, issue: str) -> list[tuple[Heading, pd.DataFrame]]:
    rows = found[found["metric"] == metric]
    return [
        (Heading(value_words(v), path_words(path, swept.file)), rows[rows[path] == v])
        for v in _spread(sorted(rows[path].unique()), MOST_PANELS)
    ]


def _at_one_value(swept: Swept, found: pd.DataFrame, others: list[str]) -> tuple[pd.DataFrame, str]:
    """The rows at one value of the other path: that nearest to the scenario's, or the first."""
    if not others:
        return found, ""
    values = sorted(found[others[0]].unique())
    base = (swept.base or {}).get(others[0])
    value = min(values, key=lambda v: abs(v - base)) if base is not None else values[0]
    return found[found[others[0]] == value], f"{path_words(others[0], swept.file)}: {value_words(value)}"


def _lead(x: str, swept: Swept, *, many: bool, others: list[str]) -> str:
    words = f"{path_words(x, swept.file)} is set to each value in turn; all else that is assumed is drawn anew in each world."
    if swept.base and x in swept.base:
        words += " Dashed: the value that the scenario states."
    about = swept.table.loc[swept.table["metric"] == "agreed", "headline"]
    if about[about != ""].nunique() > 1:
        words += " Each process is measured by the issues it is for; they differ."
    if others and not many:
        words += f" A panel for each value of {path_words(others[0], swept.file)}."
    return words


def _panel(axes: Axes, rows: pd.DataFrame, x: str, metric: str) -> None:
    low, high = float(rows[x].min()), float(rows[x].max())
    room = 0.03 * (high - low)
    axes.set_xlim(low - room, high + room)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    if metric in SHARES:
        axes.set_ylim(-0.01, 1.01)
        percentages(axes.yaxis)
    else:
        axes.yaxis.set_major_locator(MaxNLocator(5))
        axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number_words(round(value, 9))))
    axes.grid(axis="y", color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)


def _assumed(axes: Axes, rows: pd.DataFrame, x: str, colour: str) -> None:
    """What the assumptions leave open: a pale band with thin edges."""
    axes.fill_between(rows[x], rows["assumed_low"], rows["assumed_high"], color=colour, alpha=ASSUMED, linewidth=0, zorder=2)
    for edge in ("assumed_low", "assumed_high"):
        axes.plot(rows[x], rows[edge], color=colour, alpha=0.6, linewidth=THIN, zorder=2)


def _upright(axes: Axes, rows: pd.DataFrame, x: str, colour: str, *, aside: float) -> None:
    """The same as thin upright lines, a little aside, so that those of several processes can be told apart."""
    low, high = axes.get_xlim()
    shown = rows.iloc[_spread(list(range(len(rows))), MOST_UPRIGHT)]
    places = shown[x] + aside * 0.012 * (high - low)
    axes.vlines(places, shown["assumed_low"], shown["assumed_high"], color=colour, linewidth=THIN, zorder=3)


def _line(axes: Axes, rows: pd.DataFrame, x: str, place: int, *, behind: int) -> None:
    """A line with its band; the more lines are drawn over it, the wider, so that it shows where they coincide."""
    colour = COLOURS[place]
    axes.fill_between(rows[x], rows["low"], rows["high"], color=colour, alpha=MONTE_CARLO, linewidth=0, zorder=3)
    marker = MARKS[place] if len(rows) <= 25 else ""
    size = {"linewidth": 1.6 + 0.9 * behind, "markersize": 4.5 + 1.2 * behind}
    axes.plot(rows[x], rows["estimate"], color=colour, marker=marker, zorder=4, **size)  # type: ignore[arg-type]


def _under(axes: Axes, text: str, width: float) -> None:
    """A label of several lines under the ticks, in inches, centred."""
    height = axes.get_position().height * axes.figure.get_figheight()  # type: ignore[union-attr]
    for line, under in baselines(text, SIZE):
        down = -(0.36 + under) / height
        axes.text(0.5, down, line, ha="center", va="baseline", fontsize=SIZE, color=INK, transform=axes.transAxes)


def _key(swept: Swept, *, many: bool, room: float) -> list[Any]:
    if many:
        own = Line2D([], [], color=BLUE, linewidth=1.8, marker="o", markersize=4.5, label="this process")
        others = Line2D([], [], color=OTHERS, linewidth=1.0, label="the other processes")
        bands = [_band(BLUE, MONTE_CARLO, "95% Monte-Carlo band")]
        if _any_assumed(swept):
            bands.append(_band(BLUE, ASSUMED, "what the assumptions leave open"))
        return [own, others, *bands]
    names = [wrap(label(_nodes(swept), p), room / 2 - 0.6, size=SIZE, lines=2) for p in swept.processes]
    found: list[Any] = [
        Line2D([], [], color=COLOURS[n], linewidth=1.8, marker=MARKS[n], markersize=4.5, label=name)
        for n, name in enumerate(names)
    ]
    found.append(_band(GREY, MONTE_CARLO, "95% Monte-Carlo band"))
    few = len(swept.processes) <= BANDS
    said = "what the assumptions leave open"
    if not _any_assumed(swept):
        found.append(Line2D([], [], color=GREY, linewidth=THIN, label=f"{said}: not known here"))
    else:
        found.append(_band(GREY, ASSUMED, said) if few else Line2D([], [], color=GREY, linewidth=THIN, label=said))
    return found


def _band(colour: str, alpha: float, words: str) -> Patch:
    return Patch(facecolor=colour, alpha=alpha, linewidth=0, label=words)


def _any_assumed(swept: Swept) -> bool:
    return bool(swept.table["assumed_low"].notna().any())


def _key_columns(keys: list[Any]) -> int:
    return 2 if len(keys) > 1 else 1


