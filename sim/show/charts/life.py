"""How long agreements live: Kaplan and Meier's estimate per process, with Greenwood's band.

Each table's first agreement in each world counts from entry into force to its end, if it moves a headline issue of the
process. Those still in force when the run ends, and those carried out in full, are counted until then and not as ended
(censored). What the assumptions leave open comes from a linear fit of the agreements' pseudo-values (Andersen, Klein,
Rosthøj 2003): what each adds to the estimate.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import MaxNLocator
from numpy.typing import NDArray

from sim.model.reasons import WORDS, Reason
from sim.scenario.headline import headline
from sim.show.charts.style import (
    BLUE,
    GREY,
    PALE,
    SIZE,
    THIN,
    Grid,
    Heading,
    Words,
    columns_for,
    footnote,
    label,
    page,
    percentages,
    whisker_key,
    wrap,
)
from sim.study.outcomes import Z, moves
from sim.study.tally import left_open

if TYPE_CHECKING:
    from sim.study.compare import Result

FEWEST = 20
"""Agreements below which no curve is drawn."""
LEAST_AT_RISK = 10
"""Agreements still followed below which a curve is not drawn on."""
OTHERS = "#BDBDBD"


@dataclass(frozen=True)
class Lives:
    """Agreements of a process: weeks each was followed, whether it ended then or was carried out, its world; ``(n,)``."""

    weeks: NDArray[np.float64]
    ended: NDArray[np.bool_]
    carried_out: NDArray[np.bool_]
    world: NDArray[np.int64]


@dataclass(frozen=True)
class Curve:
    """Share still in force from each of ``weeks`` on, its bounds, and agreements followed up to it, all ``(k,)``."""

    weeks: NDArray[np.float64]
    alive: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    followed: NDArray[np.int64]

    def median(self) -> float:
        """The first week by which half have ended; NaN where fewer have."""
        half = np.flatnonzero(self.alive <= 0.5)
        return float(self.weeks[half[0]]) if len(half) else float("nan")


def lives(result: Result, process: str) -> Lives:
    """The first agreement of every table and world of a process that moves one of its headline issues."""
    rows = result.outcomes(process)
    rows = rows[rows["ratified_week"].notna().to_numpy() & moves(rows, headline(result.scenario.file, process))]
    begun = rows["ratified_week"].to_numpy(dtype=float)
    over = rows["ended_week"].to_numpy(dtype=float, na_value=np.nan)
    going_on = np.isnan(over)
    carried_out = (rows["first_end"].astype(str) == WORDS[Reason.CARRIED_OUT]).to_numpy(dtype=bool)
    # An agreement that ends in the week it entered into force has lived that week.
    weeks = np.where(going_on, result.scenario.file.weeks - begun, over - begun + 1)
    return Lives(weeks, ~going_on & ~carried_out, carried_out, rows["world"].to_numpy(dtype=np.int64))


def kaplan_meier(found: Lives) -> Curve:
    """The product-limit estimate (Kaplan, Meier 1958) with Greenwood's bounds.

    Bounds are taken on the log-log scale (Kalbfleisch, Prentice 1980), which keeps them between 0 and 1.
    """
    times = np.unique(found.weeks)
    followed = np.array([(found.weeks >= t).sum() for t in times], np.int64)
    ends = np.array([(found.ended & (found.weeks == t)).sum() for t in times], np.int64)
    alive = np.cumprod(1 - ends / followed)
    left = followed - ends
    variance = np.cumsum(np.divide(ends, followed * left, out=np.zeros(len(times)), where=left > 0))
    log_alive = np.log(np.where((alive > 0) & (alive < 1), alive, 0.5))
    spread = Z * np.sqrt(variance) / np.abs(log_alive)
    inside = (alive > 0) & (alive < 1)
    low = np.where(inside, np.exp(log_alive * np.exp(spread)), alive)
    high = np.where(inside, np.exp(log_alive * np.exp(-spread)), alive)
    for n in np.flatnonzero(alive == 0):  # the variance has no bound there: keep the last upper bound
        high[n] = high[n - 1] if n else 1.0
    start = np.zeros(1)
    one = np.ones(1)
    return Curve(
        np.concatenate([start, times]),
        np.concatenate([one, alive]),
        np.concatenate([one, low]),
        np.concatenate([one, high]),
        np.concatenate([[len(found.weeks)], followed]),
    )


def pseudo_values(found: Lives, curve: Curve) -> NDArray[np.float64]:
    """What each agreement adds to a curve, ``(weeks, agreements)``: n times it, less n - 1 times the curve without that one."""
    n, times = len(found.weeks), curve.weeks[1:, None]
    followed = (found.weeks >= times).sum(axis=1, keepdims=True) - (found.weeks >= times)
    here = found.ended & (found.weeks == times)
    ends = here.sum(axis=1, keepdims=True) - here
    without = np.cumprod(1 - np.divide(ends, followed, out=np.zeros(here.shape), where=followed > 0), axis=0)
    return np.concatenate([np.ones((1, n)), n * curve.alive[1:, None] - (n - 1) * without])


def draw(result: Result) -> Figure:
    """The life of agreements, a panel per process with the other processes in grey behind it."""
    known = {p: lives(result, p) for p in result.processes}
    curves = {p: kaplan_meier(found) for p, found in known.items() if len(found.weeks) >= FEWEST}
    weeks = result.scenario.file.weeks
    columns = columns_for(len(known), 3)
    grid = Grid(columns, 6.0 if columns == 1 else 3.1, 2.2, left=0.65, right=0.25, bottom=0.65, legend=0.6)
    heads = [
        Heading(label(result.scenario.file.processes, p), _note(known[p], curves.get(p))) for p in result.processes
    ]
    sheet = page(
        Words(
            "Share of agreements still in force, by weeks since entry into force",
            f"""Kaplan–Meier estimate over the first agreement of each table and world, if it moves an issue that the
            process is for; suspended counts as in force. Agreements still in force when the run ends, and those
            carried out in full, are followed until then and not counted as ended. A curve stops where fewer than
            {LEAST_AT_RISK} agreements are still followed.""",
            footnote(result, "bands: Monte-Carlo error (Greenwood 1926, log-log), agreements taken to be independent"),
        ),
        grid,
        heads,
    )
    any_open = False
    for axes, process in zip(sheet.panels, result.processes, strict=True):
        _panel(axes, weeks)
        if process not in curves:
            text = wrap(f"Fewer than {FEWEST} agreements: too few for a curve", grid.width - 0.5, size=SIZE)
            axes.text(weeks / 2, 0.625, text, ha="center", va="center", color=GREY)
            continue
        for other in [p for p in curves if p != process]:
            _line(axes, curves[other], color=OTHERS, linewidth=1.0, zorder=1)
        curve = curves[process]
        shown = _shown(curve)
        open_to = _left_open(result, known[process], curve)
        if open_to is not None:
            any_open = True
            for edge in open_to:
                axes.step(curve.weeks[shown], edge[shown], where="post", color=BLUE, linewidth=THIN, zorder=2)
        band = curve.weeks[shown], curve.low[shown], curve.high[shown]
        axes.fill_between(*band, step="post", color=BLUE, alpha=0.22, linewidth=0, zorder=2)
        _line(axes, curve, color=BLUE, linewidth=1.8, zorder=3)
    handles = [
        Line2D([], [], color=BLUE, linewidth=1.8, label="this process"),
        Patch(facecolor=BLUE, alpha=0.22, label="95% Monte-Carlo band"),
        whisker_key(thin=any_open, colour=BLUE)[1],
        Line2D([], [], color=OTHERS, linewidth=1.4, label="the other processes"),
    ]
    sheet.legend(handles if len(curves) > 1 else handles[:3], 2)
    return sheet.figure


def _left_open(result: Result, found: Lives, curve: Curve) -> NDArray[np.float64] | None:
    """Low and high of the curve by what the assumptions leave open, ``(2, k)``; None where nothing can be said."""
    drawn = {name: column[found.world] for name, column in result.drawn.items()}
    ends = np.clip(left_open(pseudo_values(found, curve), drawn), 0.0, 1.0)
    return None if np.isnan(ends).all() else ends


def _panel(axes: Axes, weeks: int) -> None:
    axes.set_xlim(0, weeks)
    axes.set_ylim(0, 1.02)
    percentages(axes.yaxis)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.grid(axis="y", color=PALE, linewidth=0.7)
    axes.set_axisbelow(True)
    axes.set_xlabel("weeks since entry into force")


def _shown(curve: Curve) -> slice:
    return slice(0, int((curve.followed >= LEAST_AT_RISK).sum()))


def _line(axes: Axes, curve: Curve, **kind: object) -> None:
    shown = _shown(curve)
    axes.step(curve.weeks[shown], curve.alive[shown], where="post", **kind)  # type: ignore[arg-type]


def _note(found: Lives, curve: Curve | None) -> str:
    count = len(found.weeks)
    note = f"{count:,} agreement{'' if count == 1 else 's'}"
    if found.carried_out.any():
        note += f", {found.carried_out.sum():,} carried out"
    if curve is None:
        return note
    middle = curve.median()
    return note + (f"; half ended by week {middle:.0f}" if not np.isnan(middle) else "; fewer than half seen to end")
