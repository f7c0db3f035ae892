"""Three sides at one table, worked by hand: rules loop over a table's signers, and two is a value.

East, west and north at the bridge: the quarrel of ``quarrel.py`` with a third side, who is as east but for its numbers.
"""

from __future__ import annotations

import copy
import math
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from quarrel import THROUGH, each, model, packages, seats, sides

from sim.model.bargaining import estimate
from sim.model.codes import Kind
from sim.model.reasons import ALL, Reason, State
from sim.model.valuation import delivered_by_others, least_delivered, trust_in_others

EAST, WEST, NORTH = 0, 1, 2
CALM = {
    "behaviour.violation_rate": 0.0, "behaviour.erosion": 0.0, "behaviour.reciprocity": 0.0, "behaviour.exit_rate": 0.0,
    "behaviour.false_claims": 0.0, "behaviour.judgement": 0.0,
}  # fmt: skip


def three(*changes: Any, luck: Any = None) -> tuple[Any, Any]:
    """A world of three sides and its table; every side trusts each other side to 0.5."""
    made = model(CALM, *changes, luck=luck)
    w = made.record
    third = copy.copy(w.sides[EAST])
    third.index = NORTH
    w.sides.append(third)
    w.side_count = 3
    for side in w.sides:
        side.trust, side.trust_at_start = [0.5] * 3, [0.5] * 3
        side.trust_in, side.discount = list(side.trust_in), list(side.discount)
        side.positions = copy.deepcopy(side.positions)
    for mediator in w.mediators:
        mediator.bias.append(0.0)
    for n, t in enumerate(w.tables):
        t.signers = 3
        t.seats.append(copy.deepcopy(t.seats[EAST]))
        for package in made.packages[n]:
            package.worth.append(copy.deepcopy(package.worth[EAST]))
            package.value.append(0.0)
            package.guess.append(package.guess[EAST])
    w.do("prepare", made.packages)
    return w, w.tables[0]


def near(found: Any, *expected: float) -> None:
    assert_allclose(np.ravel(found), expected, rtol=1e-9, atol=1e-12)


def test_a_side_believes_that_every_other_keeps_its_word() -> None:
    w, t = three()
    w.sides[EAST].trust = [0.5, 0.8, 0.6]
    near(trust_in_others(t, w.sides[EAST]), 0.8 * 0.6)
    near(each(w, "belief_in_keeping", t), 0.48, 0.25, 0.25)
    near(each(w, "confidence", t), *[w.b.confidence * (least - 0.2) for least in (0.6, 0.5, 0.5)])


def test_all_three_have_to_come() -> None:
    for come, whose in (((0.0, 0.0, 0.0), None), ((0.0, 0.0, 1.0), NORTH), ((0.0, 1.0, 1.0), WEST), ((1.0, 1.0, 1.0), ALL)):
        w, t = three(luck={"occasion": 0.0, "come": come})
        w.do("who_comes", t)
        assert (t.state == State.TALKING) == (whose is None)
        if whose is not None:
            assert t.outcome.whose == whose


def test_of_those_who_stay_away_the_least_ready_decided() -> None:
    w, t = three({"behaviour.grievance_weight": 2.0}, luck={"occasion": 0.0, "come": (0.0, 1.0, 1.0)})
    w.sides[NORTH].grievance = 0.4
    w.do("who_comes", t)
    assert (t.outcome.whose, t.outcome.reason) == (NORTH, Reason.GRIEVANCE)
    assert [i.whose for i in w.model.incidents if i.kind == Kind.AWAY] == [WEST, NORTH]


def test_who_walks_out_is_one_of_three_or_all() -> None:
    for draws, whose in (((0.0, 0.0, 1.0), NORTH), ((1.0, 1.0, 1.0), ALL)):
        w, t = three(luck={"occasion": 0.0, "come": draws})
        w.do("sit_down", t)
        w.do("who_comes", t)
        assert (t.state, t.outcome.reason, t.outcome.whose) == (State.APART, Reason.WALKED_OUT, whose)


def test_a_lot_among_three() -> None:
    for lot, first in ((0.1, NORTH), (0.5, WEST), (0.9, EAST)):
        w, t = three({"formats.direct.first_offer": "lot"}, luck={"first": lot})
        w.do("sit_down", t)
        assert t.session.first == first


def put_values(w: Any, t: Any, values: list[float], asked: list[float]) -> None:
    for n, (value, threshold) in enumerate(zip(values, asked, strict=True)):
        packages(w, t)[0].value[n] = value
        t.seats[n].reservation, t.seats[n].threshold = 0.0, threshold


def test_a_text_is_agreed_when_both_others_accept() -> None:
    for west, north, agreed in ((0.5, 0.5, True), (math.inf, 0.5, False), (0.5, math.inf, False)):
        w, t = three()
        w.do("sit_down", t)
        put_values(w, t, [0.6, 0.6, 0.6], [0.1, west, north])
        w.do("draft_in_turn", t, packages(w, t))
        assert (t.state == State.SIGNED) == agreed
        answers = [(i.whose, i.reason) for i in w.model.incidents if i.kind == Kind.ANSWER]
        if agreed:  # east proposes, west and north answer before west would propose
            assert answers == [(WEST, Reason.NONE), (NORTH, Reason.NONE)]
        else:
            assert t.session.refused in {WEST, NORTH}


def test_an_offer_looks_to_the_one_of_the_others_who_likes_it_least() -> None:
    w, t = three({"tables.table.agenda": ["bridge", "mill"], "behaviour.opponent_weight": 1.0, "behaviour.opponent_learning": 1.0})
    w.do("sit_down", t)
    t.session.rounds = 5
    for package, values in zip(packages(w, t), ((0.5, 0.9, 0.1), (0.5, 0.4, 0.3), (0.5, 0.2, 0.8)), strict=True):
        package.value[:] = values
    t.seats[EAST].threshold = 0.2
    assert w.do("proposes", t, w.sides[EAST], packages(w, t)) == 1


def test_a_single_text_needs_three_and_helps_the_worst_off() -> None:
    w, t = three(THROUGH, {"behaviour.author_mediator": 0.0, "behaviour.candour_gain": 0.5, "behaviour.estimate_step": 0.04})
    w.do("sit_down", t)
    put_values(w, t, [0.6, 0.5, 0.4], [0.5, 0.5, 0.5])
    for seat in t.seats:
        seat.told = 1.0
    near([estimate(t, n, packages(w, t)[0]) for n in range(3)], 0.6, 0.5, 0.4)
    w.do("put_single_text", t, packages(w, t))
    assert t.state == State.SIGNED  # north hears 0.4 + 0.1
    near(seats(t, "leverage"), 0.0, 0.0, 0.1)
    near(seats(t, "shift"), -0.02, -0.02, -0.02)


def test_the_zone_is_that_of_three() -> None:
    # East and west have 0.25 x 0.8 - 0.2 = 0, north, who can have 0.1 alone, -0.1; leverage of 0.1 lifts it to the others.
    for change, most in (({}, -0.1), ({**THROUGH, "behaviour.guarantee": 0.0, "behaviour.assurance": 0.0}, 0.0)):
        w, t = three(change)
        w.sides[NORTH].positions[0].alternative, w.sides[NORTH].positions[0].alternative_from = 0.1, 0
        for seat in t.seats:
            seat.error = 0.0
        near(w.do("best_for_all", t, packages(w, t)), most)


def test_any_of_three_capitals_lets_a_text_fall() -> None:
    for veto, whose in (((0.9, 0.9, 0.9), None), ((0.9, 0.9, 0.01), NORTH)):
        w, t = three({"behaviour.veto_rate": 0.06, "behaviour.trust_loss": 0.2}, luck={"veto": veto})
        for side in w.sides:
            side.trust = [0.9] * 3
        w.do("sit_down", t)
        w.do("agree", t, packages(w, t), 0)
        w.week = 1
        w.do("ratify", t)
        assert (t.state == State.IN_FORCE) == (whose is None)
        if whose is not None:
            assert (t.outcome.whose, seats(t, "fell")) == (NORTH, [0, 0, 1])
            near([w.sides[EAST].trust[NORTH], w.sides[WEST].trust[NORTH], w.sides[NORTH].trust[EAST]], 0.81, 0.81, 0.9)


def force(*changes: Any, luck: Any = None) -> tuple[Any, Any]:
    w, t = three(*changes, luck=luck)
    w.do("sit_down", t)
    w.do("agree", t, packages(w, t), 0)
    w.do("enter_into_force", t)
    return w, t


def test_what_is_delivered_is_what_the_slackest_other_delivers() -> None:
    w, t = force({"behaviour.reciprocity": 0.5})
    for seat, share in zip(t.seats, (1.0, 0.9, 0.6), strict=True):
        seat.delivered = share
    near([delivered_by_others(t, me) for me in w.sides], 0.6, 0.6, 0.9)
    near(least_delivered(t), 0.6)
    w.do("follow_others", t)
    near(seats(t, "delivered"), 0.8, 0.75, 0.6)


def test_a_breach_offends_both_others_and_the_one_with_least_to_go_back_to_is_injured() -> None:
    breach = {
        "behaviour.violation_rate": 0.5, "behaviour.infancy": 0.0, "behaviour.violation_gain": 0.0, "behaviour.detection": 1.0,
        "behaviour.contest": 0.0, "behaviour.suspension": 1.0, "behaviour.trust_loss": 0.4, "behaviour.injury": 0.1,
    }  # fmt: skip
    w, t = force(breach, luck={"violate": (1.0, 0.0, 1.0), "claim": 1.0, "repair": 1.0, "collapse": 1.0})
    for seat in t.seats:
        seat.gain = 0.0
    w.do("look_into_breaches", t)
    near([w.sides[EAST].trust[WEST], w.sides[NORTH].trust[WEST], w.sides[WEST].trust[EAST]], 0.3, 0.3, 0.5)
    near(sides(w, "grievance"), 0.1, 0.0, 0.1)
    assert (t.state, t.agreement.culprit) == (State.SUSPENDED, WEST)
    w.sides[NORTH].positions[0].alternative, w.sides[NORTH].positions[0].alternative_from = 0.3, 0
    assert w.do("injured_side", t) == NORTH


def test_one_of_three_who_will_not_renew_ends_it() -> None:
    w, t = force({"formats.direct.term": 1}, luck={"renew": (0.0, 0.0, 1.0)})
    w.do("implement", t)
    assert (t.state, t.outcome.whose, t.outcome.refused) == (State.APART, NORTH, 1)
    w, t = force({"formats.direct.term": 1}, luck={"renew": 0.0})
    w.do("implement", t)
    assert (t.state, t.outcome.renewals) == (State.IN_FORCE, 1)


def test_each_learns_to_trust_each() -> None:
    w, t = force({"behaviour.trust_gain": 0.1})
    t.seats[NORTH].delivered = 0.2
    w.do("learn", t)
    near(w.sides[EAST].trust[WEST], 0.5 + 0.1 * 0.5)
    near(w.sides[EAST].trust[NORTH], 0.5 - 0.1 * 0.3)
    near(w.sides[NORTH].trust[EAST], 0.5 + 0.1 * 0.5)


def test_three_live_a_whole_run() -> None:
    w, t = three(luck={"occasion": 0.0, "come": 0.0, "round": 0.0})
    for side in w.sides:
        side.trust = [0.95] * 3
    while w.week < w.weeks:
        w.do("live_a_week", w.model.packages)
    assert t.outcome.came == 0
    assert t.outcome.agreed >= 0
    assert all(math.isfinite(seat.surplus) for seat in t.seats)


@pytest.mark.parametrize("name", ["seen", "batna", "domestic_cost", "reservation_value", "readiness"])
def test_a_third_side_that_is_as_the_first_is_treated_as_the_first(name: str) -> None:
    w, t = three()
    found = each(w, name, t)
    assert found[EAST] == found[NORTH]
