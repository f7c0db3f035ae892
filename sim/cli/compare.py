"""``gobetween compare`` and ``run``: processes on the same worlds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

import sim
from sim.cli.options import (
    SEED,
    WORLDS,
    Jobs,
    Json,
    OneProcess,
    Out,
    Processes,
    RunOptions,
    ScenarioFile,
    Seed,
    Settings,
    Worlds,
    load_scenario,
)
from sim.cli.output import console, print_json, progress

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario


def compare(  # noqa: PLR0913, PLR0917 - one argument per option
    scenario: ScenarioFile,
    process: Processes = None,
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    settings: Settings = None,
    jobs: Jobs = 1,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Compare processes on the same worlds.

    Prints what was found, and writes tables and charts to a folder.
    """
    asked = load_scenario(scenario, settings)
    names = asked.choose_processes(process or None)
    _run(asked, names, RunOptions(worlds, seed, jobs), out or f"results/{Path(scenario).stem}", as_json=as_json)


def run(  # noqa: PLR0913, PLR0917 - one argument per option
    scenario: ScenarioFile,
    process: OneProcess = None,
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    settings: Settings = None,
    jobs: Jobs = 1,
    out: Out = None,
    as_json: Json = False,
) -> None:
    """Run one process, otherwise as compare."""
    asked = load_scenario(scenario, settings)
    (name,) = asked.choose_processes([process or next(iter(asked.file.processes))])
    _run(asked, [name], RunOptions(worlds, seed, jobs), out or f"results/{Path(scenario).stem}-{name}", as_json=as_json)


def _run(asked: Scenario, names: list[str], wanted: RunOptions, folder: str, *, as_json: bool) -> None:
    """Check the folder, run, save, show."""
    from sim.study.saving import check_target, saved  # noqa: PLC0415

    check_target(folder)
    total = wanted.worlds * len(names)
    what = f"{wanted.worlds:,} worlds, {len(names)} {'process' if len(names) == 1 else 'processes'}"
    with progress(total, what) as tick:
        result = sim.compare(asked, worlds=wanted.worlds, seed=wanted.seed, processes=names, jobs=wanted.jobs, progress=tick)
    with saved(result.save, folder):
        if as_json:
            print_json(manifest=result.manifest, summary=result.summary, reasons=result.reasons)
        else:
            from sim.show.console import show  # noqa: PLC0415

            show(result, console())
    typer.echo(f"Written to {folder}", err=as_json)
