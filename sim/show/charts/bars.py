"""Differences as bars from where they start to where they end, each with its name to the left and both of its intervals."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from sim.show import written
from sim.show.charts.style import (
    BLUE,
    GREY,
    INK,
    PALE,
    SIZE,
    SMALL,
    VERMILLION,
    Bounds,
    Grid,
    Heading,
    Words,
    baselines,
    height_of,
    legend_height,
    page,
    whisker_key,
    whiskers,
    wrap,
)  # fmt: skip

NAMES, BARS = 3.3, 4.3
"""Inches: width of the names, and of the bars."""

TOTAL = "#8C8C8C"
"""Colour of a bar that is a share and no difference."""


@dataclass(frozen=True)
class Bar:
    """A share of worlds from ``start`` to ``end``; ``bounds`` are those of its end. A ``total`` starts at nothing."""

    name: str
    start: float
    end: float
    bounds: Bounds = (np.nan, np.nan, np.nan, np.nan)
    total: bool = False

    @property
    def text(self) -> str:
        """The share, or by how many points it goes up or down."""
        return written.percent(self.end - self.start, sign=not self.total) + ("%" if self.total else " points")


def draw(words: Words, bars: Sequence[Bar], across: str, *, joined: bool = False) -> Figure:
    """A page with a bar below the other; ``joined``: each starts where the one above it ends, which a line shows."""
    names = [wrap(bar.name, NAMES - 0.3, lines=3) for bar in bars]
    notes = [bar.text for bar in bars]
    heights = [max(height_of(n, SIZE) + height_of(t, SMALL) + 0.1, 0.36) for n, t in zip(names, notes, strict=True)]
    known = any(not np.isnan(bar.bounds[2]) for bar in bars)
    changed = not all(bar.total for bar in bars)
    changes = [Patch(facecolor=BLUE, label="more"), Patch(facecolor=VERMILLION, label="less")]
    keys = [*(changes if changed else []), *whisker_key(thin=known)]
    grid = Grid(1, BARS, sum(heights), left=NAMES, right=0.25, bottom=0.65, legend=legend_height(keys, 2))
    sheet = page(words, grid, [Heading("")])
    axes = sheet.panels[0]
    tops = np.concatenate([[0.0], np.cumsum(heights)])
    for place, bar in enumerate(bars):
        middle = (tops[place] + tops[place + 1]) / 2
        colour = TOTAL if bar.total else BLUE if bar.end >= bar.start else VERMILLION
        axes.barh(middle, bar.end - bar.start, left=bar.start, height=0.2, color=colour, zorder=3)
        whiskers(axes, middle, bar.bounds)
        if joined and place + 1 < len(bars):
            axes.plot([bar.end, bar.end], [middle, (tops[place + 1] + tops[place + 2]) / 2], color=GREY, linewidth=0.7, zorder=2)
        _name(axes, (names[place], notes[place]), (tops[place], heights[place]), float(tops[-1]))
    _axis(axes, bars, float(tops[-1]), signed=not any(bar.total for bar in bars))
    for line, under in baselines(wrap(across, BARS), SIZE):
        axes.text(0.5, -(0.36 + under) / grid.height, line, ha="center", va="baseline", color=INK, transform=axes.transAxes)
    sheet.legend(keys, 2)
    return sheet.figure


def _axis(axes: Axes, bars: Sequence[Bar], bottom: float, *, signed: bool) -> None:
    ends = np.array([[bar.start, bar.end, *bar.bounds] for bar in bars])
    low, high = min(0.0, float(np.nanmin(ends))), max(0.0, float(np.nanmax(ends)))
    room = 0.04 * ((high - low) or 1.0)
    axes.set_xlim(low - (room if low < 0 else 0), high + room)
    axes.set_ylim(bottom, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.axvline(0, color=GREY, linewidth=0.8, zorder=2)
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.xaxis.set_major_locator(MaxNLocator(5))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda v, _: written.percent(v, sign=signed) + ("" if signed else "%")))


def _name(axes: Axes, texts: tuple[str, str], place: tuple[float, float], bottom: float) -> None:
    """A name and the note under it, in inches to the left of the bars."""
    (start, height), (name, note) = place, texts
    top = start + (height - height_of(name, SIZE) - height_of(note, SMALL)) / 2
    for text, size, ink in ((name, SIZE, INK), (note, SMALL, GREY)):
        for line, under in baselines(text, size) if text else []:
            at = 1 - (top + under) / bottom
            axes.text(-0.14 / BARS, at, line, ha="right", va="baseline", fontsize=size, color=ink, transform=axes.transAxes)
        top += height_of(text, size)
