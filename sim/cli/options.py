"""Arguments and options that several verbs share, and what of them is refused."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

import sim
from sim.cli.errors import CommandError
from sim.scenario.arguments import MOST_JOBS, MOST_SEED, MOST_WORLDS

if TYPE_CHECKING:
    from sim.scenario.scenario import Scenario

WORLDS: int = 2000  # as in sim.study.compare, which is too heavy to import for --help; a test compares them
SEED: int = 2024


def whole_number(given: str | int) -> int:
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
Worlds = Annotated[int, typer.Option("--worlds", parser=whole_number, metavar="N", help="worlds per process")]
Seed = Annotated[int, typer.Option("--seed", parser=whole_number, metavar="S", help="the same seed gives the same worlds")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help="replace a value, as in parties.russia.grievance=0.2; may be repeated"),
]
Jobs = Annotated[int, typer.Option("--jobs", parser=whole_number, metavar="J", help="worker processes; -1: one per core")]
Out = Annotated[
    str | None,
    typer.Option("--out", metavar="DIR", help="folder to write to [default: results/ and the scenario's name]"),
]
Force = Annotated[bool, typer.Option("--force", help="replace what gobetween wrote there before, whatever it is")]
Json = Annotated[bool, typer.Option("--json", help="print the figures as JSON instead of tables")]


@dataclass(frozen=True)
class RunOptions:
    """How many worlds, which, and by how many workers; refuses what cannot be."""

    worlds: int = 1
    seed: int = 0
    jobs: int = 1
    counted: str = "--worlds"  # the option in which worlds are given

    def __post_init__(self) -> None:
        if not 1 <= self.worlds <= MOST_WORLDS:
            raise CommandError(f"{self.counted}: got {self.worlds}, expected 1 to {MOST_WORLDS:,}", 2)
        if not 0 <= self.seed <= MOST_SEED:
            raise CommandError(f"--seed: got {self.seed}, expected 0 to {MOST_SEED}", 2)
        if self.jobs != -1 and not 1 <= self.jobs <= MOST_JOBS:
            raise CommandError(f"--jobs: got {self.jobs}, expected 1 to {MOST_JOBS}, or -1 for one per core", 2)


def load_scenario(path: str, settings: list[str] | None = None) -> Scenario:
    """The scenario of a file with the values that ``--set`` replaces."""
    from sim.scenario.setting import parse_set  # noqa: PLC0415

    pairs = [parse_set(text) for text in settings or ()]
    changes = dict(pairs)
    if len(changes) < len(pairs):
        paths = [name for name, _ in pairs]
        twice = next(name for name in paths if paths.count(name) > 1)
        raise CommandError(f"--set {twice}: set twice, expected one value", 2)
    asked = sim.load(path)
    return asked.with_(changes) if changes else asked
