"""Which assumptions move the difference between two processes most, from the draws of the run."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sim.scenario.meaning import meaning
from sim.show.assumptions import in_words
from sim.show.report.page import Block, Text
from sim.show.tables import Figures, Part, Table, Words
from sim.show.wording import range_words
from sim.show.written import names, percent
from sim.study.exploration.given import outcome, quantities, ranges
from sim.study.exploration.indices import effects

if TYPE_CHECKING:
    from sim.study.compare import Result

SHOWN = 6
"""Assumptions that are shown, the greatest first."""

BY_CHANCE = 0.05
"""Share of assumptions that a 95% interval tells from zero though they move nothing."""


class Hinge(NamedTuple):
    """An assumption that moves a difference: its path, the ends of its range, and by how much from the one to the other."""

    path: str
    ends: tuple[float, float]
    moved: float
    low: float
    high: float


class Moving(NamedTuple):
    """Assumptions that are seen to move a difference, the greatest first, and of how many."""

    told: list[Hinge]
    looked_at: int
    differs: bool

    @property
    def by_chance(self) -> float:
        """How many chance alone would show."""
        return BY_CHANCE * self.looked_at

    @property
    def beyond_chance(self) -> bool:
        """Whether they are more than chance allows."""
        return len(self.told) > self.by_chance + 2 * math.sqrt(self.by_chance * (1 - BY_CHANCE))


def moving(result: Result, first: str, other: str) -> Moving:
    """The assumptions that are seen to move the difference in agreements between two processes."""
    scenario = result.scenario
    every = tuple(name for name in quantities(scenario) if f"parameter:{name}" in result.drawn)
    y = np.subtract(*(outcome(result.outcomes(process), scenario, "agreed", "") for process in (other, first)))
    if not every or len(y) < 2 or np.ptp(y) == 0:
        return Moving([], len(every), differs=False)
    x, spans = np.column_stack([result.drawn[f"parameter:{name}"] for name in every]), ranges(scenario, every)
    figures = zip(every, spans, *effects({"bounds": spans}, x, y)["effect"], strict=True)
    found = [Hinge(name, (float(ends[0]), float(ends[1])), *map(float, own)) for name, ends, *own in figures]
    told = [hinge for hinge in found if hinge.low > 0 or hinge.high < 0]
    return Moving(sorted(told, key=lambda hinge: -abs(hinge.moved)), len(every), differs=True)


def hinges(result: Result, first: str, other: str, found: Moving) -> list[Block]:
    """The assumptions that move the difference most, in a sentence and a table."""
    scenario, labels = result.scenario, names(result.scenario, "processes")
    asked = f"the difference in agreements, {labels[other]} less {labels[first]}"
    if not found.differs:
        return [Text(f"Nothing moves {asked}, in these worlds.")]
    if not found.told:
        return [Text(f"No single assumption can be told to move {asked}, with so few worlds.")]
    heads = [Figures("points of a hundred, low to high end"), Words("its range"), Words("what it is")]
    table = Table("", [Words("assumption"), *heads])
    for hinge in found.told[:SHOWN]:
        value, *ends = (percent(part, sign=True) for part in (hinge.moved, hinge.low, hinge.high))
        label: list[tuple[Part, ...]] = [(in_words(scenario, hinge.path),), (hinge.path,)]
        words = range_words(hinge.path, *hinge.ends, scenario.file)
        table.row(label, (value, f"[{', '.join(ends)}]"), words, meaning(scenario, hinge.path))
    said = f"{len(found.told)} of {found.looked_at} assumptions are seen to move {asked}; chance alone would make it about "
    said += f"{found.by_chance:.0f}"
    if not found.beyond_chance:
        said += ". That is no more than chance allows, so those below are places to look at, and no finding"
    note = (
        "Under each its key, for --set. [ ] 95% interval of a linear fit over the worlds of this run; no ( ), since each row is "
        "itself what one assumption leaves open."
    )
    return [Text(f"{said}. The greatest, from the low to the high end of their range:"), table, Text(note, aside=True)]
