"""Saved levers, explanations and proposals read back, every file against its checksum."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from sim.scenario import archive
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario
from sim.study.advice.design import Designs, asked_space
from sim.study.advice.explain import AGAINST, Explanation, ask
from sim.study.advice.levers import Levers, Question
from sim.study.advice.space import LEVERS, Proposal, Space
from sim.study.exploration.discovery import Discovery
from sim.study.manifests import RunFolderError, check_scenario, checked, manifest_of_kind, named, saved_table

RUN = ("seed", "worlds", "scenario_hash", "pinned", "evidence")
ASKED = (*RUN, "processes", "metric", "issue")
TEXT = {
    "levers": ("path", "lever", "value", "now", "verdict"),
    "refused": ("path", "lever", "value", "now", "reason"),
    "shares": ("group", "levers", "first", "second"),
    "summary": ("of", "process"),
    "moments": ("moment",),
    "proposals": ("proposal", "wanted", "nearest", "changes", "equals", "beaten_by"),
    "robustness": ("proposal",),
    "information": ("assumption",),
    "looked_at": ("origin", *LEVERS),
    "boxes": (),
    "limits": ("parameter",),
}
"""Columns of text by table."""


def read_levers(directory: str | os.PathLike[str]) -> Levers:
    """The study of levers that was saved to ``directory``. Raises RunFolderError."""
    path = Path(directory)
    manifest = manifest_of_kind(path, "levers", ASKED)
    every, refused = (saved_table(path, manifest, name, TEXT[name]) for name in ("levers", "refused"))
    question = Question(manifest["metric"], manifest["issue"])
    (process,) = manifest["processes"]
    rows = every.iloc[1:].reset_index(drop=True)
    return Levers(_scenario(path, manifest), process, question, rows, refused, every.iloc[:1], manifest)


def read_explanation(directory: str | os.PathLike[str]) -> Explanation:
    """The explanation that was saved to ``directory``. Raises RunFolderError."""
    path = Path(directory)
    manifest = manifest_of_kind(path, "explanation", ASKED)
    scenario, other = _scenario(path, manifest), None
    (first, second), issues = manifest["processes"], manifest["issue"].split()
    if "against" in manifest:
        if "against_pinned" not in manifest:
            raise RunFolderError(f"{named(path)}: of an older version, without the scenario that it is against; make it anew")
        said = {name: manifest[f"against_{name}"] for name in ("pinned", "evidence")}
        for name in archive.SCENARIO, *([archive.CLAIMS] if said["evidence"] else []):
            checked(path, manifest, AGAINST + name)
        other = _scenario(path, {**manifest, **said, "scenario_hash": manifest["against"]}, AGAINST)
    names = {"first": first, "second": None if other is not None else second, "against": other, "metric": manifest["metric"]}
    asked = ask(scenario, **names, issue=None)
    if list(asked.issues) != issues:
        asked = ask(scenario, **names, issue=issues[0])
    shares, summary, moments = (saved_table(path, manifest, name, TEXT[name]) for name in ("shares", "summary", "moments"))
    hybrids = saved_table(path, manifest, "hybrids", [group.name for group in asked.groups])
    return Explanation(scenario, asked, shares, summary, moments, hybrids, manifest)


def read_designs(directory: str | os.PathLike[str]) -> Designs:
    """The proposals that were saved to ``directory``. Raises RunFolderError."""
    path = Path(directory)
    manifest = manifest_of_kind(path, "design", (*RUN, "issues", "settled", "conditions"))
    scenario = _scenario(path, manifest)
    try:
        space = asked_space(scenario, manifest["issues"], fixed=manifest["settled"])
    except ScenarioError as error:
        raise RunFolderError(str(error).splitlines()[0]) from error
    names = ["proposals", "looked_at", "robustness", "information"]
    where = manifest["conditions"]
    found = {name: saved_table(path, manifest, name, TEXT[name]) for name in [*names, *(["boxes", "limits"] if where else [])]}
    own = found["proposals"][found["proposals"]["wanted"] != ""]
    proposals = {str(row.proposal): _changed(space, str(row.nearest), json.loads(str(row.changes))) for row in own.itertuples()}
    conditions = None
    if where:
        conditions = Discovery(where["ahead"], where["behind"], where["turned"], found["boxes"], found["limits"], where)
    table, looked_at, robustness, information = (found[name] for name in names)
    return Designs(scenario, space, proposals, table, looked_at, robustness, information, conditions, manifest)


def _changed(space: Space, nearest: str, changes: Mapping[str, Any]) -> Proposal:
    """A known format with some levers at other values."""
    own = space.written(space.known[nearest]) | {lever: here for lever, (_, here) in changes.items()}
    return tuple(values.index(own[lever]) for lever, values in space.said.items())


def _scenario(path: Path, manifest: Mapping[str, Any], before: str = "") -> Scenario:
    """A scenario in the folder, as it was. Raises RunFolderError."""
    check_scenario(path, manifest)
    said = {"pinned": manifest["pinned"], "evidence": manifest["evidence"], "expected": str(manifest["scenario_hash"])}
    try:
        return archive.unpack(path, **said, before=before)
    except ScenarioError as error:
        raise RunFolderError(str(error).splitlines()[0]) from error
