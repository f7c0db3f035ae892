"""From what was observed to parameters: smooth chances, a likelihood by affair, and draws of the posterior.

Lines of the record are smoothed by a logistic regression on the parameters and on the **common stake** of a world, which
is how far moving an issue is worth more, or less, to all sides than the scenario says (an emulated likelihood: Wood 2010;
Meeds, Welling 2014; refined where the posterior lies, as in Papamakarios, Sterratt, Murray 2019). Episodes of one affair
share their common stake, and it is not known, so it is integrated out once per affair:

    L_a = sum_q omega_q prod_e N_e(z_q) / sum_q omega_q prod_e C_e(z_q)

over seven Gauss-Legendre nodes of its distribution. C_e is the chance that both sides come by themselves, N_e that they do
and that all comes out as recorded. Only talks that took place are on record, so what is said of them holds given that both
came (selection: Heckman 1979); without the denominator a fit would be rewarded for coming everywhere. Counts of many cases
are beta-binomial: cases of one conflict hang together, and a synthetic conflict is not those that were counted; how far apart
they are is drawn with the parameters (heterogeneity between studies: Roever et al. 2021).

The posterior is drawn by tempering (Neal 2001; Del Moral, Doucet, Jasra 2006), each step followed by random walks.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import combinations_with_replacement
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from sim.model.chance import SPREAD_OF_LOGISTIC
from sim.model.layout import Array

Floats = NDArray[np.float32]

LEAST = 1e-4
"""No chance is smaller than this, nor nearer to one."""

RIDGE = 10.0
"""Penalty on the coefficients of a smoothed chance, in units of a standardized feature."""

RUNS = 4
"""Samples of the posterior, taken apart, so that it shows how well it is known."""

WARMING, WALKING, ELSEWHERE = 8, 120, 40
"""Random walks of each draw after a tempering, at the end, and away from an affair that is left out."""

FEWER = 1000
"""Draws of a posterior without an affair."""

NODES = 7
"""Nodes over which the common stake of an affair is integrated."""

OVERDISPERSION = 2.0
"""How many times a count varies as much as one of independent cases.

Crises of one protracted conflict correlate by about 0.1 in whether they end in an agreement (ICB), with two to ten of them in a
row of counts: 1.1 to 1.9.
"""

APART, MOST_APART = 0.5, 2.0
"""How far, on the logit, counted cases are from the conflict that stands for them: half-normal scale (advised there), and end."""

STEPS, TIGHT = 12, 2e-3
"""Newton steps of a smoothed chance at most, and the last one's size."""

SHOCK_SCALE = 0.25
"""Utility: a common stake so large is one unit of its feature."""

AT_ONCE = 20_000
"""Draws whose chances are worked out at once; bounds memory and changes no result."""

Kind = Literal["came", "record", "stayed", "issue", "life", "count", "watched"]


@dataclass(frozen=True)
class Row:
    """One line of the record: ``k`` of ``n`` cases.

    ``came``: both come by themselves; ``record``: given that, all of an episode is as recorded; ``stayed``: as came, where
    they did not (``n`` times); ``issue``, ``life``: what is said of single issues and of an agreement's end; ``count``: cases
    counted elsewhere; ``watched``: shown, and never fitted. The first three and counts are the likelihood.
    """

    name: str
    cluster: str
    k: float
    n: float
    kind: Kind = "issue"
    episode: str = ""


@dataclass(frozen=True)
class Prior:
    """Ranges of the parameters by name, ``(P, 2)``: uniform, or half-normal with the scale named in ``half_normal``."""

    names: tuple[str, ...]
    ranges: Array
    half_normal: dict[str, float] = field(default_factory=dict)

    def at(self, shares: Array) -> Array:
        """Draws at shares of the prior, each in [0, 1], ``(N, P)``."""
        return np.column_stack([self.value(name, shares[:, i]) for i, name in enumerate(self.names)])

    def value(self, name: str, share: Array) -> Array:
        """The values of a parameter at shares of its prior, ``(N,)``."""
        low, high = self.ranges[self.names.index(name)]
        if name not in self.half_normal:
            return np.asarray(low + (high - low) * share)
        return half_normal(self.half_normal[name], low, high, share)

    def unit(self, theta: Array) -> Array:
        """Parameters as places in their ranges, from -1 to 1, ``(N, P)``."""
        low, high = self.ranges.T
        return np.asarray(2 * (theta - low) / (high - low) - 1)

    def shock(self, theta: Array, stake: Array, common: float) -> Array:
        """What a common stake of so many standard deviations adds to the gains of all, in utility, ``(N,)``."""
        spread = theta[:, self.names.index("stakes_sd")] if "stakes_sd" in self.names else 0.0
        return np.asarray(spread * math.sqrt(common) * stake)


def half_normal(scale: float, low: float, high: float, share: Array) -> Array:
    """Values of a half-normal distribution between two ends, at shares of what lies below, ``(N,)``."""
    grid = np.linspace(low, high, 4001)
    below = np.array([math.erf(x / scale / math.sqrt(2)) for x in grid])
    return np.interp(share * below[-1], below, grid)


def apart(shares: Array) -> Array:
    """How far counts are from what stands for them, at draws whose last column is its share, ``(N,)``."""
    return half_normal(APART, 0.0, MOST_APART, shares[:, -1])


def nodes() -> tuple[Array, Array]:
    """Common stakes, in standard deviations, over which is integrated, and their weights, ``(NODES,)`` each."""
    x, weight = np.polynomial.legendre.leggauss(NODES)
    share = (x + 1) / 2
    return np.log(share / (1 - share)) / SPREAD_OF_LOGISTIC, weight / 2


def features(unit: Array, shock: Array) -> NDArray[np.float32]:
    """Constant, linear, quadratic and product terms of places ``(N, P)`` and of the shock ``(N,)``, and its cube, ``(N, F)``."""
    moved = shock / SHOCK_SCALE
    own = np.column_stack([unit, moved])
    products = [own[:, a] * own[:, b] for a, b in combinations_with_replacement(range(own.shape[1]), 2)]
    return np.column_stack([np.ones(len(own)), own, *products, moved**3]).astype(np.float32)


@dataclass(frozen=True)
class Chances:
    """Smoothed chances of all rows as functions of parameters and common stake."""

    prior: Prior
    coefficients: NDArray[np.float32]  # (F, rows)

    def only(self, places: list[int]) -> Chances:
        """Those of some rows."""
        return Chances(self.prior, np.ascontiguousarray(self.coefficients[:, places]))

    def __call__(self, theta: Array, shock: Array) -> Array:
        """Chance of a success in each row at each draw, ``(N, rows)``, off 0 and 1 by ``LEAST``."""
        parts = []
        for start in range(0, len(theta), AT_ONCE):
            some = slice(start, start + AT_ONCE)
            logits = features(self.prior.unit(theta[some]), shock[some]) @ self.coefficients
            parts.append(np.clip(1 / (1 + np.exp(-np.clip(logits, -30, 30))), LEAST, 1 - LEAST))
        return np.concatenate(parts)


def smooth(prior: Prior, theta: Array, shock: Array, hits: Floats, tries: Floats) -> Chances:
    """Fit a logistic regression to each row by penalized maximum likelihood, all rows at once.

    ``theta`` is ``(N, P)``, ``shock`` ``(N,)``; ``hits`` of ``tries`` came out, both ``(N, rows)``; a world that could not
    say (no tries) does not count. The penalty is a prior on the coefficients (ridge: le Cessie, van Houwelingen 1992), the
    constant is free of it. Newton steps, solved by conjugate gradients on whitened features.
    """
    x = features(prior.unit(theta), shock)
    count, terms = x.shape
    lower = np.linalg.cholesky((x.T @ x).astype(np.float64) / count + 1e-6 * np.eye(terms))
    whiten = np.linalg.inv(lower).T
    penalty = np.eye(terms) * RIDGE
    penalty[0, 0] = 1e-6
    white, penal = (x @ whiten.astype(np.float32)), (whiten.T @ penalty @ whiten).astype(np.float32)
    hits, tries = hits.astype(np.float32, copy=False), tries.astype(np.float32, copy=False)
    share = (hits.sum(axis=0) + 0.5) / (tries.sum(axis=0) + 1)
    found = (np.linalg.solve(whiten, np.eye(terms)[:, :1]) * np.log(share / (1 - share))).astype(np.float32)
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(white @ found, -30, 30)))
        curve = tries * chance * (1 - chance)
        step = _solve(white, curve, penal, white.T @ (hits - tries * chance) - penal @ found)
        step *= np.minimum(1.0, 4.0 / np.maximum(np.abs(white[:4000] @ step).max(axis=0), 1e-9))  # a step moves no logit by more
        found += step
        if np.abs(step).max() < TIGHT:
            break
    return Chances(prior, (whiten @ found).astype(np.float32))


def _solve(white: Floats, curve: Floats, penalty: Floats, slope: Floats) -> Floats:
    """The Newton step of every row, ``(F, rows)``, by conjugate gradients (Hestenes, Stiefel 1952)."""
    found, rest = np.zeros_like(slope), slope.copy()
    scale = 1 / np.maximum(curve.sum(axis=0), 1.0)
    along = rest * scale
    size = (rest * along).sum(axis=0)
    first = size.copy()
    for _ in range(25):
        bent = white.T @ (curve * (white @ along)) + penalty @ along
        length = size / np.maximum((along * bent).sum(axis=0), 1e-30)
        found += length * along
        rest -= length * bent
        now = (rest * rest * scale).sum(axis=0)
        if (now < 1e-4 * first).all():
            break
        along = rest * scale + now / np.maximum(size, 1e-30) * along
        size = now
    return found


# ---------------------------------------------------------------- the likelihood


def log_beta_binomial(k: float, n: float, chance: Array, apart: Array) -> Array:
    """Log chance of ``k`` of ``n`` cases that hang together, less the ways to choose them, ``(N,)``."""
    mass = mass_of(n, chance, apart)
    yes, no = chance * mass, (1 - chance) * mass
    return _log_rising(yes, k) + _log_rising(no, n - k) - _log_rising(mass, n)


def mass_of(n: float, chance: Array, apart: Array) -> Array:
    """The sum of both parameters of the beta distribution of a count's chance, ``(N,)``.

    1 / mass = (OVERDISPERSION - 1) / (n - OVERDISPERSION) + apart ** 2 * chance * (1 - chance): cases that hang together, and
    the variance of a chance that is ``apart`` on the logit.
    """
    return np.asarray(1 / ((OVERDISPERSION - 1) / max(n - OVERDISPERSION, 1.0) + apart**2 * chance * (1 - chance)))


def _log_rising(start: Array, count: float) -> Array:
    """Log of start (start + 1) ... of so many factors."""
    return np.log(start[:, None] + np.arange(int(count))).sum(axis=1) if count else np.zeros(len(start))


FITTED = frozenset({"came", "record", "stayed", "count"})
"""Kinds of the rows of which the likelihood is made."""


def affairs(rows: Sequence[Row]) -> list[str]:
    """What can be left out: affairs with a row in the likelihood, and each count."""
    return list(dict.fromkeys(row.cluster for row in rows if row.kind in FITTED or row.kind == "issue"))


def log_likelihood(rows: Sequence[Row], chances: Array, weight: Array, apart: Array) -> Array:
    """Log likelihood by affair, ``(N, affairs)``; ``chances`` ``(nodes, N, rows)``, ``weight`` ``(nodes,)``, ``apart`` ``(N,)``.

    Of an episode either its whole record counts, or single issues, each by itself.
    """
    found = []
    for affair in affairs(rows):
        own = [(i, row) for i, row in enumerate(rows) if row.cluster == affair]
        counts = [(i, row) for i, row in own if row.kind == "count"]
        if counts:
            found.append(sum(log_beta_binomial(row.k, row.n, chances[0, :, i], apart) for i, row in counts))
            continue
        with_it, given = np.ones(chances.shape[:2]), np.ones(chances.shape[:2])
        for i, row in own:
            if row.kind == "came":
                with_it, given = with_it * chances[:, :, i], given * chances[:, :, i]
            elif row.kind == "record" or (row.kind == "issue" and row.k):
                with_it = with_it * chances[:, :, i]
            elif row.kind == "issue":
                with_it = with_it * (1 - chances[:, :, i])
            elif row.kind == "stayed":
                with_it = with_it * (1 - chances[:, :, i]) ** row.n
        found.append(np.log(weight @ with_it) - np.log(weight @ given))
    return np.column_stack(found)


def said(rows: Sequence[Row], place: int, chances: Array, weight: Array) -> Array:
    """What is said of a row at each draw, ``(N,)``: given that both came, where its episode is on record because they did."""
    row = rows[place]
    if row.kind == "count":
        return np.asarray(chances[0, :, place])
    came = [i for i, other in enumerate(rows) if other.kind == "came" and other.episode == row.episode]
    if not came or row.kind in {"came", "stayed"}:
        return np.asarray(weight @ chances[:, :, place])
    given = chances[:, :, came[0]]
    return np.asarray((weight @ (given * chances[:, :, place])) / (weight @ given))


# ---------------------------------------------------------------- draws of the posterior

Likelihood = Callable[[Array], Array]
"""From shares of the prior ``(N, P)`` to log likelihoods by affair ``(N, affairs)``."""


@dataclass(frozen=True)
class Sample:
    """Draws of the posterior as shares of the prior ``(N, P + 1)``, and their log likelihoods by affair ``(N, affairs)``.

    The last share is that of how far counts are ``apart``.

    Of several samples taken apart: ``log_evidence`` of each, and how many ``effective`` draws they are together, from how far
    their means lie apart (Gelman, Rubin 1992).
    """

    shares: Array
    likelihood: Array
    log_evidence: tuple[float, ...] = ()
    effective: float = math.nan


def several(likelihood: Likelihood, parameters: int, *, count: int, seed: int) -> Sample:
    """``count`` draws of the posterior, in ``RUNS`` samples that know nothing of one another."""
    runs = [sample(likelihood, parameters, count=count // RUNS, seed=seed + 1000 * run) for run in range(RUNS)]
    shares = np.concatenate([run.shares for run in runs])
    apart = np.array([run.shares.mean(axis=0) for run in runs]).var(axis=0, ddof=1) / shares.var(axis=0)
    evidence = tuple(run.log_evidence[0] for run in runs)
    known = min(RUNS / float(apart.mean()), len(shares))
    return Sample(shares, np.concatenate([run.likelihood for run in runs]), evidence, known)


def sample(likelihood: Likelihood, parameters: int, *, count: int, seed: int, walking: int | None = None) -> Sample:
    """Draw from the posterior, from the prior on: each tempering halves the effective draws at most.

    At the end each draw walks ``walking`` times, ``WALKING`` if nothing is said.
    """
    luck = np.random.default_rng([seed, 1])
    shares = luck.uniform(1e-9, 1 - 1e-9, (count, parameters))
    found, heat, evidence = likelihood(shares), 0.0, 0.0
    every = np.ones(found.shape[1])
    while heat < 1:
        total = found @ every
        hotter = _next(total, heat)
        weight = np.exp((hotter - heat) * (total - total.max()))
        evidence += float(np.log(weight.mean()) + (hotter - heat) * total.max())
        chosen = resample(weight / weight.sum(), count, float(luck.random()))
        shares, found = _walk(likelihood, shares[chosen], found[chosen], hotter * every, luck, WARMING)
        heat = hotter
    return Sample(*_walk(likelihood, shares, found, every, luck, WALKING if walking is None else walking), (evidence,))


def without(own: Sample, affair: int, likelihood: Likelihood, *, seed: int) -> Sample:
    """The draws of a posterior that has not seen an affair, from those of one that has.

    ``effective`` is how many of these are left once weighed by what the affair said, before they walk on.
    """
    luck = np.random.default_rng([seed, 2, affair])
    weight = np.exp(own.likelihood[:, affair].min() - own.likelihood[:, affair])
    chosen = resample(weight / weight.sum(), min(FEWER, len(weight)), float(luck.random()))
    asked = np.ones(own.likelihood.shape[1])
    asked[affair] = 0
    shares, found = _walk(likelihood, own.shares[chosen], own.likelihood[chosen], asked, luck, ELSEWHERE)
    return Sample(shares, found, effective=effective(weight / weight.sum()))


def _next(total: Array, heat: float) -> float:
    """The next temper, up to one, at which half of the draws are effective."""

    def left(to: float) -> float:
        weight = np.exp((to - heat) * (total - total.max()))
        return effective(weight / weight.sum()) / len(total)

    if left(1.0) > 0.5:
        return 1.0
    low, high = heat, 1.0
    for _ in range(40):
        middle = (low + high) / 2
        low, high = (middle, high) if left(middle) > 0.5 else (low, middle)
    return low


def _walk(  # noqa: PLR0913, PLR0917 - what is moved, by what, how far
    likelihood: Likelihood, shares: Array, found: Array, asked: Array, luck: np.random.Generator, steps: int
) -> tuple[Array, Array]:
    """Random walks of all draws on the logits of their shares (Metropolis; scale of Roberts, Gelman, Gilks 1997)."""
    shares, found = shares.copy(), found.copy()
    count = shares.shape[1]
    for _ in range(steps):
        logits = np.log(shares / (1 - shares))
        spread = np.linalg.cholesky(np.cov(logits.T).reshape(count, count) + 1e-6 * np.eye(count))
        size = 2.38 / np.sqrt(count) * np.exp(luck.normal(0, 0.5, (len(shares), 1)))
        tried = logits + size * (luck.normal(size=shares.shape) @ spread.T)
        other = np.clip(1 / (1 + np.exp(-tried)), 1e-9, 1 - 1e-9)
        there = likelihood(other)
        stretch = np.log(other * (1 - other)).sum(axis=1) - np.log(shares * (1 - shares)).sum(axis=1)
        taken = np.log(luck.random(len(shares))) < (there - found) @ asked + stretch
        shares[taken], found[taken] = other[taken], there[taken]
    return shares, found


def effective(weight: Array) -> float:
    """Effective number of draws (Kong 1992)."""
    return float(1 / (weight**2).sum())


def resample(weight: Array, count: int, start: float = 0.5) -> NDArray[np.intp]:
    """Numbers of draws by their weights, systematically from ``start`` in [0, 1] (Kitagawa 1996), ``(count,)``."""
    places = (np.arange(count) + start) / count
    return np.minimum(np.searchsorted(np.cumsum(weight), places), len(weight) - 1)
