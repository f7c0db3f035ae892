"""``gobetween compare`` and ``run``: processes on the same worlds."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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

Against = Annotated[
    str | None,
    typer.Option(
        "--against",
        metavar="SCENARIO",
        help="run beside it and show the difference [default: with --set the file unchanged]",
    ),
]
Full = Annotated[bool, typer.Option("--full", help="print all tables instead of one screen")]


def compare(  # noqa: PLR0913, PLR0917 - one argument per option
    scenario: ScenarioFile,
    process: Processes = None,
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    settings: Settings = None,
    against: Against = None,
    jobs: Jobs = 1,
    out: Out = None,
    force: Force = False,
    full: Full = False,
    as_json: Json = False,
) -> None:
    """Compare processes on the same worlds.

    Prints what was found, with --set or --against beside the unchanged scenario or the other one, and writes tables and charts
    to a folder.
    """
    asked = load_scenario(scenario, settings)
    names = asked.choose_processes(process or None)
    other = load_scenario(against) if against else load_scenario(scenario) if settings else None
    target = (out or f"results/{Path(scenario).stem}", force)
    _run(Asked(asked, names, other), RunOptions(worlds, seed, jobs), target, Shown(full, as_json))


def run(  # noqa: PLR0913, PLR0917 - one argument per option
    scenario: ScenarioFile,
    process: OneProcess = None,
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    settings: Settings = None,
    jobs: Jobs = 1,
    out: Out = None,
    force: Force = False,
    full: Full = False,
    as_json: Json = False,
) -> None:
    """Run one process, otherwise as compare."""
    asked = load_scenario(scenario, settings)
    (name,) = asked.choose_processes([process or next(iter(asked.file.processes))])
    target = (out or f"results/{Path(scenario).stem}-{name}", force)
    _run(Asked(asked, [name]), RunOptions(worlds, seed, jobs), target, Shown(full, as_json))


@dataclass(frozen=True)
class Asked:
    """What is run: processes of a scenario, and beside them those of another."""

    scenario: Scenario
    processes: list[str]
    against: Scenario | None = None


@dataclass(frozen=True)
class Shown:
    """What is printed: one screen, everything, or JSON."""

    full: bool
    as_json: bool


def _run(asked: Asked, wanted: RunOptions, target: tuple[str, bool], shown: Shown) -> None:
    """Check the folder (``target``, with whether it may be replaced), run, show, save."""
    from sim.study.compare import manifest_of  # noqa: PLC0415
    from sim.study.saving import check_target  # noqa: PLC0415

    folder, force = target
    names, other = asked.processes, asked.against
    check_target(folder, manifest_of(asked.scenario, seed=wanted.seed, worlds=wanted.worlds, processes=names), force=force)
    both = len(names) + len([name for name in names if other is not None and name in other.file.processes])
    what = f"{wanted.worlds:,} worlds, {len(names)} {'process' if len(names) == 1 else 'processes'}"
    what += "" if other is None else " as changed and as they were"
    how: dict[str, Any] = {"worlds": wanted.worlds, "seed": wanted.seed, "jobs": wanted.jobs}
    with progress(wanted.worlds * both, what) as tick:
        result = sim.compare(asked.scenario, processes=names, against=other, progress=tick, **how)

    def show_it() -> None:
        if shown.as_json:
            from sim.study.outcomes import imposed  # noqa: PLC0415

            changes = {} if result.changes is None else {"changes": result.changes}
            summary = result.summary.assign(imposed=imposed(result.summary))
            print_json(manifest=result.manifest, summary=summary, reasons=result.reasons, texts=result.texts, **changes)
        else:
            result.show(console(), full=shown.full)

    show_and_save(show_it, lambda: result.save(folder, force=force))
    typer.echo(f"Written to {plain(folder)}", err=shown.as_json)
