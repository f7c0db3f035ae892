"""The rules of an agreement in force and of learning, each on numbers worked by hand. Sides are in the order east, west.

The text is the bridge opened: it brings each side 0.8 if the other keeps it and costs it 0.2.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from quarrel import EAST, THROUGH, WEST, each, put_in_force, seats, sides, sit, table_of, trust, world

from sim.model.implementation import what_it_says
from sim.model.reasons import NOBODY, Reason, Stage, State
from sim.model.valuation import delivery_gain, withheld
from sim.model.week import stands_now

U_E = math.e / (1 + math.e)
"""The uniform draw whose logistic noise is one."""

CALM = {
    "behaviour.violation_rate": 0.0, "behaviour.erosion": 0.0, "behaviour.reciprocity": 0.0, "behaviour.exit_rate": 0.0,
    "behaviour.false_claims": 0.0,
}  # fmt: skip
"""Nothing goes wrong of itself."""


def near(found: Any, *expected: float) -> None:
    assert_allclose(np.ravel(found), expected, rtol=1e-6, atol=1e-9)


def in_force(*changes: Any, luck: dict[str, Any] | None = None, **placing: Any) -> tuple[Any, Any]:
    w, table = table_of(CALM, *changes, luck=luck)
    put_in_force(w, table, **placing)
    return w, table


def weeks(w: Any, table: Any, count: int) -> None:
    for _ in range(count):
        w.do("implement", table)
        w.week += 1


def gain_left(w: Any, table: Any) -> list[float]:
    return each(w, "gain_left", table)


def set_delivered(table: Any, east: float, west: float) -> None:
    table.seats[EAST].delivered, table.seats[WEST].delivered = east, west


def carts(table: Any) -> float:
    return sum(unit.delivered for unit in table.units)


# ---------------------------------------------------------------- in force as the run begins


def test_an_agreement_in_force_from_the_start() -> None:
    running = {"tables.table.in_force": {"text": {"bridge": "open"}, "age": 5, "left": 2}, "formats.direct.term": 9}
    w, table = table_of(CALM, running)
    made, other = in_force({"formats.direct.term": 9})
    assert table.state == State.IN_FORCE
    assert (table.agreement.age, table.agreement.left, table.agreement.term) == (5, 2, 9)
    near(gain_left(w, table), *gain_left(made, other))
    near(seats(table, "promised"), *gain_left(w, table))
    assert (table.outcome.agreed, table.outcome.ratified, table.outcome.came, table.outcome.texts) == (0, 0, -1, 0)
    near(sides(w, "optimism"), 0.5, 0.5)  # it is no news
    weeks(w, table, 1)
    assert table.outcome.renewals == 0
    weeks(w, table, 1)
    assert (table.outcome.renewals, table.agreement.left, table.agreement.age) == (1, 9, 7)


def test_an_agreement_suspended_from_the_start_is_repaired_by_who_was_injured() -> None:
    held = {"tables.table.in_force": {"text": {"bridge": "open"}, "accused": "east"}, "behaviour.repair": 1.0}
    w, table = table_of(CALM, held, luck={"repair": 0.01})
    assert table.state == State.SUSPENDED
    assert table.agreement.culprit == EAST
    assert (table.agreement.left, table.outcome.suspensions) == (-1, 0)
    weeks(w, table, 1)
    assert table.state == State.IN_FORCE
    assert table.outcome.repairs == 1


def test_issues_that_a_text_leaves_out_are_at_their_status_quo() -> None:
    w, table = table_of({"tables.table.agenda": ["bridge", "mill"], "tables.table.in_force": {"text": {"mill": "shared"}}})
    assert w.model.program.tables[0].agenda.name(table.agreement.package) == "mill: shared"


# ---------------------------------------------------------------- delivery


def test_an_agreement_enters_into_force() -> None:
    w, table = table_of({
        "formats.direct.term": 12, "behaviour.frailty": 1.4, "behaviour.encouragement": 0.1,
        "parties.east.alternatives": {"bridge": {"value": 0.1}},
    }, luck={"frailty": U_E})  # fmt: skip
    put_in_force(w, table, leverage=(0.05, 0.0))
    agreement = table.agreement
    assert (agreement.term, agreement.left, agreement.age) == (12, 12, 0)
    near([x.worth.secure + x.worth.trusted for x in table.seats], 0.8, 0.8)
    near([x.worth.loss for x in table.seats], 0.2, 0.2)
    near(seats(table, "delivered"), 1, 1)
    near(seats(table, "promised"), 0.6 + 0.05 - 0.1, 0.6)
    near(agreement.frailty, 1.4 * math.sqrt(3) / math.pi)  # a standard deviation of 1.4 in the logarithm
    near(sides(w, "optimism"), 0.6, 0.6)


def test_what_is_left_of_a_gain() -> None:
    # East gets 0.5 of 0.8 from west and gives 0.9 of 0.2: 0.40 - 0.18; west gets 0.9 x 0.8 - 0.5 x 0.2 = 0.62.
    # Leverage 0.1 after one half-life: 0.05. Going alone is worth 0.1 to west.
    change = {"behaviour.leverage_half_life": 8.0, "parties.west.alternatives": {"bridge": {"value": 0.1}}}
    w, table = in_force(change, leverage=(0.1, 0.0))
    set_delivered(table, 0.9, 0.5)
    table.agreement.age = 8
    near([delivery_gain(table, me) for me in w.sides], 0.22, 0.62)
    near([withheld(table, me) for me in w.sides], 0.8 - 0.4, 0.8 - 0.72)
    near(each(w, "leverage_left", table), 0.05, 0.0)
    near(gain_left(w, table), 0.27, 0.52)


def test_delivery_erodes_and_follows_the_other_side() -> None:
    # Week 1: a tenth erodes, (1, 0.6) to (0.9, 0.54); east goes half way down to west: 0.72.
    # Week 2: (0.648, 0.486); east to 0.567.
    w, table = in_force({"behaviour.erosion": 0.1, "behaviour.erosion_gain": 0.0, "behaviour.reciprocity": 0.5})
    set_delivered(table, 1.0, 0.6)
    weeks(w, table, 1)
    near(seats(table, "delivered"), 0.72, 0.54)
    weeks(w, table, 1)
    near(seats(table, "delivered"), 0.567, 0.486)


def test_gain_slows_erosion() -> None:
    # East has 0.6, west, which has an alternative worth 0.5, 0.1.
    change = {"behaviour.erosion": 0.1, "behaviour.erosion_gain": 2.0, "parties.west.alternatives": {"bridge": {"value": 0.5}}}
    w, table = in_force(change)
    weeks(w, table, 1)
    near(seats(table, "delivered"), 1 - 0.1 * math.exp(-1.2), 1 - 0.1 * math.exp(-0.2))


def test_what_is_delivered_is_counted() -> None:
    # Each side cares for the bridge by a half of all it cares for; 50 carts a week, by the smaller delivery, 0.8 of it
    # while suspended. East: 0.5 x (0.6 x 0.8 - 1.0 x 0.2) = 0.14, west 0.5 x (0.8 - 0.6 x 0.2) = 0.34.
    change = {
        "issues.bridge.options.open.units": {"carts": 50.0}, "behaviour.suspended_delivery": 0.8, "behaviour.repair": 0.0,
        "behaviour.collapse": 0.0,
    }  # fmt: skip
    w, table = in_force(change)
    set_delivered(table, 1.0, 0.6)
    weeks(w, table, 1)
    near(seats(table, "surplus"), 0.14, 0.34)
    near(carts(table), 30)
    table.state = State.SUSPENDED
    table.agreement.culprit = WEST
    weeks(w, table, 1)
    near(seats(table, "surplus"), 0.14 * 1.8, 0.34 * 1.8)
    near(carts(table), 54)
    assert table.outcome.in_force == 2


def both_in_force(*changes: Any) -> tuple[Any, Any, Any]:
    """The bridge is open by two texts, one of which shares the mill as well; a cart and a sack are counted alike."""
    w = world(CALM, {
        "issues.bridge.options.open.units": {"carts": 50.0}, "issues.mill.options.shared.units": {"sacks": 9.0},
        "tables.wider": {"agenda": ["bridge", "mill"], "format": "direct"}, "processes.talks.tables": ["table", "wider"],
        "parties.east.alternatives": {"bridge": {"value": 0.1}},
    }, *changes)  # fmt: skip
    first, wider = w.tables
    put_in_force(w, first)
    put_in_force(w, wider, package=2)
    return w, first, wider


def test_what_stands_in_two_texts_is_carried_out_once() -> None:
    # The bridge brings 0.8 - 0.2 a week, half of all that a side cares for, east less 0.1 that it has anyway; the mill, the
    # other half, 0.4 - 0.2. The table that stands first has the bridge.
    w, first, wider = both_in_force()
    w.do("all_implement")
    near(seats(first, "surplus"), 0.5 * 0.5, 0.5 * 0.6)
    near(seats(wider, "surplus"), 0.5 * 0.2, 0.5 * 0.2)
    near((carts(first), carts(wider)), 50, 9)


def test_what_stands_in_two_texts_is_carried_out_where_more_of_it_is() -> None:
    w, first, wider = both_in_force({"behaviour.repair": 0.0, "behaviour.collapse": 0.0, "behaviour.suspended_delivery": 0.8})
    set_delivered(first, 1.0, 0.6)
    w.do("all_implement")
    near(seats(first, "surplus"), 0.0, 0.0)
    near(seats(wider, "surplus"), 0.5 * (0.5 + 0.2), 0.5 * (0.6 + 0.2))
    near((carts(first), carts(wider)), 0, 59)
    set_delivered(first, 1.0, 1.0)
    wider.state, wider.agreement.culprit = State.SUSPENDED, WEST  # now the first table delivers more
    w.do("all_implement")
    near(seats(first, "surplus"), 0.5 * 0.5, 0.5 * 0.6)
    near(seats(wider, "surplus"), 0.5 * (0.5 + 0.2 * 1.8), 0.5 * (0.6 + 0.2 * 1.8))
    near((carts(first), carts(wider)), 50, 50 + 9 * 1.8)


DEAL = {"to": "west", "benefit": 0.2, "controlled_by": "abbot", "credibility": 0.9, "delivery": 0.8, "seen_by": {"west": 0.5}}


def test_belief_in_a_side_deal_goes_to_what_is_seen_of_it() -> None:
    # Promised 0.2 x 0.9 = 0.18, seen 0.2 x 0.8 x 0.5 = 0.08; half the distance is gone after a week: 0.13, 0.105.
    # What is really delivered, 0.16, counts for west and not for east.
    change = {"formats.direct.side_deals": [DEAL], "behaviour.side_deal_trust": 0.0, "behaviour.side_belief_half_life": 1.0}
    w, table = in_force(change)
    near(seats(table, "side_deal_promised"), 0, 0.18)
    weeks(w, table, 1)
    near(seats(table, "side_deal"), 0, 0.13)
    near(seats(table, "surplus"), 0.5 * 0.6, 0.5 * (0.6 + 0.16))
    weeks(w, table, 1)
    near(seats(table, "side_deal"), 0, 0.105)
    # The next side deal has the credit that is left: 0.105 of 0.18.
    w.do("end", table, WEST, Reason.SIDE_DEAL, Reason.NONE, 0)
    near(seats(table, "credit"), 1, 0.105 / 0.18)
    near(each(w, "expected_side_deals", table), 0, 0.105)


# ---------------------------------------------------------------- violations


def test_the_rate_of_violations() -> None:
    # Log rate, east: frailty 0.3 + 0.5 x 1 x grievance 0.4 - 2 x gain 0.6 = -0.7; west -0.9.
    # Monitoring of 0.5 deters 0.4 x 0.5; at six weeks the extra of youth is 5 / e.
    change = {
        "parties.east.grievance": 0.4, "behaviour.violation_grievance": 0.5, "behaviour.violation_gain": 2.0,
        "formats.direct.monitoring": 0.5, "behaviour.deterrence": 0.4, "behaviour.infancy": 5.0, "behaviour.infancy_weeks": 6.0,
        "behaviour.violation_rate": 0.02,
    }  # fmt: skip
    w, table = in_force(change)
    table.agreement.frailty = 0.3
    table.agreement.age = 6
    for seat, gain in zip(table.seats, gain_left(w, table), strict=True):
        seat.gain = gain
    rate = each(w, "violation_rate", table)
    common = 0.02 * 0.8 * (1 + 5 / math.e)
    near(rate, common * math.exp(-0.7), common * math.exp(-0.9))


BREACH = {
    "behaviour.violation_rate": 0.5, "behaviour.infancy": 0.0, "behaviour.violation_gain": 0.0, "behaviour.detection": 0.3,
    "behaviour.contest": 0.6, "behaviour.suspension": 0.5, "behaviour.violation_drop": 0.2, "behaviour.trust_loss": 0.4,
    "behaviour.injury": 0.1, "behaviour.repair": 0.0, "behaviour.collapse": 0.0,
}  # fmt: skip
NO_LUCK = {"violate": 1.0, "detect": 1.0, "claim": 1.0, "contest": 1.0, "suspend": 1.0}


def breach(*changes: Any, **luck: Any) -> tuple[Any, Any]:
    """A week in which each draw is 1, so that nothing happens, but for those that are given."""
    w, table = in_force(BREACH, *changes, luck={**NO_LUCK, **luck})
    weeks(w, table, 1)
    return w, table


def test_a_violation_happens_with_the_chance_of_its_rate() -> None:
    # 1 - exp(-0.5) = 0.3935
    for draw, count in ((0.393, 1), (0.394, 0)):
        assert breach(violate=(1.0, draw))[1].outcome.violations == count


def test_a_violation_that_goes_unnoticed_only_withholds_delivery() -> None:
    w, table = breach(violate=(0.0, 1.0))
    near(seats(table, "delivered"), 0.8, 1.0)
    near(trust(w), 0.5, 0.5)
    near(sides(w, "grievance"), 0, 0)


@pytest.mark.parametrize("culprit", [EAST, WEST])
def test_a_violation_that_is_noticed_offends_the_other_side_which_suspends(culprit: int) -> None:
    draws = (0.0, 1.0) if culprit == EAST else (1.0, 0.0)
    w, table = breach(violate=draws, detect=0.29, suspend=0.49)
    injured = 1 - culprit
    near(seats(table, "delivered"), 1.0, 1.0)
    near([trust(w)[injured], trust(w)[culprit]], 0.5 * 0.6, 0.5)
    near([w.sides[injured].grievance, w.sides[culprit].grievance], 0.1, 0)
    assert (table.state, table.agreement.culprit, table.outcome.suspensions) == (State.SUSPENDED, culprit, 1)


def test_a_claim_that_is_contested_offends_half_and_suspends_nothing() -> None:
    w, table = breach(violate=(0.0, 1.0), detect=0.0, contest=0.59, suspend=0.0)
    near(trust(w), 0.5, 0.5 * 0.8)
    near(sides(w, "grievance"), 0, 0.05)
    assert (table.state, table.outcome.contested) == (State.IN_FORCE, 1)
    assert breach(violate=(0.0, 1.0), detect=0.0, contest=0.61, suspend=0.0)[1].state == State.SUSPENDED


def test_monitoring_detects_and_settles_what_is_contested() -> None:
    # Detection 0.3 + 0.7 x 0.5 = 0.65; claims contested to 0.6 x 0.5 = 0.3.
    monitored = {"formats.direct.monitoring": 0.5, "behaviour.deterrence": 0.0}
    for detect, contest, outcome in ((0.64, 0.31, (1, 0)), (0.66, 0.31, (0, 0)), (0.64, 0.29, (0, 1))):
        _, table = breach(monitored, violate=(0.0, 1.0), detect=detect, contest=contest, suspend=0.0)
        assert (table.outcome.suspensions, table.outcome.contested) == outcome


def test_an_aggrieved_side_makes_unfounded_claims() -> None:
    # West's grievance of 0.5 accuses east at 0.02 x 0.5 a week, half as often under half a centre; east has none.
    change = {"parties.west.grievance": 0.5, "behaviour.false_claims": 0.02}
    for monitoring, draw, suspended in ((0.0, 0.0099, True), (0.0, 0.0101, False), (0.5, 0.0049, True), (0.5, 0.0051, False)):
        w, table = breach(change, {"formats.direct.monitoring": monitoring}, claim=draw, suspend=0.0)
        assert (table.state == State.SUSPENDED) == suspended
        assert table.agreement.culprit == (EAST if suspended else NOBODY)
        assert table.outcome.violations == 0
        near(trust(w), 0.5, 0.3 if suspended else 0.5)


def test_an_accusation_from_outside_counts_as_a_breach_once() -> None:
    strike = {"week": 0, "accuses": "west", "issues": ["bridge"]}
    w, table = in_force(BREACH, {"events.strike": strike}, luck={**NO_LUCK, "suspend": 0.0})
    w.do("happen")
    weeks(w, table, 1)
    assert (table.state, table.agreement.culprit) == (State.SUSPENDED, WEST)
    near(trust(w), 0.3, 0.5)
    weeks(w, table, 1)
    near(trust(w), 0.3, 0.5)


# ---------------------------------------------------------------- repair


REPAIR = {
    "behaviour.repair": 0.8, "behaviour.collapse": 0.1, "parties.east.trust.abbot": 0.5, "parties.west.trust.abbot": 0.9,
    "behaviour.renewal_temperature": 0.05, "behaviour.contact_separate": 0.2, "behaviour.pace_separate": 0.5,
}  # fmt: skip


def suspended(culprit: int, *changes: Any, **luck: Any) -> tuple[Any, Any]:
    w, table = in_force(REPAIR, *changes, luck={"repair": 1.0, "collapse": 1.0, **luck})
    table.state = State.SUSPENDED
    table.agreement.culprit = culprit
    weeks(w, table, 1)
    return w, table


@pytest.mark.parametrize(
    ("culprit", "change", "chance"),
    [
        # 0.8 x offices x (0.5 + 0.5 x coordination) x (0.5 + 0.5 x monitoring) x a wish of logistic(0.6 / 0.05), all but 1.
        (EAST, THROUGH, 0.8 * 0.9 * 1.0 * 0.5),  # west is injured and trusts the abbot to 0.9
        (WEST, THROUGH, 0.8 * 0.5 * 1.0 * 0.5),  # east to 0.5
        (EAST, {**THROUGH, "formats.between.monitoring": 1.0}, 0.8 * 0.9),
        (EAST, {**THROUGH, "formats.between.contact.implementation": "separate"}, 0.8 * 0.9 * 0.75 * 0.5),
        (EAST, {}, 0.8 * 0.4 * 0.5),  # the sides alone
        (EAST, {**THROUGH, "parties.west.trust.abbot": 0.1}, 0.8 * 0.4 * 0.5),  # no worse than the sides alone
        (EAST, {"parties.west.alternatives": {"bridge": {"value": 0.6}}}, 0.8 * 0.4 * 0.5 * 0.5),  # west has no wish to go on
    ],
)
def test_good_offices_need_the_trust_and_the_wish_of_the_injured_side(culprit: int, change: Any, chance: float) -> None:
    _, table = suspended(culprit, change, repair=chance - 1e-4)
    assert (table.state, table.outcome.repairs) == (State.IN_FORCE, 1)
    assert suspended(culprit, change, repair=chance + 1e-4)[1].state == State.SUSPENDED


def test_good_offices_share_the_mediators_time() -> None:
    w, table = in_force(REPAIR, THROUGH, luck={"repair": 0.8 * 0.45 * 0.5 + 1e-4, "collapse": 1.0})
    w.mediators[0].load = 2
    table.state = State.SUSPENDED
    table.agreement.culprit = EAST
    weeks(w, table, 1)
    assert table.state == State.SUSPENDED


@pytest.mark.parametrize("culprit", [EAST, WEST])
def test_the_injured_side_gives_up_what_is_not_repaired(culprit: int) -> None:
    _, table = suspended(culprit, collapse=0.09)
    assert table.state == State.APART
    assert (table.outcome.reason, table.outcome.whose) == (Reason.VIOLATION, 1 - culprit)
    assert suspended(culprit, collapse=0.11)[1].state == State.SUSPENDED


# ---------------------------------------------------------------- the end of a term


def test_a_term_of_three_weeks_is_over_after_three_weeks() -> None:
    w, table = in_force({"formats.direct.term": 3}, luck={"renew": 0.0})
    weeks(w, table, 2)
    assert (table.outcome.renewals, table.agreement.left) == (0, 1)
    weeks(w, table, 1)
    assert (table.outcome.renewals, table.agreement.left) == (1, 3)
    weeks(w, table, 3)
    assert table.outcome.renewals == 2


def test_without_a_term_nothing_is_renewed() -> None:
    w, table = in_force(luck={"renew": 1.0})
    weeks(w, table, 20)
    assert (table.outcome.renewals, table.outcome.refused, table.state) == (0, 0, State.IN_FORCE)


RENEWAL = {
    "formats.direct.term": 1, "behaviour.renewal_temperature": 0.1, "behaviour.renewal_effort": 0.1,
    "behaviour.renewal_grievance": 0.5, "parties.west.alternatives": {"bridge": {"value": 0.5}}, "parties.west.grievance": 0.2,
}  # fmt: skip


@pytest.mark.parametrize(
    ("silence", "chance"),
    [
        # West: 0.6 - 0.5 - 0.5 x 0.2 = 0.0, at odds; where silence means lapse it must make the effort: logistic(-0.1 / 0.1).
        ("extension", 0.5),
        ("lapse", 1 / (1 + math.e)),
    ],
)
def test_who_renews(silence: str, chance: float) -> None:
    for draw, renewed in ((chance - 1e-4, True), (chance + 1e-4, False)):
        w, table = in_force(RENEWAL, {"formats.direct.silence": silence}, luck={"renew": (0.9, draw)})
        weeks(w, table, 1)
        assert (table.outcome.renewals, table.outcome.refused) == (renewed, not renewed)
        assert table.state == (State.IN_FORCE if renewed else State.APART)
        if not renewed:
            assert table.outcome.whose == WEST
            assert table.outcome.first_end == table.outcome.reason
            assert table.outcome.ended == 0


def test_a_side_that_lost_half_its_gain_renews_for_half_the_term() -> None:
    # Promised 0.6. West keeps 0.6 only: east has 0.6 x 0.8 - 0.2 = 0.28, below 0.6 x 0.6 = 0.36; west 0.8 - 0.12 = 0.68.
    # East reads the term as 6 weeks and not as 12; west, which read 12, minds by half an injury.
    w, table = in_force({"formats.direct.term": 12, "behaviour.shortening": 0.6, "behaviour.injury": 0.1}, luck={"renew": 0.0})
    set_delivered(table, 1.0, 0.6)
    table.agreement.left = 1
    weeks(w, table, 1)
    assert (table.agreement.term, table.agreement.left, table.outcome.shorter) == (6, 6, 1)
    near(sides(w, "grievance"), 0.0, 0.05)
    table.agreement.left = 1
    weeks(w, table, 1)
    assert (table.agreement.term, table.outcome.shorter) == (6, 1)  # half of what the format says, not of the last
    table.agreement.left = 1
    set_delivered(table, 1.0, 1.0)
    weeks(w, table, 1)
    assert (table.agreement.term, table.outcome.shorter) == (12, 1)


def test_what_is_renewed_is_in_force_again() -> None:
    w, table = in_force({"formats.direct.term": 5, "behaviour.repair": 0.0, "behaviour.collapse": 0.0}, luck={"renew": 0.0})
    table.state = State.SUSPENDED
    table.agreement.culprit = EAST
    weeks(w, table, 4)
    assert table.state == State.SUSPENDED
    weeks(w, table, 1)
    assert (table.state, table.outcome.renewals, table.outcome.repairs) == (State.IN_FORCE, 1, 1)


def test_an_agreement_that_ends_unfulfilled_discourages() -> None:
    once = {"issues.bridge.options.open.lasts": 1}
    for change, luck, lost in (({"formats.direct.term": 1}, {"renew": 1.0}, 0.2), (once, {}, 0.0)):
        w, table = in_force({"behaviour.encouragement": 0.1, "behaviour.discouragement": 0.2}, change, luck=luck)
        weeks(w, table, 1)
        assert table.state == State.APART
        near(sides(w, "optimism"), 0.6 - lost, 0.6 - lost)


def test_a_side_that_only_loses_leaves_within_the_term() -> None:
    # West's wish is 0 again: it leaves at 0.2 x logistic(0) = 0.1 a week. East's is 0.6: 0.2 x logistic(-6) = 0.0005.
    change = {**RENEWAL, "formats.direct.term": 40, "behaviour.exit_rate": 0.2}
    cases = [((0.5, 0.099), WEST), ((0.5, 0.101), None), ((0.0004, 0.5), EAST), ((0.0006, 0.5), None), ((0.0, 0.0), WEST)]
    for draws, gone in cases:
        w, table = in_force(change, luck={"leave": draws})
        weeks(w, table, 1)
        assert (table.state == State.IN_FORCE) == (gone is None)
        if gone is not None:
            assert table.outcome.whose == gone  # where both leave, who has less to stay for
            assert table.outcome.refused == 0


def test_what_is_done_in_some_weeks_is_carried_out() -> None:
    w, table = in_force({"issues.bridge.options.open": {"lasts": 2, "units": {"carts": 5.0}}, "formats.direct.term": 10})
    weeks(w, table, 1)
    assert table.state == State.IN_FORCE
    weeks(w, table, 1)
    assert (table.state, table.outcome.stage, table.outcome.whose) == (State.APART, Stage.CARRIED_OUT, NOBODY)
    near(carts(table), 10)
    assert stands_now(table)


def test_nothing_is_carried_out_while_it_is_suspended() -> None:
    w, table = in_force({"issues.bridge.options.open.lasts": 1, "behaviour.repair": 0.0, "behaviour.collapse": 0.0})
    table.state = State.SUSPENDED
    table.agreement.culprit = WEST
    weeks(w, table, 2)
    assert table.state == State.SUSPENDED
    table.state = State.IN_FORCE
    weeks(w, table, 1)
    assert table.outcome.stage == Stage.CARRIED_OUT


def test_an_agreement_falls_with_the_one_it_hangs_on() -> None:
    w = world(CALM, {
        "tables.later": {"agenda": ["mill"], "format": "direct", "opens": {"after": "table", "when": "in_force"}},
        "processes.talks.tables": ["table", "later"],
    })  # fmt: skip
    first, later = w.tables
    put_in_force(w, first)
    put_in_force(w, later)
    weeks(w, later, 1)
    assert later.state == State.IN_FORCE
    first.state = State.SUSPENDED
    weeks(w, later, 1)
    assert later.state == State.IN_FORCE
    w.do("end", first, EAST, Reason.VIOLATION, Reason.NONE, 0)
    weeks(w, later, 1)
    assert (later.state, later.outcome.reason, later.outcome.whose) == (State.APART, Reason.CONDITION, NOBODY)


# ---------------------------------------------------------------- why a side leaves, and what it says


@pytest.mark.parametrize(
    ("change", "moved", "cited"),
    [
        ({"side_deal": 0.05}, Reason.SIDE_DEAL, Reason.SIDE_DEAL),  # promised 0.2
        ({"withheld": 0.3}, Reason.DELIVERY, Reason.DELIVERY),
        ({"alternative": 0.2, "batna": 0.2}, Reason.ALTERNATIVE, Reason.ENDED_GRIEVANCE),  # nobody cites its own alternative
        ({"alternative": 0.2, "batna": 0.2, "withheld": 0.03}, Reason.ALTERNATIVE, Reason.DELIVERY),
        ({"alternative": 0.2, "batna": 0.25}, Reason.ALTERNATIVE, Reason.ENDED_GRIEVANCE),  # 0.05 of it is the front
        ({"batna": 0.2}, Reason.FRONT, Reason.ENDED_GRIEVANCE),
        ({"leverage": 0.0}, Reason.LEVERAGE, Reason.ENDED_GRIEVANCE),  # 0.1 at signing
        ({}, Reason.CHANCE, Reason.ENDED_GRIEVANCE),
        ({"grievance": 0.5}, Reason.ENDED_GRIEVANCE, Reason.ENDED_GRIEVANCE),
        ({"side_deal": 0.15, "withheld": 0.2}, Reason.DELIVERY, Reason.SIDE_DEAL),  # what moved it is not what it says
    ],
)
def test_what_moves_a_side_to_leave_and_what_it_says(change: dict[str, float], moved: Reason, cited: Reason) -> None:
    # Side deals of 0.2 were promised, leverage of 0.1 was added; what became of them, of delivery and of the alternative is set.
    alone = {"parties.west.alternatives": {"bridge": {"value": change.get("alternative", 0.0), "from_week": 1}}}
    w, table = in_force({"behaviour.renewal_grievance": 0.2, "behaviour.leverage_half_life": 1.0}, alone, leverage=(0.0, 0.1))
    w.week = 1
    me, seat = w.sides[WEST], table.seats[WEST]
    seat.side_deal_promised, seat.side_deal = 0.2, change.get("side_deal", 0.2)
    me.grievance = change.get("grievance", 0.0)
    table.seats[EAST].delivered = 1 - change.get("withheld", 0.0) / 0.8
    table.agreement.age = 60 if "leverage" in change else 0  # sixty half-lives leave nothing
    seat.batna_at_start = w.do("batna", table, me) - change.get("batna", 0.0)
    parts = {"withheld": withheld(table, me), "alternative": w.do("alternative", table, me), "leverage": w.do("leverage_left", table, me)}
    usual = {"withheld": 0.0, "alternative": 0.0, "leverage": 0.1}
    near(list(parts.values()), *(change.get(name, usual[name]) for name in parts))
    assert (w.do("what_moved", table, me), what_it_says(table, me)) == (moved, cited)


def test_both_reasons_are_on_record() -> None:
    # West refuses: its alternative of 0.7 came in week 1; east keeps 0.95, so 0.8 x 0.05 = 0.04 is withheld.
    change = {"formats.direct.term": 2, "parties.west.alternatives": {"bridge": {"value": 0.7, "from_week": 1}}}
    w, table = in_force(change, luck={"renew": (0.0, 0.9)})
    set_delivered(table, 0.95, 1.0)
    weeks(w, table, 2)
    outcome = table.outcome
    assert (outcome.whose, outcome.reason, outcome.cited) == (WEST, Reason.ALTERNATIVE, Reason.DELIVERY)
    near(outcome.delivery, 0.95)


# ---------------------------------------------------------------- learning


def test_trust_moves_to_what_the_other_side_delivers() -> None:
    # East gets what west delivers, 0.2: 0.5 + 0.1 x 0.5 x (0.2 - 0.5); west gets 1: 0.5 + 0.1 x 0.5 x 0.5.
    w, table = in_force({"issues.bridge.sensitivity": 0.5, "behaviour.trust_gain": 0.1})
    set_delivered(table, 1.0, 0.2)
    w.do("learn", table)
    near(trust(w), 0.485, 0.525)


def test_mediators_gain_credit_while_what_they_answer_for_is_delivered() -> None:
    # East: 0.6 + 0.1 x (0.5 - 0.6), west 0.6 + 0.1 x (1 - 0.6).
    w, table = in_force(THROUGH, {"behaviour.mediator_credit": 0.1})
    set_delivered(table, 1.0, 0.5)
    w.do("learn", table)
    near([side.trust_in[w.mediators[0].index] for side in w.sides], 0.59, 0.64)


def test_mediators_lose_credit_over_a_side_deal_that_is_not_seen() -> None:
    # West was promised 0.2 x 0.9 = 0.18 and sees 0.08: 0.10 of 0.18 is missing, so its 1 counts as 0.08 / 0.18.
    w, table = in_force(THROUGH, {
        "formats.between.side_deals": [DEAL], "behaviour.side_deal_trust": 0.0, "behaviour.mediator_credit": 0.1,
    })  # fmt: skip
    w.do("learn", table)
    near([side.trust_in[w.mediators[0].index] for side in w.sides], 0.6 + 0.1 * 0.4, 0.6 + 0.1 * (0.08 / 0.18 - 0.6))


def test_being_seen_to_talk_costs() -> None:
    # The bridge is half of all; 0.02 x seen 0.5 x audience cost 0.8 x sensitivity 0.25. West has no audience cost.
    w, table = table_of({
        "issues.bridge.sensitivity": 0.25, "parties.east.audience_cost": 0.8, "formats.direct.visibility": "discreet",
        "behaviour.visibility_discreet": 0.5, "behaviour.talking_cost": 0.02,
    })  # fmt: skip
    sit(w, table)
    w.do("learn", table)
    near(seats(table, "surplus"), -0.5 * 0.02 * 0.5 * 0.8 * 0.25, 0.0)


# ---------------------------------------------------------------- agreements and events


@pytest.mark.parametrize(
    ("state", "draw", "happens"),
    [(State.IN_FORCE, 0.69, False), (State.IN_FORCE, 0.71, True), (State.SUSPENDED, 0.0, True)],
)
def test_an_event_is_held_back_by_the_share_that_is_delivered(state: State, draw: float, happens: bool) -> None:
    raid = {"rate": 1.0, "suppressed_by": "bridge", "grievance": {"east": 0.3}}
    w, table = in_force({"events.raid": raid}, luck={"event raid": 0.5, "event raid held back": draw})
    set_delivered(table, 0.7, 0.9)
    table.state = state
    w.do("happen")
    near(w.sides[EAST].grievance, 0.3 if happens else 0.0)


def test_an_agreement_on_something_else_holds_nothing_back() -> None:
    raid = {"rate": 1.0, "suppressed_by": "mill", "grievance": {"east": 0.3}}
    change = {"events.raid": raid, "tables.table.agenda": ["bridge", "mill"]}
    for moved, expected in (("bridge: open", 0.3), ("mill: shared", 0.0)):
        w, table = table_of(CALM, change, luck={"event raid held back": 0.0})
        put_in_force(w, table, package=[w.model.program.tables[0].agenda.name(k) for k in range(3)].index(moved))
        w.do("happen")
        near(w.sides[EAST].grievance, expected)


def test_a_breach_of_both_sides_is_laid_at_the_door_of_the_surer_one() -> None:
    # Both break the text in one week; who answers for the suspension is the side with the smaller draw.
    for draws, culprit in (((0.1, 0.2), EAST), ((0.2, 0.1), WEST)):
        w, table = breach(violate=0.0, detect=0.0, suspend=draws)
        assert table.agreement.culprit == culprit
        near(trust(w), 0.3, 0.3)
        assert table.outcome.violations == 2
