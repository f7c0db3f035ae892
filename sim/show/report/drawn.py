"""The charts of a study for a page, each with its caption and the figures that it is drawn from."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any

from sim.scenario.problems import GoBetweenWarning
from sim.show.report.page import Chart
from sim.show.report.vector import inline
from sim.show.tables import Table


def charts(found: Any, captions: Mapping[str, str], figures: Mapping[str, Table], of: str = "") -> list[Chart]:
    """Every chart of what a study found (``Findings``); ``of`` tells it from other studies on the page."""
    with warnings.catch_warnings():
        # Of letters that the charts' font does not have; a browser has fonts of its own.
        warnings.filterwarnings("ignore", "charts: the font has no", GoBetweenWarning)
        warnings.filterwarnings("ignore", "Glyph .* missing from font", UserWarning)
        drawn = found.plot()
        return [
            Chart(of + name, inline(figure, of + name, f"{of}{name}-caption"), captions.get(name, name), figures.get(name))
            for name, figure in drawn.items()
        ]
