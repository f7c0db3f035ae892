"""What parties learn in a week: trust from promises kept, credit to mediators, the price of being seen to talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sim.model.acceptance import seen
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
        got = agreement.delivered[rows][:, ::-1]
        sides.trust[rows] += b.trust_gain * table.sensitivity[rows] * (got - sides.trust[rows])
        promised = agreement.side_deal_promised[rows]
        missing = np.clip(promised - table.side_deals.seen(rows), 0, None) / np.maximum(promised, 1e-12)
        kept = got * (1 - np.where(promised > 0, missing, 0.0))
        for mediator in table.mediators:
            trust = sides.trust_in[mediator.name]
            trust[rows] += b.mediator_credit * (kept - trust[rows])
    talking = table.where(State.TALKING)
    if len(talking):
        b = world.behaviour.at(talking)
        visible = seen(world, table, talking) * world.sides.audience_cost[talking] * table.sensitivity[talking]
        table.outcome.surplus[talking] -= table.values.share[talking] * b.talking_cost * visible
