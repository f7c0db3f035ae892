"""Whether a table has a zone of agreement: a text that all sides prefer to none, and what keeps one from being there."""

from __future__ import annotations

import math

from sim.model.reasons import Reason
from sim.model.records import Packages, Table, World
from sim.model.valuation import batna, expected_side_deals, form_beliefs, reservation_value, service, value_of


def find_possible(w: World, t: Table, packages: Packages) -> None:
    """Before the first week: which issues could be moved at all, whatever the sides believe and whatever it costs at home.

    A text that moves the issue is in the zone if all keep it in full and it costs nothing at home: secure + trusted - loss
    + side deals + what mediators add for the worst-off >= best alternative, for every signer. Where no text is, or every one
    always, an outcome that never or always comes about is put in with the values and not found by the model.
    """
    help_ = t.leverage * service(w, t) if t.single_text else 0.0
    for k in range(t.package_count):
        worst, next_worst = math.inf, math.inf
        for n in range(t.signers):
            worth = packages[k].worth[n]
            outside = expected_side_deals(w, t, w.sides[n])
            surplus = worth.secure + worth.trusted - worth.loss + outside - batna(w, t, w.sides[n])
            if surplus < worst:
                worst, next_worst = surplus, worst
            elif surplus < next_worst:
                next_worst = surplus
        if min(worst + help_, next_worst) >= 0.0:
            for place in range(t.agenda_count):
                if packages[k].moved[place]:
                    t.possible[place] = 1


def why_no_zone(w: World, t: Table, packages: Packages) -> int:
    """Which one of two things, taken away from all, would have left a text for all: its cost at home, or doubt that it is kept.

    The one that leaves more, if either does.
    """
    for n in range(t.signers):
        t.seats[n].reservation, t.seats[n].at_home = batna(w, t, w.sides[n]), 0.0
    free = left_for_worst(w, t, packages)
    for n in range(t.signers):
        form_beliefs(w, t, w.sides[n])
        t.seats[n].reservation = reservation_value(w, t, w.sides[n])
        t.seats[n].keep, t.seats[n].taken_back = 1.0, 0.0
    kept = left_for_worst(w, t, packages)
    if max(free, kept) < 0.0:
        return Reason.NO_ZONE
    return Reason.NO_ZONE_AT_HOME if free >= kept else Reason.NO_ZONE_DOUBT


def best_for_all(w: World, t: Table, packages: Packages) -> float:
    """The most that any text leaves the worst-off side beyond its reservation value, as the sides judge it."""
    for n in range(t.signers):
        form_beliefs(w, t, w.sides[n])
        t.seats[n].reservation = reservation_value(w, t, w.sides[n])
    return left_for_worst(w, t, packages)


def left_for_worst(w: World, t: Table, packages: Packages) -> float:
    """The same, under beliefs and reservation values formed before.

    Mediators' leverage goes to the side that is worst off, as in ``presses``; beyond the next side it helps nothing.
    """
    help_ = t.leverage * service(w, t) if t.single_text else 0.0
    best = -math.inf
    for k in range(t.package_count):
        worst, next_worst = math.inf, math.inf
        for n in range(t.signers):
            value = value_of(w, t, w.sides[n], packages[k].worth[n]) + t.seats[n].error
            surplus = value - t.seats[n].reservation
            if surplus < worst:
                worst, next_worst = surplus, worst
            elif surplus < next_worst:
                next_worst = surplus
        best = max(best, min(worst + help_, next_worst))
    return best
