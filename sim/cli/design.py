"""``gobetween design``."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Annotated

import typer

import sim
from sim.cli.options import (
    SEED,
    WORLDS,
    Force,
    Jobs,
    Json,
    RunOptions,
    ScenarioFile,
    Seed,
    Settings,
    Worlds,
    load_scenario,
    whole_number,
)
from sim.cli.output import console, print_json, progress, show_and_save
from sim.scenario.problems import plain, refuse
from sim.scenario.reading import value_of

Issues = Annotated[
    list[str], typer.Option("--issue", metavar="NAME", help="what is to be agreed and kept; several times for several")
]
Searched = Annotated[
    str | None, typer.Option("--levers", metavar="NAMES", help="levers that are searched, such as sponsor,term [default: all]")
]
Fixed = Annotated[
    list[str] | None,
    typer.Option("--fixed", metavar="LEVER=VALUE", help="the one value of a lever, such as mediators=[qatar]"),
]
Never = Annotated[
    list[str] | None,
    typer.Option("--never", metavar="LEVER=VALUE", help="a value that a lever does not have, such as level=leaders"),
]
Count = Annotated[int, typer.Option("--proposals", parser=whole_number, metavar="N", help="how many are looked at")]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="folder to write to [default: results/, scenario, issues, -design]"),
]


def design(  # noqa: PLR0913, PLR0917 - one argument per option
    scenario: ScenarioFile,
    issue: Issues,
    levers: Searched = None,
    fixed: Fixed = None,
    never: Never = None,
    proposals: Count = 5000,
    worlds: Worlds = WORLDS,
    seed: Seed = SEED,
    settings: Settings = None,
    jobs: Jobs = 1,
    out: Out = None,
    force: Force = False,
    as_json: Json = False,
) -> None:
    """Search formats and agendas for what to propose, and say how sure that is.

    Prints a short list of proposals beside the known formats, and writes it to a folder, with a scenario file that
    `gobetween compare` runs. Stopped, it goes on from there when it is called again.
    """
    from sim.study.advice.design import asked_space, manifest_of  # noqa: PLC0415
    from sim.study.saving import check_target, parts_beside  # noqa: PLC0415

    asked, wanted = load_scenario(scenario, settings), RunOptions(worlds, seed, jobs)
    limits = {
        "levers": None if levers is None else [name.strip() for name in levers.split(",")],
        "fixed": {lever: values[-1] for lever, values in _pairs("fixed", fixed).items()}, "never": _pairs("never", never),
    }  # fmt: skip
    space = asked_space(asked, issue, **limits)  # type: ignore[arg-type]
    folder = out or f"results/{Path(scenario).stem}-{'-'.join(space.issues)}-design"
    path = check_target(folder, manifest_of(space, proposals=proposals, worlds=wanted.worlds, seed=wanted.seed), force=force)
    parts = parts_beside(path)
    count = min(proposals, space.size)
    with progress(None, f"{count:,} proposals, few worlds each, the best of them more") as tick:
        found = sim.design(
            asked, issue, **limits, proposals=proposals, worlds=wanted.worlds, seed=wanted.seed, jobs=wanted.jobs,  # type: ignore[arg-type]
            parts=parts, progress=tick,
        )  # fmt: skip

    def show_it() -> None:
        if as_json:
            tables = {"proposals": found.table, "robustness": found.robustness, "information": found.information}
            print_json(manifest=found.manifest, **tables)
        else:
            found.show(console())

    show_and_save(show_it, lambda: found.save(folder, force=force))
    shutil.rmtree(parts, ignore_errors=True)
    typer.echo(f"Written to {plain(folder)}: proposals.csv, proposals.yaml, robustness.csv, looked_at.csv and more", err=as_json)


def _pairs(option: str, given: list[str] | None) -> dict[str, list[object]]:
    """``lever=value`` as lever to values. Raises ScenarioError."""
    found: dict[str, list[object]] = {}
    for text in given or ():
        lever, sign, value = text.partition("=")
        if not sign:
            raise refuse(option, f"got {text}, expected a lever and a value such as level=leaders")
        found.setdefault(lever.strip(), []).append(value_of(value.strip(), f"--{option} {lever.strip()}"))
    return found
