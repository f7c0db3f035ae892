"""What became of synthetic conflicts in each format: the few figures per world that counts of cases need."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from sim.model.batch import begin, live
from sim.model.draws import Drawn, Draws, Parameters, spans
from sim.model.layout import Array
from sim.model.reasons import Reason
from sim.scenario.evidence import uncertain
from sim.scenario.scenario import Scenario
from sim.study.compare import Progress
from sim.study.history.counted import ZONE, Measure, Selection, Study
from sim.study.history.ratios import Ratio
from sim.study.workers import in_order

Weeks = NDArray[np.int64]


@dataclass(frozen=True)
class Fate:
    """A process of one table in all worlds, ``(worlds,)`` each; weeks are -1 where a thing did not happen."""

    came: Weeks  # first session
    agreed: Weeks  # entry into force of the first agreement
    ended: Weeks  # end of that agreement; -1 also where it was carried out
    sessions: NDArray[np.int64]
    texts: NDArray[np.int64]

    def counted(self, measure: Measure, window: int, within: int) -> Ratio:
        """Cases per world: ``window`` weeks of crisis, ``within`` weeks in which an agreement has to end."""
        came = (self.came >= 0) & (self.came < window)
        agreed = (self.agreed >= 0) & (self.agreed < window)
        if measure == "agreed":
            return _ratio(agreed, np.ones(len(agreed)))
        if measure == "agreed_if_came":
            return _ratio(agreed, came)
        if measure == "text_per_session":
            return _ratio(self.texts, self.sessions)
        return _ratio(agreed & (self.ended >= 0) & (self.ended - self.agreed < within), agreed)


def _ratio(hits: NDArray[np.generic], cases: NDArray[np.generic]) -> Ratio:
    return Ratio(hits.astype(float), cases.astype(float))


@dataclass(frozen=True)
class Fates:
    """All that was run. ``hardness`` and ``drawn`` are per conflict, ``fate`` per conflict and process."""

    worlds: int
    seed: int
    fate: dict[tuple[str, str], Fate]
    hardness: dict[str, Array]  # (worlds,) in [-1, 1]
    drawn: dict[str, dict[str, Array]]  # every number drawn per world, by path, (worlds,)


Job = tuple[str, str, int, int]
"""Conflict, process, block, worlds in it."""


def run_fates(  # noqa: PLR0913 - the call of a calibration; every argument is one it thinks in
    study: Study,
    *,
    worlds: int,
    seed: int,
    jobs: int = 1,
    scored_only: bool = False,
    progress: Progress | None = None,
    drawn: Drawn = Draws,
) -> Fates:
    """Run every conflict in every format that is asked for, on the same worlds and luck.

    With ``scored_only`` only what the scored rows need. The result depends on the study, ``worlds`` and
    ``seed`` only, and the first k worlds of a run of n are those of a run of k.
    """
    sizes = spans(worlds)
    wanted = study.runs(scored_only=scored_only)
    tasks: list[Job] = [(conflict, process, *size) for conflict, process in wanted for size in sizes]
    calls = (partial(_run, study.scenarios[conflict], process, drawn(seed, *size)) for conflict, process, *size in tasks)
    found: dict[tuple[str, str], list[Fate]] = {}
    done = 0
    fates = in_order(calls, jobs=jobs)
    for (conflict, process, _, count), fate in zip(tasks, fates, strict=True):
        found.setdefault((conflict, process), []).append(fate)
        done += count
        if progress is not None:
            progress(done, worlds * len(wanted))
    conflicts = list(dict.fromkeys(conflict for conflict, _ in wanted))
    hard, numbers = {}, {}
    for conflict in conflicts:
        parts = [_before(study.scenarios[conflict], study.counted.selection, drawn(seed, *size)) for size in sizes]
        hard[conflict] = np.concatenate([part for part, _ in parts])
        numbers[conflict] = {path: np.concatenate([own[path] for _, own in parts]) for path in parts[0][1]}
    return Fates(worlds, seed, {key: _joined(parts) for key, parts in found.items()}, hard, numbers)


def _run(scenario: Scenario, process: str, draws: Draws) -> Fate:
    outcome = live(scenario, process, draws).tables[0].outcome
    ended = np.where(outcome["first_end"] == Reason.CARRIED_OUT, -1, outcome["ended"])
    came, agreed, sessions, texts = (outcome[name].copy() for name in ("came", "ratified", "sessions", "texts"))
    return Fate(came, agreed, ended, sessions, texts)


def _joined(parts: list[Fate]) -> Fate:
    return Fate(*(np.concatenate(columns) for columns in zip(*(vars(part).values() for part in parts), strict=True)))


def _before(scenario: Scenario, selection: Selection, draws: Draws) -> tuple[Array, dict[str, Array]]:
    """Hardness of a block of conflicts before their first week, by their first process, and what was drawn for them."""
    batch = begin(scenario, next(iter(scenario.file.processes)), draws).live(until=0)
    zone = batch.records["tables"][:, 0]["zone"].copy()
    return hardness(scenario, selection, batch.parameters, zone), dict(batch.parameters.drawn)


def hardness(scenario: Scenario, selection: Selection, parameters: Parameters, zone: Array) -> Array:
    """How hard each conflict is, ``(worlds,)`` in [-1, 1]: the weighted mean of its draws, each on the scale of its prior.

    A number with a prior [low, high] goes from -1 at low to 1 at high; one that is not drawn says nothing. The
    zone of agreement counts by its share of ``zone_scale``. A negative weight says that more of it is easier.
    """
    priors = {leaf: known for known in uncertain(scenario).values() for leaf in known.every_leaf}
    total = np.zeros(len(zone))
    for path, weight in selection.hardness.items():
        if path == ZONE:
            part = np.clip(zone / selection.zone_scale, -1, 1)
        elif path in priors:
            drawn = parameters.drawn[priors[path].name]
            low, high = priors[path].ends
            part = (2 * drawn - low - high) / max(high - low, 1e-12)
        else:
            part = np.zeros(len(zone))
        total += weight * part
    return np.asarray(total / sum(abs(weight) for weight in selection.hardness.values()))


def chance_of_harder(hard: Array, cases: list[int], slope: float) -> Array:
    """Chance that a conflict takes the formats to which the harder go, ``(worlds,)``.

    Logistic in hardness; ``cases`` are those that took them, and all, which set the chance of a conflict of
    middling hardness. A slope of zero is an assignment by lot.
    """
    some, every = cases
    return np.asarray(1 / (1 + np.exp(-(np.log(some / (every - some)) + slope * hard))))
