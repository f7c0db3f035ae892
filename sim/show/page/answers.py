"""What the page answers: figures of two processes with some assumptions given, one world as a story and week by week."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from sim.model.agents import World
from sim.model.batch import live
from sim.model.layout import Array
from sim.model.reasons import State
from sim.scenario.archive import to_yaml
from sim.scenario.evidence import ground_of, uncertain
from sim.scenario.headline import agenda
from sim.scenario.meaning import meaning
from sim.scenario.paths import bounds
from sim.scenario.problems import hint, refuse, shown
from sim.scenario.scenario import Scenario
from sim.scenario.version import FORMAT
from sim.show.steps import Narrator
from sim.show.story import WIDTH, Teller
from sim.show.wording import path_words
from sim.show.written import names
from sim.study.exploration.given import Given, quantities, stated
from sim.study.outcomes import Estimate, issue_rows, mean, process_rows, share, table_rows
from sim.study.tally import left_open
from sim.study.threads import one_thread

WORLDS = 1000
"""Worlds of each process that are drawn again when something moves."""

METRICS = {"came": "Both sides came", "agreed": "Agreed", "ratified": "Ratified", "in_force_end": "In force at the end"}
STEPS = ("came", "agreed", "ratified", "in_force_end")
REACHED = ("never met", "met, no text", "text, not in force", "in force, ended", "in force at the end")
"""How far a world got, by the number of steps that it took."""

OFFERED = {"conflict": 6, "behaviour": 4}
"""Assumptions that can be moved, of the conflict and of how negotiators behave: those with the clearest effect."""


@dataclass(frozen=True, eq=False)
class Asked:
    """A scenario, one or two of its processes, and quantities that are given in place of drawn.

    Raises ScenarioError for a process or quantity that there is not, and a number out of its range.
    """

    scenario: Scenario
    processes: tuple[str, ...]
    given: Mapping[str, float]
    seed: int

    def __post_init__(self) -> None:
        self.scenario.choose_processes(self.processes)
        known = _known(self.scenario)
        for name, value in self.given.items():
            if name not in known:
                raise refuse(name, f"no quantity that is drawn{hint(name, known)}")
            low, high = known[name]
            if not low <= value <= high:
                raise refuse(name, f"got {shown(value)}, expected {low:g} to {high:g}")

    def draws(self, numbers: np.ndarray) -> Given:
        """The draws of some worlds."""
        given = {name: np.full(len(numbers), value) for name, value in self.given.items()}
        return Given(self.seed, 0, len(numbers), numbers, given)

    @classmethod
    def pair(cls, scenario: Scenario) -> tuple[str, ...]:
        """The first process and the next with the same agenda; the first two where there is none."""
        first, *others = scenario.file.processes
        own = agenda(scenario.file, first, fallback=False)
        alike = [name for name in others if agenda(scenario.file, name, fallback=False) == own]
        return (first, *(alike or others)[:1])

    # ------------------------------------------------------------ figures

    @one_thread
    def figures(self) -> dict[str, Any]:
        """Shares of ``WORLDS`` worlds per process and issue, with both intervals, and how far each world got."""
        found: dict[str, Any] = {"worlds": WORLDS, "metrics": METRICS, "reached": REACHED, "processes": []}
        values: list[tuple[dict[str, Any], str, Array]] = []
        by_process = []
        drawn: dict[str, Array] = {}
        draws = self.draws(np.arange(WORLDS))
        for process in self.processes:
            drawn_there, whole, frames = self._outcomes(process, draws)
            drawn = {name: column for name, column in drawn_there.items() if name not in self.given}
            steps = np.cumprod([whole[step].to_numpy() for step in STEPS], axis=0).sum(axis=0)
            one: dict[str, Any] = {"name": process, "label": self.label("processes", process), "issues": {}}
            one["far"] = "".join(map(str, steps))
            for issue in agenda(self.scenario.file, process, fallback=False):
                row: dict[str, Any] = {}
                for metric in METRICS:
                    hits = frames[issue][metric].to_numpy(dtype=float)
                    row[metric] = _bounds(share(hits > 0))
                    values.append((row[metric], issue, hits))
                one["issues"][issue] = row
            by_process.append({issue: frames[issue]["agreed"].to_numpy(dtype=float) for issue in one["issues"]})
            found["processes"].append(one)
        found["issues"] = {name: self.label("issues", name) for one in found["processes"] for name in one["issues"]}
        found["differences"] = {}
        if len(by_process) == 2:
            for issue in (name for name in by_process[0] if name in by_process[1]):
                gap = by_process[1][issue] - by_process[0][issue]
                found["differences"][issue] = _bounds(mean(gap))
                values.append((found["differences"][issue], issue, gap))
        low, high = left_open(np.array([hits for _, _, hits in values]), drawn)
        for n, (row, _, _) in enumerate(values):
            row |= {"assumed": None if np.isnan(low[n]) else [float(low[n]), float(high[n])]}
        return found

    def _outcomes(self, process: str, draws: Given) -> tuple[dict[str, Array], pd.DataFrame, dict[str, pd.DataFrame]]:
        """What was drawn in the worlds of a process, and what came of them as a whole and by issue."""
        batch = live(self.scenario, process, draws)
        rows = table_rows(batch)
        return batch.parameters.drawn, process_rows(rows, self.scenario), issue_rows(rows, self.scenario)

    def label(self, kind: str, name: str) -> str:
        """A node in the words of the scenario."""
        return names(self.scenario, kind)[name]

    # ------------------------------------------------------------ what can be moved

    @one_thread
    def parameters(self) -> list[dict[str, Any]]:
        """The assumptions that move what is agreed most, with range, meaning and evidence.

        The clearest effects come first: slope over standard error in a linear fit, over twice ``WORLDS`` worlds, of whether
        either process agrees, and of their difference, on all that is drawn.
        """
        draws = self.draws(np.arange(2 * WORLDS))
        agreed = []
        drawn: dict[str, Array] = {}
        for process in self.processes:
            batch = live(self.scenario, process, draws)
            drawn = batch.parameters.drawn
            agreed.append(process_rows(table_rows(batch), self.scenario)["agreed"].to_numpy(dtype=float))
        if len(agreed) == 2:
            agreed.append(agreed[1] - agreed[0])
        known = _known(self.scenario)
        free = [name for name in drawn if name not in self.given and name in known]
        x = np.column_stack([drawn[name] - drawn[name].mean() for name in free])
        y = np.array(agreed).T - np.mean(agreed, axis=1)
        inverse = np.linalg.pinv(x.T @ x)
        slopes = inverse @ x.T @ y
        error = np.sqrt(np.outer(np.diag(inverse), ((y - x @ slopes) ** 2).sum(axis=0)))
        told = np.divide(np.abs(slopes), error, out=np.zeros_like(slopes), where=error > 0)  # 0: always the same
        ranked = [*self.given, *(free[n] for n in np.argsort(-told.max(axis=1), kind="stable"))]
        start, chosen = stated(self.scenario), []
        for kind, count in OFFERED.items():
            own = [name for name in ranked if name.startswith("behaviour.") == (kind == "behaviour")]
            chosen += [{"kind": kind, **self._parameter(name, known[name], start[name])} for name in own[:count]]
        return chosen

    def _parameter(self, name: str, ends: tuple[float, float], start: float) -> dict[str, Any]:
        what, found = uncertain(self.scenario)[name], ground_of(self.scenario, uncertain(self.scenario)[name].every_leaf[0])
        evidence = "learned from past episodes, and drawn from what they allow" if what.learned else ""
        if found is not None and not evidence:
            claims = f" ({', '.join(found[1].claims)})" if found[1].claims else ""
            evidence = f"{found[1].supports or 'assumption'}{claims}: {found[1].why}"
        return {
            "name": name, "label": path_words(name, self.scenario.file), "meaning": meaning(self.scenario, name),
            "evidence": evidence, "low": ends[0], "high": ends[1],
            "stated": min(max(start, ends[0]), ends[1]), "factor": what.absolute is None,
        }  # fmt: skip

    # ------------------------------------------------------------ one world

    def world(self, process: str, number: int) -> dict[str, Any]:
        """One world of a process: its story, its parties and tables, and per week the state of each table and what happened."""
        (process,) = self.scenario.choose_processes([process])
        told = Teller(Narrator(self._lived(process, number))).told(f"World {number} of seed {self.seed}").text(WIDTH)
        narrator = Narrator(self._lived(process, number))
        weeks = [self._frame(narrator, -1)]
        while narrator.world.week < self.scenario.file.weeks:
            week = narrator.world.week
            narrator.live_a_week()
            weeks.append(self._frame(narrator, week))
        tables = [{"label": narrator.labels[of.name], "mediators": list(of.form.mediators)} for of in narrator.tables]
        sides = self.scenario.disputants
        parties = [{"name": name, "label": label, "side": name in sides} for name, label in narrator.parties.items()]
        return {"story": told, "parties": parties, "tables": tables, "weeks": weeks, "process": self.label("processes", process)}

    def _lived(self, process: str, number: int) -> World:
        return World(self.scenario, process, seed=self.seed, number=number, draws=self.draws(np.array([number])))

    @staticmethod
    def _frame(narrator: Narrator, week: int) -> dict[str, Any]:
        said = [text for sentences in narrator.sentences.values() for text in sentences]
        narrator.sentences = {}
        states = [State(table.state).name.lower() for table in narrator.world.tables]
        return {"day": narrator.day(max(week, 0)), "states": states, "said": said}

    # ------------------------------------------------------------ to take away

    def changed(self) -> str:
        """A scenario file that extends this one with what is given, to be put beside it."""
        data: dict[str, Any] = {"format": FORMAT, "extends": Path(self.scenario.path).name}
        data["title"] = f"{self.scenario.file.title} (changed)"
        for path, value in self.settings.items():
            node = data
            *above, last = path.split(".")
            for key in above:
                node = node.setdefault(key, {})
            node[last] = value
        return to_yaml(data)

    @cached_property
    def settings(self) -> dict[str, float]:
        """Path to value of all numbers that the given quantities move, as ``model.draws.Parameters`` moves them."""
        numbers, every, found = self.scenario.numbers(), uncertain(self.scenario), {}
        for name, value in self.given.items():
            low, high = every[name].ends
            part = (value - low) / (high - low)
            for one in (every[name], *every[name].tied):
                least, most = one.ends
                mine = value if one is every[name] else least + (most - least) * min(max(part, 0.0), 1.0)
                for leaf in one.leaves:
                    found[leaf] = mine if one.relative is None else float(np.clip(numbers[leaf] * mine, *bounds(leaf)))
        return found


@lru_cache(maxsize=8)
def _known(scenario: Scenario) -> dict[str, tuple[float, float]]:
    return quantities(scenario)


def _bounds(found: Estimate) -> dict[str, Any]:
    return {"estimate": found.estimate, "low": found.low, "high": found.high}
