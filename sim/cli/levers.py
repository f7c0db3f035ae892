"""``gobetween levers``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

import sim
from sim.cli.options import SEED, WORLDS, Force, Jobs, Json, RunOptions, ScenarioFile, Seed, Settings, Worlds, load_scenario
from sim.cli.output import console, print_json, progress, show_and_save
from sim.scenario.problems import plain

Process = Annotated[str, typer.Argument(metavar="PROCESS", help="the process whose levers are changed, such as qatar_energy")]
Metric = Annotated[str, typer.Option("--metric", metavar="NAME", help="agreed, came, ratified or in_force_end")]
Issue = Annotated[str | None, typer.Option("--issue", metavar="NAME", help="on one issue rather than on what the process is for")]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="folder to write to [default: results/, scenario, process, -levers]"),
]


def levers(  # noqa: PLR0913, PLR0917 - one argument per option
    scenario: ScenarioFile,
    process: Process,
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
    """Show what each other value of each lever of a process would do, one lever at a time.

    Prints the changes that make a clear difference, and writes the whole table to a folder. Stopped, it goes on from
    there when it is called again.
    """
    from sim.study.advice.levers import Question, manifest_of  # noqa: PLC0415
    from sim.study.saving import check_target, parts_beside  # noqa: PLC0415

    asked, wanted = load_scenario(scenario, settings), RunOptions(worlds, seed, jobs)
    (process,) = asked.choose_processes([process])
    question = Question(metric, issue or "")
    question.check(asked, process)
    folder = out or f"results/{Path(scenario).stem}-{process}-levers"
    path = check_target(folder, manifest_of(asked, process, question, worlds=wanted.worlds, seed=wanted.seed), force=force)
    parts = parts_beside(path)
    how = {"metric": metric, "issue": issue, "worlds": wanted.worlds, "seed": wanted.seed, "jobs": wanted.jobs}
    with progress(None, f"{wanted.worlds:,} worlds for each change of a lever of {process}") as tick:
        found = sim.levers(asked, process, **how, parts=parts, progress=tick)  # type: ignore[arg-type]

    def show_it() -> None:
        if as_json:
            print_json(manifest=found.manifest, base=found.base, levers=found.table, refused=found.refused)
        else:
            found.show(console())

    show_and_save(show_it, lambda: found.save(folder, force=force))
    shutil.rmtree(parts, ignore_errors=True)
    typer.echo(f"Written to {plain(folder)}: levers.csv, refused.csv, levers.png and levers.svg", err=as_json)
