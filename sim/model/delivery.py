"""What an agreement in force delivers each week: it erodes the less a side still gains, and follows the others' delivery."""

from __future__ import annotations

import math

from sim.model.chance import clip
from sim.model.reasons import State
from sim.model.records import Side, Table, World
from sim.model.stocks import find_flows, take_from_stocks
from sim.model.valuation import alternative, delivered_by_others, delivery_gain, going_alone, least_delivered, leverage_left


def flow(w: World, t: Table) -> float:
    """The share that flows of what is delivered: all, and less while an agreement is suspended."""
    return w.b.suspended_delivery if t.state == State.SUSPENDED else 1.0


def throughput(w: World, t: Table) -> float:
    """The share of its undertakings that an agreement delivers this week."""
    return flow(w, t) * least_delivered(t)


def find_delivered_elsewhere(w: World, t: Table) -> None:
    """Which undertakings of an agreement another table delivers, too, and more of: what stands in two texts is done once.

    Of two that deliver as much, the table that stands first does it.
    """
    for place in range(t.agenda_count):
        t.agreement.elsewhere[place] = 0
    if t.state < State.IN_FORCE:
        return
    for n in range(w.table_count):
        other = w.tables[n]
        if n == t.index or other.state < State.IN_FORCE:
            continue
        mine, its = throughput(w, t), throughput(w, other)
        if its > mine or (its == mine and n < t.index):
            for place in range(t.agenda_count):
                if has_undertaking(other, t.agenda[place], t.agreement.options[place]):
                    t.agreement.elsewhere[place] = t.agreement.moved[place]


def has_undertaking(t: Table, issue: int, option: int) -> bool:
    """Whether the text of a table settles an issue in this way."""
    for place in range(t.agenda_count):
        if t.agenda[place] == issue:
            return t.agreement.options[place] == option
    return False


def not_had_here(w: World, t: Table, me: Side, flowing: float) -> float:
    """What a side would have of undertakings if they all flowed here: those that another table delivers, and what stocks lack.

    Sum of (1 - share that flows) * flow * (delivery * gain - its own * loss); an alternative counts where the issue does.
    """
    seat, total = t.seats[me.index], 0.0
    for place in range(t.agenda_count):
        here = 0.0 if t.agreement.elsewhere[place] else t.agreement.flows[place]
        if here < 1.0 and t.agreement.moved[place]:
            position, option = me.positions[t.agenda[place]], t.agreement.options[place]
            gain = delivered_by_others(t, me) * (position.gains[option] + position.stake + t.effect)
            net = (1.0 - here) * flowing * (gain - seat.delivered * position.losses[option])
            other = going_alone(w, me, t.agenda[place]) if t.agreement.elsewhere[place] else 0.0
            total += seat.weight[place] * (net - other)
    return total


def part_of_week(t: Table, lasts: float) -> float:
    """The part of this week, [0, 1], in which an undertaking for so many weeks is yet to be carried out; 0: it goes on."""
    return 1.0 if lasts == 0.0 else clip(0.0, lasts - (t.agreement.age - 1.0), 1.0)


def count_delivery(w: World, t: Table) -> None:
    """What flows this week: to each side (delivery * flow + side deals + leverage - alternative), and in natural units.

    What another table delivers is counted there, and what stocks do not allow is not delivered.
    """
    find_flows(w, t)
    flowing = flow(w, t)
    for n in range(t.signers):
        me, seat = w.sides[n], t.seats[n]
        outside = seat.side_deals_delivered + leverage_left(w, t, me) - alternative(w, t, me)
        here = delivery_gain(t, me) * flowing + outside
        seat.surplus += seat.share * (here - not_had_here(w, t, me, flowing))
    t.outcome.in_force += 1
    for n in range(t.unit_count):
        unit = t.units[n]
        due = part_of_week(t, unit.lasts)
        if due > 0.0 and t.agreement.options[unit.place] == unit.option and not t.agreement.elsewhere[unit.place]:
            exchanged = throughput(w, t) * t.agreement.flows[unit.place] * unit.amount * due
            unit.delivered += exchanged
            if unit.stocked:
                take_from_stocks(w, w.issues[t.agenda[unit.place]].stock, exchanged)


def delivers(w: World, t: Table, me: Side) -> float:
    """What a side delivers from now on: its share, eroded by min(1, erosion * exp(-erosion_gain * gain left))."""
    seat = t.seats[me.index]
    return seat.delivered * (1.0 - min(w.b.erosion * math.exp(-w.b.erosion_gain * seat.gain), 1.0))


def follow_others(w: World, t: Table) -> None:
    """A side lowers its delivery towards the least of the others', never up: reciprocity * (least - own)."""
    least = least_delivered(t)
    for n in range(t.signers):
        t.seats[n].delivered += w.b.reciprocity * (least - t.seats[n].delivered)


def believe_in_side_deals(w: World, t: Table, me: Side) -> None:
    """Belief in side deals moves to what is seen of them, with a half-life."""
    seat, kept = t.seats[me.index], w.fading.side_deal
    seat.side_deal = seat.side_deals_seen * (1.0 - kept) + seat.side_deal * kept
