"""``gobetween sweep``: many points of a scenario."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from sim.cli.errors import CommandError
from sim.cli.gather import NoCharts, show_and_gather
from sim.cli.options import SEED, WORLDS, Force, Jobs, Processes, RunOptions, Settings, load_scenario, whole_number
from sim.cli.output import console
from sim.scenario.problems import plain

if TYPE_CHECKING:
    from sim.study.sweeps.asked import Asked
    from sim.study.sweeps.pieces import Study
    from sim.study.sweeps.pilot import Plan
    from sim.study.sweeps.sweep import Means

Target = Annotated[str, typer.Argument(metavar="STUDY|SCENARIO", help="a study file, or a scenario file with --vary or --points")]
Vary = Annotated[
    list[str] | None,
    typer.Option("--vary", metavar="PATH=VALUES", help="PATH=low:high:n or PATH=a,b,c (null: none); may be repeated"),
]
Design = Annotated[str | None, typer.Option("--design", metavar="KIND", help="grid, latin or sobol [default: grid]")]
Points = Annotated[
    str | None, typer.Option("--points", metavar="FILE.csv", help="the points: a column per path, a row per point; empty: none")
]
Count = Annotated[
    int | None,
    typer.Option("--n", parser=whole_number, metavar="N", help="points of a latin or sobol design, or steps of ranges"),
]
Worlds = Annotated[
    int | None,
    typer.Option("--worlds", parser=whole_number, metavar="N", help=f"worlds per point and process [default: {WORLDS}]"),
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", parser=whole_number, metavar="S", help=f"the same seed gives the same worlds [default: {SEED}]"),
]
Cluster = Annotated[
    str | None, typer.Option("--cluster", metavar="ADDRESS", help="run on a dask.distributed cluster, such as tcp://host:8786")
]
Slice = Annotated[
    str | None, typer.Option("--slice", metavar="I/N", help="do the i-th of n parts, such as 3/20; all write to one --out")
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say how much there is to do and how long it will take, and leave")]
KeepWorlds = Annotated[bool, typer.Option("--keep-worlds", help="keep every world, in parquet files")]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="folder to write to [default: results/ and the study's name]"),
]


def sweep(  # noqa: PLR0913, PLR0917 - one argument per option
    target: Target,
    vary: Vary = None,
    design: Design = None,
    points: Points = None,
    n: Count = None,
    worlds: Worlds = None,
    seed: Seed = None,
    process: Processes = None,
    settings: Settings = None,
    jobs: Jobs = 1,
    out: Out = None,
    force: Force = False,
    cluster: Cluster = None,
    slice_: Slice = None,
    keep_worlds: KeepWorlds = False,
    dry_run: DryRun = False,
    no_charts: NoCharts = False,
) -> None:
    """Run processes on the same worlds at many points of a scenario.

    Prints its figures, point by point. What is finished is kept: the same command again goes on from there. Charts are
    drawn as well: curves along one or two numbers, otherwise (of up to 40 points) dots.
    """
    from sim.study.sweeps.asked import Asked, is_study, read_points, read_study, vary_of  # noqa: PLC0415
    from sim.study.sweeps.sweep import Means, parse_slice  # noqa: PLC0415

    designed = {"--vary": vary, "--design": design, "--points": points, "--n": n, "--set": settings}
    stem = Path(target).stem
    if is_study(target):
        if given := [name for name, value in designed.items() if value]:
            raise CommandError(f"{given[0]}: stands in the study file {target}; expected it there only", 2)
        asked = read_study(target)
    else:
        if bool(vary) == bool(points):
            raise CommandError("expected either --vary PATH=VALUES or --points FILE.csv", 2)
        where: Any = read_points(points) if points else vary_of(vary or [])
        asked = Asked(load_scenario(target, settings), where, design=design, n=n)
        stem += "-sweep"
    asked = _override(asked, worlds=worlds, seed=seed, processes=process or None, out=out, keep_worlds=keep_worlds or None)
    RunOptions(1 if asked.worlds is None else asked.worlds, asked.seed or 0, jobs)  # refuses what cannot be
    means = Means(jobs, cluster, parse_slice(slice_) if slice_ else None)
    study, folder = asked.study(), Path(asked.out or f"results/{stem}")
    if dry_run:
        _say_plan(study, folder, means)
        return
    _run(study, folder, means, charts=not no_charts, force=force)


def _override(asked: Asked, **given: Any) -> Asked:
    return replace(asked, **{name: value for name, value in given.items() if value is not None})


def _run(study: Study, folder: Path, means: Means, *, charts: bool, force: bool) -> None:
    from sim.show.meter import Meter, shown  # noqa: PLC0415
    from sim.study.sweeps.sweep import run_pieces  # noqa: PLC0415

    typer.echo(f"sweeping {_words(study)} into {plain(str(folder))}", err=True)
    meter = Meter(per_point=study.worlds * len(study.processes))
    with _kept(folder), shown(console(err=True), meter) as tick:
        found = run_pieces(study, folder, means, progress=tick, report=lambda line: typer.echo(line, err=True), force=force)
    if not found.missing and means.part is None:
        show_and_gather(folder, charts=charts)
        return
    left = f"{found.missing:,} of {study.pieces:,} pieces are missing" if found.missing else "all pieces are there"
    typer.echo(f"Slice {means.part[0]}/{means.part[1]} is finished in {plain(str(folder))}; {left}" if means.part else left)
    if not found.missing:
        typer.echo(f"Make the tables with: gobetween gather {plain(str(folder))}")


@contextmanager
def _kept(folder: Path) -> Iterator[None]:
    """An interrupted sweep has lost nothing that was finished."""
    try:
        yield
    except KeyboardInterrupt:
        kept = f"what is finished is kept in {plain(str(folder))}"
        raise CommandError(f"interrupted; {kept}; the same command goes on", 130) from None


def _say_plan(study: Study, folder: Path, means: Means) -> None:
    from sim.show.meter import duration, size  # noqa: PLC0415
    from sim.study.sweeps.pilot import plan  # noqa: PLC0415

    found: Plan = plan(study, folder, means)
    where = f" (slice {means.part[0]}/{means.part[1]})" if means.part else ""
    typer.echo(f"{_words(study)}, {study.design.kind}{where}")
    there = f"{found.finished:,} are finished in {plain(str(folder))}"
    typer.echo(f"{found.worlds:,} worlds in all, in {found.pieces:,} pieces; {there}")
    speed = f" at {found.speed:,.0f} worlds/s, measured on one piece" if found.seconds else ""
    with_jobs = "one thread of the cluster" if means.cluster else f"{found.jobs} job{'s' if found.jobs > 1 else ''}"
    typer.echo(f"about {duration(found.seconds)} with {with_jobs}{speed}; about {size(found.bytes)} on the disk")


def _words(study: Study) -> str:
    count, names = study.design.count, len(study.processes)
    return (
        f"{count:,} point{'s' if count > 1 else ''}, {study.worlds:,} world{'s' if study.worlds > 1 else ''} in each of "
        f"{names} process{'es' if names > 1 else ''}"
    )
