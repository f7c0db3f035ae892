"""A saved comparison read back: every file against its checksum, and drawn again."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd

from sim.scenario import archive
from sim.scenario.problems import ScenarioError
from sim.study.compare import Result
from sim.study.manifests import MANIFEST, RunFolderError, an, check_scenario, checked, named, read_manifest
from sim.study.saving import (
    CHANGES,
    REASONS,
    SUMMARY,
    WEEKLY,
    WORLDS,
    check_target,
    finish_swap,
    replace,
    seal,
)
from sim.study.writing import why

TEXT = {
    SUMMARY: ("process", "metric", "issue", "table", "headline"),
    WEEKLY: ("process",),
    REASONS: ("process", "table", "stage", "reason", "whose"),
    CHANGES: ("process", "metric", "issue"),
}
"""Columns of text; all others are numbers."""

_COLUMNS = {
    SUMMARY: (*TEXT[SUMMARY], "estimate", "low", "high", "worlds", "assumed_low", "assumed_high"),
    WEEKLY: ("process", "week"),
    REASONS: (*TEXT[REASONS], "share", "low", "high"),
    CHANGES: (*TEXT[CHANGES], "base", "estimate", "change", "low", "high"),
}
_NEEDED = ("seed", "worlds", "processes", "scenario_hash", "evidence", "pinned")
_DRAWN = (".png", ".svg")


def read(directory: str | os.PathLike[str]) -> Result:
    """The run that was saved to ``directory``; figures have the digits that its files have.

    Raises RunFolderError where a file is missing or damaged.
    """
    path = Path(directory)
    try:
        manifest = manifest_of(path)
        scenario = archive.unpack(
            path, pinned=manifest["pinned"], evidence=manifest["evidence"], expected=str(manifest["scenario_hash"])
        )
        there = [name for name in TEXT if name != CHANGES or "against" in manifest]
        frames = {name: _frame(path, name, checked(path, manifest, name)) for name in there}
        worlds = _reading(path / WORLDS, checked(path, manifest, WORLDS), lambda content: pd.read_parquet(io.BytesIO(content)))
        found = Result(
            scenario=scenario, seed=manifest["seed"], count=manifest["worlds"], processes=manifest["processes"],
            summary=frames[SUMMARY], worlds=worlds, weekly=frames[WEEKLY], reasons=frames[REASONS], manifest=manifest,
            changes=frames.get(CHANGES),
        )  # fmt: skip
        _check_fits(found, path)
    except ScenarioError as error:
        raise RunFolderError(str(error).splitlines()[0]) from error
    except (OSError, ValueError) as error:
        raise RunFolderError(f"{named(path)}: cannot be read: {why(error)}") from error
    return found


def manifest_of(path: Path) -> dict[str, Any]:
    """The manifest of a saved comparison whose scenario is as it was written. Raises RunFolderError, OSError."""
    finish_swap(path)
    name = named(path)
    if not path.is_dir():
        raise RunFolderError(f"{name}: {'is a file, expected the folder of a run' if path.exists() else 'no such folder'}")
    try:
        manifest = read_manifest(path)
    except FileNotFoundError:
        raise RunFolderError(f"{named(path / MANIFEST)}: missing; the folder is not a whole run") from None
    if manifest["kind"] != "comparison":
        raise RunFolderError(f"{name}: holds {an(manifest['kind'])}, expected a comparison")
    if missing := [key for key in _NEEDED if key not in manifest]:
        raise RunFolderError(f"{named(path / MANIFEST)}: not the manifest of a run; expected {', '.join(missing)}")
    check_scenario(path, manifest)
    return manifest


def redraw(directory: str | os.PathLike[str]) -> Path:
    """Draw the charts of a saved run again from its files. Raises RunFolderError; then nothing has changed."""
    result = read(directory)
    path = check_target(directory, result.manifest)
    said = {key: value for key, value in result.manifest.items() if key not in ("files", "digest")}

    def fill(new: Path) -> None:
        for name in result.manifest["files"]:
            if not name.endswith(_DRAWN):
                (new / name).write_bytes(checked(path, result.manifest, name))
        result.plot(new)
        seal(new, said)

    replace(path, fill)
    return path


def _check_fits(result: Result, path: Path) -> None:
    """Whether tables and manifest are of the same run, whoever wrote them."""
    names = result.scenario.choose_processes(result.processes)
    rows = result.count * sum(len(result.scenario.file.processes[name].tables) for name in names)
    if names != result.processes or len(result.worlds) != rows or set(result.weekly["process"]) != set(names):
        raise RunFolderError(f"{named(path)}: damaged: its tables are not those of the run in its manifest")


def _frame(path: Path, name: str, content: bytes) -> pd.DataFrame:
    file, text = path / name, TEXT[name]

    def reader(content: bytes) -> pd.DataFrame:
        return pd.read_csv(io.BytesIO(content), dtype=dict.fromkeys(text, str), keep_default_na=False)

    frame: pd.DataFrame = _reading(file, content, reader)
    if missing := [column for column in _COLUMNS[name] if column not in frame]:
        raise RunFolderError(f"{named(file)}: damaged: expected the columns {', '.join(missing)}")
    for column in [name for name in frame.columns if name not in text]:
        blank = frame[column].astype(str) == ""
        try:
            frame[column] = pd.to_numeric(frame[column].where(~blank, None))
        except (ValueError, TypeError) as error:
            raise RunFolderError(f"{named(file)}: damaged: column {column}: expected numbers ({error})") from error
    return frame


def _reading(file: Path, content: bytes, reader: Callable[[bytes], Any]) -> Any:
    """What ``reader`` makes of a file; whatever it cannot make sense of is damage."""
    try:
        return reader(content)
    except Exception as error:
        first = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise RunFolderError(f"{named(file)}: damaged: {first}") from error
