"""What scenario discovery found, in lines that a person reads."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sim.show.charts.style import label, percent
from sim.show.wording import SHARES, metric_words, number_words, path_words, range_words

if TYPE_CHECKING:
    from sim.study.exploration.discovery import Discovery


def told(found: Discovery, file: Any = None) -> str:
    """Which process is ahead, and the boxes in which it is less so; names by the labels of ``file``."""
    return "\n".join(_lines(found, file)) + "\n"


def _lines(found: Discovery, file: Any) -> Iterator[str]:
    processes = file.processes if file is not None else {}
    ahead, behind = label(processes, found.ahead), label(processes, found.behind)
    metric, issue = found.manifest.get("metric", ""), found.manifest.get("issue", "")
    about = f" ({metric_words(metric, issue, file)})" if metric else ""
    what = "worlds" if found.manifest["noisy"] else "points"
    yield f"{ahead} is ahead of {behind}{about}; behind in {percent(found.share)} of {found.manifest['points']:,} {what}."
    if found.boxes.empty:
        yield f"No box of assumptions was borne out by the half of the {what} that it was not found in."
        return
    yield f"Counted in the half of the {what} that boxes were not found in ([ ]: 95% Monte-Carlo interval):"
    for box in found.boxes.to_dict("records"):
        density, low, high = (percent(box[key]) for key in ("density", "density_low", "density_high"))
        yield ""
        yield (
            f"Box {box['box']}: behind in {density} [{low}, {high}] of {box['points']:,} {what}, "
            f"{percent(box['coverage'])} of all in which it is"
        )
        if not math.isnan(box["difference"]):
            times, unit = (100, " points of a hundred worlds") if metric in SHARES else (1, "")
            change, low, high = (number_words(times * box[key]) for key in ("difference", "low", "high"))
            turned = "; the ranking is turned" if box["high"] < 0 else ""
            yield f"  difference {change} [{low}, {high}]{unit}{turned}"
        for row in found.limits[found.limits["box"] == box["box"]].to_dict("records"):
            yield f"  {path_words(row['parameter'], file)}: {_limits(row, file)}"


def _limits(row: dict[Any, Any], file: Any) -> str:
    own = range_words(row["parameter"], row["low"], row["high"], file)
    chances = [row[key] for key in ("quasi_p_low", "quasi_p_high") if not math.isnan(row[key])]
    said = ", ".join("<0.001" if p < 0.001 else f"{p:.3f}" for p in chances)
    return f"{own}, of {number_words(row['range_low'])} to {number_words(row['range_high'])} (quasi-p {said})"
