"""A reference table smoothed, and draws of the posterior: with and without each affair, evidence, and scores.

What a calibration and its alternatives share.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from sim.model.layout import Array
from sim.study.history import inference
from sim.study.history.episodes import Episode
from sim.study.history.fates import DAYS as ALL_DAYS
from sim.study.history.fates import Fates
from sim.study.history.hindcast import issue_rows as agreed_rows
from sim.study.history.hindcast import life_rows, outcomes
from sim.study.history.inference import Chances, Prior, Row, Sample
from sim.study.history.ratios import wilson
from sim.study.history.reference import COMMON, COUNTED, DAYS, Reference
from sim.study.history.scoring import Cases

DRAWS = 4000
"""Draws of the posterior."""


@dataclass(frozen=True)
class Fit:
    """Smoothed chances of the rows of a record, and draws of the posterior."""

    prior: Prior
    rows: tuple[Row, ...]
    chances: Chances
    seed: int
    sample: Sample

    @cached_property
    def posterior(self) -> Array:
        """Draws of the posterior, ``(N, P)``."""
        return self.prior.at(self.sample.shares)

    @property
    def apart(self) -> Array:
        """How far counts are from what stands for them, on the logit, ``(N,)``."""
        return inference.apart(self.sample.shares)

    @cached_property
    def left_out(self) -> dict[str, Sample]:
        """By affair, or count, the draws without it."""
        likelihood = likelihood_of(self.chances, self.rows)
        every = enumerate(inference.affairs(self.rows))
        return {name: inference.without(self.sample, n, likelihood, seed=self.seed) for n, name in every}

    def said(self, shares: Array) -> Array:
        """What is said of each row at draws given as shares of the prior, ``(N, rows)``."""
        at_nodes, weight = over_nodes(self.chances, self.rows, self.prior.at(shares))
        return np.column_stack([inference.said(self.rows, n, at_nodes, weight) for n in range(len(self.rows))])

    @cached_property
    def figures(self) -> pd.DataFrame:
        """Per row the figure under the prior, the posterior, and the posterior without its affair."""
        prior = np.random.default_rng([self.seed, 3]).random(self.sample.shares.shape)
        before, after = self.said(prior).mean(axis=0), self.said(self.sample.shares).mean(axis=0)
        without = after.copy()
        for affair, own in self.left_out.items():
            here = [n for n, row in enumerate(self.rows) if row.cluster == affair]
            without[here] = self.said(own.shares).mean(axis=0)[here]
        return pd.DataFrame(
            {
                "row": [r.name for r in self.rows], "cluster": [r.cluster for r in self.rows],
                "kind": [r.kind for r in self.rows], "k": [r.k for r in self.rows], "n": [r.n for r in self.rows],
                "prior": before, "posterior": after, "left_out": without,
            }
        )  # fmt: skip


def over_nodes(chances: Chances, rows: tuple[Row, ...], theta: Array) -> tuple[Array, Array]:
    """Chances at each node of the common stake, ``(nodes, N, rows)``, and the weights of the nodes.

    Counts and what is watched of them are of many conflicts, each with a stake of its own: their chances were smoothed
    over it.
    """
    stakes, weight = inference.nodes()
    counted = [n for n, row in enumerate(rows) if not row.episode]
    found = np.stack([chances(theta, chances.prior.shock(theta, np.full(len(theta), z), COMMON)) for z in stakes])
    if counted:
        found[:, :, counted] = chances(theta, np.zeros(len(theta)))[:, counted]
    return found, weight


def likelihood_of(chances: Chances, rows: tuple[Row, ...]) -> inference.Likelihood:
    """The log likelihood by affair as a function of shares of the prior."""
    places = [n for n, row in enumerate(rows) if row.kind in inference.FITTED]
    fitted, needed = tuple(rows[n] for n in places), chances.only(places)

    def found(shares: Array) -> Array:
        return inference.log_likelihood(fitted, *over_nodes(needed, fitted, needed.prior.at(shares)), inference.apart(shares))

    return found


def smoothed(table: Reference) -> Chances:
    """The chances of all rows; those of counts do not know the common stake of their worlds."""
    own = inference.smooth(table.prior, table.theta, table.shock, table.hits, table.tries)
    counted = [n for n, row in enumerate(table.rows) if not row.episode]
    if counted:
        blind = inference.smooth(
            table.prior, table.theta, np.zeros(len(table.theta)), table.hits[:, counted], table.tries[:, counted]
        )
        own.coefficients[:, counted] = blind.coefficients
    return own


def spread(table: Reference, own: Fit) -> float:
    """How far chance alone moves the log likelihood of a draw: its standard deviation, from both halves of the worlds."""
    parts = [likelihood_of(smoothed(table.only(slice(n, None, 2))), own.rows)(own.sample.shares) for n in (0, 1)]
    return float((parts[0].sum(axis=1) - parts[1].sum(axis=1)).std() / 2)


def fit(table: Reference, *, seed: int, draws: int | None = None) -> Fit:
    """Smooth the chances of a table and draw from the posterior (``DRAWS`` where none are named)."""
    chances = smoothed(table)
    likelihood = likelihood_of(chances, table.rows)
    found = inference.several(likelihood, len(table.prior.names) + 1, count=draws or DRAWS, seed=seed)
    return Fit(table.prior, table.rows, chances, seed, found)


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
