"""Whether an agreed text passes at home, on either side (two-level games: Putnam 1988; Schelling 1960)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model import transitions
from sim.model.acceptance import batna, domestic_cost, expected_value
from sim.model.arrays import at
from sim.model.draws import logit
from sim.model.reasons import FIRST, SECOND, Reason, State
from sim.model.tables import Table

if TYPE_CHECKING:
    from sim.model.world import World


def ratify(world: World, table: Table) -> None:
    """A text agreed last week goes home: each capital ratifies it or lets it fall.

    A text falls where its value less the reservation value, with noise for what could not be foreseen, is
    negative, and now and then at the last minute on sensitive matters. Conditions may have changed since the
    text was agreed, and errors of judgement at the table are seen through at home.
    """
    rows = table.where(State.SIGNED)
    rows = rows[table.agreement.signed[rows] < world.week]
    if not len(rows):
        return
    b, agreement = world.behaviour.at(rows), table.agreement
    worth = table.values.at(rows).of(agreement.package[rows])
    cost = domestic_cost(world, table, rows)
    margin = expected_value(world, table, rows, worth) + at(agreement.leverage, rows) - batna(world, table, rows)
    noise = b.ratification_noise * logit(table.luck("ratify", world.week, rows))
    refused = margin - cost + noise < 0
    vetoed = table.luck("veto", world.week, rows) < b.veto_rate * at(table.sensitivity, rows)
    falls = refused | vetoed
    fell = falls.any(axis=1)
    first_is_worse = margin[:, 0] - cost[:, 0] <= margin[:, 1] - cost[:, 1]
    whose = np.where(falls[:, 0] & (~falls[:, 1] | first_is_worse), FIRST, SECOND)
    own = np.arange(len(rows))
    at_home = np.where((margin + noise)[own, whose] < 0, Reason.TERMS, Reason.POLITICAL_COST)
    reason = np.where(refused[own, whose], at_home, Reason.LAST_MINUTE)
    transitions.fall(world, table, rows[fell], (whose[fell], reason[fell]))
    transitions.enter_into_force(world, table, rows[~fell])
