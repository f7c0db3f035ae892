"""What parties learn in a week: trust from promises kept, credit to mediators, the price of being seen to talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.acceptance import seen
from sim.model.arrays import at, put
from sim.model.reasons import State
from sim.model.tables import Table

if TYPE_CHECKING:
    from sim.model.world import World


def learn(world: World, table: Table) -> None:
    """Trust moves to what was delivered, the more so the costlier it was to deliver (costly signals: Kydd 2005).

    Mediators gain credit while an agreement is delivered and lose it over a side deal that is not seen.
    """
    rows = table.where(State.IN_FORCE)
    if len(rows):
        b, sides, agreement = world.behaviour.at(rows), world.sides, table.agreement
        got = at(agreement.delivered, rows)[:, ::-1]
        trust = at(sides.trust, rows)
        put(sides.trust, rows, trust + b.trust_gain * at(table.sensitivity, rows) * (got - trust))
        promised = at(agreement.side_deal_promised, rows)
        missing = np.clip(promised - at(table.side_deals.seen, rows), 0, None) / np.maximum(promised, 1e-12)
        kept = got * (1 - np.where(promised > 0, missing, 0.0))
        for mediator in table.mediators:
            trust = at(sides.trust_in[mediator.name], rows)
            put(sides.trust_in[mediator.name], rows, trust + b.mediator_credit * (kept - trust))
    talking = table.where(State.TALKING)
    if len(talking):
        b = world.behaviour.at(talking)
        visible = seen(world, table, talking) * at(world.sides.audience_cost, talking) * at(table.sensitivity, talking)
        surplus = table.outcome.surplus
        put(surplus, talking, at(surplus, talking) - at(table.values.share, talking) * b.talking_cost * visible)
