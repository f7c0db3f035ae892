"""``gobetween plot``: the charts of a saved run again."""

from __future__ import annotations

from typing import Annotated

import typer


def plot(
    directory: Annotated[str, typer.Argument(metavar="DIR", help="folder of a run, such as results/kursk-2024")],
) -> None:
    """Draw the charts of a saved run again."""
    from sim.study.saving import redraw  # noqa: PLC0415

    redraw(directory)
    typer.echo(f"charts drawn again in {directory}")
