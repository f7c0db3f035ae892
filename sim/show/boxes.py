"""What scenario discovery found, in lines that a person reads."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from rich.console import Console

from sim.show.charts.style import label
from sim.show.tables import print_text
from sim.show.wording import SHARES, metric_words, number_words, path_words, range_words
from sim.show.written import percent

if TYPE_CHECKING:
    from sim.study.exploration.discovery import Discovery


def show(found: Discovery, console: Console, file: Any = None) -> None:
    """Print which process is ahead, and the boxes in which it is less so; names by the labels of ``file``."""
    for line in told(found, file):
        indent = len(line) - len(line.lstrip())
        print_text(console, line, hang=indent + 2 if line else 0)


def told(found: Discovery, file: Any = None) -> Iterator[str]:
    """The lines of what was found, before they are wrapped."""
    made, what = found.manifest, "worlds" if found.manifest["noisy"] else "points"
    yield _order(found, file, what)
    turned, points = made["turned_points"], made["points"]
    if not turned:
        yield "The order turns in none of them: there are no conditions to look for."
        return
    if not made["enough"]:
        yield f"The order turns in {turned:,} of {points:,} {what}: too few to look for conditions."
        return
    if found.boxes.empty:
        yield f"No box of assumptions was borne out by the half of the {what} that it was not found in."
        return
    yield f"Counted in the half of the {what} that boxes were not found in ([ ]: 95% Monte-Carlo interval):"
    for box in found.boxes.to_dict("records"):
        yield ""
        yield from _box(found, box, file, what)


def _order(found: Discovery, file: Any, what: str) -> str:
    processes = file.processes if file is not None else {}
    ahead, behind = label(processes, found.ahead), label(processes, found.behind)
    metric, issue = found.manifest.get("metric", ""), found.manifest.get("issue", "")
    about = f" ({metric_words(metric, issue, file)})" if metric else ""
    level, points = found.manifest["equal"], found.manifest["points"]
    if level == 1:
        return f"{ahead} and {behind} are level in all of {points:,} {what}{about}."
    same = "" if level is None else f", level in {percent(level)}%"
    more = ";" if level is None else f" in {percent(max(0.0, 1 - level - found.share))}%,"
    return f"{ahead} is ahead of {behind}{about}{more} behind in {percent(found.share)}%{same} of {points:,} {what}."


def _box(found: Discovery, box: dict[Any, Any], file: Any, what: str) -> Iterator[str]:
    density, low, high = (percent(box[key]) for key in ("density", "density_low", "density_high"))
    yield (
        f"Box {box['box']}: behind in {density}% [{low}, {high}] of {box['points']:,} {what}, "
        f"{percent(box['coverage'])}% of all in which it is"
    )
    if not math.isnan(box["difference"]):
        shares = found.manifest.get("metric", "") in SHARES
        times, unit = (100, " points of a hundred worlds") if shares else (1, "")
        change, low, high = (number_words(times * box[key]) for key in ("difference", "low", "high"))
        turned = "; the ranking is turned" if box["high"] < 0 else ""
        yield f"  difference {change} [{low}, {high}]{unit}{turned}"
    for row in found.limits[found.limits["box"] == box["box"]].to_dict("records"):
        yield f"  {path_words(row['parameter'], file)}: {_limits(row, file)}"


def _limits(row: dict[Any, Any], file: Any) -> str:
    own = range_words(row["parameter"], row["low"], row["high"], file)
    chances = [row[key] for key in ("quasi_p_low", "quasi_p_high") if not math.isnan(row[key])]
    said = ", ".join("below 0.001" if p < 0.001 else f"{p:.3f}" for p in chances)
    return f"{own}, of {number_words(row['range_low'])} to {number_words(row['range_high'])} (quasi-p {said})"
