"""The numbers and the luck of one world."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Draws, Parameters

ONE_PER_SIDE = {
    "believe", "come", "judge", "expose", "ratify", "veto", "violate", "detect", "contest", "suspend", "claim", "leave", "renew",
}  # fmt: skip
"""Streams of a table that give each side a number of its own; all others give one for both."""


class SharedDraws(Draws):
    """The same numbers as :class:`Draws`, made once and lent to the engine and the twin of every process."""

    def uniform(self, owner: str, stream: str, *shape: int) -> NDArray[np.float32]:
        """As in the base class; read-only."""
        return _made_once(Draws(self.seed, self.block, self.worlds), owner, stream, shape)


@lru_cache(maxsize=1500)
def _made_once(draws: Draws, owner: str, stream: str, shape: tuple[int, ...]) -> NDArray[np.float32]:
    drawn = draws.uniform(owner, stream, *shape)
    drawn.flags.writeable = False
    return drawn


class Numbers:
    """Every number of the scenario, in one world."""

    def __init__(self, parameters: Parameters, world: int) -> None:
        self._parameters, self._world = parameters, world

    def __call__(self, path: str, default: float | None = None) -> float:
        """The number at ``path``."""
        return float(self._parameters(path, default)[self._world])


class Luck:
    """Uniform numbers of one world: by week, and by side where each has its own."""

    def __init__(self, draws: Draws, weeks: int, world: int) -> None:
        self._draws, self._weeks, self._world = draws, weeks, world

    def of_world(self, stream: str, week: int) -> float:
        """A number that all processes share."""
        return float(self._draws.uniform("world", stream, self._weeks)[week, self._world])

    def of_table(self, owner: str, stream: str, week: int, side: int = 0) -> float:
        """A number of a table, or of a side at it."""
        per_week = 2 if stream in ONE_PER_SIDE else 1
        return float(self._draws.uniform(f"table {owner}", stream, self._weeks, per_week)[week, side, self._world])


def noise(u: float) -> float:
    """Standard logistic noise from a uniform number."""
    return math.log(u / (1 - u))


def chance(x: float) -> float:
    """The logistic function."""
    if x < -700:
        return 0.0
    return 1 / (1 + math.exp(-x))


def between(low: float, x: float, high: float) -> float:
    """``x``, but not below ``low`` nor above ``high``."""
    return max(low, min(x, high))


def left_after(weeks: float, half_life: float) -> float:
    """Share left of something after some weeks."""
    return 2 ** (-weeks / half_life)


SPREAD_OF_LOGISTIC = math.pi / math.sqrt(3)
"""Standard deviation of standard logistic noise."""
