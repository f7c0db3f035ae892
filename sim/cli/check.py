"""``gobetween check``: what is in a scenario, and what it rests on."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.errors import CommandError
from sim.cli.options import ScenarioFile, load_scenario
from sim.cli.output import console


def check(
    scenario: ScenarioFile,
    strict: Annotated[bool, typer.Option("--strict", help="exit 1 if a number has neither claim nor assumption")] = False,
) -> None:
    """Validate a scenario and show what is in it.

    Prints parties, tables, zones of possible agreement, what the numbers rest on, and the names that --set takes.
    """
    asked = load_scenario(scenario)
    from sim.show.inventory import show  # noqa: PLC0415

    found = show(asked, console())
    missing = len(found.missing)
    if strict and missing:
        raise CommandError(f"{scenario}: {missing} number{'s' if missing > 1 else ''} with neither claim nor assumption", 1)
    if strict:
        typer.echo(f"{scenario}: every number has a claim, an assumption or a choice: {len(found.leaves):,} numbers")
