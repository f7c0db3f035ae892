"""Counts of real cases beside the model's figure, and what formats differ by on the same worlds."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MultipleLocator, PercentFormatter

from sim.show.charts.style import (
    BLUE,
    GREY,
    INK,
    ORANGE,
    PALE,
    SIZE,
    SMALL,
    VERMILLION,
    Grid,
    Heading,
    Words,
    height_of,
    page,
    percent,
    wrap,
)
from sim.show.written import MINUS
from sim.study.history.regularities import RANDOM

if TYPE_CHECKING:
    from sim.study.history.regularities import Regularities

LABELS = 3.3
"""Inches for the words to the left of a panel."""
GAP = 0.18
"""Inches between the words and the panel."""
LINE = 0.3
"""Inches per line of the contrast."""
OBSERVED = "#BDBDBD"
CASES = {"crisis": "crises", "attempt": "attempts", "agreement": "agreements"}


@dataclass(frozen=True)
class Line:
    """A line of a panel: words, smaller words below them, and where they stand (0 at the top)."""

    at: float
    words: str
    below: str = ""
    heading: bool = False


def figures(result: Regularities) -> dict[str, Figure]:
    """The charts by name."""
    return {"regularities": _figure(result)}


def _figure(result: Regularities) -> Figure:
    table, lines = result.table, list(_lines(result.contrast))
    height = max(0.5 * len(table), LINE * len(lines), 1.0)
    misses = len(table) - result.inside
    heads = [
        Heading("Counted in real cases, and in the model as such cases are selected", "share of crises, attempts or agreements"),
        Heading("Difference that a format makes, on the same conflicts", "points; diamonds: as selection shows it"),
    ]
    sheet = page(
        Words(
            f"{result.inside} of {len(table)} counts hold the model's figure in their interval, {misses} do not",
            """Left: bars are the 95% interval of the count (Wilson), a tick its share. Crises and attempts are
            different units and must not be compared with each other. Right: formats assigned by lot, which is
            what a format causes in the model, apart from what cases show in which the harder ones get it.""",
            f"{result.count:,} worlds per format, seed {result.seed}; thin lines: 95% Monte-Carlo interval; no forecast.",
        ),
        Grid(2, 3.4, height, left=LABELS + GAP + 0.05, right=0.3, bottom=0.4, legend=0.4),
        heads,
    )
    left, right = sheet.panels
    _counts(left, table, height)
    _differences(right, result.contrast, lines, height)
    sheet.legend(_handles(), 5)
    return sheet.figure


# ---------------------------------------------------------------- counts


def _counts(axes: Axes, table: pd.DataFrame, height: float) -> None:
    _frame(axes, len(table), height)
    axes.set_xlim(0, 1)
    axes.xaxis.set_major_formatter(PercentFormatter(1, decimals=0))
    axes.xaxis.set_major_locator(MultipleLocator(0.25))
    for place, row in enumerate(table.itertuples(index=False)):
        axes.barh(place, row.high - row.low, left=row.low, height=0.42, color=OBSERVED, zorder=2)
        axes.plot([row.share, row.share], [place - 0.21, place + 0.21], color=GREY, linewidth=1.6, zorder=3)
        if not math.isnan(row.model):  # NaN: no case in any world
            axes.plot([row.model_low, row.model_high], [place, place], color=INK, linewidth=1.2, zorder=4)
            axes.plot(row.by_lot, place, marker="|", color=INK, markersize=9, linestyle="", zorder=5)
            marker, color = ("o", BLUE) if row.inside else ("X", VERMILLION)
            axes.plot(row.model, place, marker=marker, color=color, markersize=7.5, markeredgecolor="white", zorder=6)
        verdict = "inside" if row.inside else "outside"
        counted = f"{CASES[str(row.unit)]}: {row.k}/{row.n} = {percent(row.share)}"
        below = f"{counted}; model {_share(row.model)}, {verdict}"
        _words(axes, Line(place, row.label, below), len(table), height)


def _share(value: float) -> str:
    return "no case" if math.isnan(value) else percent(value)


# ---------------------------------------------------------------- contrasts


def _lines(contrast: pd.DataFrame) -> Iterator[Line]:
    """A heading per comparison and a line per format."""
    at = 0
    for _, part in contrast.groupby("contrast", sort=False):
        yield Line(at, str(part["label"].iloc[0]), heading=True)
        at += 1
        for label in dict.fromkeys(part["format_label"]):
            yield Line(at, str(label))
            at += 1


def _differences(axes: Axes, contrast: pd.DataFrame, lines: list[Line], height: float) -> None:
    _frame(axes, max(len(lines), 1), height)
    axes.axvline(0, color=GREY, linewidth=0.9, zorder=1)
    axes.xaxis.set_major_formatter(FuncFormatter(_points))
    axes.xaxis.set_major_locator(MultipleLocator(0.2))
    reach = max([0.1, *(float(contrast[column].abs().max()) for column in ("low", "high") if len(contrast))])
    axes.set_xlim(-min(reach, 1) * 1.05, min(reach, 1) * 1.05)
    for line in lines:
        _words(axes, line, len(lines), height)
    places = iter(line.at for line in lines if not line.heading)
    for _, part in contrast.groupby(["contrast", "format"], sort=False):
        place = next(places)
        for row in part.itertuples(index=False):
            by_lot = row.assignment == RANDOM
            y, color = (place - 0.16, BLUE) if by_lot else (place + 0.2, ORANGE)
            axes.plot([row.low, row.high], [y, y], color=color, linewidth=1.4, zorder=3)
            axes.plot(row.difference, y, marker="o" if by_lot else "D", color=color, markersize=5 if by_lot else 4, zorder=4)


def _points(value: float, _: int | None = None) -> str:
    return f"{100 * value:+.0f}".replace("-", MINUS) if round(100 * value) else "0"


# ---------------------------------------------------------------- what both share


def _frame(axes: Axes, count: int, height: float) -> None:
    axes.set_ylim(count - 0.5, -0.5)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)


def _words(axes: Axes, line: Line, count: int, height: float) -> None:
    """Words to the left of a panel, in the middle of their line."""
    inch = count / height  # data units
    x = -(LABELS + GAP) / (axes.get_window_extent().width / axes.figure.dpi)
    weight = "bold" if line.heading else "normal"
    text = wrap(line.words, LABELS, size=SIZE, weight=weight, lines=1)
    tall = height_of(text, SIZE) + (height_of(line.below, SMALL) if line.below else 0)
    top = line.at - tall * inch / 2
    axes.text(x, top + 0.92 * SIZE / 72 * inch, text, transform=axes.get_yaxis_transform(), va="baseline", weight=weight)
    if line.below:
        small = wrap(line.below, LABELS, size=SMALL, lines=1)
        y = top + (height_of(text, SIZE) + 0.92 * SMALL / 72) * inch
        axes.text(x, y, small, transform=axes.get_yaxis_transform(), va="baseline", fontsize=SMALL, color=GREY)


def _handles() -> list[Any]:
    def dot(marker: str, color: str, label: str) -> Line2D:
        return Line2D([], [], marker=marker, color=color, linestyle="", label=label)

    return [
        Patch(color=OBSERVED, label="counted"),
        dot("o", BLUE, "model, inside (right: by lot)"),
        dot("X", VERMILLION, "model, outside"),
        dot("|", INK, "model if formats came by lot"),
        dot("D", ORANGE, "as selection shows it"),
    ]
