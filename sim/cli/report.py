"""``gobetween report``: a saved study as a page to read."""

from __future__ import annotations

import gc
from typing import Annotated

import typer

from sim.scenario.problems import plain

Saved = Annotated[str, typer.Argument(metavar="DIR", help="folder of a run, such as results/kursk-2024")]
File = Annotated[str | None, typer.Option("--out", metavar="FILE", help="file to write [default: report.html in DIR]")]


def report(directory: Saved, out: File = None) -> None:
    """Write a saved study as one HTML page, for readers without a terminal.

    The page needs no network and no other file.
    """
    gc.disable()  # charts are large webs of objects, all of them needed to the end; looking for others takes a tenth of the time
    try:
        from sim.show.report.made import write_report  # noqa: PLC0415

        typer.echo(f"Written to {plain(str(write_report(directory, out)))}")
    finally:
        gc.enable()
