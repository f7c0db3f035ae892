"""How good proposals are if the assumptions are others: every world-view of the ranges and of the posterior, many worlds in each.

A world-view is what is drawn of all assumptions in one world; each is lived with the luck of several worlds, the same for all
proposals. Whatever is picked by looking at some of that luck is told from the rest of it, so that no figure is the better for
having been chosen by itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd

from sim.model.batch import live
from sim.model.draws import Draws, Parameters
from sim.model.layout import Array
from sim.scenario.scenario import Scenario
from sim.study.advice.proposals import scenarios
from sim.study.advice.race import KEPT, Runner, figures_of
from sim.study.advice.space import Proposal
from sim.study.exploration.discovery import Discovery, find_boxes, prim_library
from sim.study.exploration.given import Given
from sim.study.outcomes import mean, table_rows
from sim.study.workers import in_order
from sim.study.writing import StudyError

VIEWS, LUCKS = 400, 20
BLOCK_OF_VIEWS = 500_003
"""Block of worlds from which the views are drawn, and the luck they are lived with: that of no other worlds."""

AT_A_TIME = 100
"""Views that a worker lives at once."""

WORST = 0.1
"""Share of the views that are the worst."""

BINS, SHUFFLES = 5, 4000
LEVEL = 0.05


@dataclass(frozen=True)
class Views:
    """What is kept under each proposal in each view, in two halves of its luck, ``(2, proposals, views)``; what was drawn."""

    kept: Array
    drawn: dict[str, Array]

    @property
    def whole(self) -> Array:
        """With all luck, ``(proposals, views)``."""
        return np.asarray(self.kept.mean(axis=0))


def views_of(runner: Runner, proposals: Sequence[Proposal]) -> Views:
    """Live every proposal in every view."""
    drawn = Parameters(runner.space.scenario, Draws(runner.seed, BLOCK_OF_VIEWS, VIEWS)).drawn
    parts = [
        partial(_part, scenario, name, runner.space.issues, _draws(runner.seed, drawn, slice(first, first + AT_A_TIME)))
        for scenario, names in scenarios(runner.space, proposals) for name in names for first in range(0, VIEWS, AT_A_TIME)
    ]  # fmt: skip
    found = []
    for values in in_order(parts, jobs=runner.jobs):
        found.append(values)
        if runner.told is not None:
            runner.told(len(values))
    kept = np.concatenate(found).reshape(len(proposals), VIEWS, LUCKS)
    return Views(np.stack([kept[:, :, half::2].mean(axis=2) for half in (0, 1)]), drawn)


def _draws(seed: int, drawn: dict[str, Array], some: slice) -> Given:
    """The worlds of some views, view by view: what was drawn of the assumptions, and luck that no other world has."""
    first = Draws(seed, BLOCK_OF_VIEWS + 1, 1).numbers[0]
    which = first + np.arange(some.start * LUCKS, min(some.stop, VIEWS) * LUCKS)
    return Given(seed, 0, len(which), which, {name: np.repeat(values[some], LUCKS) for name, values in drawn.items()})


def _part(scenario: Scenario, name: str, issues: Sequence[str], draws: Given) -> Array:
    """What is kept in each of these worlds."""
    return np.asarray(figures_of(table_rows(live(scenario, name, draws)), scenario, issues)[KEPT])


def robustness(views: Views, names: Sequence[str]) -> pd.DataFrame:
    """A row per proposal: what is kept on average and in its worst views, its regret against the best of these in each view,
    on average and in its worst views; each with the 95% interval over views.
    """
    rows: list[dict[str, Any]] = [{"proposal": name} for name in names]
    halves = [(views.kept[0], views.kept[1]), (views.kept[1], views.kept[0])]
    few = max(1, round(WORST * views.kept.shape[2]))
    for place, row in enumerate(rows):
        figures: dict[str, list[Array]] = {"kept": [], "worst_tenth": [], "regret": [], "regret_worst_tenth": []}
        for seen, told in halves:
            best = told[seen.argmax(axis=0), np.arange(told.shape[1])]
            regret = best - told[place]
            figures["kept"].append(told[place])
            figures["regret"].append(regret)
            figures["worst_tenth"].append(told[place, np.argsort(seen[place], kind="stable")[:few]])
            figures["regret_worst_tenth"].append(regret[np.argsort(seen[place] - seen.max(axis=0), kind="stable")[:few]])
        for name, halved in figures.items():
            own = mean(np.mean(halved, axis=0) if name in ("kept", "regret") else np.concatenate(halved))
            ends = zip(("", "_low", "_high"), (own.estimate, own.low, own.high), strict=True)
            row |= {f"{name}{end}": max(0.0, figure) for end, figure in ends}  # no regret is negative, if noise may be
    return pd.DataFrame(rows)


def information(views: Views) -> pd.DataFrame:
    """What it would be worth to know an assumption before choosing: a row per assumption, the greatest first.

    ``value`` is the share kept by the best proposal in each fifth of the assumption's values, less that of the best on average
    (expected value of partial perfect information), less what values in a random order give; ``clear`` where hardly any random
    order gives as much, as many assumptions as there are being asked about.
    """
    whole = views.whole
    count = whole.shape[1] - whole.shape[1] % BINS
    base = whole[:, :count].mean(axis=1).max()

    def worth(order: Any) -> Any:
        bins = whole[:, order].reshape(len(whole), *order.shape[:-1], BINS, -1).mean(axis=-1)
        return bins.max(axis=0).mean(axis=-1) - base

    lots = Draws(0, 0, SHUFFLES).uniform("design", "shuffle", count).T
    chance = worth(np.argsort(lots, axis=1, kind="stable"))
    names = [name for name, values in views.drawn.items() if values.std() > 0]
    found = np.array([worth(np.argsort(views.drawn[name][:count], kind="stable")) for name in names])
    level = float(np.quantile(chance, 1 - LEVEL / max(len(names), 1)))
    frame = pd.DataFrame({"assumption": names, "value": found - chance.mean(), "clear": found > level})
    return frame.sort_values("value", ascending=False, kind="stable", ignore_index=True)


def swings(views: Views, place: int) -> pd.DataFrame:
    """How far what a proposal keeps hangs on each assumption: its mean in the highest fifth of values less that in the lowest.

    ``swing_clear`` where no chance order of that many assumptions gives as much in 95 of 100 cases.
    """
    own = views.whole[place]
    few = len(own) // BINS
    names = [name for name, values in views.drawn.items() if values.std() > 0]
    orders = [np.argsort(views.drawn[name], kind="stable") for name in names]
    found = np.array([own[order[-few:]].mean() - own[order[:few]].mean() for order in orders])
    error = float(own.std(ddof=1)) * np.sqrt(2 / few)
    hurdle = NormalDist().inv_cdf(1 - LEVEL / (2 * max(len(names), 1)))
    return pd.DataFrame({"assumption": names, "swing": found, "swing_clear": np.abs(found) > hurdle * error})


def conditions(views: Views, names: Sequence[str], of: str, seed: int) -> Discovery | None:
    """Where a proposal stops being ahead of its strongest rival, as boxes of assumptions; None without the library for it."""
    try:
        prim_library()
    except StudyError:
        return None
    own, whole = names.index(of), views.whole
    rival = max((n for n in range(len(names)) if n != own), key=lambda n: float(whole[n].mean()))
    difference = whole[own] - whole[rival]
    return find_boxes(pd.DataFrame(views.drawn), difference, names=(of, names[rival]), noisy=True, seed=seed)
