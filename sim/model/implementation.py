"""An agreement in force: violations, suspension and repair, renewal and its end.

Violations follow a hazard with early fragility and a frailty of each agreement (both are needed to have agreements die
young and live long); monitoring deters, detects, and helps to repair. At the end of a term each side renews, renews for
less, or refuses.
"""

from __future__ import annotations

import math

from sim.model.chance import draw, logistic
from sim.model.codes import Breach, Kind, Opening, Stream
from sim.model.delivery import believe_in_side_deals, count_delivery, delivers, follow_others
from sim.model.readiness import is_open
from sim.model.reasons import ALL, NOBODY, Reason, State
from sim.model.records import Side, Table, World
from sim.model.transitions import end, note
from sim.model.valuation import (
    alternative,
    batna,
    gain_left,
    leverage_left,
    service,
    trust_in_mediators,
    wish_to_go_on,
    withheld,
)  # fmt: skip

UNAIDED = 0.4
"""Good offices where no mediator serves a table: the sides' own channel, compared with trusted mediators."""

LOSSES = tuple(range(Reason.SIDE_DEAL, Reason.ENDED_GRIEVANCE + 1))
"""What can move a side to leave."""

CHANCE = int(Reason.CHANCE)

NOTICED, NAMED = 0.01, 0.02
"""Utility: a fall below the first moves nobody to leave, and withheld delivery is named as a reason above the second."""


def implement(w: World, t: Table) -> None:
    """A week of an agreement: what each side does, what is noticed, how it goes on."""
    if t.state < State.IN_FORCE:
        return
    if t.opens_after >= 0 and t.opens_when == Opening.IN_FORCE and not is_open(w, t):
        end(w, t, NOBODY, Reason.CONDITION, Reason.NONE, 0)
        return
    t.agreement.age += 1
    for n in range(t.signers):
        t.seats[n].gain = gain_left(w, t, w.sides[n])
    count_delivery(w, t)
    for n in range(t.signers):
        t.seats[n].delivered = delivers(w, t, w.sides[n])
    follow_others(w, t)
    for n in range(t.signers):
        believe_in_side_deals(w, t, w.sides[n])
    look_into_breaches(w, t)
    if t.state == State.SUSPENDED:
        repair(w, t)
    if t.state >= State.IN_FORCE:
        come_to_term(w, t)


# ---------------------------------------------------------------- violations


def violation_rate(w: World, t: Table, me: Side) -> float:
    """Hazard of a violation by a side this week.

    violation_rate * exp(frailty + violation_grievance * sensitivity * grievance - violation_gain * gain left)
    * (1 - deterrence * monitoring) * (1 + infancy * exp(-age / infancy_weeks)).
    """
    b = w.b
    angry = b.violation_grievance * t.agreement.sensitivity * me.grievance
    log_rate = t.agreement.frailty + angry - b.violation_gain * t.seats[me.index].gain
    young = 1.0 + b.infancy * math.exp(-t.agreement.age / b.infancy_weeks)
    return b.violation_rate * math.exp(log_rate) * (1.0 - b.deterrence * t.monitoring) * young


def violates(w: World, t: Table, me: Side) -> bool:
    """A side breaks the text, with a chance of 1 - exp(-rate)."""
    return draw(w, t, Stream.VIOLATE, me.index) < 1.0 - math.exp(-violation_rate(w, t, me))


def detected(w: World, t: Table, me: Side) -> bool:
    """A violation is found: detection + (1 - detection) * monitoring."""
    return draw(w, t, Stream.DETECT, me.index) < w.b.detection + (1.0 - w.b.detection) * t.monitoring


def accused_wrongly(w: World, t: Table, me: Side) -> bool:
    """An unfounded claim, by another side in grievance: false_claims * (1 - monitoring) * grievance."""
    angriest = 0.0
    for other in range(t.signers):
        if other != me.index:
            angriest = max(angriest, w.sides[other].grievance)
    return draw(w, t, Stream.CLAIM, me.index) < w.b.false_claims * (1.0 - t.monitoring) * angriest


def contests(w: World, t: Table, me: Side) -> bool:
    """A side contests what it is accused of: contest * (1 - monitoring)."""
    return draw(w, t, Stream.CONTEST, me.index) < w.b.contest * (1.0 - t.monitoring)


def look_into_breaches(w: World, t: Table) -> None:
    """Violations happen, are noticed or not, are claimed and contested; the injured side may suspend.

    Where several breaches stand, the culprit is the one that was answered more quickly.
    """
    any_contested, culprit = False, NOBODY
    for n in range(t.signers):
        me, seat = w.sides[n], t.seats[n]
        seat.marks = 0
        if violates(w, t, me):
            seat.marks += Breach.BROKEN
            t.outcome.violations += 1
            if detected(w, t, me):
                seat.marks += Breach.ACCUSED
            else:
                seat.delivered *= 1.0 - w.b.violation_drop
        if seat.marks < Breach.ACCUSED and (seat.accused or accused_wrongly(w, t, me)):
            seat.marks += Breach.ACCUSED
    for n in range(t.signers):
        seat = t.seats[n]
        seat.accused = 0
        if seat.marks >= Breach.ACCUSED:
            if contests(w, t, w.sides[n]):
                seat.marks += Breach.CONTESTED
                any_contested = True
            elif draw(w, t, Stream.SUSPEND, n) < w.b.suspension:
                quicker = culprit == NOBODY or draw(w, t, Stream.SUSPEND, n) < draw(w, t, Stream.SUSPEND, culprit)
                culprit = n if quicker else culprit
        if seat.marks > 0:
            note(w, t.index, Kind.BREACH, n, Reason.NONE, seat.marks)
    for n in range(t.signers):
        if t.seats[n].marks >= Breach.ACCUSED:
            take_offence(w, t, n, 0.5 if t.seats[n].marks >= Breach.CONTESTED else 1.0)
    t.outcome.contested += 1 if any_contested else 0
    if culprit != NOBODY and t.state == State.IN_FORCE:
        t.state, t.agreement.culprit = State.SUSPENDED, culprit
        t.outcome.suspensions += 1
        note(w, t.index, Kind.SUSPEND, culprit, Reason.NONE, 0)


def take_offence(w: World, t: Table, accused: int, weight: float) -> None:
    """A breach that is noticed costs the others' trust and adds to their grievance; half as much if contested."""
    for n in range(t.signers):
        if n != accused:
            w.sides[n].trust[accused] *= 1.0 - w.b.trust_loss * weight
            w.sides[n].grievance = min(w.sides[n].grievance + w.b.injury * weight, 1.0)


# ---------------------------------------------------------------- repair


def repair(w: World, t: Table) -> None:
    """A suspension is repaired, given up, or goes on another week.

    Trusted mediators with time for it, a way to coordinate, and something for the injured side to go back to make repair
    likelier, from the week of the suspension on: repair * good offices * (0.5 + 0.5 * coordination)
    * (0.5 + 0.5 * monitoring) * logistic(gain left / renewal_temperature).
    """
    injured = w.sides[injured_side(w, t)]
    ways = (0.5 + 0.5 * t.coordination) * (0.5 + 0.5 * t.monitoring)
    wish = logistic(gain_left(w, t, injured) / w.b.renewal_temperature)
    if draw(w, t, Stream.REPAIR, 0) < w.b.repair * good_offices(w, t, injured) * ways * wish:
        t.state = State.IN_FORCE
        t.outcome.repairs += 1
        note(w, t.index, Kind.REPAIR, NOBODY, Reason.NONE, 0)
    elif draw(w, t, Stream.COLLAPSE, 0) < w.b.collapse:
        end(w, t, injured.index, Reason.VIOLATION, Reason.VIOLATION, 1)


def injured_side(w: World, t: Table) -> int:
    """The side that a breach hurt; of several, the one with least to go back to."""
    found, least = NOBODY, math.inf
    for n in range(t.signers):
        if n != t.agreement.culprit:
            gain = gain_left(w, t, w.sides[n])
            if gain < least:
                found, least = n, gain
    return found


def good_offices(w: World, t: Table, me: Side) -> float:
    """Trust in the mediators * their service, and never less than the sides' own channel."""
    return max(UNAIDED, trust_in_mediators(w, t, me) * service(w, t))


# ---------------------------------------------------------------- term


def come_to_term(w: World, t: Table) -> None:
    """What is carried out is over; a side may leave, likelier the less it wishes to go on; each renews or not when it ends."""
    agreement = t.agreement
    if 0 < agreement.lasts <= agreement.age and t.state == State.IN_FORCE:
        end(w, t, NOBODY, Reason.CARRIED_OUT, Reason.NONE, 0)
        return
    leaving = 0
    for n in range(t.signers):
        t.seats[n].leaves = 1 if walks_away(w, t, w.sides[n]) else 0
        leaving += t.seats[n].leaves
    due = agreement.left == 1
    if agreement.left > 0:
        agreement.left -= 1
    if leaving > 0:
        leave(w, t, False)
    elif due:
        come_up_for_renewal(w, t)


def walks_away(w: World, t: Table, me: Side) -> bool:
    """A side may leave in mid-term: exit_rate * logistic(-wish / renewal_temperature)."""
    u = draw(w, t, Stream.LEAVE, me.index)
    if u >= w.b.exit_rate:  # no wish, however small, brings it to leave
        return False
    return u < w.b.exit_rate * logistic(-wish_to_go_on(w, t, me) / w.b.renewal_temperature)


def renews(w: World, t: Table, me: Side) -> bool:
    """A side renews, on its draw of the week, with ``chance_to_renew``."""
    return draw(w, t, Stream.RENEW, me.index) < chance_to_renew(w, t, wish_to_go_on(w, t, me))


def chance_to_renew(w: World, t: Table, wish: float) -> float:
    """The chance of renewing with a wish to go on: logistic((wish - hurdle) / renewal_temperature).

    A side objects (where silence means extension, and asked_again of the hurdle) or fails to agree (where it means lapse, a
    hurdle of renewal_effort).
    """
    hurdle = w.b.renewal_effort if t.lapses else w.b.asked_again * w.b.renewal_effort
    return logistic((wish - hurdle) / w.b.renewal_temperature)


def come_up_for_renewal(w: World, t: Table) -> None:
    """The term is over: all renew, for the shortest reading, or some refuse and it ends."""
    refusing, whose = 0, NOBODY
    for n in range(t.signers):
        t.seats[n].leaves = 0 if renews(w, t, w.sides[n]) else 1
        if t.seats[n].leaves:
            refusing, whose = refusing + 1, n
    if refusing == 0:
        renew(w, t)
        return
    t.outcome.refused += 1
    note(w, t.index, Kind.REFUSE, ALL if refusing == t.signers else whose, Reason.NONE, 0)
    leave(w, t, True)


def reading_of_term(w: World, t: Table, me: Side) -> int:
    """Weeks as a side reads the new term: half of it where its gain is below ``shortening`` of what was promised."""
    promised = t.seats[me.index].promised
    if promised > 0.0 and gain_left(w, t, me) < w.b.shortening * promised:
        return max(t.term // 2, 1)
    return t.term


def renew(w: World, t: Table) -> None:
    """A new term: the shorter reading holds, and a side that had read it as longer is aggrieved.

    What is renewed is in force again, even if it was suspended.
    """
    term = t.term
    for n in range(t.signers):
        t.seats[n].reading = reading_of_term(w, t, w.sides[n])
        term = min(term, t.seats[n].reading)
    for n in range(t.signers):
        if t.seats[n].reading > term:
            w.sides[n].grievance = min(w.sides[n].grievance + w.b.injury * 0.5, 1.0)
    t.outcome.renewals += 1
    t.outcome.shorter += 1 if term < t.agreement.term else 0
    if t.state == State.SUSPENDED:
        t.state = State.IN_FORCE
        t.outcome.repairs += 1
        note(w, t.index, Kind.REPAIR, NOBODY, Reason.NONE, 0)
    t.agreement.term, t.agreement.left = term, term
    note(w, t.index, Kind.RENEW, NOBODY, Reason.NONE, term)


def leave(w: World, t: Table, due: bool) -> None:
    """Sides leave an agreement, in mid-term or when it is due: it is put down to the one with the least wish to go on."""
    whose, least = NOBODY, math.inf
    for n in range(t.signers):
        if t.seats[n].leaves:
            wish = wish_to_go_on(w, t, w.sides[n])
            if wish < least:
                whose, least = n, wish
    me = w.sides[whose]
    moved = what_moved(w, t, me)
    alone = 1 if goes_on_without(w, t, me, moved, due) else 0
    end(w, t, whose, moved, what_it_says(t, me), alone)


def lost_to(w: World, t: Table, me: Side, reason: int) -> float:
    """What one thing has taken from a side's wish to go on since entry into force, in utility."""
    seat = t.seats[me.index]
    if reason == Reason.SIDE_DEAL:
        return seat.side_deal_promised - seat.side_deal
    if reason == Reason.DELIVERY:
        return withheld(t, me)
    better = alternative(w, t, me) - seat.alternative_at_start
    if reason == Reason.ALTERNATIVE:
        return better
    if reason == Reason.FRONT:
        return batna(w, t, me) - seat.batna_at_start - better
    if reason == Reason.LEVERAGE:
        return seat.leverage - leverage_left(w, t, me)
    return w.b.renewal_grievance * t.agreement.sensitivity * me.grievance


def what_moved(w: World, t: Table, me: Side) -> int:
    """What moved a side to leave: the largest fall since entry into force, or grievance where it weighs more."""
    largest, found = -math.inf, CHANCE
    for reason in LOSSES:
        lost = lost_to(w, t, me, reason)
        if lost > largest:
            largest, found = lost, reason
    return found if largest >= NOTICED else CHANCE


def goes_on_without(w: World, t: Table, me: Side, reason: int, due: bool) -> bool:
    """Whether a side, on the same draw, would have gone on but for what moved it."""
    if reason == Reason.CHANCE:
        return False
    wish = wish_to_go_on(w, t, me) + lost_to(w, t, me, reason)
    if due:
        return draw(w, t, Stream.RENEW, me.index) < chance_to_renew(w, t, wish)
    return draw(w, t, Stream.LEAVE, me.index) >= w.b.exit_rate * logistic(-wish / w.b.renewal_temperature)


def what_it_says(t: Table, me: Side) -> int:
    """What a side that leaves would say: what can be laid at another's door before what cannot.

    Nobody cites a better alternative of its own.
    """
    seat = t.seats[me.index]
    if seat.side_deal_promised - seat.side_deal > NOTICED:
        return Reason.SIDE_DEAL
    return Reason.DELIVERY if withheld(t, me) > NAMED else Reason.ENDED_GRIEVANCE
