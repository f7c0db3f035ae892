"""Shares of cases as ratios of sums over worlds, and their intervals.

Each world gives a numerator and a denominator: agreed and came, texts and sessions. Worlds are independent,
the cases within one are not, so intervals come from the spread between worlds (ratio estimator: Cochran 1977,
chapter 6). Two ratios on the same worlds are compared in pairs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sim.model.layout import Array
from sim.study import outcomes
from sim.study.outcomes import Estimate, Z


@dataclass(frozen=True)
class Ratio:
    """What was counted per world, ``(worlds,)`` each: the share is the sum of one over the sum of the other."""

    numerator: Array
    denominator: Array

    @property
    def share(self) -> float:
        """The share of cases; NaN where there is no case."""
        cases = float(self.denominator.sum())
        return float(self.numerator.sum()) / cases if cases > 0 else float("nan")

    @property
    def influence(self) -> Array:
        """How far each world moves the share, ``(worlds,)``; sums to nothing."""
        return np.asarray((self.numerator - self.share * self.denominator) / self.denominator.sum())

    def times(self, weight: float | Array) -> Ratio:
        """The same with cases weighed, by one number or by world."""
        return Ratio(self.numerator * weight, self.denominator * weight)

    def __add__(self, other: Ratio) -> Ratio:
        """The cases of both."""
        return Ratio(self.numerator + other.numerator, self.denominator + other.denominator)

    def estimate(self) -> Estimate:
        """The share with its Monte-Carlo interval, within 0 and 1."""
        half = _half(self.influence)
        return Estimate(self.share, max(0.0, self.share - half), min(1.0, self.share + half))

    def less(self, other: Ratio) -> Estimate:
        """This share less another on the same worlds, with the interval of the paired difference."""
        change, half = self.share - other.share, _half(self.influence - other.influence)
        return Estimate(change, change - half, change + half)


def _half(influence: Array) -> float:
    """Half the width of the 95% interval; NaN with a single world."""
    n = len(influence)
    return Z * float(np.sqrt((influence**2).sum() * n / (n - 1))) if n > 1 else float("nan")


def wilson(k: int, n: int) -> Estimate:
    """The share ``k`` of ``n`` with Wilson's 95% interval (Wilson 1927)."""
    low, high = outcomes.wilson(np.asarray(k / n), np.asarray(float(n)))
    return Estimate(k / n, float(low), float(high))
