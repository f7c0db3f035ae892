"""What was agreed: per issue and process the share of worlds with a text, by the option that it settles on."""

from __future__ import annotations

from collections import Counter
from math import isnan
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from sim.model.packages import options_in
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

LEAST = 0.005
"""Share of worlds from which a process gets a bar, and of a process's texts from which an option gets a colour."""

COLOURS = (BLUE, ORANGE, GREEN, PURPLE, SKY, VERMILLION, YELLOW, GREY)


def draw(result: Result) -> Figure:
    """A bar per process and issue that it agrees on, cut into the options that its texts settle on."""
    file, lookup = result.scenario.file, Lookup(result.summary)
    settled = options(result)
    issues = by_group(result, [issue for issue in file.issues if any(of == issue for of, _ in settled)])
    blocks: list[tuple[str, list[tuple[str, str]], list[str]]] = []
    for issue in issues:
        rows = [p for p in result.processes if (found := lookup(p, "agreed", issue)) is not None and found.estimate >= LEAST]
        seen = {option for process in rows for option in settled.get((issue, process), ())}
        colours = [(name, COLOURS[n % len(COLOURS)]) for n, name in enumerate(n for n in file.issues[issue].options if n in seen)]
        if rows:
            blocks.append((issue, colours, rows))
    known = any(not isnan(lookup(process, "agreed", issue).assumed_low) for issue, _, rows in blocks for process in rows)
    force = Line2D([], [], color=INK, marker="D", markersize=4, linestyle="", label="in force at the end")
    keys = [*whisker_key(thin=known), force]
    height = sum(0.35 + _key_height(result, issue, colours) + BAR * len(rows) for issue, colours, rows in blocks) or 0.4
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
    for issue, colours, rows in blocks:
        title = wrap(label(file.issues, issue), NAMES + BARS, size=SIZE, weight="bold", lines=1)
        _write(axes, -NAMES, down + 0.08, title, fontsize=SIZE, fontweight="bold")
        down += 0.35
        for name, colour in colours:
            said = wrap(label(file.issues[issue].options, name), NAMES + BARS - 0.4, size=SMALL)
            place = ([(0.06 - NAMES) / BARS], [down + line_height(SMALL) / 2])
            axes.plot(*place, marker="s", markersize=6.5, color=colour, markeredgewidth=0, clip_on=False)
            _write(axes, -NAMES + 0.18, down, said, fontsize=SMALL, color=INK)
            down += height_of(said, SMALL) + 0.02
        for process in rows:
            own = settled.get((issue, process), {})
            found, kept = lookup(process, "agreed", issue), lookup(process, "in_force_end", issue)
            start, middle = 0.0, down + BAR / 2
            for name, colour in colours:
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


def as_saved(figure: float) -> float:
    """A figure with the digits that its file has, so that a chart drawn again from files is the same."""
    return float(f"{figure:.6g}")


def options(result: Result) -> dict[tuple[str, str], dict[str, float]]:
    """Issue and process to the options that its texts settle on, and their share of those texts."""
    counts: dict[tuple[str, str], Counter[str]] = {}
    for row in result.texts.itertuples():
        for issue, option in options_in(str(row.text)).items():
            counts.setdefault((issue, str(row.process)), Counter())[option] += row.share
    found = {}
    for place, own in counts.items():
        shares = {option: often / own.total() for option, often in own.items()}
        found[place] = {option: part for option, part in shares.items() if part >= LEAST}
    return found


def _key_height(result: Result, issue: str, colours: list[tuple[str, str]]) -> float:
    known = result.scenario.file.issues[issue].options
    return sum(height_of(wrap(label(known, name), NAMES + BARS - 0.4, size=SMALL), SMALL) + 0.02 for name, _ in colours)


def _write(axes: Any, inches: float, down: float, text: str, *, ha: str = "left", **kind: Any) -> None:
    for line, under in baselines(text, kind["fontsize"]):
        axes.text(inches / BARS, down + under, line, ha=ha, va="baseline", **kind)
