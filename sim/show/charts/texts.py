"""What was agreed: per issue and process the share of worlds with a text, by the option that it settles on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from math import isnan
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.show.charts.agreement import by_group
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
    SMALL,
    VERMILLION,
    YELLOW,
    Grid,
    Heading,
    Words,
    baselines,
    footnote,
    height_of,
    label,
    legend_height,
    line_height,
    page,
    percent,
    percentages,
    whisker_key,
    whiskers,
    wrap,
)
from sim.show.written import Lookup

if TYPE_CHECKING:
    from sim.study.compare import Result

NAMES, BARS, BAR = 2.6, 5.2, 0.3
"""Inches: width of the names and of the bars, and height of a bar with the room around it."""

TITLE, GAP = 0.35, 0.02
"""Inches: height of an issue's title, and room below the label of an option."""

LEAST = 0.005
"""Share of worlds from which a process gets a bar, and of a process's texts from which an option gets a colour."""

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW, GREY)


@dataclass(frozen=True)
class Block:
    """An issue with the processes that agree on it, and the options that they settle on: name, colour, label over lines."""

    issue: str
    keys: list[tuple[str, str, str]]
    processes: list[str]

    @property
    def height(self) -> float:
        """Inches."""
        return TITLE + sum(height_of(said, SMALL) + GAP for _, _, said in self.keys) + BAR * len(self.processes)


def draw(result: Result) -> Figure:
    """A bar per process and issue that it agrees on, cut into the options that its texts settle on."""
    file, lookup = result.scenario.file, Lookup(result.summary)
    settled = options(result)
    blocks = list(_blocks(result, settled, lookup))
    known = any(not isnan(lookup(process, "agreed", own.issue).assumed_low) for own in blocks for process in own.processes)
    force = Line2D([], [], color=INK, marker="D", markersize=4, linestyle="", label="in force at the end")
    keys = [*whisker_key(thin=known), force]
    height = sum(own.height for own in blocks) or 0.4
    words = Words(
        "What was agreed",
        "A bar: the share of worlds in which the process agrees a text on the issue, by the option that it settles on. "
        "Thick line: Monte-Carlo interval; thin line: what the assumptions leave open.",
        footnote(result),
    )
    sheet = page(words, Grid(1, BARS, height, left=NAMES, bottom=0.5, legend=legend_height(keys, 3)), [Heading("")])
    axes = sheet.panels[0]
    axes.set(xlim=(0, 1), ylim=(height, 0), yticks=[])
    percentages(axes.xaxis)
    axes.grid(axis="x", color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.spines["left"].set_visible(False)
    down = 0.0
    for block in blocks:
        title = wrap(label(file.issues, block.issue), NAMES + BARS, size=SIZE, weight="bold", lines=1)
        _write(axes, -NAMES, down + 0.08, title, fontsize=SIZE, fontweight="bold")
        down += TITLE
        for _, colour, said in block.keys:
            place = ([(0.06 - NAMES) / BARS], [down + line_height(SMALL) / 2])
            axes.plot(*place, marker="s", markersize=6.5, color=colour, markeredgewidth=0, clip_on=False)
            _write(axes, -NAMES + 0.18, down, said, fontsize=SMALL, color=INK)
            down += height_of(said, SMALL) + GAP
        for process in block.processes:
            own = settled.get((block.issue, process), {})
            found, kept = (lookup(process, metric, block.issue) for metric in ("agreed", "in_force_end"))
            start, middle = 0.0, down + BAR / 2
            for name, colour, _ in block.keys:
                wide = as_saved(found.estimate) * own.get(name, 0.0)
                axes.barh(middle, wide, left=start, height=0.17, color=colour, zorder=3)
                start += wide
            low, high, least, most = map(as_saved, (found.low, found.high, found.assumed_low, found.assumed_high))
            whiskers(axes, middle, (low, high, least, most))
            if kept is not None:
                axes.plot([as_saved(kept.estimate)], [middle], marker="D", markersize=4, color=INK, zorder=7)
            name = wrap(label(file.processes, process), NAMES - 0.75, size=SMALL, lines=1)
            _write(axes, -NAMES + 0.18, down + 0.08, name, fontsize=SMALL, color=INK)
            _write(axes, -0.1, down + 0.08, percent(found.estimate), fontsize=SMALL, color=INK, ha="right")
            down += BAR
    sheet.legend(keys, 3)
    return sheet.figure


def _blocks(result: Result, settled: dict[tuple[str, str], dict[str, float]], lookup: Lookup) -> Iterator[Block]:
    file = result.scenario.file
    for issue in by_group(result, [issue for issue in file.issues if any(of == issue for of, _ in settled)]):
        rows = [p for p in result.processes if (found := lookup(p, "agreed", issue)) is not None and found.estimate >= LEAST]
        there = {option for process in rows for option in settled.get((issue, process), ())}
        known = file.issues[issue].options
        names = [name for name in known if name in there]
        said = [wrap(label(known, name), NAMES + BARS - 0.4, size=SMALL) for name in names]
        if rows:
            yield Block(issue, list(zip(names, cycle(COLOURS), said)), rows)


def as_saved(figure: float) -> float:
    """A figure with the digits that its file has, so that a chart drawn again from files is the same."""
    return float(f"{figure:.6g}")


def options(result: Result) -> dict[tuple[str, str], dict[str, float]]:
    """Issue and process to the options that its texts settle on, and their share of those texts."""
    found = {}
    for place, own in result.options.items():
        shares = {option: often / own.total() for option, often in own.items()}
        found[place] = {option: part for option, part in shares.items() if part >= LEAST}
    return found


def _write(axes: Any, inches: float, down: float, text: str, *, ha: str = "left", **kind: Any) -> None:
    for line, under in baselines(text, kind["fontsize"]):
        axes.text(inches / BARS, down + under, line, ha=ha, va="baseline", **kind)
