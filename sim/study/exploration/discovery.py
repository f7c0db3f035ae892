"""Under which conditions does the ranking of two processes turn? Boxes of assumptions, found by PRIM.

Scenario discovery (Bryant, Lempert 2010) with the patient rule induction method (Friedman, Fisher 1999), done by
the EMA Workbench (Kwakkel 2017): slices are peeled off the ranges of the parameters, one after the other, until
what is left is a box in which the ranking is turned more often than elsewhere. Where a point is a mean over many
worlds, what counts in peeling is whether it is turned. Where it is a single world, that is mostly luck; then it is
the mean difference, as in Friedman and Fisher, which loses nothing of what the worlds say.

Peeling finds a box in noise as well. So a box is found in one half of the points and counted in the other: its
coverage, its density, its difference and the quasi-p values of its limits are those of points that had no part in
finding it, and a limit that the other half does not bear out is dropped.
"""

from __future__ import annotations

import hashlib
import math
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.draws import Draws
from sim.model.layout import Array
from sim.scenario.problems import refuse, shown
from sim.study.findings import Findings
from sim.study.outcomes import mean, share
from sim.study.saving import BOXES, LIMITS
from sim.study.writing import StudyError

PEEL = 0.05
"""Share of the points in a box that is peeled off at a time."""

MOST = 12
"""Parameters that are peeled, if there are more: those that go most with the difference, in the half that boxes are found in.
Peeling among many that do nothing would spend the points on them."""

FEWEST = 40
"""Points below which nothing can be found in one half and counted in the other."""

LEAST_IN_BOX = 10
"""Points a box has to hold, in the half that it is found in."""

FEWEST_TURNED = 5
"""Turned points that each half has to hold: where the ranking hardly ever turns there are no conditions to find."""

LEVEL = 0.05
"""Quasi-p value above which a limit is dropped, shared among the limits of a box (Bonferroni)."""

Ends = dict[tuple[str, str], float]
"""The limits of a box: parameter and low or high, to its value."""


@dataclass(frozen=True, repr=False)
class Discovery(Findings):
    """Where the ranking turns.

    ``ahead`` is ahead of ``behind`` over all points, ``share`` the share of points in which it is behind. ``boxes``
    has a row per box: ``box`` (from 1), ``points`` and ``turned`` in it, ``coverage`` (share of all turned points
    that are in it), ``density`` (share of its points that are turned) with its 95% interval ``density_low`` and
    ``density_high``, and ``difference`` (ahead minus behind, mean over its points; NaN where only turned or not is
    known) with ``low`` and ``high``: below zero, the ranking is turned there on average. ``limits`` has a row per
    box and restricted parameter: ``low`` and ``high``, the ends of its whole range ``range_low`` and ``range_high``,
    and ``quasi_p_low`` and ``quasi_p_high``: how probable a box like that would be were that end not restricted
    (NaN: it is not). All of it is counted in the half of the points that boxes were not found in. No box: nothing
    was borne out, or either half holds fewer than five points in which the ranking is turned. The manifest has the
    number of points that are turned, ``turned_points``, whether these are ``enough``, and the share in which the two
    are ``equal`` (null where only turned or not is known).
    """

    kind = "discovery"

    ahead: str
    behind: str
    share: float
    boxes: pd.DataFrame
    limits: pd.DataFrame
    manifest: dict[str, Any] = field(repr=False)

    @property
    def table(self) -> pd.DataFrame:
        """The boxes."""
        return self.boxes

    def tables(self) -> dict[str, pd.DataFrame]:
        """Boxes and limits by the names of their files."""
        return {BOXES: self.boxes, LIMITS: self.limits}


def find_boxes(  # noqa: PLR0913 - what is looked for, and how
    parameters: pd.DataFrame, difference: Sequence[float] | NDArray[Any], *, names: tuple[str, str] = ("first", "second"),
    noisy: bool = False, boxes: int = 3, seed: int = 0,
) -> Discovery:  # fmt: skip
    """Boxes in which the ranking of two processes is turned.

    ``parameters`` is a number per point and parameter, ``difference`` (points,) the first process minus the second
    (more is better) or, as truth values, whether the ranking is turned there. ``noisy`` says that a point is a
    single world, or a few: then boxes are peeled by the mean difference. Points without a difference are left
    out. The halves depend on ``seed`` only. Raises ScenarioError for what cannot be, StudyError without the EMA Workbench.
    """
    prim = prim_library()
    x, d = _checked(parameters, difference)
    known = d.dtype != bool
    first_ahead = not known or d.mean() >= 0
    gain = d if not known or first_ahead else -d
    turned = gain < 0 if known else d
    y = -gain if known and noisy else turned.astype(float)
    half = np.argsort(_uniform(len(x), seed), kind="stable") < len(x) // 2
    found: list[dict[str, Any]] = []
    limits: list[dict[str, Any]] = []
    open_ = np.ones(len(x), bool)
    counted_turned = int(turned[~half].sum())
    enough = min(counted_turned, int(turned[half].sum())) >= FEWEST_TURNED
    while enough and len(found) < boxes:
        own = half & open_
        ends = _peeled(prim, x.loc[own.tolist(), _telling(x[own], gain[own])], y[own])
        ends, chance = _borne_out(x[~half & open_], y[~half & open_], ends)
        if not ends:
            break
        inside = _inside(x, ends) & open_
        there = inside & ~half
        if not turned[there].any():  # less ahead there, and not behind in any
            break
        bounds = share(turned[there])
        change = mean(gain[there].astype(float)) if known else mean(np.full(2, np.nan))
        found.append(
            {
                "box": len(found) + 1, "points": int(there.sum()), "turned": int(turned[there].sum()),
                "coverage": float(turned[there].sum() / counted_turned), "density": bounds.estimate,
                "density_low": bounds.low, "density_high": bounds.high, "difference": change.estimate,
                "low": change.low, "high": change.high,
            }
        )  # fmt: skip
        limits += list(_limit_rows(x, ends, chance, len(found)))
        open_ &= ~inside
    ahead, behind = names if first_ahead else names[::-1]
    manifest = {
        "kind": "discovery", "ahead": ahead, "behind": behind, "points": len(x), "counted": int((~half).sum()),
        "turned": float(turned.mean()), "turned_points": int(turned.sum()), "enough": enough,
        "equal": float((gain == 0).mean()) if known else None, "seed": seed, "processes": list(names), "boxes": boxes,
        "noisy": noisy, "peel": PEEL, "level": LEVEL, "source": {"points": _digest(x, d)},
    }  # fmt: skip
    frames = pd.DataFrame(found, columns=_BOX_COLUMNS), pd.DataFrame(limits, columns=_LIMIT_COLUMNS)
    return Discovery(ahead, behind, float(turned.mean()), *frames, manifest)


_BOX_COLUMNS = ["box", "points", "turned", "coverage", "density", "density_low", "density_high", "difference", "low", "high"]
_LIMIT_COLUMNS = ["box", "parameter", "low", "high", "range_low", "range_high", "quasi_p_low", "quasi_p_high"]


# ---------------------------------------------------------------- what comes in


def prim_library() -> Any:
    """The PRIM of the EMA Workbench. Raises StudyError."""
    with warnings.catch_warnings():  # on import it warns of extras of its own, which are of no concern here
        warnings.filterwarnings("ignore", "ipyparallel not installed", UserWarning, module=r"ema_workbench\b")
        warnings.filterwarnings("ignore", "altair based interactive inspection", ImportWarning, module=r"ema_workbench\b")
        try:
            return import_module("ema_workbench.analysis.prim")
        except ImportError:
            raise StudyError("scenario discovery needs the EMA Workbench; pip install 'gobetween[discovery]'") from None


def _checked(parameters: pd.DataFrame, difference: Any) -> tuple[pd.DataFrame, NDArray[Any]]:
    d = np.asarray(difference)
    if d.ndim != 1 or len(d) != len(parameters):
        raise refuse("difference", f"got the shape {d.shape}, expected a value for each of {len(parameters)} points")
    for name in parameters:
        if not pd.api.types.is_numeric_dtype(parameters[name]):
            raise refuse("parameters", f"got {shown(parameters[name].iloc[0])}, expected numbers", key=(str(name),))
    d = d if d.dtype == bool else d.astype(float)
    keep = np.ones(len(d), bool) if d.dtype == bool else ~np.isnan(d)
    x = parameters.loc[keep.tolist()].astype(float).reset_index(drop=True)
    if len(x) < FEWEST:
        raise refuse("parameters", f"got {len(x)} points with a difference, expected at least {FEWEST}")
    return x.loc[:, x.nunique() > 1], d[keep]


def _digest(x: pd.DataFrame, d: NDArray[Any]) -> str:
    """SHA-256 of the points, for those that no manifest names."""
    found = hashlib.sha256(",".join(map(str, x.columns)).encode())
    found.update(np.ascontiguousarray(x.to_numpy(dtype=float)).tobytes())
    found.update(np.ascontiguousarray(d).tobytes())
    return found.hexdigest()


def _uniform(n: int, seed: int) -> NDArray[np.float64]:
    """Uniform draws of a stream of their own, ``(n,)``: a point's half depends on no other point."""
    return Draws(seed, 0, n).uniform("discovery", "half").astype(np.float64)


# ---------------------------------------------------------------- boxes


def _telling(x: pd.DataFrame, gain: NDArray[Any]) -> list[str]:
    """The parameters that go most with the difference, in a line or in a bow (by their squares)."""
    if x.shape[1] <= MOST:
        return list(x.columns)
    columns = x.to_numpy()
    centred = columns - columns.mean(axis=0)
    y = gain.astype(float) - gain.mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        strength = [np.abs((y @ (c - c.mean(axis=0))) / c.std(axis=0)) for c in (centred, centred**2)]
    order = np.argsort(-np.nan_to_num(np.maximum(*strength)), kind="stable")
    return [str(x.columns[k]) for k in sorted(order[:MOST])]


def _peeled(prim: Any, x: pd.DataFrame, y: Array) -> Ends:
    """The box of a peeling trajectory with the largest sqrt(mass) x (mean in it - mean of all) (Klösgen 1996)."""
    if len(x) < 2 * LEAST_IN_BOX or y.min() == y.max():
        return {}
    x = x.reset_index(drop=True)
    least = max(PEEL, LEAST_IN_BOX / len(x))
    y = (y - y.min()) / (y.max() - y.min())  # peels the same; the library takes means for probabilities on the way
    with warnings.catch_warnings():  # the EMA Workbench calls pandas in a way that is to go after pandas 3
        warnings.filterwarnings("ignore", "The inplace keyword in DataFrame.drop", module=r"ema_workbench\b")
        box = _regression(prim, x, y, least).find_box()
    steps = box.peeling_trajectory
    quality = np.sqrt(steps["mass"].to_numpy(float)) * (steps["mean"].to_numpy(float) - y.mean())
    chosen = box.box_lims[int(np.argmax(quality))]
    ends: Ends = {}
    for name in x:
        for place, (end, whole) in enumerate((("low", x[name].min()), ("high", x[name].max()))):
            limit = float(chosen[name].iloc[place])
            if limit != whole:
                ends[str(name), end] = limit
    return ends


def _regression(prim: Any, x: pd.DataFrame, y: Array, least: float) -> Any:
    """PRIM for means; it takes truth values as well, and peels them alike."""
    if hasattr(prim, "RegressionPrim"):  # since version 3, which needs Python 3.12
        return prim.RegressionPrim(x, y, peel_alpha=PEEL, mass_min=least)
    mode = prim.sdutil.RuleInductionType.REGRESSION
    return prim.Prim(x, y, threshold=float(y.mean()), peel_alpha=PEEL, mass_min=least, mode=mode)


def _inside(x: pd.DataFrame, ends: Ends) -> NDArray[np.bool_]:
    inside = np.ones(len(x), bool)
    for (name, end), limit in ends.items():
        values = x[name].to_numpy()
        inside &= values >= limit if end == "low" else values <= limit
    return inside


def _borne_out(x: pd.DataFrame, y: Array, ends: Ends) -> tuple[Ends, dict[tuple[str, str], float]]:
    """The limits that points which had no part in finding them bear out, and their quasi-p values."""
    level = LEVEL / max(len(ends), 1)
    while ends:
        chance = {end: _quasi_p(x, y, ends, end) for end in ends}
        weakest = max(chance, key=lambda end: chance[end])
        if chance[weakest] <= level:
            return ends, chance
        ends = {end: limit for end, limit in ends.items() if end != weakest}
    return {}, {}


def _quasi_p(x: pd.DataFrame, y: Array, ends: Ends, dropped: tuple[str, str]) -> float:
    """The chance of as high a mean in the box if its points were any of those in the box without one limit.

    Of truth values a one-sided binomial test (Bryant, Lempert 2010, section 3.3); of differences the normal test
    that goes with it.
    """
    inside = _inside(x, ends)
    wider = y[_inside(x, {end: limit for end, limit in ends.items() if end != dropped})]
    own = y[inside]
    if not len(own):
        return 1.0
    if np.isin(y, (0.0, 1.0)).all():
        return binomial_tail(int(own.sum()), len(own), float(wider.mean()))
    spread = float(wider.std())
    gap = float(own.mean() - wider.mean())
    return 0.5 * math.erfc(gap / spread * math.sqrt(len(own) / 2)) if spread > 0 else 1.0


def binomial_tail(hits: int, count: int, rate: float) -> float:
    """The chance of at least ``hits`` of ``count`` at ``rate``."""
    if hits <= 0 or rate >= 1:
        return 1.0
    if rate <= 0:
        return 0.0
    k = np.arange(hits, count + 1)
    chosen = math.lgamma(count + 1) - np.array([math.lgamma(i + 1) + math.lgamma(count - i + 1) for i in k.tolist()])
    return min(1.0, float(np.exp(chosen + k * math.log(rate) + (count - k) * math.log1p(-rate)).sum()))


def _limit_rows(x: pd.DataFrame, ends: Ends, chance: dict[tuple[str, str], float], box: int) -> Iterator[dict[str, Any]]:
    for name in dict.fromkeys(name for name, _ in ends):
        least, most = float(x[name].min()), float(x[name].max())
        yield {
            "box": box, "parameter": name, "low": ends.get((name, "low"), least), "high": ends.get((name, "high"), most),
            "range_low": least, "range_high": most, "quasi_p_low": chance.get((name, "low"), float("nan")),
            "quasi_p_high": chance.get((name, "high"), float("nan")),
        }  # fmt: skip
