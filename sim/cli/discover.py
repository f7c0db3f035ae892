"""``gobetween discover``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

import sim
from sim.cli.errors import CommandError
from sim.cli.options import SEED, Force, Jobs, RunOptions, Seed, Settings, load_scenario, whole_number
from sim.cli.output import console, progress, show_and_save
from sim.scenario.problems import plain

Target = Annotated[
    str, typer.Argument(metavar="SCENARIO|DIR", help="a scenario file, or the folder of a comparison or a sweep of many points")
]
Two = Annotated[
    list[str] | None, typer.Option("--process", metavar="NAME", help="one of the two processes; twice [default: the first two]")
]
Metric = Annotated[str, typer.Option("--metric", metavar="NAME", help="by which figure they are ranked")]
Issue = Annotated[str | None, typer.Option("--issue", metavar="NAME", help="of which issue [default: the process as a whole]")]
Count = Annotated[int, typer.Option("--n", parser=whole_number, metavar="N", help="worlds to run of a scenario")]
Out = Annotated[str | None, typer.Option("--out", metavar="DIR", help="write boxes.csv, limits.csv and a manifest to a folder")]


def discover(  # noqa: PLR0913, PLR0917 - one argument per option
    target: Target,
    process: Two = None,
    metric: Metric = "agreed",
    issue: Issue = None,
    n: Count = 4000,
    seed: Seed = SEED,
    settings: Settings = None,
    jobs: Jobs = 1,
    out: Out = None,
    force: Force = False,
) -> None:
    """Find the assumptions under which the ranking of two processes turns.

    Boxes of assumptions by PRIM, found in one half of the worlds and counted in the other.
    """
    from sim.study.exploration.turning import opened, wanted  # noqa: PLC0415
    from sim.study.saving import check_target  # noqa: PLC0415

    RunOptions(n, seed, jobs, counted="--n")  # refuses what cannot be
    folder = Path(target).is_dir()
    if folder and settings:
        raise CommandError(f"--set: {target} was run as it is; expected a scenario file with it", 2)
    source = opened(Path(target)) if folder else load_scenario(target, settings)
    asked: dict[str, Any] = {"processes": process or None, "metric": metric, "issue": issue or "", "seed": seed}
    study = wanted(source, **asked, worlds=n)  # refuses what cannot be found before anything is run
    if out is not None:
        check_target(out, study, force=force, source=target if folder else None)
    if isinstance(source, sim.Scenario):
        with progress(2 * n, f"{n:,} worlds of two processes") as tick:
            found = sim.discover(source, **asked, worlds=n, jobs=jobs, progress=tick)
    else:
        found = sim.discover(source, **asked)
    scenario = source if isinstance(source, sim.Scenario) else source.scenario
    if out is None:
        found.show(console(), file=scenario.file)
        return
    show_and_save(lambda: found.show(console(), file=scenario.file), lambda: found.save(out, force=force))
    typer.echo(f"Written to {plain(out)}: boxes.csv, limits.csv and manifest.json")
