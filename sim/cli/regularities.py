"""``gobetween regularities``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import CommandError
from sim.cli.options import SEED, WORLDS, Jobs, RunOptions, Seed, Worlds
from sim.cli.output import console, progress

Folder = Annotated[
    str, typer.Argument(metavar="FOLDER", help="folder with observed.yaml and the synthetic conflicts that it names")
]
Out = Annotated[str, typer.Option("--out", metavar="DIR", help="folder to write to")]


def regularities(
    folder: Folder = "scenarios/regularities",
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    jobs: Jobs = 1,
    out: Out = "results/regularities",
) -> None:
    """Hold synthetic conflicts in several formats against counts of real ones.

    Shows each count beside the model's figure, inside or outside; and apart from it what formats differ by.
    """
    from sim.show.regularities import show  # noqa: PLC0415
    from sim.study.history.counted import read_study  # noqa: PLC0415
    from sim.study.history.regularities import report  # noqa: PLC0415
    from sim.study.history.synthetic import run_fates  # noqa: PLC0415
    from sim.study.writing import check_writable  # noqa: PLC0415

    RunOptions(worlds, seed, jobs)  # refuses what cannot be
    if worlds < 2:
        raise CommandError(f"--worlds: got {worlds}, expected at least 2: intervals need them", 2)
    study = read_study(folder)
    check_writable(Path(out))
    count = len(study.runs())
    with progress(worlds * count, f"{worlds:,} worlds, {count} formats and conflicts") as tick:
        result = report(study, run_fates(study, worlds=worlds, seed=seed, jobs=jobs, progress=tick))
    result.save(out)
    show(result, console())
    typer.echo(f"Written to {out}")
