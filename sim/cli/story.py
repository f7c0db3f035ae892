"""``gobetween story``: one world, week by week."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

import sim
from sim.cli.errors import CommandError
from sim.cli.options import SEED, OneProcess, RunOptions, ScenarioFile, Seed, Settings, load_scenario, whole_number
from sim.cli.output import console
from sim.scenario.arguments import MOST_WORLDS

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


class Form(StrEnum):
    """How a story is written."""

    text = "text"
    markdown = "markdown"
    json = "json"


World = Annotated[
    int | None, typer.Option("--world", parser=whole_number, metavar="N", help="which world, counted from 0 [default: 0]")
]
Typical = Annotated[bool, typer.Option("--typical", help="the first of 2,000 worlds that ends as most do")]
Surprising = Annotated[bool, typer.Option("--surprising", help="the first of 2,000 that agrees in the rarest way")]
Against = Annotated[str | None, typer.Option("--against", metavar="PROCESS", help="tell the same world in this process as well")]
As = Annotated[Form, typer.Option("--form", help="how it is written")]


def story(  # noqa: PLR0913, PLR0917 - one argument per option
    scenario: ScenarioFile,
    process: OneProcess = None,
    world: World = None,
    typical: Typical = False,
    surprising: Surprising = False,
    against: Against = None,
    seed: Seed = SEED,
    settings: Settings = None,
    form: As = Form.text,
) -> None:
    """Tell one world of one process week by week.

    It is the world of that number in any comparison with the same seed.
    """
    if world is not None and not 0 <= world < MOST_WORLDS:
        raise CommandError(f"--world: got {world}, expected 0 to {MOST_WORLDS - 1:,}", 2)
    if (world is not None) + typical + surprising > 1:
        raise CommandError("--world, --typical, --surprising: expected one of them", 2)
    RunOptions(seed=seed)  # refuses what cannot be
    from sim.show.story import WIDTH  # noqa: PLC0415
    from sim.show.tables import width_of  # noqa: PLC0415

    asked, width = load_scenario(scenario, settings), min(WIDTH, width_of(console()))
    names = asked.choose_processes([process or next(iter(asked.file.processes)), *([against] if against else [])])
    if typical or surprising:
        world = _picked(asked, names[0], seed, typical=typical)
    told = [sim.story(asked, process=name, world=world or 0, seed=seed, width=width, form=form.value) for name in names]
    typer.echo(f"[{','.join(told)}]\n" if form is Form.json and len(told) > 1 else "\n".join(told), nl=False)


def _picked(asked: Scenario, process: str, seed: int, *, typical: bool) -> int:
    """Run the process and say which world was chosen, and why, on standard error."""
    from sim.study import picked  # noqa: PLC0415

    result = sim.compare(asked, processes=[process], seed=seed)
    found = picked.typical(result, process) if typical else picked.surprising(result, process)
    how = "as most do" if typical else "in the rarest of the ways to an agreement"
    typer.echo(f"world {found.world} ends {how}: {found.ended}; so do {found.alike:,} of {result.count:,}", err=True)
    return found.world
