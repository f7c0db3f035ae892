"""A study as a person writes it: a YAML file that names scenario and design, or a CSV file of points."""

from __future__ import annotations

import csv
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from sim.scenario.loading import load
from sim.scenario.problems import Lines, Problem, ScenarioError, hint, refuse, shown
from sim.scenario.reading import read, value_of
from sim.scenario.scenario import Scenario
from sim.study.compare import DEFAULT_SEED, DEFAULT_WORLDS
from sim.study.sweeps.design import MOST_POINTS, VARY, Vary
from sim.study.sweeps.pieces import Study
from sim.study.sweeps.sweep import make_study

KEYS = {
    "scenario": (str,), "set": (dict,), "vary": (dict,), "points": (list, str), "design": (str,), "n": (int,), "worlds": (int,),
    "seed": (int,), "processes": (list,), "out": (str,), "keep_worlds": (bool,),
}  # fmt: skip
"""What a study file may say, and in what form."""

WORDS = {str: "text", dict: "a mapping", list: "a list", int: "a whole number", bool: "true or false"}
TELLING = {"scenario", "vary", "points"}
"""Keys that a study file has at its top and a scenario file has not."""

_NUMBER = re.compile(r"[-+]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][-+]?[0-9]+)?")


@dataclass(frozen=True)
class Asked:
    """What a study is to be made from; None: what the package takes by itself."""

    scenario: Scenario
    vary: Vary
    design: str | None = None
    n: int | None = None
    worlds: int | None = None
    seed: int | None = None
    processes: list[str] | None = None
    out: str | None = None
    keep_worlds: bool = False
    lines: Lines | None = None

    def study(self) -> Study:
        """The study, checked. Raises ScenarioError, with the lines of a study file where it came from one."""
        try:
            return make_study(
                self.scenario, self.vary, design=self.design, n=self.n, processes=self.processes, keep_worlds=self.keep_worlds,
                worlds=DEFAULT_WORLDS if self.worlds is None else self.worlds,
                seed=DEFAULT_SEED if self.seed is None else self.seed,
            )  # fmt: skip
        except ScenarioError as error:
            if self.lines is None:
                raise
            raise ScenarioError([_placed(problem, self.lines) for problem in error.problems]) from None


def _placed(problem: Problem, lines: Lines) -> Problem:
    """A problem of an argument as one of the line of the study file that gave it."""
    if problem.file not in KEYS:
        return problem
    name = "points" if problem.file == VARY and ("points",) in lines.where else problem.file
    file, line = lines.at((name, problem.path))
    path = f"{name}.{problem.path}" if problem.path else name
    return Problem(file, line, path, problem.message)


def is_study(path: str) -> bool:
    """Whether a YAML file is a study rather than a scenario. Raises ScenarioError where it cannot be read."""
    return bool(TELLING & set(read(path).data))


def read_study(path: str) -> Asked:
    """The study in a YAML file; its scenario (and its CSV file of points) is looked for beside it. Raises ScenarioError."""
    document = read(path)
    data, lines = document.data, document.lines
    problems = [lines.problem((key,), f"unknown key{hint(key, KEYS)}") for key in data if key not in KEYS]
    for key, kinds in KEYS.items():
        if key in data and type(data[key]) not in kinds:
            wanted = " or ".join(WORDS[kind] for kind in kinds)
            problems.append(lines.problem((key,), f"got {shown(data[key])}, expected {wanted}"))
    if "scenario" not in data:
        problems.append(lines.problem((), "names no scenario; expected scenario: FILE.yaml"))
    if ("vary" in data) == ("points" in data):
        problems.append(lines.problem((), "expected either vary or points"))
    if problems:
        raise ScenarioError(problems)
    beside = os.path.dirname(path)
    scenario = load(os.path.normpath(os.path.join(beside, data["scenario"])))
    if data.get("set"):
        scenario = scenario.with_(data["set"])
    vary: Any = data["vary"] if "vary" in data else data["points"]
    if isinstance(vary, str):
        vary = read_points(os.path.join(beside, vary))
    kept = {key: data[key] for key in ("design", "n", "worlds", "seed", "processes", "out", "keep_worlds") if key in data}
    return Asked(scenario, vary, **kept, lines=lines)


def read_points(path: str) -> list[dict[str, Any]]:
    """Points from a CSV file: a row of paths, then a row of values per point. Raises ScenarioError.

    An empty cell takes the key away, as null does. A column named point is left out, so the ``points.csv`` of one study
    serves another.
    """
    try:
        with Path(path).open(encoding="utf-8-sig", newline="") as stream:
            rows = csv.reader(stream, strict=True)
            head = [name.strip() for name in next(rows, [])]
            _check_head(path, head)
            found = [_point(path, head, row, line) for line, row in enumerate(islice(rows, MOST_POINTS + 1), 2) if row]
    except (OSError, UnicodeDecodeError, csv.Error, ValueError) as error:
        if isinstance(error, ScenarioError):
            raise
        reason = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
        raise refuse(path, f"cannot be read: {reason}") from None
    return found


def _check_head(path: str, head: list[str]) -> None:
    if not [name for name in head if name != "point"] or "" in head:
        raise refuse(path, "expected a path over every column, such as parties.north.grievance", line=1)
    if twice := next((name for name in head if head.count(name) > 1), None):
        raise refuse(path, "varied twice, expected one column", line=1, key=(twice,))


def _point(path: str, head: list[str], row: list[str], line: int) -> dict[str, Any]:
    if len(row) != len(head):
        raise refuse(path, f"got {len(row)} values, expected {len(head)}", line=line)
    return {name: _value(path, name, cell.strip(), line) for name, cell in zip(head, row, strict=True) if name != "point"}


def _value(path: str, name: str, cell: str, line: int) -> Any:
    if _NUMBER.fullmatch(cell) and len(cell) < 40:
        return int(cell) if cell.lstrip("+-").isdecimal() else float(cell)
    if cell.replace("_", "").isalnum() and cell.lower() not in ("true", "false", "null"):
        return cell
    return value_of(cell, f"{path}:{line}: {name}") if cell else None


def parse_vary(text: str) -> tuple[str, Any]:
    """``"path=0.1:0.5:5"``, ``"path=0.1:0.5"`` or ``"path=a,b,c"`` as path and values or range. Raises ScenarioError."""
    path, equals, said = text.partition("=")
    path, said = path.strip(), said.strip()
    if not equals or not path or not said:
        raise refuse("--vary", f"got {text!r}, expected path=low:high:n or path=a,b,c")
    parts = [part.strip() for part in said.split(":")]
    if len(parts) > 1 and "{" not in said:
        if len(parts) > 3 or not all(map(_NUMBER.fullmatch, parts)):
            raise refuse("--vary", f"got {shown(said)}, expected numbers: low:high or, in a grid, low:high:n", key=(path,))
        numbers = [value_of(part, f"--vary {path}") for part in parts]
        return path, dict(zip(("low", "high", "n"), numbers, strict=False))
    return path, value_of(f"[{said}]", f"--vary {path}")


def vary_of(texts: list[str]) -> Mapping[str, Any]:
    """Several of them; a path may come once. Raises ScenarioError."""
    found: dict[str, Any] = {}
    for path, values in map(parse_vary, texts):
        if path in found:
            raise refuse("--vary", "varied twice, expected once", key=(path,))
        found[path] = values
    return found
