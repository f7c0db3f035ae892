"""Whether an agreed text passes at home, on either side (two-level games: Putnam 1988; Schelling 1960)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model import transitions
from sim.model.acceptance import batna, expected_value, seen
from sim.model.draws import logit
from sim.model.reasons import FIRST, SECOND, Reason, State
from sim.model.tables import Table

if TYPE_CHECKING:
    from sim.model.world import World


def ratify(world: World, table: Table) -> None:
    """A text agreed last week goes home: each capital ratifies it or lets it fall.

    A text falls where margin - political cost + noise < 0. The political cost grows with public sensitivity,
    with being seen, with signing together, with a narrow win-set and with talks below the level that has a
    mandate; trusted mediators who drafted or guarantee the text give cover.
    """
    rows = table.where(State.SIGNED)
    rows = rows[table.agreement.signed[rows] < world.week]
    if not len(rows):
        return
    b, levers, agreement, sides = world.behaviour.at(rows), table.levers, table.agreement, world.sides
    worth = table.values.at(rows).of(agreement.package[rows])
    margin = expected_value(world, table, rows, worth) + agreement.leverage[rows] - batna(world, table, rows)
    sensitivity = table.sensitivity[rows]
    answers = table.trust_in_mediators(world, rows) if levers.single_text or levers.mirrored else 0.0
    uncovered = 1 - b.cover * answers
    cost = sensitivity * (
        uncovered * b.ratification_cost * sides.audience_cost[rows] * seen(world, table, rows)
        + b.signing_cost * levers.distance[rows] * levers.contact_signing[rows] * sides.recognition[rows]
        + uncovered * b.win_set_cost * (1 - sides.win_set[rows])
        + b.mandate_gap * (1 - levers.mandate)
    )
    noise = b.ratification_noise * logit(table.luck("ratify", world.week, rows))
    refused = margin - cost + noise < 0
    vetoed = table.luck("veto", world.week, rows) < b.veto_rate * sensitivity
    falls = refused | vetoed
    whose = np.where(falls[:, 0] & (~falls[:, 1] | (margin[:, 0] - cost[:, 0] <= margin[:, 1] - cost[:, 1])), FIRST, SECOND)
    own = np.arange(len(rows))
    reason = np.where(
        refused[own, whose],
        np.where((margin + noise)[own, whose] < 0, Reason.TERMS, Reason.POLITICAL_COST),
        Reason.LAST_MINUTE,
    )
    fell = falls.any(axis=1)
    transitions.fall(world, table, rows[fell], (whose[fell], reason[fell]))
    transitions.enter_into_force(world, table, rows[~fell])
