"""From the one process to the other, part by part: a waterfall of the shares of their difference."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure

from sim.show.charts.bars import Bar, draw
from sim.show.charts.style import Words
from sim.show.explain import group_words, sides, what

if TYPE_CHECKING:
    from sim.study.advice.explain import Explanation

ENDS = ("share_low", "share_high", "share_assumed_low", "share_assumed_high")


def figures(found: Explanation) -> dict[str, Figure]:
    """The chart by name."""
    first, second, _ = found.summary.to_dict("records")
    ours, theirs = sides(found)
    bars = [Bar(ours, 0.0, first["share"], _bounds(first, 0.0), total=True)]
    reached = float(first["share"])
    for row in found.table.to_dict("records"):
        name = group_words(found, row)
        bars.append(Bar(name[:1].upper() + name[1:], reached, reached + row["share"], _bounds(row, reached)))
        reached += row["share"]
    bars.append(Bar(theirs, 0.0, second["share"], _bounds(second, 0.0), total=True))
    words = Words(
        f"From “{ours}” to “{theirs}”",
        f"{what(found)}. Each bar is the share of the difference that a part of what differs has, averaged over all orders in "
        "which the parts may change (Shapley); its intervals are those of the bar alone. Shares are bookkeeping and no advice.",
        f"{found.scenario.file.title}. "
        f"{found.manifest['worlds']:,} worlds, seed {found.manifest['seed']}, the same for all mixtures of the two; no forecast.",
    )
    return {"waterfall": draw(words, bars, "share of worlds", joined=True)}


def _bounds(row: dict[str, Any], start: float) -> tuple[float, float, float, float]:
    a, b, c, d = (start + float(row[end]) for end in ENDS)
    return a, b, c, d
