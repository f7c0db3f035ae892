"""How far two coders agree beyond chance, on levels they gave to the same cases.

``Agreement.kappa`` is Cohen's (1960); with levels in order, disagreement is weighted by how many
levels lie between (linear weights: Cohen 1968). ``pooled`` summarises several covariates (De Vries
et al. 2008). ``in_words`` are the bands of Landis and Koch (1977), a convention and no test.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from math import isnan, nan

BANDS = ((0.0, "slight"), (0.2, "fair"), (0.4, "moderate"), (0.6, "substantial"), (0.8, "almost perfect"))


@dataclass(frozen=True)
class Agreement:
    """Of ``n`` cases, ``same`` got one level from both; disagreement is weighted, between 0 and 1."""

    n: int
    same: int
    disagreement: float  # observed, mean over the cases
    by_chance: float  # expected from how often each coder used each level

    @property
    def kappa(self) -> float:
        """1 for full agreement, 0 for what chance would give; not a number where there is no variation or no case."""
        return 1 - self.disagreement / self.by_chance if self.by_chance else nan


def kappa(a: Sequence[Hashable], b: Sequence[Hashable], *, ordered: Sequence[Hashable] | None = None) -> Agreement:
    """Agreement of the levels ``a`` and ``b``, case by case.

    ``ordered`` lists all levels in their order, which weights a disagreement by the distance; without
    it any two levels are as far apart as any other. Raises ValueError for sheets that do not match.
    """
    if len(a) != len(b):
        raise ValueError(f"got {len(a)} and {len(b)} cases, expected as many from both coders")
    strange = [level for level in (*a, *b) if ordered is not None and level not in ordered]
    if strange:
        raise ValueError(f"got level {strange[0]}, expected one of {', '.join(map(str, ordered or ()))}")
    n = len(a)
    if not n:
        return Agreement(0, 0, nan, 0.0)
    observed = sum(_apart(x, y, ordered) for x, y in zip(a, b, strict=True)) / n
    first, second = Counter(a), Counter(b)
    chance = sum(first[x] * second[y] * _apart(x, y, ordered) for x in first for y in second) / n**2
    return Agreement(n, sum(x == y for x, y in zip(a, b, strict=True)), observed, chance)


def pooled(found: Iterable[Agreement]) -> Agreement:
    """Several covariates as one: observed and expected disagreement are averaged over the covariates, then compared."""
    parts = [part for part in found if part.n]
    if not parts:
        return Agreement(0, 0, nan, 0.0)
    count = len(parts)
    return Agreement(
        sum(part.n for part in parts),
        sum(part.same for part in parts),
        sum(part.disagreement for part in parts) / count,
        sum(part.by_chance for part in parts) / count,
    )


def in_words(value: float) -> str:
    """What Landis and Koch call a kappa: 0.61 to 0.80 substantial, above almost perfect."""
    if isnan(value):
        return "no variation"
    return next((word for least, word in reversed(BANDS) if value > least), "poor" if value < 0 else "slight")


def _apart(x: Hashable, y: Hashable, ordered: Sequence[Hashable] | None) -> float:
    if ordered is None:
        return float(x != y)
    return abs(ordered.index(x) - ordered.index(y)) / max(1, len(ordered) - 1)
