"""``gobetween import``: a scenario of a bargaining domain."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import CommandError
from sim.cli.options import Force
from sim.scenario.problems import plain


def import_domain(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="folder with a bilateral domain in NegMAS's file layout")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="scenario file to write; it must not exist yet")],
    force: Force = False,
) -> None:
    """Make a scenario of a bargaining domain.

    Reads NegMAS's YAML, JSON or Genius XML: issues, two additive utilities, reservation values.
    """
    from sim.scenario.bargain import scenario_of, text_of  # noqa: PLC0415
    from sim.scenario.negmas import read_domain  # noqa: PLC0415
    from sim.scenario.scenario import Scenario  # noqa: PLC0415
    from sim.study.writing import write  # noqa: PLC0415

    if os.path.lexists(out) and not (force and os.path.isfile(out)):
        raise CommandError(f"{plain(out)}: already there, expected a new file, or --force to replace one", 2)
    source = Path(folder).resolve().name
    made = scenario_of(read_domain(folder), source)
    Scenario.from_dict(made)  # what is written can be read
    note = f"Made by gobetween import from the bargaining domain {source}. Nothing political happens here until you set it."
    write(Path(out), text_of(made, note).encode())
    typer.echo(f"Written to {plain(out)}")
