"""``gobetween sensitivity``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

import sim
from sim.cli.errors import CommandError
from sim.cli.options import SEED, WORLDS, Force, Jobs, RunOptions, Settings, load_scenario, whole_number
from sim.cli.output import console, progress, show_and_save
from sim.scenario.problems import plain

if TYPE_CHECKING:
    from sim.study.exploration.inquiry import Inquiry

Target = Annotated[
    str, typer.Argument(metavar="SCENARIO|DIR", help="a scenario file, or the folder of a comparison whose draws are to be used")
]
Processes = Annotated[
    list[str] | None,
    typer.Option("--process", metavar="NAME", help="give two: what moves the second, less the first"),
]
Metric = Annotated[str, typer.Option("--metric", metavar="NAME", help="agreed, weeks_in_force or another of summary.csv")]
Issue = Annotated[str | None, typer.Option("--issue", metavar="NAME", help="on one issue rather than on anything")]
Method = Annotated[
    str,
    typer.Option(
        "--method",
        metavar="NAME",
        help="given (draws of a run), morris (screening) or sobol (shares of variance)",
    ),
]
Count = Annotated[
    int | None,
    typer.Option("--n", parser=whole_number, metavar="N", help="trajectories of morris [10]; base points of sobol [256]"),
]
Lucks = Annotated[
    int | None, typer.Option("--lucks", parser=whole_number, metavar="N", help="worlds at each point of morris and sobol [40]")
]
Top = Annotated[
    int | None,
    typer.Option("--top", parser=whole_number, metavar="K", help="only the K that move it most [sobol: 12, after a screening]"),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option("--parameter", metavar="PATH", help="look at this assumption only; may be repeated"),
]
Worlds = Annotated[
    int | None, typer.Option("--worlds", parser=whole_number, metavar="N", help=f"worlds per process of given [{WORLDS}]")
]
Seed = Annotated[
    int | None,
    typer.Option("--seed", parser=whole_number, metavar="S", help=f"the same seed gives the same worlds [default: {SEED}]"),
]
DryRun = Annotated[bool, typer.Option("--dry-run", help="say how much there is to do and how long it will take, and leave")]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="folder to write to [default: results/ and the scenario's name, -sensitivity]"),
]


def sensitivity(  # noqa: PLR0913, PLR0917 - one argument per option
    target: Target,
    process: Processes = None,
    metric: Metric = "agreed",
    issue: Issue = None,
    method: Method = "given",
    n: Count = None,
    lucks: Lucks = None,
    top: Top = None,
    parameter: Parameters = None,
    worlds: Worlds = None,
    seed: Seed = None,
    settings: Settings = None,
    jobs: Jobs = 1,
    out: Out = None,
    force: Force = False,
    dry_run: DryRun = False,
) -> None:
    """Show which assumptions move the difference between two processes.

    Prints the greatest with their intervals, beside a dummy that enters nothing, and writes the table to a folder.
    """
    from sim.study.exploration.sensitivity import inquiry_of, manifest_of  # noqa: PLC0415
    from sim.study.saving import check_target  # noqa: PLC0415

    if top is not None and parameter:
        raise CommandError("expected either --top K or --parameter PATH", 2)
    if top is not None and top < 1:
        raise CommandError(f"--top: got {top}, expected at least 1", 2)
    _apart(method, n=n, lucks=lucks, worlds=worlds)
    RunOptions(1 if worlds is None else worlds, seed or 0, jobs)  # refuses what cannot be
    numbers = {"n": n if worlds is None else worlds, "lucks": lucks, "seed": seed, "parameters": parameter or top}
    asked: dict[str, Any] = {"processes": process or None, "metric": metric, "issue": issue, "method": method}
    asked |= {name: value for name, value in numbers.items() if value is not None}
    folder = out or _folder(target)
    if Path(target).is_dir():
        if settings or worlds or dry_run:
            raise CommandError(f"{target}: is a run, from which nothing is run anew; expected no --set, --worlds or --dry-run", 2)
        from sim.study.stored import read  # noqa: PLC0415

        run = read(target)
        check_target(folder, manifest_of(inquiry_of(run, **asked)), force=force, source=target)
        _show_and_save(sim.sensitivity(run, **asked), folder, force=force)
        return
    scenario = load_scenario(target, settings)
    whole = inquiry_of(scenario, **asked)
    if dry_run:
        _say_plan(whole, jobs)
        return
    check_target(folder, manifest_of(whole), force=force)
    with progress(whole.worlds, _words(whole)) as tick:
        found = sim.sensitivity(scenario, **asked, jobs=jobs, progress=tick)
    _show_and_save(found, folder, force=force)


def _apart(method: str, **given: int | None) -> None:
    """Numbers that the method has no use for are wrong input."""
    known = {"given": ("worlds",), "morris": ("n", "lucks"), "sobol": ("n", "lucks")}.get(method, tuple(given))
    for name, value in given.items():
        if value is not None and name not in known:
            raise CommandError(f"--{name}: method {method} has no use for it; expected --{' or --'.join(known)}", 2)


def _folder(target: str) -> str:
    path = Path(target)
    return f"{path}-sensitivity" if path.is_dir() else f"results/{path.stem}-sensitivity"


def _show_and_save(found: sim.Sensitivity, folder: str, *, force: bool) -> None:

    show_and_save(lambda: found.show(console()), lambda: found.save(folder, force=force))
    typer.echo(f"Written to {plain(folder)}: sensitivity.csv, tornado.png and tornado.svg")


def _words(asked: Inquiry) -> str:
    points = " and ".join(
        f"{count:,} worlds (draws of a run)" if stage == "given" else f"{count:,} points ({stage})"
        for stage, count in asked.stages.items()
    )
    return f"{points}, {asked.worlds:,} worlds in all"


def _say_plan(asked: Inquiry, jobs: int) -> None:
    from sim.show.meter import duration  # noqa: PLC0415
    from sim.study.sweeps.pilot import seconds  # noqa: PLC0415

    typer.echo(_words(asked))
    typer.echo(f"about {duration(seconds(asked, jobs))}, measured on a few points")
