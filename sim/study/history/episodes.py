"""Episodes to hindcast: scenario files that say what came of them in fact.

One file is one episode: a single process, run as written, and an ``observed`` block. A folder is read
file by file, without its subfolders, so that what episodes share can lie in one.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from sim.scenario.loading import load
from sim.scenario.problems import Problem, ScenarioError, hint, plain, refuse
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Group, Observed
from sim.study.history.fates import HORIZON

SUFFIXES = (".yaml", ".yml")

GROUPS: tuple[Group, ...] = ("humanitarian", "technical", "political")
"""From what is settled most easily to what is settled least; an agreement counts with the last of its groups."""

_ASKED = re.compile(r"""^[\s{]*['"]?(observed|extends)['"]?\s*:""", re.MULTILINE)
"""A file without these keys holds no episode and need not be a whole scenario: others may extend it."""

Paths = str | os.PathLike[str] | Iterable[str | os.PathLike[str]]


class Named(Protocol):
    """An episode by its words, whether it was run just now or is read back."""

    @property
    def name(self) -> str:
        """The name of its file."""

    @property
    def title(self) -> str:
        """What it is called, in words."""

    def label(self, issue: str) -> str:
        """An issue in words."""


@dataclass(frozen=True)
class Episode:
    """A case: its name (the file's), the scenario, and what came of it in fact."""

    name: str
    scenario: Scenario
    observed: Observed

    @property
    def title(self) -> str:
        """What it is called, in words."""
        return self.scenario.file.title

    @property
    def process(self) -> str:
        """The one process of the scenario."""
        return next(iter(self.scenario.file.processes))

    @property
    def is_given_coming(self) -> bool:
        """Whether the record says that both sides came, and the row is about what came of it."""
        return bool(self.observed.came) and "agreed_if_came" in self.observed.score

    def seated(self) -> Scenario:
        """The scenario with both sides put at its tables, where coming is given; else as written."""
        if not self.is_given_coming:
            return self.scenario
        return self.scenario.with_({f"tables.{name}.seated": True for name in self.scenario.file.processes[self.process].tables})

    def group(self, issues: Iterable[str]) -> Group:
        """The group of some issues: of several the one that is settled least easily."""
        return max((self.scenario.file.issues[issue].group for issue in issues), key=GROUPS.index)

    def label(self, issue: str) -> str:
        """An issue in words."""
        return self.scenario.file.issues[issue].label or issue.replace("_", " ")

    @property
    def settled(self) -> list[str]:
        """Issues that were agreed on in fact."""
        return [issue for issue, agreed in self.observed.issues.items() if agreed]


def read_episodes(paths: Paths) -> tuple[list[Episode], list[str]]:
    """All episodes at ``paths``, files or folders, by the order of paths and the names of files; and what was passed over.

    Raises ScenarioError: nothing there, no file with an ``observed`` block, a file that does not load (all of
    their problems), more than one process, or a run shorter than the horizon.
    """
    named = [paths] if isinstance(paths, str | os.PathLike) else list(paths)
    files = list(dict.fromkeys(file for path in named for file in _files(os.fspath(path))))
    found: list[Episode] = []
    passed_over: list[str] = []
    problems: list[Problem] = []
    seen: set[str] = set()
    for file in files:
        if os.path.realpath(file) in seen:
            continue
        seen.add(os.path.realpath(file))
        try:
            scenario = _scenario(file)
        except ScenarioError as error:
            problems += error.problems
            continue
        if scenario is None or scenario.file.observed is None:
            passed_over.append(f"passed over {plain(file)}: it says nothing under observed")
            continue
        problems += _unfit(scenario)
        found.append(Episode(Path(file).stem, scenario, scenario.file.observed))
    if problems:
        raise ScenarioError(problems)
    if not found:
        where = ", ".join(os.fspath(path) for path in named) or "<nothing>"
        what = f"none of {len(files)} scenario files has" if len(files) > 1 else "expected a scenario file with"
        raise refuse(where, f"{what} an observed block")
    return _told_apart(found), passed_over


def _files(path: str) -> list[str]:
    """The scenario files that a path names."""
    if "\0" not in path and os.path.isfile(path):
        return [path]
    if "\0" in path or not os.path.isdir(path):
        beside = os.path.dirname(os.path.normpath(path)) or "."
        near = os.listdir(beside) if "\0" not in path and os.path.isdir(beside) else []
        raise refuse(path, f"no such file or folder{hint(os.path.basename(os.path.normpath(path)), sorted(near))}")
    try:
        names = sorted(name for name in os.listdir(path) if name.endswith(SUFFIXES) and not name.startswith("."))
    except OSError as error:
        raise refuse(path, f"cannot be read: {(error.strerror or str(error)).lower()}") from error
    files = [os.path.join(path, name) for name in names if os.path.isfile(os.path.join(path, name))]
    if not files:
        raise refuse(path, f"no scenario files, expected some that end in {' or '.join(SUFFIXES)}")
    return files


def _scenario(file: str) -> Scenario | None:
    """The scenario in a file; None where it has no episode."""
    try:
        text = Path(file).read_text(encoding="utf-8", errors="replace")
    except OSError:
        return load(file)  # says why
    return load(file) if _ASKED.search(text) else None


def _unfit(scenario: Scenario) -> Iterable[Problem]:
    lines, file = scenario.document.lines, scenario.file
    if len(file.processes) > 1:
        names = ", ".join(file.processes)
        yield lines.problem(("processes",), f"got {len(file.processes)} ({names}), expected one: an episode went one way")
    if file.weeks < HORIZON:
        yield lines.problem(("weeks",), f"got {file.weeks}, expected at least the {HORIZON} within which agreement is asked for")


def _told_apart(episodes: list[Episode]) -> list[Episode]:
    """Files of the same name in several folders go by their paths."""
    names = [episode.name for episode in episodes]
    return [e if names.count(e.name) == 1 else Episode(e.scenario.path, e.scenario, e.observed) for e in episodes]
