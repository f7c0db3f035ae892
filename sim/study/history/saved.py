"""A saved hindcast or calibration read back, every file against its checksum."""

from __future__ import annotations

import io
import os
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from sim.study.history.calibration import Calibration
from sim.study.history.hindcast import Hindcast
from sim.study.manifests import MANIFEST, RunFolderError, an, checked, named, read_manifest

TEXT = {
    "rows": ("episode", "cluster", "phase", "issue", "group", "scored", "came_observed", "flag", "row", "kind"),
    "life": ("episode", "cluster", "phase", "issues", "group", "fate", "flag"),
    "scores": ("figures", "measure", "outcome", "rule", "verdict"),
    "calibration": ("outcome",),
    "sharpness": ("outcome",),
    "parameters": ("parameter", "why"),
    "record": ("counted", "rule"),
    "checks": ("statistic", "of", "kind", "note"),
    "alternatives": ("alternative", "verdict"),
    "results": ("scenario", "process", "metric"),
}
"""Columns of text by table, where an empty cell is an empty text; elsewhere it is a number that is missing."""


@dataclass(frozen=True)
class Told:
    """An episode as far as a saved hindcast has it: its name, its title and its issues in words."""

    name: str
    title: str
    issues: dict[str, str] = field(default_factory=dict)

    def label(self, issue: str) -> str:
        """An issue in words."""
        return self.issues.get(issue, issue.replace("_", " "))


def read_hindcast(directory: str | os.PathLike[str]) -> Hindcast:
    """The hindcast that was saved to ``directory``. Raises RunFolderError."""
    path = Path(directory)
    manifest = _manifest(path, "hindcast")
    found = {name: _table(path, manifest, name) for name in ("rows", "life", "scores", "calibration", "sharpness")}
    found["life"]["observed"] = found["life"]["observed"].astype("boolean")
    said = manifest.get("titles", {})  # not in folders of an earlier version
    try:
        episodes = [Told(name, **said.get(name, {"title": name})) for name in manifest["episodes"]]
        if not all(isinstance(word, str) for one in episodes for word in (one.title, *one.issues.values())):
            raise TypeError
    except (AttributeError, TypeError):
        raise RunFolderError(f"{named(path / MANIFEST)}: damaged: its titles are not those of episodes") from None
    return Hindcast(
        episodes=episodes, seed=manifest["seed"], count=manifest["worlds"], notes=list(manifest["notes"]),
        manifest=manifest, **found,
    )  # fmt: skip


def read_calibration(directory: str | os.PathLike[str]) -> Calibration:
    """The calibration that was saved to ``directory``; a table that it does not have is empty. Raises RunFolderError."""
    path = Path(directory)
    manifest = _manifest(path, "calibration")
    names = ("parameters", "rows", "scores", "posterior", "checks", "record", "alternatives", "results")
    found = {name: _table(path, manifest, name) if f"{name}.csv" in manifest["files"] else pd.DataFrame() for name in names}
    return Calibration(manifest=manifest, **found)


def _manifest(path: Path, kind: str) -> dict[str, Any]:
    try:
        manifest = read_manifest(path)
    except FileNotFoundError:
        raise RunFolderError(f"{named(path / MANIFEST)}: missing; the folder is not a whole {kind}") from None
    if manifest["kind"] != kind:
        raise RunFolderError(f"{named(path)}: holds {an(manifest['kind'])}, expected a {kind}")
    needed = ("seed", "worlds", "episodes", *(("notes",) if kind == "hindcast" else ("draws", "effective")))
    if missing := [key for key in needed if key not in manifest]:
        raise RunFolderError(f"{named(path / MANIFEST)}: not the manifest of a {kind}; expected {', '.join(missing)}")
    return manifest


def _table(path: Path, manifest: dict[str, Any], name: str) -> pd.DataFrame:
    content = checked(path, manifest, f"{name}.csv")
    try:
        columns: Iterable[str] = pd.read_csv(io.BytesIO(content), nrows=0).columns
        text = [column for column in columns if column in TEXT.get(name, ())]
        numbers = {column: [""] for column in columns if column not in text}
        return pd.read_csv(io.BytesIO(content), dtype=dict.fromkeys(text, str), keep_default_na=False, na_values=numbers)
    except ValueError as error:
        raise RunFolderError(f"{named(path / name)}.csv: damaged: {str(error).splitlines()[0]}") from error
