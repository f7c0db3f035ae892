"""Chance: uniform numbers by counter, and the curves that turn numbers into choices.

A uniform number is a function of seed, world, branch, owner, stream and week, made where it is needed and kept
nowhere: the first k worlds of a run of n are those of a run of k, workers and splits move nothing, all processes see
the same luck, and another branch number goes on with other draws. The generator is Philox 4x32 with seven rounds, the
fewest with which it passes its authors' tests (Salmon, Moraes, Dror, Shaw 2011).
"""

from __future__ import annotations

import math

from sim.model.records import Table, World

LOW_WORD = 0xFFFFFFFF
SPREAD_OF_LOGISTIC = math.pi / math.sqrt(3.0)
"""Standard deviation of standard logistic noise."""

LN2 = math.log(2.0)
TO_UNIT = 2.220446049250313e-16  # 2 to the power of -52

WORLD_OWNER = 0
"""Owner of the streams that all processes of a world share."""


def philox(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Four random words of 32 bits from a counter of four and a key of two (Salmon et al. 2011, Philox 4x32-7)."""
    for _ in range(7):
        first, second = 0xD2511F53 * c0, 0xCD9E8D57 * c2
        high0, low0 = (first >> 32) & LOW_WORD, first & LOW_WORD
        high1, low1 = (second >> 32) & LOW_WORD, second & LOW_WORD
        c0, c1, c2, c3 = high1 ^ c1 ^ k0, low1, high0 ^ c3 ^ k1, low0
        k0, k1 = (k0 + 0x9E3779B9) & LOW_WORD, (k1 + 0xBB67AE85) & LOW_WORD
    return c0, c1, c2, c3


def uniform(w: World, owner: int, stream: int, place: int) -> float:
    """This week's number of a stream, strictly between 0 and 1; ``place`` tells sides apart that each have their own."""
    when = (w.week & 1023) + 1024 * stream + 65536 * (place >> 1)
    a, b, c, d = philox(w.number, when, owner, w.branch, w.seed_low, w.seed_high)
    if place & 1:
        a, b = c, d
    return (float(a * 1048576 + (b >> 12)) + 0.5) * TO_UNIT


def fill_uniforms(numbers: list[int], owner: int, seed_low: int, seed_high: int, found: list[float]) -> None:
    """One number of a stream in every world, before the first week: what ``Draws.uniform`` gives, world by world."""
    for r in range(len(numbers)):
        a, b, _, _ = philox(numbers[r], 0, owner, 0, seed_low, seed_high)
        found[r] = (float(a * 1048576 + (b >> 12)) + 0.5) * TO_UNIT


def draw(w: World, t: Table, stream: int, place: int) -> float:
    """This week's number of a table, or of the side at ``place`` there."""
    return uniform(w, t.owner, stream, place)


def noise(u: float) -> float:
    """Standard logistic noise from a uniform number: log(u / (1 - u)); 1 - u is exact."""
    return math.log(u / (1.0 - u))


def logistic(x: float) -> float:
    """Chance of a quantal response (McKelvey, Palfrey 1995): 1 / (1 + exp(-x)), safe for large arguments."""
    return 0.5 * (1.0 + math.tanh(0.5 * x))


def clip(low: float, x: float, high: float) -> float:
    """``x``, but not below ``low`` nor above ``high``."""
    return max(low, min(x, high))


def left_after(weeks: float, half_life: float) -> float:
    """Share left of something after some weeks: 2 ** (-weeks / half-life)."""
    return 1.0 if weeks <= 0.0 else math.exp(-LN2 * weeks / half_life)


def waiting_time(rate: float, u: float) -> float:
    """Weeks until something happens that happens in any week with a chance of ``rate``: log(1 - u) / log(1 - rate)."""
    if rate <= 0.0:
        return math.inf
    return 0.0 if rate >= 1.0 else math.log(1.0 - u) / math.log1p(-rate)
