"""``gobetween plot``: the charts of a saved run again."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.scenario.problems import plain


def plot(
    directory: Annotated[str, typer.Argument(metavar="DIR", help="folder of a run, such as results/kursk-2024")],
) -> None:
    """Draw the charts of a saved run again."""
    from sim.study.stored import redraw  # noqa: PLC0415

    redraw(directory)
    typer.echo(f"charts drawn again in {plain(directory)}")
