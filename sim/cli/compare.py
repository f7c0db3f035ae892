"""``gobetween compare`` and ``run``: processes on the same worlds."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import typer

import sim
from sim.cli.options import (
    SEED,
    WORLDS,
    Force,
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
from sim.cli.output import console, print_json, progress, show_and_save
from sim.scenario.problems import plain

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
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Compare processes on the same worlds.

    Prints what was found, and writes tables and charts to a folder.
    """
    asked = load_scenario(scenario, settings)
    names = asked.choose_processes(process or None)
    target = (out or f"results/{Path(scenario).stem}", force)
    _run(asked, names, RunOptions(worlds, seed, jobs), target, as_json=as_json)


def run(  # noqa: PLR0913, PLR0917 - one argument per option
    scenario: ScenarioFile,
    process: OneProcess = None,
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    settings: Settings = None,
    jobs: Jobs = 1,
    out: Out = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Run one process, otherwise as compare."""
    asked = load_scenario(scenario, settings)
    (name,) = asked.choose_processes([process or next(iter(asked.file.processes))])
    target = (out or f"results/{Path(scenario).stem}-{name}", force)
    _run(asked, [name], RunOptions(worlds, seed, jobs), target, as_json=as_json)


def _run(asked: Scenario, names: list[str], wanted: RunOptions, target: tuple[str, bool], *, as_json: bool) -> None:
    """Check the folder (``target``, with whether it may be replaced), run, show, save."""
    from sim.study.compare import manifest_of  # noqa: PLC0415
    from sim.study.saving import check_target  # noqa: PLC0415

    folder, force = target
    check_target(folder, manifest_of(asked, seed=wanted.seed, worlds=wanted.worlds, processes=names), force=force)
    total = wanted.worlds * len(names)
    what = f"{wanted.worlds:,} worlds, {len(names)} {'process' if len(names) == 1 else 'processes'}"
    with progress(total, what) as tick:
        result = sim.compare(asked, worlds=wanted.worlds, seed=wanted.seed, processes=names, jobs=wanted.jobs, progress=tick)

    def show_it() -> None:
        if as_json:
            from sim.study.outcomes import imposed  # noqa: PLC0415

            summary = result.summary.assign(imposed=imposed(result.summary))
            print_json(manifest=result.manifest, summary=summary, reasons=result.reasons)
        else:
            result.show(console())

    show_and_save(show_it, lambda: result.save(folder, force=force))
    typer.echo(f"Written to {plain(folder)}", err=as_json)
