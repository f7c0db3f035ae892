"""``gobetween story``: one world, week by week."""

from __future__ import annotations

from typing import Annotated

import typer

import sim
from sim.cli.errors import CommandError
from sim.cli.options import SEED, OneProcess, RunOptions, ScenarioFile, Seed, Settings, load_scenario, whole_number
from sim.cli.output import console
from sim.scenario.arguments import MOST_WORLDS

World = Annotated[int, typer.Option("--world", parser=whole_number, metavar="N", help="which world, counted from 0")]


def story(
    scenario: ScenarioFile,
    process: OneProcess = None,
    world: World = 0,
    seed: Seed = SEED,
    settings: Settings = None,
) -> None:
    """Tell one world of one process week by week.

    It is the world of that number in any comparison with the same seed.
    """
    if not 0 <= world < MOST_WORLDS:
        raise CommandError(f"--world: got {world}, expected 0 to {MOST_WORLDS - 1:,}", 2)
    RunOptions(seed=seed)  # refuses what cannot be
    from sim.show.story import WIDTH  # noqa: PLC0415
    from sim.show.tables import width_of  # noqa: PLC0415

    asked, width = load_scenario(scenario, settings), min(WIDTH, width_of(console()))
    typer.echo(sim.story(asked, process=process, world=world, seed=seed, width=width), nl=False)
