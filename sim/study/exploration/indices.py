"""Indices of sensitivity: from a designed set of points through SALib, or from the draws that a run has.

Each function returns name of index to (estimate, low, high), arrays ``(parameters,)``, in the order in which
they are read; the first named in ``HEADLINE`` ranks the parameters.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from sim.model.layout import Array
from sim.study.exploration.handover import salib
from sim.study.outcomes import Z

Found = dict[str, tuple[Array, Array, Array]]

HEADLINE = {"given": "effect", "morris": "mu_star", "sobol": "ST"}
"""The index that ranks the parameters of a method."""

UNBIASED = {"given": "effect", "morris": "mu", "sobol": "S1"}
"""The index that chance does not push to one side; sizes and totals are never below zero."""

MEANING = {
    ("given", "effect"): "change of the difference as the assumption goes from the low to the high end of its range, "
    "on average over all others (linear)",
    ("given", "S1"): "share of the variance between single worlds, luck included, that the assumption explains by itself",
    ("morris", "mu_star"): "size of the change as the assumption goes through its whole range, whatever its sign, on average",
    ("morris", "mu"): "the same with its sign, so that changes up and down cancel",
    ("morris", "sigma"): "how much that change depends on where the other assumptions lie",
    ("sobol", "S1"): "share of the variance between points that the assumption explains by itself",
    ("sobol", "ST"): "share of that variance that goes with the assumption, by itself and in interplay",
}
"""What an index says, in a line, by method and name."""

LEVELS = 4
RESAMPLES = 200
FEW_RESAMPLES = 30  # of RBD-FAST, whose resampling would take longer than the worlds
HARMONICS = 10
WORLDS_PER_PARAMETER = 3
"""With fewer worlds each parameter is fitted alone, as ``outcomes.Assumptions`` says nothing either."""

_MOST_SEED = 2**32 - 1


def seed_of(seed: int) -> int:
    """A seed for SALib, which takes 0 for none and, in older versions, nothing above 32 bits."""
    return 1 + seed % (_MOST_SEED - 1)


# ---------------------------------------------------------------- designs


def morris_points(problem: Mapping[str, Any], n: int, seed: int) -> Array:
    """``n`` trajectories (Morris 1991), ``(n (parameters + 1), parameters)``."""
    return np.asarray(salib("sample.morris").sample(dict(problem), n, num_levels=LEVELS, seed=seed_of(seed)), dtype=float)


def sobol_points(problem: Mapping[str, Any], n: int, seed: int) -> Array:
    """Saltelli's design over a Sobol sequence of ``n`` points, ``(n (parameters + 2), parameters)``."""
    found = salib("sample.sobol").sample(dict(problem), n, calc_second_order=False, seed=seed_of(seed))
    return np.asarray(found, dtype=float)


# ---------------------------------------------------------------- indices


def morris(problem: Mapping[str, Any], x: Array, y: Array, seed: int) -> Found:
    """Elementary effects through the whole range, in units of y (Morris 1991; mu*: Campolongo et al. 2007).

    The interval of mu* is SALib's bootstrap, that of mu the normal one over trajectories; sigma has none.
    """
    found = salib("analyze.morris").analyze(
        dict(problem), x, y, num_levels=LEVELS, num_resamples=RESAMPLES, seed=seed_of(seed)
    )  # fmt: skip
    star, mu, sigma = (np.asarray(found[name], dtype=float) for name in ("mu_star", "mu", "sigma"))
    half = np.asarray(found["mu_star_conf"], dtype=float)
    trajectories = len(y) // (x.shape[1] + 1)
    half_mu, none = Z * sigma / np.sqrt(trajectories), np.full(len(mu), np.nan)
    return {
        "mu_star": (star, np.maximum(star - half, 0.0), star + half), "mu": (mu, mu - half_mu, mu + half_mu),
        "sigma": (sigma, none, none),
    }  # fmt: skip


def sobol(problem: Mapping[str, Any], y: Array, seed: int) -> Found:
    """First-order (Saltelli et al. 2010) and total indices (Jansen 1999) with SALib's bootstrap interval; y must vary."""
    found = salib("analyze.sobol").analyze(
        dict(problem), y, calc_second_order=False, num_resamples=RESAMPLES, seed=seed_of(seed)
    )  # fmt: skip
    return {name: _interval(found[name], found[f"{name}_conf"]) for name in ("S1", "ST")}


def effects(problem: Mapping[str, Any], x: Array, y: Array) -> Found:
    """``effect`` from whatever points there are; x is ``(worlds, parameters)``, drawn independently.

    The slope of a linear regression on all parameters together (on each alone where there are few worlds),
    times the range. The interval is robust to unequal variance (HC3: MacKinnon, White 1985).
    """
    low, high = np.asarray(problem["bounds"], dtype=float).T
    scaled = (x - x.mean(axis=0)) / (high - low)
    alone = len(y) < WORLDS_PER_PARAMETER * (x.shape[1] + 1)
    slope, error = (_slopes_alone if alone else _slopes)(scaled, y - y.mean())
    return {"effect": (slope, slope - Z * error, slope + Z * error)}


def first_order(x: Array, y: Array, seed: int) -> Found:
    """``S1`` from the same points, each parameter by itself; y must vary.

    SALib's RBD-FAST on given data (Plischke 2010; bias: Tissot, Prieur 2012). SALib resamples half of the
    worlds, so we divide its interval by the root of two. No interval (NaN) where an outcome is so rare that a
    resample may not have it.
    """
    rbd_fast = salib("analyze.rbd_fast")
    found = []
    for column in x.T:
        one = {"num_vars": 1, "names": ["x"], "bounds": [[0.0, 1.0]]}
        with np.errstate(invalid="ignore"):
            out = rbd_fast.analyze(
                one, column[:, None], y, M=HARMONICS, num_resamples=FEW_RESAMPLES, seed=seed_of(seed)
            )  # fmt: skip
        found.append((out["S1"][0], out["S1_conf"][0] / np.sqrt(2)))
    return {"S1": _interval(*np.array(found, dtype=float).T)}


def explained(x: Array, y: Array) -> float | None:
    """Share of the variance of y that all parameters explain together in a linear fit, adjusted; None with few worlds."""
    worlds, count = x.shape
    if worlds < WORLDS_PER_PARAMETER * (count + 1):
        return None
    centred = (x - x.mean(axis=0)) / x.std(axis=0)
    left = y - y.mean() - centred @ np.linalg.lstsq(centred, y - y.mean(), rcond=None)[0]
    return float(1 - (left @ left / (worlds - 1 - count)) / y.var(ddof=1))


def _slopes(x: Array, y: Array) -> tuple[Array, Array]:
    """Slopes of a joint fit of centred values and their standard errors, HC3."""
    inverse = np.linalg.pinv(x.T @ x, hermitian=True)
    slope = inverse @ (x.T @ y)
    leverage = np.minimum(((x @ inverse) * x).sum(axis=1) + 1 / len(y), 1 - 1e-9)
    weighed = x * ((y - x @ slope) / (1 - leverage))[:, None]
    return slope, np.sqrt(np.maximum(np.diag(inverse @ (weighed.T @ weighed) @ inverse), 0.0))


def _slopes_alone(x: Array, y: Array) -> tuple[Array, Array]:
    """The same, each parameter fitted without the others."""
    squares = (x**2).sum(axis=0)
    slope = (x.T @ y) / squares
    left = y[:, None] - x * slope
    leverage = x**2 / squares + 1 / len(y)
    return slope, np.sqrt(((x * left / (1 - leverage)) ** 2).sum(axis=0)) / squares


def _interval(estimate: Any, half: Any) -> tuple[Array, Array, Array]:
    centre, width = np.asarray(estimate, dtype=float), np.asarray(half, dtype=float)
    return centre, centre - width, centre + width
