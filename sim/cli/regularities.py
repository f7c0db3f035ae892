"""``gobetween regularities``."""

from __future__ import annotations

from typing import Annotated

import typer

from sim.cli.errors import CommandError
from sim.cli.options import SEED, WORLDS, Force, Jobs, RunOptions, Seed, Worlds
from sim.cli.output import console, progress, show_and_save
from sim.scenario.problems import plain

Folder = Annotated[
    str, typer.Argument(metavar="FOLDER", help="folder with observed.yaml and the synthetic conflicts that it names")
]
Out = Annotated[str, typer.Option("--out", metavar="DIR", help="folder to write to")]


def regularities(  # noqa: PLR0913, PLR0917 - one argument per option
    folder: Folder = "scenarios/regularities",
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    jobs: Jobs = 1,
    out: Out = "results/regularities",
    force: Force = False,
) -> None:
    """Hold synthetic conflicts in several formats against counts of real ones.

    Shows each count beside the model's figure, inside or outside; and apart from it what formats differ by.
    """
    from sim.study.history.counted import read_study  # noqa: PLC0415
    from sim.study.history.regularities import manifest_of, report  # noqa: PLC0415
    from sim.study.history.synthetic import run_fates  # noqa: PLC0415
    from sim.study.saving import check_target  # noqa: PLC0415

    RunOptions(worlds, seed, jobs)  # refuses what cannot be
    if worlds < 2:
        raise CommandError(f"--worlds: got {worlds}, expected at least 2: intervals need them", 2)
    study = read_study(folder)
    check_target(out, manifest_of(study, seed=seed, worlds=worlds), force=force)
    count = len(study.runs())
    with progress(worlds * count, f"{worlds:,} worlds, {count} formats and conflicts") as tick:
        result = report(study, run_fates(study, worlds=worlds, seed=seed, jobs=jobs, progress=tick))
    show_and_save(lambda: result.show(console()), lambda: result.save(out, force=force))
    typer.echo(f"Written to {plain(out)}")
