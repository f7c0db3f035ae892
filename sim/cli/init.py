"""``gobetween init``: the scenarios and the evidence that come with the program, as files to run and to change."""

from __future__ import annotations

import shlex
import shutil
import tempfile
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Annotated

import typer

from sim.cli.errors import CommandError

SHIPPED = ("seeds", "scenarios")
"""Folders of ``sim/scenario/shipped``: in a checkout links to the folders at its top, in a wheel the files themselves."""
KINDS = (".yaml", ".md", ".csv")
FIRST = "scenarios/kursk-2024.yaml"


def init(
    folder: Annotated[str, typer.Argument(metavar="DIR", help="folder for scenarios/ and seeds/; made if it is not there")],
) -> None:
    """Write the shipped scenarios and evidence, ready to run and to change.

    Nothing is overwritten: where scenarios/ or seeds/ is there already, nothing is written.
    """
    home = Path(folder)
    for name in SHIPPED:
        if (home / name).exists() or (home / name).is_symlink():
            raise CommandError(f"{home / name}: already there, expected a folder without {name}/", 2)
    write_shipped(home)
    typer.echo(f"Written to {home}: {', '.join(f'{name}/' for name in sorted(SHIPPED))}")
    there = "" if home == Path() else f"cd {shlex.quote(str(home))} && "
    typer.echo(f"Now: {there}gobetween compare {FIRST}")


def write_shipped(home: Path) -> None:
    """Copy the shipped folders to ``home``, all of them or, after an OSError or an interruption, none."""
    new = [parent for parent in (home, *home.parents) if not parent.exists()]
    unfinished = None
    moved: list[Path] = []
    try:
        home.mkdir(parents=True, exist_ok=True)
        unfinished = Path(tempfile.mkdtemp(prefix=".unfinished-", dir=home))
        for name in SHIPPED:
            _copy(files("sim.scenario") / "shipped" / name, unfinished / name)
        for name in SHIPPED:
            (unfinished / name).rename(home / name)
            moved.append(home / name)
    except BaseException:
        for folder in filter(None, (*moved, unfinished)):
            shutil.rmtree(folder, ignore_errors=True)
        for folder in new:
            if folder.is_dir():
                folder.rmdir()
        raise
    unfinished.rmdir()


def _copy(source: Traversable, target: Path) -> None:
    target.mkdir()
    for entry in source.iterdir():
        if entry.is_dir():
            _copy(entry, target / entry.name)
        elif entry.name.endswith(KINDS):
            (target / entry.name).write_bytes(entry.read_bytes())
