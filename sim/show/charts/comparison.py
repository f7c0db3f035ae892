"""Charts of a comparison that a reader understands without the code, one file per chart."""

from __future__ import annotations

from typing import TYPE_CHECKING

from matplotlib.figure import Figure

from sim.show.charts import agreement, funnel, life, network, surplus, texts, weekly

if TYPE_CHECKING:
    from sim.study.compare import Result

CHARTS = {
    "funnel": funnel.draw,
    "agreement": agreement.draw,
    "texts": texts.draw,
    "life": life.draw,
    "surplus": surplus.draw,
    "weekly": weekly.draw,
    "network": network.draw,
}
"""Every chart by the name of its file."""


def figures(result: Result) -> dict[str, Figure]:
    """All charts of a result by name."""
    return {name: chart(result) for name, chart in CHARTS.items()}
