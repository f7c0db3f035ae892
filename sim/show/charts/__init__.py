"""Charts of a comparison that a reader understands without the code, one file per chart."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.show.charts import agreement, funnel, life, surplus, weekly
from sim.show.charts.style import house_style, write

if TYPE_CHECKING:
    from sim.study.compare import Result

CHARTS = {
    "funnel": funnel.draw,
    "agreement": agreement.draw,
    "life": life.draw,
    "surplus": surplus.draw,
    "weekly": weekly.draw,
}
"""Every chart by the name of its file."""


def draw(result: Result, directory: Path | None = None) -> dict[str, Figure]:
    """All charts of a result by name; written to ``directory`` as PNG and SVG where one is named.

    The same result gives the same bytes: no dates, no random names, none of the reader's own settings.
    """
    with house_style():
        figures = {name: chart(result) for name, chart in CHARTS.items()}
        if directory is not None:
            write(figures, directory)
    return figures
