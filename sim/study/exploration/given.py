"""Worlds whose assumptions are given: many points of the uncertain quantities in one array run.

A world has its own number for every uncertain quantity, so points need no scenario of their own: they lie
side by side in the worlds of a block, each with the luck of the same few worlds (common random numbers).
Luck number i is world i of a comparison with the same seed; a point at what that world drew is that world.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.batch import CHECKPOINTS, live
from sim.model.draws import BLOCK, Chosen
from sim.model.layout import Array
from sim.scenario.arguments import seed_of, whole
from sim.scenario.evidence import Uncertainty, uncertain
from sim.scenario.problems import hint, refuse, shown
from sim.scenario.scenario import Scenario
from sim.study.compare import Progress
from sim.study.outcomes import OF_ISSUE, issue_rows, process_rows, table_rows
from sim.study.workers import in_order

DUMMY, LUCK = "dummy", "luck"
"""Parameters that are no assumptions: one that enters nothing, and which set of luck a point gets, as a share in [0, 1]."""

@dataclass(frozen=True, eq=False)
class Given(Chosen):
    """Draws in which quantities may be given, and a world has the luck of any world.

    ``given`` is name to ``(R,)`` values (or factors); ``which`` is ``(R,)`` numbers of the worlds whose luck is had.
    """

    given: Mapping[str, Array]

    def quantity(self, what: Uncertainty) -> Array:
        """What is given, and otherwise what that world's luck draws, ``(R,)``."""
        return self.given[what.name] if what.name in self.given else super().quantity(what)


# ---------------------------------------------------------------- what may be given


def quantities(scenario: Scenario) -> dict[str, tuple[float, float]]:
    """Every uncertain quantity and the ends of its range: of the value, or of the factor where the range is relative."""
    found = {}
    for name, what in uncertain(scenario).items():
        low, high = what.ends
        if low < high:
            found[name] = (float(low), float(high))
    return found


def ranges(scenario: Scenario, names: tuple[str, ...]) -> Array:
    """Ends of the ranges of some parameters, ``(parameters, 2)``; from 0 to 1 for the dummy and for luck."""
    known = quantities(scenario)
    return np.array([known.get(name, (0.0, 1.0)) for name in names]).reshape(len(names), 2)


def stated(scenario: Scenario) -> dict[str, float]:
    """What the scenario states for every uncertain quantity; one for a factor."""
    numbers = scenario.numbers()
    return {n: 1.0 if what.absolute is None else float(numbers[what.name]) for n, what in uncertain(scenario).items()}


def metrics(scenario: Scenario, issue: str = "") -> tuple[str, ...]:
    """Figures that have a value in every world: of a process as a whole, or of an issue."""
    if issue:
        units = sorted({unit for option in scenario.file.issues[issue].options.values() for unit in option.units})
        return (*OF_ISSUE, *(f"units_{unit}" for unit in units))
    weeks = [f"in_force_{week}" for week in CHECKPOINTS if week <= scenario.file.weeks]
    sides = [f"surplus_{side}" for side in scenario.disputants]
    return ("came", "agreed", "ratified", *weeks, "in_force_end", "possible", "weeks_in_force", *sides, "worse_than_none")


# ---------------------------------------------------------------- points


@dataclass(frozen=True)
class Trial:
    """What is run at every point: the processes, the seed, how many worlds' luck, and what becomes of the rest.

    Quantities that a point does not name are held at what the scenario states (``hold``), or drawn as in
    the world whose luck it is.
    """

    scenario: Scenario
    processes: tuple[str, ...]
    issue: str = ""
    seed: int = 0
    lucks: int = 20
    hold: bool = False

    def __post_init__(self) -> None:
        whole("lucks", self.lucks, least=1, most=BLOCK)
        seed_of(self.seed)
        self.scenario.choose_processes(self.processes)
        if not self.issue:
            return
        if self.issue not in self.scenario.file.issues:
            raise refuse("issue", f"unknown issue {shown(self.issue)}{hint(self.issue, self.scenario.file.issues)}")
        file = self.scenario.file
        for process in self.processes:
            agenda = {issue: None for table in file.processes[process].tables for issue in file.tables[table].agenda}
            if self.issue not in agenda:
                raise refuse("issue", f"{self.issue} is not on the agenda of {process}; expected one of {', '.join(agenda)}")

    @property
    def sets(self) -> int:
        """How many sets of luck a block has."""
        return BLOCK // self.lucks

    def luck(self, shares: Array) -> NDArray[np.intp]:
        """Numbers of the worlds whose luck each point has, ``(points, lucks)``, from shares ``(points,)`` in [0, 1]."""
        which = np.minimum((shares * self.sets).astype(np.intp), self.sets - 1)
        return which[:, None] * self.lucks + np.arange(self.lucks)

    def run(self, names: tuple[str, ...], x: Array, *, jobs: int = 1, progress: Progress | None = None) -> pd.DataFrame:
        """Outcomes at points ``x`` of shape ``(points, names)``: a row per point, columns (process, metric).

        Each is the mean over the point's lucks. Chunks of points are the same for any ``jobs``, so are the
        bytes. ``progress`` is called with worlds done and in all.
        """
        size = max(1, BLOCK // self.lucks)
        chunks = [x[start : start + size] for start in range(0, len(x), size)]
        found, done = [], 0
        parts = (partial(_chunk, self, names, chunk) for chunk in chunks)
        per_point = self.lucks * len(self.processes)
        for part in in_order(parts, jobs=jobs):
            found.append(part)
            done += len(part)
            if progress is not None:
                progress(done * per_point, len(x) * per_point)
        return pd.concat(found, ignore_index=True)


def _chunk(trial: Trial, names: tuple[str, ...], x: Array) -> pd.DataFrame:
    """The points of one array run."""
    columns = dict(zip(names, x.T, strict=True))
    luck = trial.luck(columns.get(LUCK, np.zeros(len(x))))
    rest = stated(trial.scenario) if trial.hold else {}
    given = {name: np.full(luck.size, value) for name, value in rest.items()}
    given |= {name: np.repeat(values, trial.lucks) for name, values in columns.items() if name not in (DUMMY, LUCK)}
    draws = Given(trial.seed, 0, luck.size, luck.ravel(), given)
    found: dict[tuple[str, str], Array] = {}
    for process in trial.processes:
        rows = table_rows(live(trial.scenario, process, draws))
        rows["world"] = np.tile(np.arange(luck.size), len(rows) // luck.size)  # a point has the luck of others' worlds
        frame = outcomes(rows, trial.scenario, trial.issue)
        for metric in metrics(trial.scenario, trial.issue):
            found[process, metric] = frame[metric].to_numpy(dtype=float).reshape(luck.shape).mean(axis=1)
    return pd.DataFrame(found)


def outcomes(rows: pd.DataFrame, scenario: Scenario, issue: str) -> pd.DataFrame:
    """A row per world of one process: of it as a whole, or of an issue on its agenda."""
    return issue_rows(rows, scenario)[issue] if issue else process_rows(rows, scenario)


def outcome(rows: pd.DataFrame, scenario: Scenario, metric: str, issue: str) -> Array:
    """One of these, ``(worlds,)``."""
    return outcomes(rows, scenario, issue)[metric].to_numpy(dtype=float)
