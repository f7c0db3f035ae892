"""What parties learn in a week: trust from promises kept, credit to mediators, the price of being seen to talk.

Trust also falls over a breach (``implementation.take_offence``) and a text that falls at home (``transitions.fall``).
"""

from __future__ import annotations

from sim.model.reasons import State
from sim.model.records import Side, Table, World
from sim.model.valuation import delivered_by_others, seen


def learn(w: World, t: Table) -> None:
    """Learn from an agreement in force; pay for talks that go on."""
    for n in range(t.signers):
        if t.state == State.IN_FORCE:
            learn_trust(w, t, w.sides[n])
            credit_mediators(w, t, w.sides[n])
        elif t.state == State.TALKING:
            pay_for_talking(w, t, w.sides[n])


def learn_trust(w: World, t: Table, me: Side) -> None:
    """Trust moves to what another delivers: trust_gain * sensitivity * (delivered - trust).

    The more so the costlier it was to deliver (costly signals: Kydd 2005).
    """
    for other in range(t.signers):
        if other != me.index:
            me.trust[other] += w.b.trust_gain * t.agreement.sensitivity * (t.seats[other].delivered - me.trust[other])


def credit_mediators(w: World, t: Table, me: Side) -> None:
    """Mediators gain credit while an agreement is delivered and lose it over a side deal that is not seen.

    trust moves by mediator_credit to delivered * (1 - missing / promised).
    """
    seat = t.seats[me.index]
    kept = delivered_by_others(t, me)
    if seat.side_deal_promised > 0.0:
        missing = max(seat.side_deal_promised - seat.side_deals_seen, 0.0) / max(seat.side_deal_promised, 1e-12)
        kept *= 1.0 - missing
    for n in range(t.mediator_count):
        actor = t.mediators[n]
        me.trust_in[actor] += w.b.mediator_credit * (kept - me.trust_in[actor])


def pay_for_talking(w: World, t: Table, me: Side) -> None:
    """Being seen at a table costs share * talking_cost * seen * audience cost * sensitivity a week."""
    seat = t.seats[me.index]
    seat.surplus -= seat.share * w.b.talking_cost * (seen(w, t, me) * me.audience_cost * t.sensitivity)
