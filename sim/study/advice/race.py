"""Proposals run on the same worlds: what is counted, by whom it is beaten, and what is kept of work that was stopped.

A race has rounds. Each runs the proposals that are left on more worlds, which no round before it saw (successive halving:
Jamieson, Talwalkar 2016): who was lucky in one round has that luck no longer in the next.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.layout import Array
from sim.scenario.scenario import Scenario
from sim.study.advice.parts import Parts
from sim.study.advice.proposals import scenarios
from sim.study.advice.space import Proposal, Space
from sim.study.compare import run_block
from sim.study.outcomes import issue_rows, process_rows
from sim.study.workers import in_order

AGREED, KEPT, HARM, SURPLUS = 0, 1, 2, 3
"""Places of the figures; the surplus of every side from the last on."""

FIGURES = ("agreed", "kept", "harm")


@dataclass(frozen=True)
class Runner:
    """Runs proposals of a space, and keeps finished ``parts``."""

    space: Space
    seed: int
    jobs: int = 1
    parts: Parts = field(default_factory=Parts)
    told: Callable[[int], None] | None = None

    def run(self, proposals: Sequence[Proposal], block: int, worlds: int) -> Array:
        """The figures in every world of a block, ``(proposals, figures, worlds)``: agreed and kept as shares of the issues."""
        if not len(proposals):
            return np.empty((0, SURPLUS + len(self.space.scenario.disputants), worlds))
        alone = replace(self, told=None)
        calls = (partial(alone.part, scenario, names, (block, worlds)) for scenario, names in scenarios(self.space, proposals))
        found = []
        for values in in_order(calls, jobs=self.jobs):
            found.append(values)
            if self.told is not None:
                self.told(len(values) * worlds)
        return np.concatenate(found)

    def part(self, scenario: Scenario, names: Sequence[str], which: tuple[int, int]) -> Array:
        """The figures of a few proposals that stand in one scenario; read, if an earlier search has run them."""
        every = (figures(scenario, name, self.space.issues, (self.seed, *which)) for name in names)
        return self.parts.of([scenario.hash, which], lambda: np.stack(list(every)))


def figures(scenario: Scenario, process: str, issues: Sequence[str], which: tuple[int, int, int]) -> Array:
    """What is counted of a process in each world of ``which`` (seed, block, worlds), ``(figures, worlds)``."""
    return figures_of(run_block(scenario, process, *which).rows, scenario, issues)


def figures_of(rows: pd.DataFrame, scenario: Scenario, issues: Sequence[str]) -> Array:
    """The same from the rows of a process, sorted by table and then world."""
    whole, by_issue = process_rows(rows, scenario), issue_rows(rows, scenario)
    shares = [np.mean([by_issue[issue][metric] for issue in issues], axis=0) for metric in ("agreed", "in_force_end")]
    surplus = [whole[f"surplus_{side}"] for side in scenario.disputants]
    return np.array([*shares, whole["worse_than_none"], *surplus], dtype=float)


def worse_off(values: Array) -> int:
    """The place of the surplus of the side that has least of it on average, in values ``(figures, worlds)``."""
    return SURPLUS + int(values[SURPLUS:].mean(axis=1).argmin())


# ---------------------------------------------------------------- who goes on


@dataclass(frozen=True)
class Field:
    """Proposals in a round: means of the figures ``(proposals, figures)``, effort, which are known, which within the limits."""

    means: Array
    effort: Array
    known: NDArray[np.bool_]
    allowed: NDArray[np.bool_]

    @property
    def fair(self) -> Array:
        """Surplus of the side that has less of it."""
        return self.means[:, SURPLUS:].min(axis=1)

    @property
    def good(self) -> NDArray[np.bool_]:
        """Proposals that keep at least as much as the best known format; those that keep most, where none is known."""
        kept = self.means[:, KEPT]
        return kept >= (kept[self.known] if self.known.any() else kept).max()

    def orders(self) -> dict[str, NDArray[np.intp]]:
        """Places of proposals within the limits from the best on, by what is wanted; harm and effort among the good alone."""
        kept = self.means[:, KEPT]
        bad = ~self.good
        everybody, few = int(self.allowed.sum()), int((self.allowed & self.good).sum()) or 1
        wanted: dict[str, tuple[Any, ...]] = {
            "most kept": (self.effort, -kept),
            "most agreed": (-kept, -self.means[:, AGREED]),
            "fairest": (-kept, -self.fair),
            "least harm": (-kept, self.means[:, HARM], bad),
            "least effort": (-kept, self.effort, bad),
        }
        count = {name: few if name.startswith("least") else everybody for name in wanted}
        return {name: np.lexsort((*keys, ~self.allowed))[: count[name]] for name, keys in wanted.items()}

    def best(self, count: int) -> NDArray[np.intp]:
        """Places of those who go on, in order: the known, and the best by each thing that is wanted in turn."""
        chosen = dict.fromkeys(np.flatnonzero(self.known).tolist())
        orders = [iter(order.tolist()) for order in self.orders().values()]
        while len(chosen) < min(count, int((self.known | self.allowed).sum())):
            for order in orders:
                place = next((at for at in order if at not in chosen), None)
                if place is not None and len(chosen) < count:
                    chosen[place] = None
        return np.array(sorted(chosen), dtype=np.intp)


def fits(values: Array, best: Array, side: int) -> Iterator[bool]:
    """For each of ``values`` ``(n, figures, worlds)`` whether it does not fall behind ``best`` ``(figures, worlds)``.

    That is by more than one standard error, paired world by world, in what is kept, agreed, harm and the surplus of a side (the
    one-standard-error rule of Breiman, Friedman, Olshen, Stone 1984: of what cannot be told apart, take the simpler).
    """
    for own in values:
        change = np.stack([own[KEPT] - best[KEPT], own[AGREED] - best[AGREED], best[HARM] - own[HARM], own[side] - best[side]])
        error = change.std(axis=1, ddof=1) / np.sqrt(change.shape[1])
        yield bool((change.mean(axis=1) >= -error).all())
