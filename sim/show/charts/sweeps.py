"""The charts that a sweep's design allows: curves along one number, a map and curves over two, otherwise dots per point."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from sim.show.charts import best_map, curves, dots
from sim.show.charts.curves import Swept, is_number
from sim.show.wording import value_words
from sim.study.sweeps.ranking import UNPAIRED
from sim.study.sweeps.ranking import figures as figures_of

if TYPE_CHECKING:
    from sim.study.sweeps.gather import Sweep

MOST_POINTS = 4096
"""Points beyond which nothing is drawn: more than a page shows."""

CHARTS = {"curves": curves.draw, "map": best_map.draw, "dots": dots.draw}
"""Every chart by the name of its file."""


def figures(sweep: Sweep, *, metric: str | None = None, issue: str = "") -> dict[str, Figure]:
    """The charts of a sweep by name; none where the design allows none.

    One number varied gives ``curves``, a grid over two numbers ``map`` and ``curves``, any other design of few points
    ``dots``. ``metric`` draws that one instead of the usual ones. Raises StudyError while pieces of the sweep are missing,
    ScenarioError for an unknown metric.
    """
    names = which(sweep)
    if not names:
        return {}
    swept = _swept(sweep)
    chosen: dict[str, Any] = {"metrics": (metric,)} if metric is not None else {}
    if metric is not None:
        figures_of(swept.table, metric, issue)
    if metric == UNPAIRED or not best_map.fits(swept, chosen.get("metrics", best_map.METRICS), issue):
        names = [name for name in names if name != "map"]
    return {name: CHARTS[name](swept, issue=issue, **chosen) for name in names}


def which(sweep: Sweep) -> list[str]:
    """Names of the charts that the design allows."""
    asked = sweep.manifest["points"]
    if asked["count"] > MOST_POINTS:
        return []
    otherwise = ["dots"] if asked["count"] <= dots.MOST_POINTS else []
    paths, kinds = asked["paths"], asked["kinds"]
    numbers = [path for path, kind in zip(paths, kinds, strict=True) if kind in ("number", "whole")]
    numbers = [path for path in numbers if is_number(sweep.points[path]) and not sweep.points[path].isna().any()]
    if len(paths) == 1:
        return ["curves"] if numbers else otherwise
    if len(paths) > 2 or sweep.manifest["design"] != "grid" or not numbers:
        return otherwise
    return ["curves", "map"] if len(numbers) == 2 else ["curves"]


def _swept(sweep: Sweep) -> Swept:
    manifest = sweep.manifest
    worlds = manifest["worlds"]
    count = "1 world" if worlds == 1 else f"{worlds:,} worlds"
    foot = f"{count} per point and process, the same ones at every point; seed {manifest['seed']}; no forecast."
    scenario = sweep.scenario
    foot = f"{scenario.file.title}. {foot}" if scenario is not None else foot
    numbers: dict[str, Any] = scenario.numbers() if scenario is not None else {}
    paths = tuple(manifest["points"]["paths"])
    base = {path: float(numbers[path]) for path in paths if path in numbers}
    table: pd.DataFrame = sweep.table
    for path in [path for path in paths if table[path].isna().any()]:  # a key that was taken away is a value as well
        table = table.assign(**{path: [value_words(value) for value in table[path]]})
    return Swept(table, paths, tuple(manifest["processes"]), foot, scenario.file if scenario is not None else None, base)
