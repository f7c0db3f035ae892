"""``gobetween explain``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

import sim
from sim.cli.levers import Issue, Metric
from sim.cli.options import SEED, WORLDS, Force, Jobs, Json, RunOptions, ScenarioFile, Seed, Settings, Worlds, load_scenario
from sim.cli.output import console, print_json, progress, show_and_save
from sim.scenario.problems import plain

First = Annotated[str, typer.Argument(metavar="FIRST", help="a process, such as direct_officials")]
Second = Annotated[str | None, typer.Argument(metavar="[SECOND]", help="the process that is compared to it")]
Against = Annotated[
    str | None,
    typer.Option("--against", metavar="FILE", help="instead of a second process: the same process in another scenario"),
]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="folder to write to [default: results/, scenario, the two, -explained]"),
]


def explain(  # noqa: PLR0913, PLR0917 - one argument per option
    scenario: ScenarioFile,
    first: First,
    second: Second = None,
    against: Against = None,
    metric: Metric = "agreed",
    issue: Issue = None,
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    settings: Settings = None,
    jobs: Jobs = 1,
    out: Out = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Share out the difference between two processes over the levers in which they differ.

    Prints what each has of it, and writes the tables and a chart to a folder. Stopped, it goes on from there when it is
    called again.
    """
    from sim.study.advice.explain import ask, manifest_of  # noqa: PLC0415
    from sim.study.saving import check_target, parts_beside  # noqa: PLC0415

    asked, wanted = load_scenario(scenario, settings), RunOptions(worlds, seed, jobs)
    other = None if against is None else load_scenario(against, settings)
    question = ask(asked, first, second, against=other, metric=metric, issue=issue)
    folder = out or f"results/{Path(scenario).stem}-{first}-{second or Path(str(against)).stem}-explained"
    path = check_target(folder, manifest_of(question, worlds=wanted.worlds, seed=wanted.seed), force=force)
    parts = parts_beside(path)
    count = 2 + (1 << len(question.groups))
    with progress(wanted.worlds * count, f"{wanted.worlds:,} worlds, the two and {count - 2} mixtures of them") as tick:
        found = sim.explain(
            asked, first, second, against=other, metric=metric, issue=issue,
            worlds=wanted.worlds, seed=wanted.seed, jobs=wanted.jobs, parts=parts, progress=tick,
        )  # fmt: skip

    def show_it() -> None:
        if as_json:
            tables = {"summary": found.summary, "shares": found.table, "moments": found.moments, "hybrids": found.hybrids}
            print_json(manifest=found.manifest, **tables)
        else:
            found.show(console())

    show_and_save(show_it, lambda: found.save(folder, force=force))
    shutil.rmtree(parts, ignore_errors=True)
    typer.echo(f"Written to {plain(folder)}: shares.csv, moments.csv, hybrids.csv, waterfall.png and waterfall.svg", err=as_json)
