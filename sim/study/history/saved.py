"""A saved hindcast or calibration read back, every file against its checksum."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from sim.study.history.calibration import TABLES, Calibration
from sim.study.history.hindcast import Hindcast
from sim.study.manifests import MANIFEST, RunFolderError, manifest_of_kind, named, saved_table

TEXT = {
    "rows": ("episode", "cluster", "phase", "issue", "group", "scored", "came_observed", "flag", "row", "kind"),
    "life": ("episode", "cluster", "phase", "issues", "group", "fate", "flag"),
    "scores": ("figures", "measure", "outcome", "rule", "verdict"),
    "calibration": ("outcome",),
    "sharpness": ("outcome",),
    "parameters": ("parameter", "why"),
    "record": ("counted", "rule"),
    "reliability": ("counted",),
    "coverage": ("of", "kind", "flag"),
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
    manifest = manifest_of_kind(path, "hindcast", ("seed", "worlds", "episodes", "notes"))
    names = ("rows", "life", "scores", "calibration", "sharpness")
    found = {name: saved_table(path, manifest, name, TEXT.get(name, ())) for name in names}
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
    manifest = manifest_of_kind(path, "calibration", ("seed", "worlds", "episodes", "draws", "effective"))
    there = [name for name in TABLES if f"{name}.csv" in manifest["files"]]
    found = {name: saved_table(path, manifest, name, TEXT.get(name, ())) for name in there}
    return Calibration(manifest=manifest, **(dict.fromkeys(TABLES, pd.DataFrame()) | found))
