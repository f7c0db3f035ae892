"""A hindcast drawn: are probabilities right as often as they say, and what was said of each episode."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from sim.show.charts.style import (
    BLUE,
    GREY,
    INK,
    PALE,
    SMALL,
    VERMILLION,
    Grid,
    Heading,
    Words,
    columns_for,
    page,
    wrap,
)
from sim.show.verdicts import MAIN, OUTCOMES, agreed_in_fact, titles
from sim.study.history.scoring import BINS

if TYPE_CHECKING:
    from sim.study.history.hindcast import Hindcast

ROW = 0.25
"""Inches: height of a line of the list."""

TITLES, ISSUES, AXIS, FACTS = 3.4, 1.75, 3.0, 1.8
"""Inches: width of the names of episodes, of issues, of the axis, and of what happened."""

SEEN = 0.012
"""How far a bar goes beyond its ends, so that one without length is seen."""

TOP = 1.2
"""End of the axis of shares: what is above 1 is room for the counts."""


def figures(found: Hindcast) -> dict[str, Figure]:
    """The charts by name."""
    return {"calibration": calibration(found), "episodes": episodes(found)}


def _foot(found: Hindcast, more: str) -> str:
    return f"{len(found.episodes)} episodes, {found.count:,} worlds in each, seed {found.seed}; {more}."


# ---------------------------------------------------------------- calibration


def calibration(found: Hindcast) -> Figure:
    """Probabilities against what happened, a panel per outcome."""
    counts = found.sharpness.set_index("outcome")[["rows", "clusters"]].to_dict("index")
    shown = [outcome for outcome in MAIN if outcome in counts]
    heads = [Heading(OUTCOMES[o], _note(found, o, counts[o])) for o in shown]
    sheet = page(
        Words(
            "Do things happen as often as the model says?",
            """A dot: probabilities that are alike, in five equal steps, and the share of them that happened; the
            number of rows is above. Right on average: on the line. A pale bar: where the share would lie in 95 of
            100 histories were the probabilities right. Ticks at the foot: every single probability.""",
            _foot(found, "in a bar all rows of an affair share their luck"),
        ),
        Grid(columns_for(len(shown), 2), 3.0, 3.2, left=0.7, right=0.25, bottom=0.65, legend=0.4),
        heads or [Heading("Nothing is scored")],
    )
    for axes, outcome in zip(sheet.panels, shown or [""], strict=True):
        _panel(axes, found.calibration[found.calibration["outcome"] == outcome])
        said = np.asarray(scored(found, outcome)["probability"], dtype=float)
        axes.plot(said, np.full(len(said), -0.035), "|", color=BLUE, markersize=7, markeredgewidth=0.8, alpha=0.7, zorder=4)
    sheet.legend(
        [
            Line2D([], [], marker="o", linestyle="", color=BLUE, label="share that happened"),
            Patch(facecolor=PALE, label="expected, were it right"),
            Line2D([], [], color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), label="right on average"),
        ],
        3,
    )
    return sheet.figure


def scored(found: Hindcast, outcome: str) -> pd.DataFrame:
    """The rows that an outcome is scored on."""
    if outcome.startswith("ended_"):
        return found.life[(found.life["days"] == int(outcome.removeprefix("ended_"))) & (found.life["weight"] > 0)]
    return found.rows[found.rows["pooled"].astype(bool)]


def _note(found: Hindcast, outcome: str, counts: dict[str, int]) -> str:
    few = int(scored(found, outcome)["flag"].str.contains("few worlds").sum())
    return f"{counts['rows']} rows in {counts['clusters']} affairs" + (f"; {few} rest on hardly any worlds" if few else "")


def _panel(axes: Axes, bins: pd.DataFrame) -> None:
    axes.set_xlim(-0.02, 1.02)
    axes.set_ylim(-0.08, TOP)
    axes.spines["left"].set_bounds(0, 1)
    ticks = [0, 0.2, 0.4, 0.6, 0.8, 1]
    axes.set_xticks(ticks, [f"{100 * t:.0f}%" for t in ticks])
    axes.set_yticks(ticks, [f"{100 * t:.0f}%" for t in ticks])
    axes.set_xlabel("the model says")
    axes.set_ylabel("it happened")
    axes.plot([0, 1], [0, 1], color=GREY, linewidth=0.8, linestyle=(0, (4, 3)), zorder=2)
    for edge in range(1, BINS):
        axes.plot([edge / BINS] * 2, [0, 1], color=PALE, linewidth=0.6, zorder=0)
    for row in bins.itertuples():
        middle = (min(int(row.probability * BINS), BINS - 1) + 0.5) / BINS
        ends = [row.low - SEEN, row.high + SEEN]
        axes.plot([row.probability] * 2, ends, color=PALE, linewidth=9, solid_capstyle="butt", zorder=1)
        axes.plot([row.probability], [row.happened], "o", color=BLUE, markersize=6, zorder=5, clip_on=False)
        axes.text(middle, 1.1, f"{row.rows}", ha="center", va="center_baseline", fontsize=SMALL, color=GREY)


# ---------------------------------------------------------------- episodes


def episodes(found: Hindcast) -> Figure:
    """The probability of agreement in every row, the highest first, marked by what happened."""
    rows = found.rows[found.rows["pooled"] | (found.rows["scored"] == "")]
    rows = rows.sort_values(["probability", "episode", "issue"], ascending=[False, True, True], kind="stable")
    rows = rows.drop_duplicates(["episode", "issue"])
    height = max(len(rows), 1) * ROW
    sheet = page(
        Words(
            "What the model says of each episode and issue, and what happened",
            """Probability of agreement on the issue within half a year (once met: both sides put at the table),
            the highest first. A well-informed model
            has the filled marks at the top and the open ones at the bottom.""",
            _foot(found, "lines: 95% Monte-Carlo interval; pale marks rest on hardly any worlds"),
        ),
        Grid(1, AXIS, height, left=TITLES + ISSUES, right=FACTS, bottom=0.55, legend=0.4),
        [Heading("")],
    )
    axes = sheet.panels[0]
    axes.set_xlim(0, 1)
    axes.set_ylim(height, 0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_xticks([0, 0.25, 0.5, 0.75, 1], ["0%", "25%", "50%", "75%", "100%"])
    axes.set_xlabel("probability of agreement")
    for share in (0.25, 0.5, 0.75):
        axes.axvline(share, color=PALE, linewidth=0.8, zorder=0)
    names, told = titles(found.episodes), {episode.name: episode for episode in found.episodes}
    for place, row in enumerate(rows.itertuples()):
        words = (names[row.episode], told[row.episode].label(row.issue))
        _line(axes, (place + 0.5) * ROW, words, row)
    sheet.legend([Line2D([], [], label=label, **MARKS[kind]) for kind, label in ((True, "agreed"), (False, "not agreed"))], 2)
    return sheet.figure


MARKS: dict[bool, dict[str, Any]] = {
    True: {"marker": "o", "markersize": 6, "color": BLUE, "linestyle": ""},
    False: {
        "marker": "o", "markersize": 6, "markerfacecolor": "white", "markeredgecolor": VERMILLION, "markeredgewidth": 1.5,
        "linestyle": "",
    },
}  # fmt: skip


def _line(axes: Axes, middle: float, words: tuple[str, str], row: Any) -> None:
    """A row of the list: episode, issue, the mark on its interval, what happened."""
    happened, few = bool(row.observed), "few worlds" in row.flag
    colour = BLUE if happened else VERMILLION
    axes.plot([row.low, row.high], [middle] * 2, color=colour, linewidth=1.2, alpha=0.25 if few else 0.6, zorder=2)
    axes.plot([row.probability], [middle], **MARKS[happened], alpha=0.35 if few else 1, zorder=3, clip_on=False)
    for left, room, text, ink in (
        (-(TITLES + ISSUES), TITLES - 0.15, words[0], INK),
        (-ISSUES, ISSUES - 0.15, words[1], INK),
        (AXIS + 0.12, FACTS - 0.15, agreed_in_fact(row), colour),
    ):
        line = wrap(text, room, size=SMALL, lines=1)
        axes.text(left / AXIS, middle, line, ha="left", va="center_baseline", fontsize=SMALL, color=ink)
