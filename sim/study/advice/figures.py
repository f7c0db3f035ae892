"""Figures of advice: means over worlds with both intervals, as columns of a table."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Draws, Parameters, spans
from sim.scenario.scenario import Scenario
from sim.study.outcomes import mean, share
from sim.study.tally import left_open

Drawn = dict[str, NDArray[Any]]
"""Name of a quantity to what was drawn of it in every world, ``(worlds,)``."""

ENDS = ("", "_low", "_high", "_assumed_low", "_assumed_high")
"""What the columns of a figure end in: estimate, Monte-Carlo bounds, what the assumptions leave open."""


def figures(name: str, values: NDArray[Any], drawn: Drawn, *, of_worlds: bool = False) -> list[dict[str, float]]:
    """The mean of each row of ``values`` ``(figures, worlds)`` with both intervals; with ``of_worlds`` they are yes or no."""
    found = []
    for own, assumed in zip(values, zip(*left_open(values.astype(float), drawn), strict=True), strict=True):
        told = share(own.astype(bool)) if of_worlds else mean(own.astype(float))
        found.append(dict(zip((f"{name}{end}" for end in ENDS), (told.estimate, told.low, told.high, *assumed), strict=True)))
    return found


def drawn_in(scenario: Scenario, seed: int, worlds: int) -> Drawn:
    """What is drawn in the worlds of a run."""
    parts = [Parameters(scenario, Draws(seed, block, count)).drawn for block, count in spans(worlds)]
    return {name: np.concatenate([own[name] for own in parts]) for name in parts[0]}
