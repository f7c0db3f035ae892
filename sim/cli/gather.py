"""``gobetween gather``: the tables and charts of a sweep that was run in slices."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from sim.cli.output import console, show_and_save
from sim.scenario.problems import plain

if TYPE_CHECKING:
    from sim.study.sweeps.gather import Sweep

NoCharts = Annotated[bool, typer.Option("--no-charts", help="write tables only")]


def gather(
    directory: Annotated[str, typer.Argument(metavar="DIR", help="folder that the slices of a sweep were written to")],
    no_charts: NoCharts = False,
) -> None:
    """Make the tables and charts of a sweep that was run in slices, and print its figures.

    Says how many pieces are missing if it is not finished.
    """
    show_and_gather(Path(directory), charts=not no_charts)


def show_and_gather(folder: Path, *, charts: bool) -> None:
    """Show the figures, and only then make the tables and draw what the design allows; say what was written."""
    from sim.study.sweeps.gather import first_points  # noqa: PLC0415
    from sim.study.sweeps.gather import gather as gathered  # noqa: PLC0415

    first = first_points(folder)
    found: list[Sweep] = []
    show_and_save(lambda: first.show(console()), lambda: found.append(gathered(folder)))
    names = ["table.parquet", "table.csv"]
    if charts:
        names += [f"{name}.{kind}" for name in found[0].plot(folder) for kind in ("png", "svg")]
    typer.echo(f"Written to {plain(str(folder))}: {', '.join(names[:-1])} and {names[-1]}")
