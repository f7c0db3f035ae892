"""From what was observed to parameters: a reference table, smooth chances, weights, and checks of all three.

A row of the record is ``k`` successes in ``n`` cases. The reference table holds, for many draws of the
parameters from their priors, how often each row came out in the simulated worlds. A logistic regression
smooths a row's chance over the parameters (a synthetic likelihood on an emulated figure: Wood 2010; Meeds,
Welling 2014), so the posterior is a weight per draw; leaving a cluster of rows out is another set of
weights from the same table.

No model is right about every case. With a chance that is learned as well, the **discrepancy**, a row of an episode had
nothing to do with the model, and yes and no were as likely: a mixture, as for lapses in psychophysics (Wichmann, Hill
2001), row by row; that a model's own error belongs in what is learned from it, see Kennedy and O'Hagan (2001). So a case
that no draw can have does not bend all parameters to it, and a prediction is as bold as the other affairs allow. Counts
of many cases are kept off 0 and 1 by ``LEAST`` alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement

import numpy as np
from numpy.typing import NDArray

from sim.model.layout import Array

LEAST = 0.02
"""Every chance is kept off 0 and 1 by half of this."""

RIDGE = 1.0
"""Penalty on the coefficients of a smoothed chance, in units of a standardized parameter."""

STEPS = 30

AT_ONCE = 20_000
"""Draws whose chances are worked out at once; bounds memory and changes no result."""


@dataclass(frozen=True)
class Row:
    """One line of the record: ``k`` of ``n`` cases; rows of a cluster share one vote where ``vote`` is below one."""

    name: str
    cluster: str
    k: float
    n: float
    vote: float = 1.0


@dataclass(frozen=True)
class Prior:
    """Uniform ranges of the parameters, ``(P, 2)``, by name."""

    names: tuple[str, ...]
    ranges: Array

    def at(self, shares: Array) -> Array:
        """Draws at shares of the ranges, uniform in [0, 1], ``(N, P)``."""
        low, high = self.ranges.T
        return np.asarray(low + (high - low) * shares)

    def unit(self, theta: Array) -> Array:
        """Parameters as places in their ranges, from -1 to 1, ``(N, P)``."""
        low, high = self.ranges.T
        return np.asarray(2 * (theta - low) / (high - low) - 1)


def features(unit: Array) -> Array:
    """Constant, linear, quadratic and product terms of places ``(N, P)`` in [-1, 1], ``(N, F)``."""
    count = unit.shape[1]
    products = [unit[:, a] * unit[:, b] for a, b in combinations_with_replacement(range(count), 2)]
    return np.column_stack([np.ones(len(unit)), unit, *products])


@dataclass(frozen=True)
class Chances:
    """Smoothed chances of all rows as functions of the parameters."""

    prior: Prior
    coefficients: Array  # (F, rows)

    def __call__(self, theta: Array) -> Array:
        """Chance of a success in each row at each draw, ``(N, rows)``, off 0 and 1 by ``LEAST``."""
        parts = []
        for start in range(0, len(theta), AT_ONCE):
            logits = features(self.prior.unit(theta[start : start + AT_ONCE])) @ self.coefficients
            parts.append(LEAST / 2 + (1 - LEAST) / (1 + np.exp(-logits)))
        return np.concatenate(parts)


def smooth(prior: Prior, theta: Array, hits: Array, tries: Array, *, start: Chances | None = None) -> Chances:
    """Fit a logistic regression to each row by penalized maximum likelihood (iterated weighted least squares).

    ``theta`` is ``(N, P)``; ``hits`` of ``tries`` worlds came out, both ``(N, rows)``; a draw in which no
    world could say (no tries) does not count. The penalty is a prior on the coefficients (McCullagh, Nelder
    1989; ridge: le Cessie, van Houwelingen 1992), the constant is free of it. The maximum is the only one, so
    ``start``, chances from which the search begins, saves time and moves nothing.
    """
    x = features(prior.unit(theta))
    penalty = np.eye(x.shape[1]) * RIDGE
    penalty[0, 0] = 1e-6
    first = [_first(x, hits[:, r], tries[:, r]) for r in range(hits.shape[1])] if start is None else list(start.coefficients.T)
    return Chances(prior, np.column_stack([_fit(x, hits[:, r], tries[:, r], (first[r], penalty)) for r in range(hits.shape[1])]))


def _first(x: Array, hits: Array, tries: Array) -> Array:
    share = (hits.sum() + 0.5) / (tries.sum() + 1)
    found = np.zeros(x.shape[1])
    found[0] = np.log(share / (1 - share))
    return found


def _fit(x: Array, hits: Array, tries: Array, begun: tuple[Array, Array]) -> Array:
    found, penalty = begun
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(x @ found, -30, 30)))
        weight = tries * chance * (1 - chance)
        slope = x.T @ (hits - tries * chance) - penalty @ found
        step = np.linalg.solve((x * weight[:, None]).T @ x + penalty, slope)
        found = found + np.clip(step, -2, 2)
        if np.abs(step).max() < 1e-6:
            break
    return found


def doubted(chances: Array, rows: Sequence[Row], discrepancy: Array) -> Array:
    """Chances ``(N, rows)`` of single cases drawn towards one half by the discrepancy ``(N,)``; counts stay as they are."""
    single = np.array([row.n == 1 for row in rows])
    share = discrepancy[:, None] * single
    return np.asarray(share / 2 + (1 - share) * chances)


def log_likelihood(chances: Array, rows: Sequence[Row]) -> Array:
    """Log likelihood of each row at each draw, ``(N, rows)``, votes included; chances ``(N, rows)``."""
    k, n, vote = (np.array([getattr(row, name) for row in rows]) for name in ("k", "n", "vote"))
    return np.asarray(vote * (k * np.log(chances) + (n - k) * np.log1p(-chances)))


def weights(likelihood: Array, rows: Sequence[Row], *, without: str | None = None) -> Array:
    """Weight of each draw, ``(N,)``, adding to one; ``without`` leaves a cluster of rows out."""
    left_out = np.flatnonzero([row.cluster == without for row in rows])
    total = likelihood.sum(axis=1) - likelihood[:, left_out].sum(axis=1)
    found = np.exp(total - total.max())
    return np.asarray(found / found.sum())


def effective(weight: Array) -> float:
    """Effective number of draws (Kong 1992)."""
    return float(1 / (weight**2).sum())


def resample(weight: Array, count: int, start: float = 0.5) -> NDArray[np.intp]:
    """Numbers of draws by their weights, systematically from ``start`` in [0, 1] (Kitagawa 1996), ``(count,)``."""
    places = (np.arange(count) + start) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), places), len(weight) - 1)


def contraction(theta: Array, weight: Array, prior: Prior) -> Array:
    """Share of the prior variance of each parameter that the data took away, ``(P,)`` (Betancourt 2018)."""
    mean = weight @ theta
    variance = weight @ (theta - mean) ** 2
    before = (prior.ranges[:, 1] - prior.ranges[:, 0]) ** 2 / 12
    return np.asarray(1 - variance / before)


def places(said: Array, theta: Array, rows: Sequence[Row], truths: tuple[Array, Array], luck: Array) -> Array:
    """Simulation-based calibration (Talts et al. 2018): place of each truth in its posterior, ``(truths, P)`` in [0, 1].

    For each of the ``truths``, chances of the rows ``(T, rows)`` and parameters ``(T, P)``, a record is drawn, and the
    draws ``theta (N, P)`` with chances ``said (N, rows)`` are weighed by it with full votes. ``luck`` has uniform
    numbers ``(T, rows, cases)``, cases at least those of the largest row. Uniform places say that intervals hold
    what they promise.
    """
    at_truth, parameters = truths
    found = np.empty(parameters.shape)
    for t, truth in enumerate(parameters):
        hits = [float((luck[t, r, : int(row.n)] < at_truth[t, r]).sum()) for r, row in enumerate(rows)]
        record = [Row(row.name, row.cluster, k, row.n) for k, row in zip(hits, rows, strict=True)]
        weight = weights(log_likelihood(said, record), record)
        found[t] = weight @ (theta < truth)
    return found
