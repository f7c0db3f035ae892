"""What studies found, printed and drawn: which module does it for which kind."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.show import screen

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console

    from sim.study.findings import Findings

PRINTED = {
    "comparison": "console", "sweep": "sweep", "sensitivity": "assumptions", "discovery": "boxes", "hindcast": "hindcast",
    "calibration": "calibration", "regularities": "regularities", "levers": "levers", "explanation": "explain",
    "design": "design",
}  # fmt: skip
"""Kind of a study to the module here that prints it."""

DRAWN = {
    "comparison": "comparison", "sweep": "sweeps", "sensitivity": "tornado", "hindcast": "hindcast",
    "calibration": "calibration", "regularities": "regularities", "levers": "levers", "explanation": "waterfall",
    "design": "design",
}  # fmt: skip
"""Kind of a study to the module of ``charts`` that draws it; a kind that is not here has no charts."""


def show(found: Findings, console: Console | None = None, **how: Any) -> None:
    """Print what was found."""
    import_module(f"sim.show.{PRINTED[found.kind]}").show(found, console or screen.console(), **how)


def words(found: Findings, width: int = 100) -> str:
    """What is printed of a study, as plain text."""
    console = screen.plain(width)
    show(found, console)
    return console.file.getvalue()  # type: ignore[attr-defined]


def draw(found: Findings, directory: Path | None = None, **how: Any) -> dict[str, Figure]:
    """The charts by name, in one style, written as PNG and SVG where a folder is named."""
    from sim.show.charts.style import house_style, write  # noqa: PLC0415 - not for what has no charts

    if found.kind not in DRAWN:
        return {}
    chart = import_module(f"sim.show.charts.{DRAWN[found.kind]}")
    with house_style():
        figures: dict[str, Figure] = chart.figures(found, **how)
        if directory is not None:
            write(figures, directory)
    return figures
