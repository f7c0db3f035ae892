"""Talks: leaks, rounds in which texts are proposed and answered, and how talks end.

Sides draft in turn or answer a single text of the mediators. A threshold comes down with the rounds gone, from the best
a side could have towards its reservation value (time-dependent concession: Faratin, Sierra, Jennings 1998).
"""

from __future__ import annotations

import math

from sim.model.chance import clip, draw
from sim.model.codes import Kind, Motive, Stream
from sim.model.reasons import ALL, NOBODY, Reason, State
from sim.model.records import Package, Packages, Side, Table, World
from sim.model.transitions import agree, note, talks_fail
from sim.model.valuation import (
    form_beliefs,
    reservation_value,
    seen,
    service,
    sponsor_discount,
    trust_in_mediators,
    value_of,
)  # fmt: skip
from sim.model.zone import best_for_all, why_no_zone

TOLERANCE = 1e-3
"""A threshold above the reservation value is met if missed by no more than this, as in the peer's rule."""

MOST_KEPT = 0.95
"""Aspiration that a side keeps up to the end at most."""

UNREACHABLE = math.inf
"""Threshold of a side for which no package is better than none."""


def hold_talks(w: World, t: Table, packages: Packages) -> None:
    """This week at a table that sits: leaks, the rounds that there is time for, and the end of patience.

    pace * service rounds: the whole part of it, and one more with a chance of the rest.
    """
    if t.state != State.TALKING:
        return
    leak(w, t)
    begun = draw(w, t, Stream.ROUND, 0)
    while begun < t.pace * service(w, t) and t.state == State.TALKING and t.session.rounds < rounds_allowed(w, t):
        hold_round(w, t, packages)
        begun += 1.0
    if t.state == State.TALKING:
        lose_patience(w, t, packages)


def leak(w: World, t: Table) -> None:
    """Talks that are not public become known with a chance of leak_rate * (1 - visibility); a denial may be exposed."""
    if not t.session.known and draw(w, t, Stream.LEAK, 0) < w.b.leak_rate * (1.0 - t.visibility):
        t.session.known = 1
        note(w, t.index, Kind.LEAK, NOBODY, Reason.NONE, 0)
    for n in range(t.signers):
        seat = t.seats[n]
        if seat.denies and not seat.exposed and draw(w, t, Stream.EXPOSE, n) < w.b.denial_exposed:
            seat.exposed = 1
            note(w, t.index, Kind.EXPOSE, n, Reason.NONE, 0)


def hold_round(w: World, t: Table, packages: Packages) -> None:
    """A round: every side judges all texts, and sees whether a text on the table is good enough."""
    for n in range(t.signers):
        judge_texts(w, t, w.sides[n], packages)
    t.session.refused, t.session.devalued = NOBODY, 0
    if t.single_text:
        put_single_text(w, t, packages)
    else:
        draft_in_turn(w, t, packages)
    t.session.rounds += 1


def judge_texts(w: World, t: Table, me: Side, packages: Packages) -> None:
    """What each text is worth to a side as it judges it, its reservation value and its threshold this round.

    threshold = reservation + (best - reservation) * aspiration - tolerance, never below the reservation value; out of
    reach where no text is worth that.
    """
    seat = t.seats[me.index]
    form_beliefs(w, t, me)
    best = -math.inf
    for k in range(t.package_count):
        value = value_of(w, t, me, packages[k].worth[me.index]) + seat.error
        packages[k].value[me.index] = value
        best = max(best, value)
    seat.reservation = reservation_value(w, t, me)
    if best < seat.reservation:
        seat.threshold = UNREACHABLE
    else:
        asked = seat.reservation + (best - seat.reservation) * aspiration(w, t, me) - TOLERANCE
        seat.threshold = clip(seat.reservation, asked, best)


def aspiration(w: World, t: Table, me: Side) -> float:
    """Share of the way from reservation value to best text that a side still asks for.

    floor + (1 - floor) * (1 - elapsed ** concession). Over the last text of mediators a side asks for no more than it
    must (deadline effect: Roth, Murnighan, Schoumaker 1988); in turn one round more is counted, as in the peer's rule,
    for neither knows the last offer. Who came to be seen concedes next to nothing and lets patience run out.
    """
    if t.seats[me.index].motive == Motive.BE_SEEN:
        return MOST_KEPT
    last = rounds_allowed(w, t) + (0.0 if t.single_text else 1.0)
    elapsed = min(1.0, (t.session.rounds + 1.0) / last)
    floor = aspiration_kept(w, t, me)
    return floor + (1.0 - floor) * (1.0 - elapsed**me.concession)


def aspiration_kept(w: World, t: Table, me: Side) -> float:
    """What a side will not concede however late: seen at home, narrow win-set (Schelling 1960), bound by a declaration.

    hardening * audience * seen * sensitivity + schelling * (1 - win-set) * sensitivity + lock-in, at most 0.95.
    """
    watched = w.b.hardening * me.audience_cost * seen(w, t, me) * t.sensitivity
    narrow = w.b.schelling * (1.0 - me.win_set) * t.sensitivity
    return clip(0.0, watched + narrow + t.seats[me.index].lock_in, MOST_KEPT)


def rounds_allowed(w: World, t: Table) -> float:
    """Rounds a session lasts at most: offers where the sides draft in turn, texts where mediators do."""
    return float(round(w.b.texts if t.single_text else w.b.offers))


# ---------------------------------------------------------------- who wrote it


def devaluation_of_adversary(w: World, me: Side, author: int) -> float:
    """Discount of a text that an adversary wrote: author_adversary * (1 - trust in it) (Stillinger et al. 1991)."""
    return w.b.author_adversary * (1.0 - me.trust[author])


def devaluation_of_mediators(w: World, t: Table, me: Side) -> float:
    """Discount of a text that mediators wrote; a sponsor that is held against the table makes them look like the adversary."""
    discount = w.b.author_mediator * (1.0 - trust_in_mediators(w, t, me))
    adversary = 0.0
    for other in range(t.signers):
        if other != me.index:
            adversary = max(adversary, devaluation_of_adversary(w, me, other))
    return discount + sponsor_discount(t, me) * max(adversary - discount, 0.0)


# ---------------------------------------------------------------- the sides in turn


def draft_in_turn(w: World, t: Table, packages: Packages) -> None:
    """Each side in turn answers the text put before its own and, unless all accept that, proposes one.

    What was proposed last in a round is answered first in the next (alternating offers: Rubinstein 1982), unless its
    author would by then not sign it any more. A text is agreed when every side that did not write it accepts it.
    """
    for turn in range(t.signers):
        me = w.sides[(t.session.first + turn) % t.signers]
        author = (me.index - 1) % t.signers
        text = t.seats[author].proposed
        stands = text >= 0 and packages[text].value[author] >= t.seats[author].reservation
        if stands and accepted_by_others(w, t, packages, author):
            agree(w, t, packages, text)
            return
        if t.seats[me.index].threshold < UNREACHABLE:
            t.seats[me.index].proposed = proposes(w, t, me, packages)
            note(w, t.index, Kind.OFFER, me.index, Reason.NONE, t.seats[me.index].proposed)
        else:  # nothing that it could sign: it proposes nothing, and what it proposed before is off the table
            t.seats[me.index].proposed = -1
            t.session.refused = me.index


def accepted_by_others(w: World, t: Table, packages: Packages, author: int) -> bool:
    """Whether every side that did not write a text accepts it; who does not is on record."""
    text, everyone = t.seats[author].proposed, True
    for step in range(1, t.signers):
        me = w.sides[(author + step) % t.signers]
        if accepts(w, t, me, packages[text], author):
            note(w, t.index, Kind.ANSWER, me.index, Reason.NONE, text)
            continue
        everyone = False
        t.session.refused = me.index
        if packages[text].value[me.index] >= t.seats[me.index].threshold:
            t.session.devalued = 1
            note(w, t.index, Kind.ANSWER, me.index, Reason.DEVALUATION, text)
        else:
            note(w, t.index, Kind.ANSWER, me.index, Reason.IMPASSE, text)
    return everyone


def accepts(w: World, t: Table, me: Side, package: Package, author: int) -> bool:
    """A side accepts a text worth its threshold, less a discount for who wrote it.

    It does not hold the author against a text that it proposed last itself. Mediators are author -1; a side to which
    no text is worth it by itself may still be won over by what they add.
    """
    seat, heard = t.seats[me.index], package.value[me.index]
    if author < 0:
        asked = seat.threshold if seat.threshold < UNREACHABLE else seat.reservation
        return heard + seat.leverage - devaluation_of_mediators(w, t, me) >= asked
    own_idea = t.seats[author].proposed == seat.proposed
    return heard - (0.0 if own_idea else devaluation_of_adversary(w, me, author)) >= seat.threshold


def proposes(w: World, t: Table, me: Side, packages: Packages) -> int:
    """Among what is good enough for it, the text a side likes to give and thinks the others like; the first of equals.

    Liking: opponent_weight * picture - (1 - opponent_weight) * own value. The picture of the others starts as a fixed
    pie (they want the opposite: Thompson, Hastie 1990) and is corrected by the offers made:
    known * theirs - (1 - known) * own, known = 1 - (1 - opponent_learning) ** rounds. The least of several others counts.
    """
    weight = w.b.opponent_weight
    known = 1.0 - (1.0 - w.b.opponent_learning) ** float(t.session.rounds)
    chosen, best, enough = 0, -math.inf, -math.inf
    for k in range(t.package_count):
        enough = max(enough, packages[k].value[me.index])
    enough = min(enough, t.seats[me.index].threshold)
    for k in range(t.package_count):
        mine = packages[k].value[me.index]
        if mine < enough:
            continue
        theirs = math.inf
        for other in range(t.signers):
            if other != me.index:
                theirs = min(theirs, packages[k].value[other])
        liking = weight * (known * theirs - (1.0 - known) * mine) - (1.0 - weight) * mine
        if liking > best:
            chosen, best = k, liking
    return chosen


# ---------------------------------------------------------------- a single text


def put_single_text(w: World, t: Table, packages: Packages) -> None:
    """Mediators put one text to all and help the side it does least for; a no teaches them something, and candour grows."""
    text = drafts(w, t, packages)
    presses(w, t, packages[text])
    refusing, unfairly, whose = 0, 0, NOBODY
    for n in range(t.signers):
        me, seat = w.sides[n], t.seats[n]
        if accepts(w, t, me, packages[text], -1):
            seat.shift -= 0.5 * w.b.estimate_step
            continue
        refusing, whose = refusing + 1, n
        asked = seat.threshold if seat.threshold < UNREACHABLE else seat.reservation
        if packages[text].value[n] + seat.leverage >= asked:
            unfairly += 1
        seat.shift += w.b.estimate_step
        seat.told += w.b.candour_gain * (1.0 - seat.told)
    if refusing == 0:
        note(w, t.index, Kind.DRAFT, NOBODY, Reason.NONE, text)
        agree(w, t, packages, text)
        return
    t.session.refused = ALL if refusing == t.signers else whose
    t.session.devalued = 1 if unfairly == refusing else 0
    reason = Reason.DEVALUATION if t.session.devalued else Reason.IMPASSE
    note(w, t.index, Kind.DRAFT, t.session.refused, reason, text)


def estimate(t: Table, side: int, package: Package) -> float:
    """What mediators take a text to bring a side beyond no agreement.

    told * truth + (1 - told) * outsider's guess - shift: what it has told them so far, and what its answers taught them.
    """
    seat = t.seats[side]
    return seat.told * (package.value[side] - seat.reservation) + (1.0 - seat.told) * package.guess[side] - seat.shift


def drafts(w: World, t: Table, packages: Packages) -> int:
    """The text that mediators put forward: the largest product of estimated surpluses, bent by bias and interest.

    Maximises the sum of (1 + bias) * log estimate, plus mediator_interest * interest: the Nash solution without bias and
    interest. Where no text gives every side something, the one least bad for the worst-off; the first of equals.
    """
    chosen, best, fallback, least_bad = -1, -math.inf, 0, -math.inf
    for k in range(t.package_count):
        merit, worst = 0.0, math.inf
        for n in range(t.signers):
            surplus = estimate(t, n, packages[k])
            worst = min(worst, surplus)
            if worst > 0.0:
                merit += (1.0 + t.seats[n].bias) * math.log(surplus)
        if worst > least_bad:
            fallback, least_bad = k, worst
        merit += w.b.mediator_interest * packages[k].interest
        if worst > 0.0 and merit > best:
            chosen, best = k, merit
    return chosen if chosen >= 0 else fallback


def presses(w: World, t: Table, package: Package) -> None:
    """Mediators add their leverage for the side for which they think a text does least (Beardsley 2011)."""
    worst_off = 0
    for n in range(t.signers):
        t.seats[n].leverage = 0.0
        if estimate(t, n, package) < estimate(t, worst_off, package):
            worst_off = n
    t.seats[worst_off].leverage = t.leverage * service(w, t)


# ---------------------------------------------------------------- how talks end


def lose_patience(w: World, t: Table, packages: Packages) -> None:
    """Talks that ran out of rounds or of time end without a text, for a reason that is recorded."""
    session = t.session
    if session.rounds < rounds_allowed(w, t) and w.week - session.since + 1 < w.b.patience:
        return
    if best_for_all(w, t, packages) < 0.0:
        talks_fail(w, t, ALL, why_no_zone(w, t, packages))
    elif session.devalued:
        talks_fail(w, t, session.refused, Reason.DEVALUATION)
    else:
        talks_fail(w, t, session.refused, Reason.IMPASSE)
