"""A reference table smoothed and weighed: chances, weights with and without each affair, evidence, and scores.

What a calibration and its alternatives share. Draws go by the names of parameters, so that a parameter that is
fixed in an alternative takes no other along.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.model.draws import Draws
from sim.model.layout import Array
from sim.study.history import inference
from sim.study.history.episodes import Episode
from sim.study.history.fates import DAYS as ALL_DAYS
from sim.study.history.fates import Fates
from sim.study.history.hindcast import issue_rows as agreed_rows
from sim.study.history.hindcast import life_rows, outcomes
from sim.study.history.inference import Chances, Prior, Row
from sim.study.history.ratios import wilson
from sim.study.history.reference import COUNTED, DAYS, Reference
from sim.study.history.scoring import Cases

DRAWS = 240_000
"""Draws that are weighed."""


@dataclass(frozen=True)
class Fit:
    """Draws ``theta (N, P)`` of the prior and ``discrepancy (N,)``, and what they say of each row, ``(N, rows)`` each.

    ``said``: its chance in the model; ``predicted``: the same with the discrepancy; and the log ``likelihood``.
    """

    prior: Prior
    rows: tuple[Row, ...]
    chances: Chances
    theta: Array
    discrepancy: Array
    said: Array
    predicted: Array
    likelihood: Array

    @cached_property
    def weight(self) -> Array:
        """Weight of each draw, ``(N,)``."""
        return inference.weights(self.likelihood, self.rows)

    @cached_property
    def left_out(self) -> dict[str, Array]:
        """By affair the weights without it, ``(N,)`` each."""
        return {c: inference.weights(self.likelihood, self.rows, without=c) for c in {row.cluster for row in self.rows}}

    @cached_property
    def figures(self) -> pd.DataFrame:
        """Per row its votes and the figure under the prior, the posterior, and the posterior without its affair, twice.

        ``left_out`` is what the model says, ``predicted`` what one who has learned how often it misses would say.
        """
        without = [self.left_out[row.cluster] for row in self.rows]
        own = {name: [w @ of[:, i] for i, w in enumerate(without)] for name, of in self._both().items()}
        return pd.DataFrame(
            {
                "row": [r.name for r in self.rows], "cluster": [r.cluster for r in self.rows], "k": [r.k for r in self.rows],
                "n": [r.n for r in self.rows], "vote": [r.vote for r in self.rows], "prior": self.said.mean(axis=0),
                "posterior": self.weight @ self.said, **own,
            }
        )  # fmt: skip

    def _both(self) -> dict[str, Array]:
        return {"left_out": self.said, "predicted": self.predicted}


def fit(table: Reference, *, seed: int, draws: int | None = None, start: Chances | None = None) -> Fit:
    """Smooth the chances of a table and weigh ``draws`` of its prior (``DRAWS`` where none are named).

    ``start`` are chances nearby, from which smoothing begins; they save time and move nothing.
    """
    chances = inference.smooth(table.prior, table.theta, table.hits, table.tries, start=start)
    luck = Draws(seed, 0, DRAWS if draws is None else draws)
    shares = np.column_stack([luck.uniform("calibration", name) for name in table.prior.names]).astype(np.float64)
    theta = table.prior.at(shares)
    discrepancy = luck.uniform("calibration", "discrepancy").astype(np.float64)
    said = chances(theta)
    predicted = inference.doubted(said, table.rows, discrepancy)
    likelihood = inference.log_likelihood(predicted, table.rows)
    return Fit(table.prior, table.rows, chances, theta, discrepancy, said, predicted, likelihood)


def scored(figures: pd.DataFrame, kind: str, episodes: list[Episode]) -> Iterator[tuple[str, Array, Cases]]:
    """The outcomes of a hindcast with the figures of a ``kind``, a column of ``Fit.figures``: name, probabilities, cases."""
    own = figures.set_index("row")
    agreed = pd.DataFrame([row for e in episodes for row in agreed_rows(e, _nobody(e))])
    agreed = agreed[agreed["pooled"]]
    issues = (agreed["episode"] + " " + agreed["issue"]).tolist()
    life = pd.DataFrame(list(life_rows([(e, _nobody(e)) for e in episodes])))
    life["observed"] = life["observed"].astype("boolean")
    life = life[(life["days"] == DAYS) & (life["weight"] > 0)]
    life = life[(life["episode"] + f" ended {DAYS}").isin(own.index)]
    ends = (life["episode"] + f" ended {DAYS}").tolist()
    parts = [part.assign(probability=own.loc[names, kind].to_numpy()) for part, names in ((agreed, issues), (life, ends))]
    return outcomes(*parts)


def _nobody(episode: Episode) -> Fates:
    """Fates of no worlds at all, from which only what was observed is read."""
    none = np.zeros(1, bool)
    issues = dict.fromkeys(episode.observed.issues, none)
    days = dict.fromkeys(ALL_DAYS, none)
    return Fates(none, issues, issues, issues, none, days, days)


def inside(figures: pd.DataFrame, kind: str) -> list[bool]:
    """Per row of counts: whether the figure of a ``kind`` lies in Wilson's 95% interval of the count."""
    counts = figures[figures["cluster"].str.startswith(COUNTED)]
    bounds = [wilson(int(k), int(n)) for k, n in zip(counts["k"], counts["n"], strict=True)]
    return [b.low <= said <= b.high for b, said in zip(bounds, counts[kind], strict=True)]
