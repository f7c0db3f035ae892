"""How good probabilities were: scores, intervals over clusters, the rules they are held against, calibration.

All functions are pure, from arrays over rows ``(n,)`` to arrays; ``probability`` is in (0, 1), ``happened``
true where it did. Sources, and how we read them:

* Brier score: squared distance to what happened, 0 best, 0.25 for one half (Brier 1950, *Monthly Weather
  Review* 78). Log score: minus the natural logarithm of the probability given to what happened, 0 best, 0.69
  for one half (Good 1952, *JRSS B* 14). Both are proper: no rule gains by saying what it does not believe.
* A share of worlds is stated as (hits + 1/2) / (worlds + 1), so that no probability is 0 or 1 and the log score
  is finite (Krichevsky and Trofimov 1981, *IEEE Trans. Inf. Theory* 27). Rates of past cases alike.
* Rows of one affair are not independent. Intervals resample whole clusters with replacement and take
  percentiles (Field and Welsh 2007, *JRSS B* 69); differences between rules are paired row by row. Below some
  thirty clusters such intervals are too narrow (Cameron, Gelbach and Miller 2008, *REStat* 90). The rates that
  rules use are not fitted again in a resample. A rate without one's own cluster leans against what happened in it,
  so rates do a little worse than they would on new cases, and one half may beat them.
* A row whose record ends before a day is known only in part. Rows that are known count for those that are not:
  each weighs one over the chance that a record is that long (Graf, Schmoor, Sauerbrei and Schumacher 1999,
  *Statistics in Medicine* 18). The weighted rate is then the cumulative incidence of Aalen and Johansen (1978,
  *Scand. J. Statistics* 5), in which completion competes with an end and is none.
* Calibration in five bins of equal width with consistency bars (Bröcker and Smith 2007, *Weather and
  Forecasting* 22): where the share would lie in 95 of 100 cases were the probabilities right; rows of a cluster
  share their luck there, which makes the bars long rather than short. Miscalibration, discrimination and
  uncertainty are those of the isotonic fit (Dimitriadis, Gneiting and Jordan 2021, *PNAS* 118).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Draws
from sim.model.layout import Array
from sim.study.outcomes import Estimate

Bools = NDArray[np.bool_]
Labels = Sequence[str] | NDArray[Any]

RESAMPLES = 4000
BINS = 5
_SEED = 0
"""Resampling has luck of its own, the same for every run: scores move with the probabilities only."""


# ---------------------------------------------------------------- scores


def smoothed(hits: float | Array, count: float | Array) -> Any:
    """A share that is never 0 or 1: (hits + 1/2) / (count + 1); one half where nothing was counted."""
    return (hits + 0.5) / (count + 1.0)


def brier(probability: Array, happened: Bools) -> Array:
    """Squared distance to what happened, per row ``(n,)``; the score is its mean."""
    return np.asarray((probability - happened) ** 2)


def log_score(probability: Array, happened: Bools) -> Array:
    """Minus the natural logarithm of the probability given to what happened, per row ``(n,)``."""
    return np.asarray(-np.log(np.where(happened, probability, 1 - probability)))


MEASURES = {"brier": brier, "log": log_score}
"""Score per row by the name of the measure; less is better."""


# ---------------------------------------------------------------- clusters


def cluster_mean(losses: Array, clusters: Labels, weights: Array | None = None) -> Estimate:
    """The weighted mean of ``losses`` and its 95% interval from resampling whole clusters.

    The order of rows does not matter. No interval with a single cluster; NaN throughout with no rows.
    """
    weights = np.ones(len(losses)) if weights is None else weights
    if not weights.sum() > 0:
        return Estimate(float("nan"), float("nan"), float("nan"))
    names, place = np.unique(np.asarray(clusters, dtype=str), return_inverse=True)
    top = np.bincount(place, weights * losses, len(names))
    bottom = np.bincount(place, weights, len(names))
    centre = float(top.sum() / bottom.sum())
    if np.count_nonzero(bottom) < 2:
        return Estimate(centre, float("nan"), float("nan"))
    drawn = _resampled(len(names))
    with np.errstate(invalid="ignore", divide="ignore"):  # a resample may hold only rows without weight
        means = (drawn @ top) / (drawn @ bottom)
    low, high = np.nanpercentile(means, [2.5, 97.5])
    return Estimate(centre, float(low), float(high))


@lru_cache(maxsize=64)
def _resampled(clusters: int) -> Array:
    """How often each cluster is in each resample, ``(resamples, clusters)``."""
    luck = Draws(_SEED, 0, RESAMPLES).uniform("scoring", "clusters", clusters).astype(np.float64)
    chosen = (luck * clusters).astype(np.intp)  # (clusters, resamples)
    counts = np.zeros((RESAMPLES, clusters))
    np.add.at(counts, (np.broadcast_to(np.arange(RESAMPLES), chosen.shape), chosen), 1.0)
    return counts


# ---------------------------------------------------------------- censoring


def censoring_weights(days: Array, running: Bools, by: float) -> Array:
    """Weight of each row where it is asked what had happened by day ``by``, ``(n,)``; 0 where that is not known.

    ``days`` is the length of each record, NaN where only its outcome is known; ``running`` marks records that
    stop before anything happened. The chance of a record that long is Kaplan and Meier's (1958) for the end of
    records; what happens on a day comes before records that stop on it.
    """
    known = ~running | (days >= by)
    until = np.minimum(np.where(np.isnan(days), 0.0, days), by)
    watched = np.ones(len(days))
    for stop in np.unique(days[running]):
        at_risk = np.sum((days > stop) | (running & (days == stop)))
        watched = np.where(until > stop, watched * (1 - np.sum(running & (days == stop)) / at_risk), watched)
    return np.where(known, 1 / np.where(known, watched, 1.0), 0.0)


# ---------------------------------------------------------------- baselines


@dataclass(frozen=True)
class Cases:
    """What happened in fact, a row per thing that was given a probability.

    ``happened`` ``(n,)`` bool; ``clusters``, ``phases``, ``groups`` ``(n,)`` names; ``issues``, a set of names
    per row; ``absent`` ``(n,)``: known that a side did not take part; ``weights`` ``(n,)``.
    """

    happened: Bools
    clusters: NDArray[Any]
    phases: NDArray[Any]
    groups: NDArray[Any]
    issues: Sequence[frozenset[str]]
    absent: Bools
    weights: Array

    @property
    def count(self) -> int:
        """Rows that are known."""
        return int(np.count_nonzero(self.weights))

    @property
    def affairs(self) -> int:
        """Clusters with a row that is known."""
        return len(np.unique(self.clusters[self.weights > 0]))


@dataclass(frozen=True)
class Rule:
    """A baseline: its probabilities ``(n,)`` and how many rows had no like elsewhere and took a wider rate."""

    probability: Array
    wider: int = 0


RULES = ("half", "overall", "issue", "group", "regression")
"""The baselines: one half; the overall rate; the rate of the issue; the rate of the group in its phase; a regression on both."""

SHRINKAGE = 1.0
"""Penalty of the regressions: a prior of variance one on every coefficient."""


def baselines(cases: Cases, *, least: float) -> dict[str, Rule]:
    """What simple rules say, each from the rows of other clusters only.

    The rate of the issue is over rows that share an issue with it; where no other cluster has one it is the
    overall rate. The rate of the group is over rows of the same group and phase at which both sides took part;
    where there are none, of the group in any phase, then the overall rate. It is ``least``, the smallest
    probability that the model can state, where a side is known to have been absent: so it is told who came. The regression
    is logistic on group and phase, shrunken, and told the same.
    """
    others = cases.clusters[:, None] != cases.clusters[None, :]
    shares_issue = np.array([[bool(a & b) for b in cases.issues] for a in cases.issues]).reshape(others.shape)
    same_group = (cases.groups[:, None] == cases.groups[None, :]) & ~cases.absent[None, :]
    same_phase = cases.phases[:, None] == cases.phases[None, :]
    overall, _ = _rate(cases, others)
    issue, alike = _rate(cases, others & shares_issue)
    group, in_group = _rate(cases, others & same_group)
    phase, in_phase = _rate(cases, others & same_group & same_phase)
    by_group = np.where(in_phase, phase, np.where(in_group, group, overall))
    known = cases.weights > 0
    return {
        "half": Rule(np.full(len(overall), 0.5)),
        "overall": Rule(overall),
        "issue": Rule(np.where(alike, issue, overall), int((known & ~alike).sum())),
        "group": Rule(np.where(cases.absent, least, by_group), int((known & ~in_phase & ~cases.absent).sum())),
        "regression": Rule(np.where(cases.absent, least, _regression(cases))),
    }


def _regression(cases: Cases) -> Array:
    """What a logistic regression on group and phase says of each row, fitted on the rows of the other affairs, ``(n,)``."""
    marks = [of == name for of in (cases.groups, cases.phases) for name in np.unique(of)]
    x = np.column_stack([np.ones(len(cases.happened)), *marks]).astype(np.float64)
    return _from_others(x, cases, np.zeros(x.shape[1]), np.array([1e-6, *[SHRINKAGE] * (x.shape[1] - 1)]))


def recalibrated(probability: Array, cases: Cases) -> Array:
    """Probabilities ``(n,)`` blurred or sharpened, logit p' = a + b logit p, by two numbers learned on the other affairs.

    Shrunken to the probabilities themselves. A better score by blur alone is no gain: a model has to beat its predecessor
    so treated.
    """
    logit = np.log(probability / (1 - probability))
    x = np.column_stack([np.ones(len(logit)), logit])
    return _from_others(x, cases, np.array([0.0, 1.0]), np.full(2, SHRINKAGE))


def _from_others(x: Array, cases: Cases, centre: Array, penalty: Array) -> Array:
    found = np.empty(len(x))
    for cluster in np.unique(cases.clusters):
        here = cases.clusters == cluster
        use = ~here & ~cases.absent & (cases.weights > 0)
        coefficients = _logistic(x[use], cases.happened[use], cases.weights[use], (centre, penalty))
        found[here] = 1 / (1 + np.exp(-x[here] @ coefficients))
    return found


def _logistic(x: Array, happened: Bools, weights: Array, shrunken: tuple[Array, Array]) -> Array:
    """Coefficients of a logistic regression, shrunken to a centre with a penalty each (iterated weighted least squares)."""
    centre, penalty = shrunken
    found = centre.copy()
    for _ in range(200):
        chance = 1 / (1 + np.exp(-x @ found))
        slope = x.T @ (weights * (happened - chance)) - penalty * (found - centre)
        step = np.linalg.solve((x.T * (weights * chance * (1 - chance))) @ x + np.diag(penalty), slope)
        found = found + step * min(1.0, 0.2 / max(np.abs(step).max(), 1e-12))  # short steps: from afar, full ones overshoot
    return found


def area(probability: Array, cases: Cases) -> float:
    """Chance that a row that happened was given more than one that did not (area under the curve); NaN without both."""
    yes, no = cases.happened, ~cases.happened
    above = (probability[yes][:, None] > probability[no]) + 0.5 * (probability[yes][:, None] == probability[no])
    weights = cases.weights[yes][:, None] * cases.weights[no]
    return float((weights * above).sum() / weights.sum()) if weights.sum() > 0 else float("nan")


def _rate(cases: Cases, use: Bools) -> tuple[Array, Bools]:
    """The smoothed rate among the rows that each row may use, ``(n, n)``, and whether there are any."""
    weights = use * cases.weights[None, :]
    count = weights.sum(axis=1)
    return np.asarray(smoothed(weights @ cases.happened.astype(float), count)), count > 0


# ---------------------------------------------------------------- calibration


@dataclass(frozen=True)
class Bin:
    """Probabilities that are alike: their mean, the share that happened, and where that would lie were they right."""

    rows: int
    probability: float
    happened: float
    low: float
    high: float


def calibration(probability: Array, cases: Cases) -> list[Bin]:
    """Bins of equal width, the lowest first, without those that are empty."""
    place = np.minimum((probability * BINS).astype(np.intp), BINS - 1)
    names, cluster = np.unique(np.asarray(cases.clusters, dtype=str), return_inverse=True)
    luck = Draws(_SEED, 0, RESAMPLES).uniform("scoring", "luck", len(names)).astype(np.float64)
    would = luck[cluster] < probability[:, None]  # (n, resamples): all rows of a cluster share their luck
    found = []
    for number in range(BINS):
        weights = np.where(place == number, cases.weights, 0.0)
        if not weights.sum() > 0:
            continue
        weights = weights / weights.sum()
        low, high = np.percentile(weights @ would, [2.5, 97.5])
        centre, seen = float(weights @ probability), float(weights @ cases.happened)
        found.append(Bin(int(np.count_nonzero(weights)), centre, seen, float(low), float(high)))
    return found


@dataclass(frozen=True)
class Decomposition:
    """Brier score = miscalibration - discrimination + uncertainty; and the spread of the probabilities (sharpness)."""

    miscalibration: float
    discrimination: float
    uncertainty: float
    spread: float


def decompose(probability: Array, cases: Cases) -> Decomposition:
    """The parts of the Brier score from an isotonic fit; the spread is the standard deviation of ``probability``."""
    weights = cases.weights / cases.weights.sum()
    happened = cases.happened.astype(float)
    rate = float(weights @ happened)

    def score(values: Array) -> float:
        return float(weights @ (values - happened) ** 2)

    fitted = score(isotonic(probability, happened, weights))
    uncertainty = rate * (1 - rate)
    spread = float(np.sqrt(weights @ (probability - weights @ probability) ** 2))
    return Decomposition(score(probability) - fitted, uncertainty - fitted, uncertainty, spread)


def isotonic(probability: Array, happened: Array, weights: Array) -> Array:
    """The closest never falling function of ``probability`` to what happened, ``(n,)`` (pool adjacent violators)."""
    values, place = np.unique(probability, return_inverse=True)
    weight = np.bincount(place, weights, len(values))
    total = np.bincount(place, weights * happened, len(values))
    pools: list[list[float]] = []  # weight, sum, how many values
    for own_weight, own_total in zip(weight, total, strict=True):
        pools.append([own_weight, own_total, 1])
        while len(pools) > 1 and pools[-2][1] * pools[-1][0] >= pools[-1][1] * pools[-2][0]:
            last = pools.pop()
            pools[-1] = [a + b for a, b in zip(pools[-1], last, strict=True)]
    means = [total / weight if weight > 0 else 0.0 for weight, total, _ in pools]
    fitted = np.repeat(means, [int(count) for *_, count in pools])
    return np.asarray(fitted[place])
