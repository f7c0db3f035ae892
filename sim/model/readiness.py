"""Who comes: each side's readiness to sit down at a table, and what decides when it stays away.

    readiness = motivation + optimism + attraction + confidence
                - threshold - recognition - grievance - exposure - commitment - stain

Readiness theory (Pruitt 2007) has motivation and optimism make up for each other, hence a sum; recognition acts by
level and contact, exposure by audience cost and visibility (Fearon 1994; Tomz 2007), and the choice is a quantal
response (McKelvey, Palfrey 1995): P(come) = logistic(readiness / temperature).
"""

from __future__ import annotations

from sim.model.chance import clip, draw, logistic, waiting_time
from sim.model.codes import Kind, Motive, Opening, Stream
from sim.model.reasons import ALL, NOBODY, Reason, Stage, State
from sim.model.records import Mediator, Packages, Side, Table, World
from sim.model.transitions import declare, note, sit_down, stop, talks_fail
from sim.model.valuation import expected_value, reservation_value, seen, service, sponsor_discount, value_of
from sim.model.worth import copy_worth

MOST_SURPLUS = 0.5
"""Surplus beyond this moves readiness no further, so that no single promise outweighs everything else."""

USUAL_TRUST = 0.2
"""Trust between adversaries from which trust in the other side counts for or against coming."""

OBSTACLES = tuple(range(Reason.LITTLE_TO_GAIN, Reason.SPONSOR + 1))
"""What can speak against coming."""

SAID_IN_PUBLIC = tuple(int(reason) for reason in (Reason.RECOGNITION, Reason.GRIEVANCE, Reason.COMMITMENT, Reason.SPONSOR))
NOTHING = int(Reason.NONE)

WORTHWHILE = 0.1
"""Surplus, in utility, of a text worth coming for: what is missing to it counts as a reason to stay away."""

HOPEFUL = 0.6
"""Optimism of a side that is ready: what is missing to it counts as a reason to stay away."""


def readiness(w: World, t: Table, me: Side) -> float:
    """Readiness of a side to be at a table this week: what draws it there less what keeps it away (Pruitt 2007)."""
    draws_it = motivation(w, t, me) + me.optimism + attraction(w, t, me) + confidence(w, t, me)
    return draws_it - w.b.threshold - keeps_away(w, t, me)


def keeps_away(w: World, t: Table, me: Side) -> float:
    """What speaks against being at a table, whatever is to be had there."""
    return recognition(w, t, me) + grievance(w, t, me) + exposure(w, t, me) + commitment(w, t, me) + stain(w, t, me)


def motivation(w: World, t: Table, me: Side) -> float:
    """Motivation * what the expected text brings beyond the reservation value, from zero to its upper bound.

    To come is an option: who sees nothing in a text need not sign one.
    """
    surplus = expected_value(w, t, me, t.seats[me.index].focal) - reservation_value(w, t, me)
    return w.b.motivation * clip(0.0, surplus, MOST_SURPLUS)


def attraction(w: World, t: Table, me: Side) -> float:
    """Attraction * pull of the mediators (ripeness: Zartman 2000)."""
    return w.b.attraction * pull(w, t, me)


def pull(w: World, t: Table, me: Side) -> float:
    """Pull of a table's mediators on a side: that one trusted invitation is felt, if they care and have time.

    (1 - product over mediators of (1 - pulls)) * (0.5 + 0.5 * interest in the expected text) * service + bonus of declarations
    and events. A third party that calls the meeting invites as a mediator does, and takes no part in it.
    """
    if t.mediator_count == 0 and t.convener < 0:
        return t.pull_bonus
    missed = 1.0
    if t.convener >= 0:
        missed = 1.0 - pulls(w.mediators[t.convener], me)
    for n in range(t.mediator_count):
        missed *= 1.0 - pulls(w.mediators[t.mediators[n]], me)
    return (1.0 - missed) * (0.5 + 0.5 * t.focal_interest) * service(w, t) + t.pull_bonus


def pulls(mediator: Mediator, me: Side) -> float:
    """Pull of one mediator's invitation on a side: its pull * the side's trust in it."""
    return mediator.pull * me.trust_in[mediator.index]


def confidence(w: World, t: Table, me: Side) -> float:
    """Confidence * trust in the others beyond what is usual between adversaries; the least trusted counts."""
    least = 1.0
    for other in range(t.signers):
        if other != me.index:
            least = min(least, me.trust[other])
    return w.b.confidence * (least - USUAL_TRUST)


def distance_now(t: Table, me: Side) -> float:
    """Distance that the instrument keeps, times the chance that the others are there to be met at all."""
    met = t.distance
    if t.meets_one:
        for other in range(t.signers):
            if other != me.index:
                met *= t.seats[other].believed
    return met


def recognition(w: World, t: Table, me: Side) -> float:
    """Sensitivity * distance * contact * level * aversion to dealing with the other side as an equal."""
    return t.seats[me.index].focal.sensitivity * distance_now(t, me) * t.contact_talks * t.level * me.recognition


def grievance(w: World, t: Table, me: Side) -> float:
    """Sensitivity * grievance_weight * grievance."""
    return t.seats[me.index].focal.sensitivity * w.b.grievance_weight * me.grievance


def exposure(w: World, t: Table, me: Side) -> float:
    """Sensitivity * distance * exposure * seen * audience cost (Fearon 1994; Tomz 2007)."""
    return t.seats[me.index].focal.sensitivity * distance_now(t, me) * w.b.exposure * seen(w, t, me) * me.audience_cost


def commitment(w: World, t: Table, me: Side) -> float:
    """Distance * level * public commitment against talks * (seen + refusal * sensitivity * contact).

    A refusal binds leaders and tables on what the public minds most, those who sit apart and talk of the rest least: the
    format can walk around it (Fearon 1994).
    """
    bound = distance_now(t, me) * t.level * me.commitment
    unseen = w.b.refusal * t.seats[me.index].focal.sensitivity * t.contact_talks * bound
    return distance_now(t, me) * t.level * seen(w, t, me) * me.commitment + unseen


def stain(w: World, t: Table, me: Side) -> float:
    """Stain * discount of the table's sponsor."""
    return w.b.stain * sponsor_discount(t, me)


def obstacle(w: World, t: Table, me: Side, reason: int) -> float:
    """Readiness that a side would win were one thing not against its coming.

    A text would be worth it by WORTHWHILE, and optimism would be HOPEFUL; all else would be nothing.
    """
    if reason == Reason.LITTLE_TO_GAIN:
        return max(w.b.motivation * WORTHWHILE - motivation(w, t, me), 0.0)
    if reason == Reason.PESSIMISM:
        return max(HOPEFUL - me.optimism, 0.0)
    if reason == Reason.RECOGNITION:
        return recognition(w, t, me)
    if reason == Reason.GRIEVANCE:
        return grievance(w, t, me)
    if reason == Reason.EXPOSURE:
        return exposure(w, t, me)
    if reason == Reason.COMMITMENT:
        return commitment(w, t, me)
    return stain(w, t, me)


def main_reason(w: World, t: Table, me: Side) -> int:
    """The heaviest obstacle to coming, the first of equals in the order of the code; too little to gain where there is none."""
    heaviest, found = 0.0, OBSTACLES[0]
    for reason in OBSTACLES:
        weight = obstacle(w, t, me, reason)
        if weight > heaviest:
            heaviest, found = weight, reason
    return found


# ---------------------------------------------------------------- before the first week


def choose_focal_text(w: World, t: Table, packages: Packages) -> None:
    """What both expect to be talking about: the package that is best for the worse-off side (egalitarian: Kalai 1977).

    Chosen once, from what the sides know before the first week; the first of equals.
    """
    for n in range(t.signers):
        me = w.sides[n]
        least = reservation_value(w, t, me)
        expected_value(w, t, me, t.seats[n].focal)  # forms this side's beliefs
        for k in range(t.package_count):
            packages[k].value[n] = value_of(w, t, me, packages[k].worth[n]) - least
    t.focal = 0
    best = -1e300
    for k in range(t.package_count):
        worst = packages[k].value[0]
        for n in range(1, t.signers):
            worst = min(worst, packages[k].value[n])
        if worst > best:
            best, t.focal = worst, k
    t.focal_interest = packages[t.focal].interest
    for n in range(t.signers):
        copy_worth(t.seats[n].focal, packages[t.focal].worth[n])


# ---------------------------------------------------------------- an occasion


def who_comes(w: World, t: Table) -> None:
    """An occasion arises, and the sides decide on the same day.

    At a table that sits the occasion is one to leave.
    """
    if not occasion_arises(w, t) or t.state > State.TALKING:
        return
    if t.state == State.TALKING:
        perhaps_walk_out(w, t)
    elif not is_open(w, t):
        if t.outcome.occasion < 0:  # what it hangs on has not happened
            stop(t, Stage.APART, NOBODY, Reason.NOT_OPENED)
    else:
        perhaps_meet(w, t)


def occasion_arises(w: World, t: Table) -> bool:
    """In the week of a fixed meeting; or at random, when the time drawn for it has passed, and then another is drawn."""
    if t.meets >= 0:
        return t.meets == w.week
    t.due -= 1.0
    if t.due > 0.0:
        return False
    t.due = waiting_time(w.b.occasion_rate, draw(w, t, Stream.OCCASION, 1))
    return True


def is_open(w: World, t: Table) -> bool:
    """Whether a table may meet: what it hangs on has happened at the other table."""
    if t.opens_after < 0:
        return True
    other = w.tables[t.opens_after]
    if t.opens_when == Opening.FAILED:
        return other.failed == 1
    if t.opens_when == Opening.AGREED:
        return other.outcome.agreed >= 0
    return other.state >= State.IN_FORCE


def stays(w: World, t: Table, me: Side) -> bool:
    """A side stays unless its readiness has fallen well below what it was (below zero, if it came readily)."""
    before = min(t.seats[me.index].ready, 0.0)
    chance = logistic((readiness(w, t, me) - before + w.b.staying) / w.b.temperature)
    return draw(w, t, Stream.COME, me.index) < chance


def perhaps_walk_out(w: World, t: Table) -> None:
    """Each side stays or walks out."""
    gone, whose = 0, NOBODY
    for n in range(t.signers):
        if not stays(w, t, w.sides[n]):
            gone, whose = gone + 1, n
    if gone > 0:
        talks_fail(w, t, ALL if gone == t.signers else whose, Reason.WALKED_OUT)


def believes(w: World, t: Table, me: Side) -> bool:
    """Whether a side takes the invitation to be meant, today."""
    return draw(w, t, Stream.BELIEVE, me.index) < t.seats[me.index].believed


def wants_to_come(w: World, t: Table, me: Side) -> bool:
    """A quantal response to readiness: P = logistic(readiness / temperature)."""
    return draw(w, t, Stream.COME, me.index) < logistic(t.seats[me.index].ready / w.b.temperature)


def wants_to_be_seen(w: World, t: Table, me: Side) -> bool:
    """A side without hope of a text may come to be seen to talk, by patrons and neutrals (Ikle 1964; Beardsley 2010).

    P = logistic((show * seen * watched - threshold - what keeps it away) / temperature); nothing where ``show`` is zero.
    """
    if w.b.show == 0.0:
        return False
    wish = w.b.show * seen(w, t, me) * me.watched - w.b.threshold - keeps_away(w, t, me)
    return draw(w, t, Stream.SHOW, me.index) < logistic(wish / w.b.temperature)


def comes_to(w: World, t: Table, me: Side) -> bool:
    """A side comes if it believes the invitation and either wants to, has convened the meeting, or wants to be seen there."""
    t.seats[me.index].motive = Motive.SETTLE
    if not believes(w, t, me):
        return False
    if wants_to_come(w, t, me) or t.seats[me.index].convenes == 1:
        return True
    if wants_to_be_seen(w, t, me):
        t.seats[me.index].motive = Motive.BE_SEEN
        return True
    return False


def reason_to_stay_away(w: World, t: Table, me: Side) -> int:
    """Why a side does not come: not asked, not convinced, or the heaviest term against it."""
    if not t.seats[me.index].invited:
        return Reason.NOT_INVITED
    if not believes(w, t, me):
        return Reason.NOT_BELIEVED
    return main_reason(w, t, me)


def decided_alone(w: World, t: Table, me: Side) -> bool:
    """Whether a side, on the same draw, would have come but for the reason that is put on record."""
    ready, reason = t.seats[me.index].ready, reason_to_stay_away(w, t, me)
    if reason >= Reason.LITTLE_TO_GAIN:
        ready += obstacle(w, t, me, reason)
    return draw(w, t, Stream.COME, me.index) < logistic(ready / w.b.temperature)


def what_it_says_of_staying(w: World, t: Table, me: Side) -> int:
    """What a side that stays away would say: that it was not asked, or the heaviest of what can be said in public.

    Nobody says that it has too little to gain or fears its own public.
    """
    if not t.seats[me.index].invited:
        return Reason.NOT_INVITED
    heaviest, found = 0.0, NOTHING
    for reason in SAID_IN_PUBLIC:
        weight = obstacle(w, t, me, reason)
        if weight > heaviest:
            heaviest, found = weight, reason
    return found


def perhaps_meet(w: World, t: Table) -> None:
    """All decide on the same day; the meeting is held if all signers come.

    Where all stay away, the least ready one decided, and the others with it if their reason is the same.
    """
    if t.outcome.occasion < 0:
        t.outcome.occasion = w.week
    note(w, t.index, Kind.OCCASION, NOBODY, Reason.NONE, 0)
    put_there = t.seated == 1 and t.outcome.came < 0  # asked is what comes of talks, not whether the sides would come
    present, away, least_ready = 0, NOBODY, 0
    for n in range(t.signers):
        t.seats[n].ready = readiness(w, t, w.sides[n])
        if t.seats[n].ready < t.seats[least_ready].ready:
            least_ready = n
    for n in range(t.signers):
        t.seats[n].present = 1 if comes_to(w, t, w.sides[n]) or put_there else 0
        present += t.seats[n].present
        if not t.seats[n].present and (away == NOBODY or t.seats[n].ready < t.seats[away].ready):
            away = n
    if present == t.signers:
        sit_down(w, t)
        return
    if present == 0:
        away = least_ready
    reason, same = reason_to_stay_away(w, t, w.sides[away]), True
    alone, cited = decided_alone(w, t, w.sides[away]), what_it_says_of_staying(w, t, w.sides[away])
    for n in range(t.signers):
        if not t.seats[n].present:
            own = reason_to_stay_away(w, t, w.sides[n])
            same = same and own == reason
            note(w, t.index, Kind.AWAY, n, own, what_it_says_of_staying(w, t, w.sides[n]))
    whose = ALL if present == 0 and same else away
    if whose == ALL:
        for n in range(t.signers):
            alone = alone and decided_alone(w, t, w.sides[n])
    if stop(t, Stage.APART, whose, reason):
        t.outcome.alone, t.outcome.cited = 1 if alone else 0, cited
    note(w, t.index, Kind.STAY_AWAY, whose, reason, cited)
    if present > 0 and t.meets_one and t.outcome.declared < 0:
        declare(w, t)
