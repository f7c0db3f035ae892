"""Whether an agreed text passes at home, in every capital (two-level games: Putnam 1988; Schelling 1960)."""

from __future__ import annotations

from sim.model.chance import draw, noise
from sim.model.codes import Stream
from sim.model.reasons import NOBODY, Reason, State
from sim.model.records import Side, Table, World
from sim.model.transitions import enter_into_force, fall
from sim.model.valuation import batna, domestic_cost, expected_value, spared


def ratify(w: World, t: Table) -> None:
    """A text agreed before this week goes home: every capital ratifies it, or it falls.

    Where several let it fall, named is the one in which it stood worse.
    """
    if t.state != State.SIGNED or t.agreement.signed >= w.week:
        return
    falls = NOBODY
    for n in range(t.signers):
        worse = falls == NOBODY or margin(w, t, w.sides[n]) < margin(w, t, w.sides[falls])
        if not ratifies(w, t, w.sides[n]) and worse:
            falls = n
    if falls == NOBODY:
        enter_into_force(w, t)
    else:
        fall(w, t, falls, reason_it_fell(w, t, w.sides[falls]))


def gain_at_home(w: World, t: Table, me: Side) -> float:
    """What a text brings beyond the alternative, whatever it costs at home: expected value + leverage - best alternative."""
    seat = t.seats[me.index]
    return expected_value(w, t, me, seat.worth) - spared(t, me, seat.worth) + seat.leverage - batna(w, t, me)


def margin(w: World, t: Table, me: Side) -> float:
    """What a text brings beyond the reservation value, before what nobody could foresee."""
    return gain_at_home(w, t, me) - (domestic_cost(w, t, me) - spared(t, me, t.seats[me.index].worth))


def unforeseen(w: World, t: Table, me: Side) -> float:
    """What could not be foreseen at home: ratification_noise * logistic noise."""
    return w.b.ratification_noise * noise(draw(w, t, Stream.RATIFY, me.index))


def refused_at_home(w: World, t: Table, me: Side) -> bool:
    """The text is not worth it: margin + what was unforeseen is negative."""
    return margin(w, t, me) + unforeseen(w, t, me) < 0.0


def vetoed(w: World, t: Table, me: Side) -> bool:
    """A withdrawal at the last minute, with a chance of veto_rate * sensitivity."""
    return draw(w, t, Stream.VETO, me.index) < w.b.veto_rate * t.agreement.sensitivity


def ratifies(w: World, t: Table, me: Side) -> bool:
    """A capital lets a text pass.

    Conditions may have changed since it was agreed, and errors of judgement at the table are seen through at home.
    """
    return not refused_at_home(w, t, me) and not vetoed(w, t, me)


def reason_it_fell(w: World, t: Table, me: Side) -> int:
    """Too little in it, too much to pay for it at home, or the last minute."""
    if not refused_at_home(w, t, me):
        return Reason.LAST_MINUTE
    if gain_at_home(w, t, me) + unforeseen(w, t, me) < 0.0:
        return Reason.TERMS
    return Reason.POLITICAL_COST
