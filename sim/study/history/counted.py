"""What was counted in real cases, and which synthetic conflicts in which format each count is held against.

``observed.yaml`` in a folder of scenarios says both; nothing here knows a row or a format by name.
"""

from __future__ import annotations

import hashlib
import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from sim.scenario.loading import load
from sim.scenario.messages import validate
from sim.scenario.problems import Key, Lines, Problem, ScenarioError, hint
from sim.scenario.reading import read
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Name, Node, Weeks

FILE = "observed.yaml"
ZONE = "zone"
"""The one part of hardness that is no number of the scenario: what the best text leaves the worse-off side."""

Measure = Literal["agreed", "agreed_if_came", "text_per_session", "ended"]
Who = Literal["harder", "easier", "all"]
Count = Annotated[int, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]


class Conflicts(Node):
    """A scenario of synthetic conflicts."""

    file: str = Field(description="scenario file, beside this one")
    window: Weeks = Field(description="weeks a crisis lasts: coming and agreement count up to then")
    harder: list[Count] = Field(min_length=2, max_length=2, description="cases that took the harder formats, of all")


class Selection(Node):
    """How hard cases seek mediators."""

    slope: float = Field(description="log-odds of a harder format per unit of hardness")
    range: list[float] = Field(min_length=2, max_length=2, description="slopes that are tried beside it")
    why: str = Field(description="reason for the assumed size")
    hardness: dict[str, float] = Field(min_length=1, description="weight per drawn number, and of the zone; negative: easier")
    zone_scale: Positive = Field(description="zone, in utility, that counts as fully easy; its negative as fully hard")


class Row(Node):
    """A count, and what of the model is held against it."""

    label: str = Field(description="words a reader understands")
    unit: Literal["crisis", "attempt", "agreement"] = Field(description="what is counted")
    conflict: Name = Field(description="one of conflicts")
    formats: dict[Name, Positive] = Field(min_length=1, description="processes and their weight in the mixture of cases")
    measure: Measure = Field(description="what is counted of the model")
    within: Weeks = Field(260, description="weeks in which an agreement has to end, for ended")
    who: Who = Field(description="which cases come this way: harder, easier, all")
    k: Count = Field(description="cases in which it happened")
    n: Annotated[int, Field(ge=1)] = Field(description="cases")
    source: str = Field(description="who counted")
    claim: str = Field("", description="claim in the evidence files")


class Contrast(Node):
    """Formats compared on the same worlds; the first is the yardstick."""

    label: str = Field(description="words a reader understands")
    conflict: Name = Field(description="one of conflicts")
    measure: Measure = Field(description="what is compared")
    within: Weeks = Field(260, description="weeks in which an agreement has to end, for ended")
    formats: list[Name] = Field(min_length=2, description="processes")


class Counted(Node):
    """The whole file."""

    conflicts: dict[Name, Conflicts] = Field(min_length=1, description="scenarios of synthetic conflicts")
    selection: Selection
    rows: dict[Name, Row] = Field(min_length=1, description="what is scored")
    context: dict[Name, Row] = Field(default_factory=dict, description="what is shown beside it")
    contrasts: dict[Name, Contrast] = Field(default_factory=dict, description="differences between formats")


@dataclass(frozen=True)
class Study:
    """The counts and the scenarios they are held against, by name. A calibration replaces ``scenarios``."""

    counted: Counted
    scenarios: dict[str, Scenario]

    def identity(self) -> dict[str, Any]:
        """What makes it another study: hashes of its scenarios, by name, and of its counts."""
        text = json.dumps(self.counted.model_dump(mode="json"), separators=(",", ":"))
        hashes = {name: scenario.hash for name, scenario in self.scenarios.items()}
        return {"scenarios": hashes, "counted_hash": hashlib.sha256(text.encode()).hexdigest()}

    def runs(self, *, scored_only: bool = False) -> list[tuple[str, str]]:
        """Conflicts and processes that have to be run, in order of first mention."""
        rows = list(self.counted.rows.values())
        wanted = [(row.conflict, form) for row in rows for form in row.formats]
        if not scored_only:
            wanted += [(row.conflict, form) for row in self.counted.context.values() for form in row.formats]
            wanted += [(found.conflict, form) for found in self.counted.contrasts.values() for form in found.formats]
        return list(dict.fromkeys(wanted))


def read_study(folder: str | os.PathLike[str]) -> Study:
    """The study in a folder: its ``observed.yaml`` and the scenarios that names. Raises ScenarioError."""
    path = Path(folder) / FILE
    document = read(path)
    counted = validate(document.data, document.lines, Counted)
    scenarios = {name: load(Path(folder) / spec.file) for name, spec in counted.conflicts.items()}
    if problems := _problems(counted, scenarios, document.lines):
        raise ScenarioError(problems)
    return Study(counted, scenarios)


def _problems(counted: Counted, scenarios: dict[str, Scenario], lines: Lines) -> list[Problem]:
    found: list[tuple[Key, str]] = []
    for name, spec in counted.conflicts.items():
        if not 0 < spec.harder[0] < spec.harder[1]:
            found.append((("conflicts", name, "harder"), f"got {spec.harder}, expected some of all cases, neither none nor all"))
        if spec.window > scenarios[name].file.weeks:
            found.append((("conflicts", name, "window"), f"got {spec.window}, expected no more than the run's weeks"))
        for part in counted.selection.hardness:
            known = scenarios[name].numbers()
            if part != ZONE and part not in known:
                found.append((("selection", "hardness", part), f"no number of {spec.file}{hint(part, known)}"))
    groups = {"rows": counted.rows, "context": counted.context, "contrasts": counted.contrasts}
    for group, entries in groups.items():
        for name, entry in entries.items():  # type: ignore[attr-defined]
            found += _formats((group, name), entry, counted, scenarios)
            if isinstance(entry, Row) and entry.k > entry.n:
                found.append(((group, name, "k"), f"got {entry.k} of {entry.n}, expected no more than all"))
    return [lines.problem(key, message) for key, message in found]


def _formats(key: Key, entry: Row | Contrast, counted: Counted, scenarios: dict[str, Scenario]) -> list[tuple[Key, str]]:
    if entry.conflict not in scenarios:
        return [((*key, "conflict"), f"unknown conflict {entry.conflict}{hint(entry.conflict, scenarios)}")]
    file = scenarios[entry.conflict].file
    found: list[tuple[Key, str]] = []
    for form in entry.formats:
        if form not in file.processes:
            found.append(((*key, "formats"), f"unknown process {form}{hint(form, file.processes)}"))
        elif len(file.processes[form].tables) != 1:
            found.append(((*key, "formats"), f"process {form} has several tables; expected one, the format that is counted"))
    last = counted.conflicts[entry.conflict].window + entry.within
    if entry.measure == "ended" and last > file.weeks:
        found.append(((*key, "within"), f"needs a run of {last} weeks, the window and {entry.within} more; got {file.weeks}"))
    return found
