"""The door: ``gobetween compare``, ``run``, ``story``, ``plot``, ``check``, ``import`` and ``schema``. Verbs only, no science.

Wrong input ends with exit code 2, a failure with 1, an interruption with 130; none with a traceback
unless GOBETWEEN_DEBUG is set.
"""

from __future__ import annotations

import functools
import json
import math
import os
import signal
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ParamSpec

import typer

import sim

if TYPE_CHECKING:
    import pandas as pd

    from sim.scenario.scenario import Scenario
    from sim.study.compare import Progress, Result

MOST_WORLDS = 100_000_000
MOST_SEED = 2**63 - 1
MOST_JOBS = 256
WORLDS: int = 2000  # as in sim.study.compare, which is too heavy to import for --help; a test compares them
SEED: int = 2024

P = ParamSpec("P")

app: typer.Typer = typer.Typer(
    name="gobetween", add_completion=False, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False,
    help="Which process gets two sides to come, to agree, to ratify and to keep it? A tool to compare, no forecast.",
)  # fmt: skip


class CommandError(Exception):
    """Something that went wrong, in words, with the exit code."""

    def __init__(self, message: str, code: int) -> None:
        """``code`` is 2 for wrong input, 1 for a failure."""
        super().__init__(message)
        self.code = code


def main() -> None:
    """The command ``gobetween``."""
    signal.signal(signal.SIGTERM, _terminated)
    try:
        app()
    except KeyboardInterrupt:
        typer.echo("interrupted; nothing was written", err=True)
        sys.exit(130)


def _terminated(*_: object) -> None:
    sys.exit(143)


def guarded(verb: Callable[P, None]) -> Callable[P, None]:
    """Say in one line what stopped a verb, and end with the right exit code."""

    @functools.wraps(verb)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            verb(*args, **kwargs)
            sys.stdout.flush()
        except KeyboardInterrupt:
            _end("interrupted; nothing was written", 130)
        except BrokenPipeError:  # the reader has gone, as in `gobetween ... | head`
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(1) from None
        except Exception as error:
            if os.environ.get("GOBETWEEN_DEBUG"):
                traceback.print_exc()
            _end(*_verdict(error))

    return run


def _end(message: str, code: int) -> None:
    typer.echo(message, err=True)
    raise typer.Exit(code)


def _verdict(error: Exception) -> tuple[str, int]:
    """Message and exit code for whatever stopped a verb."""
    from sim.scenario.problems import ScenarioError  # noqa: PLC0415

    if isinstance(error, typer.Exit):
        raise error
    if isinstance(error, CommandError):
        return str(error), error.code
    if isinstance(error, ScenarioError):
        return str(error), 2
    if type(error).__name__ in ("RunFolderError", "StudyError"):  # by name: imported only where a run is
        return str(error), 1
    if isinstance(error, MemoryError) or type(error).__name__ == "TerminatedWorkerError":
        return "not enough memory for this run; expected fewer --worlds or --jobs", 1
    if isinstance(error, OSError):
        name = f"{error.filename}: " if error.filename else ""
        return f"{name}{error.strerror or error}", 1
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{Path(last.filename).name}:{last.lineno}"
    words = " ".join(str(error).split()) or "no message"
    return f"this is a bug in gobetween: {type(error).__name__}: {words} ({where}; GOBETWEEN_DEBUG=1 shows more)", 1


# ---------------------------------------------------------------- arguments


def _whole(given: str | int) -> int:
    """A whole number as it was typed, or a default."""
    text = str(given)
    try:
        return int(text)
    except ValueError:  # not a number, or one of thousands of digits
        raise typer.BadParameter(f"got {text[:20]}, expected a whole number") from None


ScenarioFile = Annotated[str, typer.Argument(metavar="SCENARIO", help="a scenario file, such as scenarios/kursk-2024.yaml")]
Processes = Annotated[
    list[str] | None,
    typer.Option("--process", metavar="NAME", help="a process; may be repeated, differences are to the first [default: all]"),
]
OneProcess = Annotated[
    str | None, typer.Option("--process", metavar="NAME", help="the process to run [default: the scenario's first]")
]
Worlds = Annotated[int, typer.Option("--worlds", parser=_whole, metavar="N", help="worlds per process")]
World = Annotated[int, typer.Option("--world", parser=_whole, metavar="N", help="which world, counted from 0")]
Seed = Annotated[int, typer.Option("--seed", parser=_whole, metavar="S", help="the same seed gives the same worlds")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="replace a value, as in parties.russia.grievance=0.2; may be repeated"),
]
Jobs = Annotated[int, typer.Option("--jobs", parser=_whole, metavar="J", help="worker processes; -1: one per core")]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="folder to write to [default: results/ and the scenario's name]"),
]
Json = Annotated[bool, typer.Option("--json", help="print the figures as JSON instead of tables")]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"gobetween {sim.__version__}")
        raise typer.Exit


@app.callback()
def door(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="print the version and leave")
    ] = False,
) -> None:
    """Which process gets two sides to come, to agree, to ratify and to keep it? A tool to compare, no forecast."""


# ---------------------------------------------------------------- verbs


@app.command()
@guarded
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
    asked = _load(scenario, settings)
    names = asked.choose_processes(process or None)
    _run(asked, names, _Run(worlds, seed, jobs, out or f"results/{Path(scenario).stem}", as_json))


@app.command()
@guarded
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
    asked = _load(scenario, settings)
    (name,) = asked.choose_processes([process or next(iter(asked.file.processes))])
    _run(asked, [name], _Run(worlds, seed, jobs, out or f"results/{Path(scenario).stem}-{name}", as_json))


@app.command()
@guarded
def story(
    scenario: ScenarioFile,
    process: OneProcess = None,
    world: World = 0,
    seed: Seed = SEED,
    settings: Settings = None,
) -> None:
    """Tell one world of one process week by week.

    It is the world of that number in any comparison with the same seed.
    """
    if not 0 <= world < MOST_WORLDS:
        raise CommandError(f"--world: got {world}, expected 0 to {MOST_WORLDS - 1:,}", 2)
    if not 0 <= seed <= MOST_SEED:
        raise CommandError(f"--seed: got {seed}, expected 0 to {MOST_SEED}", 2)
    typer.echo(sim.story(_load(scenario, settings), process=process, world=world, seed=seed), nl=False)


@app.command()
@guarded
def plot(
    directory: Annotated[str, typer.Argument(metavar="DIR", help="folder of a run, such as results/kursk-2024")],
) -> None:
    """Draw the charts of a saved run again."""
    from sim.study.saving import redraw  # noqa: PLC0415

    redraw(directory)
    typer.echo(f"charts drawn again in {directory}")


@app.command()
@guarded
def check(
    scenario: ScenarioFile,
    strict: Annotated[bool, typer.Option("--strict", help="exit 1 if a number has neither claim nor assumption")] = False,
) -> None:
    """Validate a scenario and show what is in it.

    Prints parties, tables, zones of possible agreement, and what the numbers rest on.
    """
    asked = _load(scenario, None)
    from sim.show.inventory import show  # noqa: PLC0415

    missing = show(asked, _console())
    if strict and missing:
        raise CommandError(f"{scenario}: {missing} number{'s' if missing > 1 else ''} with neither claim nor assumption", 1)


@app.command("import")
@guarded
def import_domain(
    folder: Annotated[str, typer.Argument(metavar="FOLDER", help="folder with a bilateral domain in NegMAS's file layout")],
    out: Annotated[str, typer.Option("--out", metavar="FILE", help="scenario file to write; it must not exist yet")],
) -> None:
    """Make a scenario of a bargaining domain.

    Reads NegMAS's YAML, JSON or Genius XML: issues, two additive utilities, reservation values.
    """
    from sim.scenario.bargain import scenario_of, text_of  # noqa: PLC0415
    from sim.scenario.negmas import read_domain  # noqa: PLC0415
    from sim.scenario.scenario import Scenario  # noqa: PLC0415

    if os.path.exists(out):
        raise CommandError(f"{out}: already there, expected a new file", 2)
    source = Path(folder).resolve().name
    made = scenario_of(read_domain(folder), source)
    Scenario.from_dict(made)  # what is written can be read
    note = f"Made by gobetween import from the bargaining domain {source}. Nothing political happens here until you set it."
    Path(out).write_text(text_of(made, note), encoding="utf-8")
    typer.echo(f"Written to {out}")


@app.command()
@guarded
def schema() -> None:
    """Print the JSON Schema of scenario files."""
    from sim.scenario.editor import json_schema  # noqa: PLC0415

    typer.echo(json.dumps(json_schema(), indent=2))


# ---------------------------------------------------------------- a run


@dataclass(frozen=True)
class _Run:
    """What a run was asked for, apart from the scenario; refuses what cannot be."""

    worlds: int
    seed: int
    jobs: int
    out: str
    as_json: bool

    def __post_init__(self) -> None:
        if not 1 <= self.worlds <= MOST_WORLDS:
            raise CommandError(f"--worlds: got {self.worlds}, expected 1 to {MOST_WORLDS:,}", 2)
        if not 0 <= self.seed <= MOST_SEED:
            raise CommandError(f"--seed: got {self.seed}, expected 0 to {MOST_SEED}", 2)
        if self.jobs != -1 and not 1 <= self.jobs <= MOST_JOBS:
            raise CommandError(f"--jobs: got {self.jobs}, expected 1 to {MOST_JOBS}, or -1 for one per core", 2)


def _load(path: str, settings: list[str] | None) -> Scenario:
    from sim.scenario.setting import parse_set  # noqa: PLC0415

    pairs = [parse_set(text) for text in settings or ()]
    changes = dict(pairs)
    if len(changes) < len(pairs):
        paths = [name for name, _ in pairs]
        twice = next(name for name in paths if paths.count(name) > 1)
        raise CommandError(f"--set {twice}: set twice, expected one value", 2)
    asked = sim.load(path)
    return asked.with_(changes) if changes else asked


def _run(asked: Scenario, names: list[str], wanted: _Run) -> None:
    """Check the folder, run, save, show."""
    from sim.study.saving import check_target, saved  # noqa: PLC0415

    check_target(wanted.out)
    total = wanted.worlds * len(names)
    what = f"{wanted.worlds:,} worlds, {len(names)} {'process' if len(names) == 1 else 'processes'}"
    with _progress(total, what) as tick:
        result = sim.compare(asked, worlds=wanted.worlds, seed=wanted.seed, processes=names, jobs=wanted.jobs, progress=tick)
    with saved(result.save, wanted.out):
        if wanted.as_json:
            typer.echo(_as_json(result))
        else:
            from sim.show.console import show  # noqa: PLC0415

            show(result, _console())
    typer.echo(f"Written to {wanted.out}", err=wanted.as_json)


def _as_json(result: Result) -> str:
    document = {"manifest": result.manifest, "summary": _records(result.summary), "reasons": _records(result.reasons)}
    return json.dumps(document, indent=2, allow_nan=False, default=str)


def _records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    rows = frame.to_dict("records")
    return [{str(k): None if isinstance(v, float) and not math.isfinite(v) else v for k, v in row.items()} for row in rows]


def _console() -> Any:
    from rich.console import Console  # noqa: PLC0415

    return Console(highlight=False, soft_wrap=False)


@contextmanager
def _progress(total: int, what: str) -> Iterator[Progress]:
    """A bar on a terminal, a single line elsewhere; both on standard error."""
    from rich import progress  # noqa: PLC0415
    from rich.console import Console  # noqa: PLC0415

    console = Console(stderr=True)
    if not console.is_terminal:
        typer.echo(f"running {what}", err=True)
        yield lambda done, of: None
        return
    columns = (
        progress.SpinnerColumn(), progress.TextColumn("{task.description}"), progress.BarColumn(bar_width=None),
        progress.MofNCompleteColumn(), progress.TextColumn("{task.fields[speed]}"),
        progress.TimeRemainingColumn(compact=True),
    )  # fmt: skip
    with progress.Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(what, total=total, speed="")

        def tick(done: int, of: int) -> None:
            elapsed = bar.tasks[0].elapsed or 0.0
            bar.update(task, completed=done, total=of, speed=f"{done / elapsed:,.0f} worlds/s" if elapsed > 0 else "")

        yield tick


from sim import cli_discover, cli_history, cli_regularities, cli_sensitivity, cli_sweep  # noqa: E402, F401 - add their verbs
