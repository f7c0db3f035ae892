"""What is believed of the behavioural parameters before the record speaks; worlds drawn from that, or from what was learned."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from sim.model.draws import Draws
from sim.model.layout import Array
from sim.scenario.evidence import Uncertainty
from sim.scenario.learned import posterior
from sim.study.history.inference import Prior

PRIORS: dict[str, tuple[float, float, str]] = {
    "threshold": (0.0, 1.0, "nothing fixes the level of readiness; from coming by default to staying away by default"),
    "motivation": (2.0, 6.0, "how much a likely text matters beside feelings; half to one and a half of the first guess"),
    "grievance_weight": (0.4, 2.4, "from a minor irritant to the heaviest term"),
    "mirrored_distance": (0.2, 0.95, "signing with mediators may spare most of the cost of recognition or hardly any"),
    "judgement": (0.03, 0.15, "negotiators err by 3 to 15% of what is at stake"),
    "author_adversary": (0.0, 0.15, "utility; from nothing to a sixth of all there is; the experiment was on students"),
    "guarantee": (0.1, 0.8, "mediators who oversee take away little or most of the doubt"),
    "ratification_cost": (0.02, 0.25, "utility; from a formality to a quarter of what is at stake"),
    "mandate_gap": (0.0, 0.4, "officials may speak for their leaders or not at all"),
    "signing_cost": (0.02, 0.3, "utility; as for ratification"),
    "discouragement": (0.1, 0.45, "a failure costs a tenth to half of the optimism there can be"),
    "pace_separate": (0.15, 0.5, "rounds per week; from one in seven weeks to one in two"),
    "relief_value": (0.05, 0.5, "what the end of war costs is worth, from little to half of what is at stake"),
    "irrevocable": (0.0, 1.0, "a side that is let down takes back all that it gave on the other's word, or nothing of it"),
    "renewal_temperature": (0.02, 0.25, "utility; from a cool reckoning to a choice that a quarter of the stakes hardly moves"),
    "violation_rate": (0.005, 0.05, "per week; one in four years to one in twenty weeks"),
    "stakes_sd": (0.0, 0.5, "utility; half-normal of scale 0.2: who writes a scenario may know the stakes well or not at all"),
    "show": (0.0, 1.5, "readiness; being seen to talk may be no reason to come, or as good a one as a text"),
    "refusal": (0.0, 2.0, "readiness; a refusal may bind in public only, or at any table on what the public minds"),
    "text_counts": (0.0, 1.0, "a text is read at home by all that was on the agenda, or by what it moves"),
    "ambiguity": (0.0, 1.0, "a text may bind each side to all that it says, or to nothing that it would mind"),
    "asked_again": (0.0, 1.0, "silence may extend a term as it says, or count for nothing, so that all ask anew"),
}
"""Behavioural parameters that the record may speak of: the ends of a prior, uniform unless it says so, and why so wide."""

HALF_NORMAL = {"stakes_sd": 0.2}
"""Parameters whose prior is half-normal, with its scale, and ends where the table above says."""


def prior(without: Collection[str] = ()) -> Prior:
    """The priors by name; ``without`` names parameters that are fixed and so have none."""
    kept = {name: (low, high) for name, (low, high, _) in PRIORS.items() if name not in without}
    return Prior(tuple(kept), np.array(list(kept.values())).reshape(len(kept), 2), HALF_NORMAL)


def contraction(path: str) -> float:
    """Share of the prior variance of a behavioural parameter that the record took away, by the table in the package.

    NaN for what the record was not asked about. Below zero where the posterior is no narrower (Betancourt 2018); with the 256
    rows of the table a share near zero is known to about a tenth.
    """
    group, _, name = path.partition(".")
    if group != "behaviour" or name not in PRIORS or name not in posterior():
        return math.nan
    before = prior().value(name, (np.arange(2000) + 0.5) / 2000)
    return 1 - float(np.var(posterior()[name]) / np.var(before))


@dataclass(frozen=True)
class PriorDraws(Draws):
    """The same draws, but some quantities over the whole of their prior."""

    prior: Prior = field(default_factory=prior)

    def quantity(self, what: Uncertainty) -> Array:
        """From the prior where there is one, ``(R,)``."""
        name = what.name.removeprefix("behaviour.")
        if name not in self.prior.names:
            return super().quantity(what)
        return self.prior.value(name, self.uniform("parameters", what.name))


@dataclass(frozen=True)
class RowDraws(Draws):
    """The same draws, but some quantities from a table: world n has row n; ``rows`` ``(N, P)`` by the names of ``names``."""

    names: tuple[str, ...] = ()
    rows: Array = field(default_factory=lambda: np.empty((0, 0)), compare=False)

    def quantity(self, what: Uncertainty) -> Array:
        """The value in the row of each world where there is one, ``(R,)``."""
        name = what.name.removeprefix("behaviour.")
        if name not in self.names:
            return super().quantity(what)
        return np.asarray(self.rows[self.numbers, self.names.index(name)])


@dataclass(frozen=True)
class PosteriorDraws(Draws):
    """The same draws, but some quantities from the rows of a posterior table, by path; a world takes one row for all of them."""

    table: Mapping[str, tuple[float, ...]] = field(default_factory=dict)

    def quantity(self, what: Uncertainty) -> Array:
        """The value in the row of each world where there is one, ``(R,)``; the row is that of the table in the package."""
        if what.name not in self.table:
            return super().quantity(what)
        return self.row_of(self.table[what.name])


def by_path(table: pd.DataFrame) -> dict[str, tuple[float, ...]]:
    """A posterior table, a draw per row and a parameter per column, as :class:`PosteriorDraws` takes it."""
    return {f"behaviour.{name}": tuple(table[name].astype(float)) for name in table}
