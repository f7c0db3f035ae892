"""What a week teaches: trust from promises kept, credit to mediators, the price of being seen to talk."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.reasons import State
from twin.judging import delivered_side_deals, seen
from twin.tables import Table

if TYPE_CHECKING:
    from twin.world import World


def learn(w: World, table: Table) -> None:
    """Learn from an agreement in force; pay for talks that go on."""
    if table.state == State.IN_FORCE:
        for side in w.sides:
            got = table.agreement.delivered[1 - side.index]
            side.trust += w.b.trust_gain * table.sensitivity * (got - side.trust)
            kept = got
            promised = table.agreement.side_deal_promised[side.index]
            if promised > 0:
                missing = max(promised - delivered_side_deals(w, table, side, as_seen=True), 0)
                kept = got * (1 - missing / promised)
            for mediator in table.mediators:
                trust = side.trust_in[mediator.name]
                side.trust_in[mediator.name] = trust + w.b.mediator_credit * (kept - trust)
    elif table.state == State.TALKING:
        for side in w.sides:
            visible = seen(w, table, side) * side.audience_cost * table.sensitivity
            table.record.surplus[side.index] -= table.share[side.index] * w.b.talking_cost * visible
