"""The charts that a sweep's design allows: curves along one number, a map and curves over two, otherwise none."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
from matplotlib.figure import Figure

from sim.show.charts import best_map, curves
from sim.show.charts.curves import Swept, is_number
from sim.show.charts.style import house_style, write
from sim.study.sweeps.ranking import UNPAIRED
from sim.study.sweeps.ranking import figures as figures_of

if TYPE_CHECKING:
    from sim.study.sweeps.gather import Sweep

MOST_POINTS = 4096
"""Points beyond which nothing is drawn: more than a page shows."""

CHARTS = {"curves": curves.draw, "map": best_map.draw}
"""Every chart by the name of its file."""


def draw(sweep: Sweep, directory: Path | None = None, *, metric: str | None = None, issue: str = "") -> dict[str, Figure]:
    """The charts of a sweep by name; written to ``directory`` as PNG and SVG where one is named.

    ``metric`` draws that one instead of the house's choice. The same sweep gives the same bytes; a file is whole
    or not there. Raises StudyError while pieces of the sweep are missing, ScenarioError for an unknown metric.
    """
    names = which(sweep)
    if not names:
        return {}
    swept = _swept(sweep)
    chosen: dict[str, Any] = {"metrics": (metric,)} if metric is not None else {}
    if metric is not None:
        figures_of(swept.table, metric, issue)
    if metric == UNPAIRED or not best_map.fits(swept):
        names = [name for name in names if name != "map"]
    with house_style():
        figures = {name: CHARTS[name](swept, issue=issue, **chosen) for name in names}
        if directory is not None:
            write(figures, directory)
    return figures


def which(sweep: Sweep) -> list[str]:
    """Names of the charts that the design allows."""
    paths, kinds = sweep.manifest["points"]["paths"], sweep.manifest["points"]["kinds"]
    numbers = [path for path, kind in zip(paths, kinds, strict=True) if kind in ("number", "whole")]
    if not numbers or len(paths) > 2 or sweep.manifest["points"]["count"] > MOST_POINTS:
        return []
    numbers = [path for path in numbers if is_number(sweep.points[path])]
    if len(paths) == 1:
        return ["curves"] if numbers else []
    whole = sweep.manifest["design"] == "grid"
    return (["curves", "map"] if len(numbers) == 2 else ["curves"] if numbers else []) if whole else []


def _swept(sweep: Sweep) -> Swept:
    manifest = sweep.manifest
    worlds = manifest["worlds"]
    count = "1 world" if worlds == 1 else f"{worlds:,} worlds"
    foot = f"{count} per point and process, the same ones at every point; seed {manifest['seed']}; no forecast."
    scenario = sweep.scenario
    numbers: dict[str, Any] = scenario.numbers() if scenario is not None else {}
    paths = tuple(manifest["points"]["paths"])
    base = {path: float(numbers[path]) for path in paths if path in numbers}
    table: pd.DataFrame = sweep.table
    return Swept(table, paths, tuple(manifest["processes"]), foot, scenario.file if scenario is not None else None, base)
