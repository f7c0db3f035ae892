"""Whether intervals hold what they promise: what was predicted of each affair and count, left out of the fit, and what was.

Of an affair it is predicted how many of its issues were agreed: its episodes are run with draws of the posterior that has not
seen it, and worlds count in which both sides came by themselves to every talk that is on record because they did. Of a count
of real cases it is predicted how many they are, cases hanging together, and apart from what stands for them, as in the fit.
Intervals are central; since numbers are whole they hold more often than their level, and ``expected`` says how often the model
itself expects it.
"""

from __future__ import annotations

from functools import partial
from math import lgamma

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from sim.model.layout import Array
from sim.study.history import inference
from sim.study.history.episodes import Episode
from sim.study.history.fitting import Fit
from sim.study.history.hindcast import run_episodes
from sim.study.history.priors import RowDraws
from sim.study.history.reference import lines_of

LEVELS = (50, 90)
"""Percent that an interval promises."""

WORLDS = 8192
"""Worlds in which an affair is run again."""

FEW = 50
"""Worlds below which a prediction is flagged."""

COLUMNS = (
    "of", "kind", "cases", "observed", "predicted",
    *(f"{end}_{level}" for level in LEVELS for end in ("low", "high", "inside", "expected")), "worlds", "flag",
)  # fmt: skip


def coverage(own: Fit, episodes: list[Episode], *, seed: int, jobs: int = 1) -> pd.DataFrame:
    """A row per affair (``kind`` affair) and per count of real cases (``kind`` count), each left out of the fit.

    ``cases`` it has, of which ``observed`` came out and ``predicted`` on average; per level the bounds ``low_`` and ``high_``,
    whether the observed number is ``inside_`` them, and the chance ``expected_`` of that.
    """
    rows = []
    for number, (name, left) in enumerate(own.left_out.items()):
        counts = [(n, row) for n, row in enumerate(own.rows) if row.cluster == name and row.kind == "count"]
        if counts:
            chances = own.said(left.shares)
            apart = inference.apart(left.shares)
            rows += [_row(row.name, "count", int(row.k), _of_count(chances[:, place], row.n, apart)) for place, row in counts]
            continue
        mine = [episode for episode in episodes if episode.observed.cluster == name]
        issues = [row for row in own.rows if row.cluster == name and row.kind == "issue"]
        if issues:
            theta = own.prior.at(left.shares[np.linspace(0, len(left.shares) - 1, WORLDS).astype(np.intp)])
            made = _made_again(mine, own.prior.names, theta, seed=seed + 300 + number, jobs=jobs)
            shares = np.bincount(made, minlength=len(issues) + 1) / max(len(made), 1)
            rows.append(_row(name, "affair", int(sum(row.k for row in issues)), shares, len(made)))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _of_count(chance: Array, n: float, apart: Array) -> Array:
    """The chance of each number of ``n`` cases, over draws of the chance of one, ``(n + 1,)``."""
    cases = int(n)
    ways = [lgamma(cases + 1) - lgamma(k + 1) - lgamma(cases - k + 1) for k in range(cases + 1)]
    logs = np.stack([way + inference.log_beta_binomial(k, n, chance, apart) for k, way in enumerate(ways)])
    found = np.exp(logs - logs.max(axis=0))
    return np.asarray((found / found.sum(axis=0)).mean(axis=1))


def _made_again(episodes: list[Episode], names: tuple[str, ...], theta: Array, *, seed: int, jobs: int) -> NDArray[np.int64]:
    """How many issues of an affair are agreed in each world in which it would be on record."""
    drawn = partial(RowDraws, names=names, rows=theta)
    agreed, counts = np.zeros(len(theta)), np.ones(len(theta), bool)
    for episode, found in zip(episodes, run_episodes(episodes, len(theta), seed, jobs=jobs, drawn=drawn), strict=True):
        for row, hits, tries in lines_of(episode, found):
            if row.kind == "came":
                counts &= hits > 0
            elif row.kind == "issue":
                agreed += hits
                counts &= tries > 0
    return agreed[counts].astype(np.int64)


def _row(name: str, kind: str, observed: int, shares: Array, worlds: int | None = None) -> dict[str, object]:
    """How many came out beside the chance of each number, ``(cases + 1,)``, as found in so many ``worlds``."""
    below = np.cumsum(shares)
    found: dict[str, object] = {"of": name, "kind": kind, "cases": len(shares) - 1, "observed": observed, "worlds": worlds}
    found["flag"] = "few worlds" if worlds is not None and worlds < FEW else ""
    found["predicted"] = float(shares @ np.arange(len(shares)))
    for level in LEVELS:
        tail = (100 - level) / 200
        low, high = (int(np.argmax(below >= end - 1e-9)) for end in (tail, 1 - tail))
        inside, expected = low <= observed <= high, float(shares[low : high + 1].sum())
        found |= {f"low_{level}": low, f"high_{level}": high, f"inside_{level}": inside, f"expected_{level}": expected}
    return found
