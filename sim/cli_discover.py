"""The door, continued: ``gobetween discover``. Verbs only, no science."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

import sim
from sim import cli

Target = Annotated[
    str, typer.Argument(metavar="SCENARIO|DIR", help="a scenario file, or the folder of a comparison or a sweep of many points")
]
Two = Annotated[
    list[str] | None, typer.Option("--process", metavar="NAME", help="one of the two processes; twice [default: the first two]")
]
Metric = Annotated[str, typer.Option("--metric", metavar="NAME", help="by which figure they are ranked")]
Issue = Annotated[str, typer.Option("--issue", metavar="NAME", help="of which issue [default: the process as a whole]")]
Count = Annotated[int, typer.Option("--n", parser=cli._whole, metavar="N", help="worlds to run of a scenario")]
Out = Annotated[str | None, typer.Option("--out", metavar="DIR", help="write boxes.csv, limits.csv and a manifest to a folder")]


@cli.app.command()
@cli.guarded
def discover(  # noqa: PLR0913, PLR0917 - one argument per option
    target: Target,
    process: Two = None,
    metric: Metric = "agreed",
    issue: Issue = "",
    n: Count = 4000,
    seed: cli.Seed = cli.SEED,
    settings: cli.Settings = None,
    jobs: cli.Jobs = 1,
    out: Out = None,
) -> None:
    """Find the assumptions under which the ranking of two processes turns.

    Boxes of assumptions by PRIM, found in one half of the worlds and counted in the other.
    """
    from sim.show.boxes import told  # noqa: PLC0415
    from sim.study.exploration.turning import opened  # noqa: PLC0415

    cli._Run(n, seed, jobs, "", False)  # refuses what cannot be
    folder = Path(target).is_dir()
    if folder and settings:
        raise cli.CommandError(f"--set: {target} was run as it is; expected a scenario file with it", 2)
    source = opened(Path(target)) if folder else cli._load(target, settings)
    found = sim.discover(source, processes=process or None, metric=metric, issue=issue, worlds=n, seed=seed, jobs=jobs)
    scenario = source if isinstance(source, sim.Scenario) else source.scenario
    typer.echo(told(found, scenario.file), nl=False)
    if out is not None:
        found.save(out)
        typer.echo(f"Written to {out}: boxes.csv, limits.csv and manifest.json")
