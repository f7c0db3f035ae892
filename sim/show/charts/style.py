"""What all charts share: colours, type, wrapped words, a page of panels measured in inches.

Pages are laid out by hand and text is measured before it is placed, so that nothing overlaps however long
a label is and a chart is the same, byte for byte, each time it is drawn.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl
import matplotlib.style
import numpy as np
from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import TextToPath

from sim.scenario.problems import GoBetweenWarning
from sim.show import written
from sim.study.writing import writing

if TYPE_CHECKING:
    from sim.study.compare import Result

Bounds = tuple[float, float, float, float]
"""Monte-Carlo low and high, and low and high of what the assumptions leave open; NaN where not known."""

ORANGE, SKY, GREEN, YELLOW = "#E69F00", "#56B4E9", "#009E73", "#F0E442"
BLUE, VERMILLION, PURPLE = "#0072B2", "#D55E00", "#CC79A7"
"""Colours that people with any kind of colour vision tell apart (Okabe and Ito 2008)."""

GLYPH = re.compile(r"Glyph (\d+) ")

INK, GREY, PALE = "#222222", "#6B6B6B", "#E4E4E4"

SIZE, SMALL, PANEL, TITLE = 9.5, 9.0, 10.5, 13.0
"""Font sizes in points: text, ticks and notes, panel titles, the title."""

MARGIN = 0.25
"""Inches left free around a page."""

STYLE: Any = {
    "svg.hashsalt": "gobetween",
    "svg.fonttype": "path",
    "text.parse_math": False,
    "font.family": "DejaVu Sans",
    "font.size": SIZE,
    "text.color": INK,
    "axes.edgecolor": GREY,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.8,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "axes.labelsize": SIZE,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": GREY,
    "ytick.color": GREY,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "legend.fontsize": SIZE,
    "legend.frameon": False,
    "hatch.linewidth": 0.6,
    "figure.facecolor": "white",
}


@contextmanager
def house_style() -> Iterator[None]:
    """Matplotlib's defaults with ours on top, whatever the reader's own settings are."""
    with warnings.catch_warnings(record=True) as noted:
        warnings.filterwarnings("always", "Glyph .* missing from font", UserWarning)
        with matplotlib.style.context("default"), mpl.rc_context(STYLE):
            yield
    missing = {chr(int(found[1])) for one in noted if (found := GLYPH.match(str(one.message)))}
    for one in noted:
        if not GLYPH.match(str(one.message)):
            warnings.warn_explicit(one.message, one.category, one.filename, one.lineno)
    if missing:
        signs = "".join(sorted(missing))
        warnings.warn(f"charts: the font has no {signs[:20]}; boxes are drawn in their place", GoBetweenWarning, stacklevel=3)


def write(figures: Mapping[str, Figure], directory: Path) -> None:
    """Figures by name as PNG and SVG: the same bytes each time, each file whole or not there."""
    directory.mkdir(parents=True, exist_ok=True)
    for name, figure in figures.items():
        with writing(directory / f"{name}.png") as file:
            figure.savefig(file, format="png", dpi=120, metadata={"Software": None}, pil_kwargs={"compress_level": 4})
        with writing(directory / f"{name}.svg") as file:
            figure.savefig(file, format="svg", metadata={"Date": None})


# ---------------------------------------------------------------- words


def label(nodes: Mapping[str, Any], name: str) -> str:
    """The label of a node of the scenario, or its name in plain letters where it has none."""
    return getattr(nodes.get(name), "label", "") or name.replace("_", " ")


def short(name: str, letters: int = 28) -> str:
    """A name cut with an ellipsis, for places where there is no room to wrap it."""
    return name if len(name) <= letters else name[: letters - 1].rstrip() + "…"


def percent(value: float) -> str:
    """A share with its sign, as in the tables on screen."""
    return f"{written.percent(value)}%"


def percentages(axis: Axis) -> None:
    """Percentages on an axis from 0 to 1."""
    axis.set_ticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])


THICK, THIN = 3.2, 0.9
"""Points: width of a line for a Monte-Carlo interval, and of one for what the assumptions leave open."""


def whiskers(axes: Axes, at: float, bounds: Bounds, *, upright: bool = False, colour: str = "#222222") -> None:
    """Both intervals of a figure: a thin line for what the assumptions leave open, a thick one on it for Monte-Carlo error."""
    for (low, high), width in ((bounds[2:], THIN), (bounds[:2], THICK)):
        if not (np.isnan(low) or np.isnan(high)):
            ends, place = [low, high], [at, at]
            line = (place, ends) if upright else (ends, place)
            axes.plot(*line, color=colour, linewidth=width, solid_capstyle="butt", zorder=6)


def whisker_key(*, thin: bool = True, colour: str = "#222222") -> list[Any]:
    """What the two lines mean; ``thin``: whether any of that kind is drawn."""
    said = "what the assumptions leave open" if thin else "what the assumptions leave open: not known here"
    return [
        Line2D([], [], color=colour, linewidth=THICK, label="95% Monte-Carlo interval"),
        Line2D([], [], color=colour, linewidth=THIN, label=said),
    ]


def footnote(result: Result, more: str = "") -> str:
    """Of which scenario a chart is, what was set in it by hand, how many worlds it rests on, and what is to be known of it."""
    worlds = "1 world" if result.count == 1 else f"{result.count:,} worlds"
    by_hand = f" with {', '.join(sorted(result.scenario.pinned))} set by hand" if result.scenario.pinned else ""
    run = f"{worlds} per process, seed {result.seed}; {f'{more}; ' if more else ''}no forecast."
    return f"{result.scenario.file.title}{by_hand}. {run}"


def ink_on(colour: str) -> str:
    """White or black letters, whichever stand out more on a colour (contrast of WCAG 2)."""
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in mpl.colors.to_rgb(colour)]
    light = 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
    return "white" if 1.05 / (light + 0.05) > (light + 0.05) / 0.066 else INK


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of a line in inches, a little on the safe side."""
    return float(_TO_PATH.get_text_width_height_descent(text, _font(size, weight), ismath=False)[0]) * 1.03 / 72


_TO_PATH = TextToPath()


@cache
def _font(size: float, weight: str) -> FontProperties:
    return FontProperties(family="DejaVu Sans", size=size, weight=weight)


def line_height(size: float) -> float:
    """Height of a line in inches."""
    return size * 1.25 / 72


def wrap(text: str, inches: float, *, size: float = SIZE, weight: str = "normal", lines: int = 3) -> str:
    """The text broken into at most ``lines`` lines of a width, cut with an ellipsis where it is longer."""
    done: list[str] = []
    for word in text.split():
        line = f"{done[-1]} {word}" if done else word
        if done and text_width(line, size, weight) <= inches:
            done[-1] = line
            continue
        rest = word
        while text_width(rest, size, weight) > inches and len(rest) > 1:
            cuts = range(len(rest) - 1, 1, -1)
            fits = next((n for n in cuts if text_width(rest[:n] + "-", size, weight) <= inches), 1)
            done.append(rest[:fits] + "-")
            rest = rest[fits:]
        done.append(rest)
    if len(done) > lines:
        last = done[lines - 1]
        while last and text_width(last + "…", size, weight) > inches:
            last = last[:-1]
        done = [*done[: lines - 1], last.rstrip(" -") + "…"]
    return "\n".join(done)


def height_of(text: str, size: float) -> float:
    """Height of a wrapped text in inches; zero if there is none."""
    return (text.count("\n") + 1) * line_height(size) if text else 0.0


def baselines(text: str, size: float) -> list[tuple[str, float]]:
    """The lines of a wrapped text, each with how far its baseline is below the top, in inches.

    Lines are placed one by one because matplotlib aligns a block by its ink, which differs from text to text.
    """
    return [(line, 0.92 * size / 72 + n * line_height(size)) for n, line in enumerate(text.split("\n"))]


# ---------------------------------------------------------------- pages


@dataclass(frozen=True)
class Words:
    """The words around a chart: its title, how to read it, what it rests on."""

    title: str
    lead: str
    foot: str


@dataclass(frozen=True)
class Grid:
    """Panels side by side, in inches: a panel's size and the room around it for ticks and labels."""

    columns: int
    width: float
    height: float
    left: float = 0.6
    right: float = 0.2
    bottom: float = 0.6
    legend: float = 0.0


@dataclass(frozen=True)
class Heading:
    """What stands over a panel: its name and, in smaller letters, a note."""

    name: str
    note: str = ""


@dataclass(frozen=True)
class Page:
    """A figure with its panels in order and the height at which a legend goes, in figure coordinates."""

    figure: Figure
    panels: list[Axes]
    legend_at: float

    def legend(self, handles: Sequence[Any], columns: int) -> None:
        """Put one legend for all panels under them."""
        self.figure.legend(
            handles=list(handles),
            loc="center",
            bbox_to_anchor=(0.5, self.legend_at),
            ncols=columns,
            handlelength=1.6,
            columnspacing=1.4,
            handletextpad=0.5,
            borderpad=0,
            borderaxespad=0,
        )


def legend_height(handles: Sequence[Any], columns: int) -> float:
    """Height in inches of a legend, which fills column by column, and of a little room around it."""
    rows = -(-len(handles) // columns)
    parts = [handles[start : start + rows] for start in range(0, len(handles), rows)]
    return max(sum(height_of(str(h.get_label()), SIZE) + 0.07 for h in part) for part in parts) + 0.2


def columns_for(count: int, most: int) -> int:
    """How many panels to put side by side: all of a few, two or three of many."""
    if count <= most:
        return max(count, 1)
    return 2 if count == 4 else most


def page(words: Words, grid: Grid, headings: Sequence[Heading]) -> Page:
    """An empty page: a title, how to read it, panels with their headings, room for a legend, a footnote."""
    cell = grid.left + grid.width + grid.right
    width = max(grid.columns * cell, 7.0) + 2 * MARGIN
    room = width - 2 * MARGIN
    title = wrap(words.title, room, size=TITLE, weight="bold")
    lead = wrap(words.lead, room, size=SIZE, lines=6)
    foot = wrap(words.foot, room, size=SMALL, lines=6)
    names = [wrap(h.name, cell - 0.2, size=PANEL, weight="bold") for h in headings]
    notes = [wrap(h.note, cell - 0.2, size=SMALL, lines=4) for h in headings]
    starts = range(0, len(headings), grid.columns)
    over = [height_of(n, PANEL) + height_of(t, SMALL) for n, t in zip(names, notes, strict=True)]
    tops = [max(over[start : start + grid.columns]) + 0.1 for start in starts]
    head = height_of(title, TITLE) + 0.06 + height_of(lead, SIZE) + 0.22
    body = sum(tops) + len(tops) * (grid.height + grid.bottom)
    height = MARGIN + head + body + grid.legend + height_of(foot, SMALL) + 0.1 + MARGIN
    figure = Figure(figsize=(width, height))

    def put(x: float, down: float, text: str, **kind: Any) -> None:
        for line, under in baselines(text, kind["fontsize"]) if text else []:
            figure.text(x / width, 1 - (down + under) / height, line, ha="left", va="baseline", **kind)

    put(MARGIN, MARGIN, title, fontsize=TITLE, fontweight="bold")
    put(MARGIN, MARGIN + height_of(title, TITLE) + 0.06, lead, fontsize=SIZE, color=INK)
    put(MARGIN, height - MARGIN - height_of(foot, SMALL), foot, fontsize=SMALL, color=GREY)
    panels = []
    down = MARGIN + head
    for row, start in enumerate(starts):
        for n in range(start, min(start + grid.columns, len(headings))):
            x = MARGIN + (n - start) * cell
            put(x, down, names[n], fontsize=PANEL, fontweight="bold")
            put(x, down + height_of(names[n], PANEL), notes[n], fontsize=SMALL, color=GREY)
            low = 1 - (down + tops[row] + grid.height) / height
            panels.append(figure.add_axes(((x + grid.left) / width, low, grid.width / width, grid.height / height)))
        down += tops[row] + grid.height + grid.bottom
    return Page(figure, panels, 1 - (down + grid.legend / 2) / height)
