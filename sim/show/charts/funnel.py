"""From invited to in force at the end: the share of worlds in which each stage is reached, and why not.

A stage counts as reached where any table with a headline issue of the process reached it with all stages before; texts
count that move one of them. Stages are nested: what stands at the end was ratified before. Where a world
is lost between two stages, each of its tables that got as far as the first has a reason and a side whose
it is; they share the world's weight.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from sim.scenario.headline import headline
from sim.show.charts.style import (
    BLUE,
    GREY,
    PALE,
    SIZE,
    SKY,
    SMALL,
    Bounds,
    Grid,
    Heading,
    Words,
    baselines,
    footnote,
    height_of,
    label,
    page,
    percent,
    short,
    whisker_key,
    whiskers,
    wrap,
)
from sim.study.outcomes import moves, share
from sim.study.tally import left_open

if TYPE_CHECKING:
    from sim.study.compare import Result

HELD = "In force"
BAR, GAP = 0.19, 0.07
"""Inches: height of a bar, and room between a bar and the words above it."""
LABELS, BARS = 1.5, 4.4
"""Inches: width of the names of stages, and of bars with their numbers and the words above them."""
FULL = 1.16
"""End of the axis, where a bar of all worlds ends at 1: the rest is room for its number."""

Bools = NDArray[np.bool_]


@dataclass(frozen=True)
class Step:
    """A stage of the funnel: in which worlds it is reached, in which it was lost, the commonest reason, and whose the loss is."""

    name: str
    reached: Bools
    lost: Bools
    reason: str
    part: float  # of the loss that the reason accounts for
    whose: dict[str, float]  # share of the loss by side, the greatest first


HINTED = "Invited by a hint"
"""Name of the first stage where no table of a process has a formal invitation of both sides."""


def draw(result: Result) -> Figure:
    """The funnel of every process, a panel each."""
    funnels = {p: steps(result, p) for p in result.processes}
    words = {p: [_loss_in_words(step) for step in funnel] for p, funnel in funnels.items()}
    # A stage is at the same height in every panel: as far down as the longest words above it need.
    room = [max(height_of(text, SMALL) for text in texts) for texts in zip(*words.values(), strict=True)]
    bottoms = [float(b) for b in np.cumsum([r + GAP + BAR + GAP / 2 for r in room])]
    columns = min(len(funnels), 2)
    grid = Grid(columns, BARS, bottoms[-1], left=LABELS, right=0.35, bottom=0.25, legend=0.35)
    known = _bounds(result, funnels)
    heads = [Heading(label(result.scenario.file.processes, p), _note(result, p)) for p in result.processes]
    sheet = page(
        Words(
            "Share of worlds in which each stage is reached",
            """A stage is reached where any table that has an issue the process is for reaches it, with a text on such
            an issue. Between bars: the points lost on the way, with the commonest reason, whose it is, and its
            share of that loss. In force (the lighter bar) includes suspended and carried out.""",
            footnote(result),
        ),
        grid,
        heads,
    )
    for axes, process in zip(sheet.panels, result.processes, strict=True):
        axes.set_xlim(0, FULL)
        axes.set_ylim(grid.height, 0)
        axes.axis("off")
        for bottom, step, text, bounds in zip(bottoms, funnels[process], words[process], known[process], strict=True):
            _bar(axes, bottom - GAP / 2 - BAR / 2, step, text, bounds)
    sheet.legend(whisker_key(thin=not all(np.isnan(bounds[2]) for own in known.values() for bounds in own)), 2)
    return sheet.figure


def _bounds(result: Result, funnels: dict[str, list[Step]]) -> dict[str, list[Bounds]]:
    """Both intervals of every stage, by process."""
    low, high = left_open(np.array([step.reached for funnel in funnels.values() for step in funnel]), result.drawn)
    assumed = iter(zip(low.tolist(), high.tolist(), strict=True))

    def bounds(step: Step) -> Bounds:
        found, (least, most) = share(step.reached), next(assumed)
        return found.low, found.high, least, most

    return {process: [bounds(step) for step in funnel] for process, funnel in funnels.items()}


def _bar(axes: Axes, middle: float, step: Step, words: str, bounds: Bounds) -> None:
    """A stage as a bar whose middle is at a height in inches, with its name, its number and what was lost before it."""
    found = float(step.reached.mean())
    axes.barh(middle, 1, height=BAR, color=PALE, zorder=1)
    axes.barh(middle, found, height=BAR, color=SKY if step.name.startswith(HELD) else BLUE, zorder=2)
    whiskers(axes, middle, bounds)
    axes.text(FULL, middle, percent(found), ha="right", va="center_baseline", fontsize=SIZE)
    axes.text(-0.03, middle, step.name, ha="right", va="center_baseline", fontsize=SIZE)
    top = middle - BAR / 2 - GAP / 2 - height_of(words, SMALL)
    for line, under in baselines(words, SMALL) if words else []:
        axes.text(0, top + under, line, ha="left", va="baseline", fontsize=SMALL, color=GREY)


def _loss_in_words(step: Step) -> str:
    points = 100 * float(step.lost.mean())
    if points == 0:
        return ""
    size = f"{points:.0f}" if points >= 1 else f"{points:.1f}" if points >= 0.1 else "<0.1"
    return wrap(f"▼ −{size} · {step.reason} ({percent(step.part)})", BARS + 0.2, size=SMALL, lines=2)


def _note(result: Result, process: str) -> str:
    """Tables of the process, and declarations made at them, which bind nobody absent."""
    file = result.scenario.file
    names = [label(file.tables, t) for t in _tables(result, process)]
    note = f"Any of {len(names)} tables" if len(names) > 1 else f"Table: {names[0]}"
    note += f", on {' or '.join(label(file.issues, i) for i in headline(file, process))}"
    hinted = {t: _asked(result, t, "hinted") for t in _tables(result, process)}
    if all(hinted.values()):
        sides = [short(label(file.parties, s)) for s in result.scenario.disputants if any(s in own for own in hinted.values())]
        note += f". {' and '.join(sides)}: no invitation but a hint"
    rows = _rows(result, process)
    if "declared_week" in rows and rows["declared_week"].notna().any():
        made = _any(rows, rows["declared_week"].notna(), result.count)
        note += f". A declaration by those present in {percent(float(made.mean()))} of worlds"
    return note


# ---------------------------------------------------------------- counting


def steps(result: Result, process: str) -> list[Step]:
    """The stages of a process in order, with the worlds that reached each and those lost before it."""
    rows = _rows(result, process)
    about = headline(result.scenario.file, process)
    uninvited = {t: _asked(result, t, "not") for t in _tables(result, process)}
    so_far = rows["table"].astype(str).map(lambda t: not uninvited[t]).astype(bool)
    everyone = np.ones(result.count, bool)
    reached = _any(rows, so_far, result.count)
    asked_not = sorted({side for sides in uninvited.values() for side in sides}, key=result.scenario.disputants.index)
    whose = "both" if len(asked_not) > 1 else next(iter(asked_not), "nobody")
    formal = any(not _asked(result, t, "not") and not _asked(result, t, "hinted") for t in uninvited)
    name = "Both sides invited" if formal or not reached.any() else HINTED
    found = [Step(name, reached, everyone & ~reached, _who(result, whose, "was not invited"), 1.0, {whose: 1.0})]
    stages = {
        "An occasion to meet": "occasion",
        "Both sides came": "came",
        "A text agreed": "agreed",
        "Ratified": "ratified",
    }
    for name, column in stages.items():
        before, worlds_before = so_far, reached
        so_far = before & rows[f"{column}_week"].notna()
        if column == "agreed":
            so_far &= moves(rows, about)
        reached = _any(rows, so_far, result.count)
        lost = worlds_before & ~reached
        found.append(Step(name, reached, lost, *_commonest(result, _lost_rows(rows, before, lost))))
    stands = _any(rows, so_far & rows["stands_end"].astype(bool), result.count)
    lost = reached & ~stands
    found.append(Step(f"{HELD}, at the end", stands, lost, *_commonest(result, _lost_rows(rows, so_far, lost))))
    return found


def _tables(result: Result, process: str) -> list[str]:
    """Tables of a process that have a headline issue on their agenda."""
    file = result.scenario.file
    about = set(headline(file, process))
    return [t for t in file.processes[process].tables if about & set(file.tables[t].agenda)]


def _rows(result: Result, process: str) -> pd.DataFrame:
    rows = result.outcomes(process)
    return rows[rows["table"].astype(str).isin(_tables(result, process))]


def _any(rows: pd.DataFrame, hit: pd.Series, worlds: int) -> Bools:
    """Worlds in which any table is hit, ``(worlds,)``."""
    found = np.zeros(worlds, bool)
    found[rows.loc[hit.to_numpy(dtype=bool), "world"].to_numpy(dtype=int)] = True
    return found


def _asked(result: Result, table: str, status: str) -> list[str]:
    """The sides whose invitation to a table has this status."""
    file = result.scenario.file
    invited: dict[str, Any] = file.formats[file.tables[table].format].invited
    return [side for side in result.scenario.disputants if side in invited and invited[side].status == status]


def _lost_rows(rows: pd.DataFrame, before: pd.Series, lost: Bools) -> pd.DataFrame:
    """Tables that had got as far as the stage before, in the worlds lost after it."""
    there = before.to_numpy(dtype=bool) & lost[rows["world"].to_numpy(dtype=int)]
    part: pd.DataFrame = rows[["world", "whose", "reason"]][there]
    return part.astype({"whose": str, "reason": str})


def _commonest(result: Result, lost: pd.DataFrame) -> tuple[str, float, dict[str, float]]:
    """The commonest reason with whose it is, in words, and its part of the worlds lost; and the part of each side."""
    if lost.empty:
        return "", 0.0, {}
    weight = 1 / lost.groupby("world")["world"].transform("size")
    parts = weight.groupby([lost["whose"], lost["reason"]]).sum()
    found: Any = parts.idxmax()
    sides = (parts.groupby(level=0).sum() / parts.sum()).sort_values(ascending=False, kind="stable")
    return _who(result, str(found[0]), str(found[1])), float(parts.max() / parts.sum()), dict(sides)


def _who(result: Result, whose: str, reason: str) -> str:
    """A reason in words with whose it is: ``Russia: had publicly ruled out talks``."""
    words = reason.replace(": ", " – ") or "no reason on record"
    if whose == "both":
        return f"Both: {words}"
    if whose in result.scenario.disputants:
        return f"{short(label(result.scenario.file.parties, whose))}: {words}"
    return words[:1].upper() + words[1:]
