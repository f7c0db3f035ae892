"""At which moment two processes part: coming, agreeing, ratifying, keeping; a share of worlds is a product of rates."""

from __future__ import annotations

from fractions import Fraction
from math import prod
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.layout import Array
from sim.study.advice.shapley import shapley

MOMENTS = ("came", "agreed", "ratified", "in_force_end")
"""In order; each counts worlds that got as far as the one before it."""

STEP = 1e-6
"""By which a share is moved to see how a part follows it."""


def rates(counts: Any, others: Any) -> list[Any]:
    """Share of each moment given the one before it; where none got as far as that, the rate of the ``others``, and else zero."""
    found = []
    for place, count in enumerate(counts):
        before, theirs = (own[place - 1] if place else 1 for own in (counts, others))
        found.append(count / before if before else others[place] / theirs if theirs else 0 * count)
    return found


def split(first: Any, second: Any) -> list[Any]:
    """What each moment has of the difference between the last shares of two processes; the parts add up to it.

    ``first`` and ``second`` are shares of worlds by moment. The rates of the first give way to those of the second in every
    order, and the parts averaged (Shapley), since one order alone would give each moment another part.
    """
    ours, theirs = rates(first, second), rates(second, first)
    count = len(ours)
    mixed = [prod(theirs[n] if mask >> n & 1 else ours[n] for n in range(count)) for mask in range(1 << count)]
    return shapley(mixed, count)


def parts_by_moment(hits: NDArray[np.bool_]) -> tuple[list[float], Array]:
    """The parts of a difference by moment, and a value per world whose mean is the part, for its intervals.

    ``hits`` is ``(2, moments, worlds)``: how far each process got. The values, ``(moments, worlds)``, follow the parts to first
    order in the shares (delta method); NaN where a moment is never reached in one of them.
    """
    worlds = hits.shape[2]
    counts = hits.sum(axis=2)
    shares = [[Fraction(int(count), worlds) for count in own] for own in counts]
    parts = [float(part) for part in split(*shares)]
    if not counts.all():
        return parts, np.full(hits.shape[1:], np.nan)
    p = counts / worlds
    values = np.repeat(np.array(parts)[:, None], worlds, axis=1)
    for process, moment in np.ndindex(p.shape):
        up, down = p.copy(), p.copy()
        up[process, moment] += STEP
        down[process, moment] -= STEP
        slope = (np.array(split(*up.tolist())) - np.array(split(*down.tolist()))) / (2 * STEP)
        values += slope[:, None] * (hits[process, moment] - p[process, moment])
    return parts, values
