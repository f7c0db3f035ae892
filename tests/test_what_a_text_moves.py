"""What a text moves, for how long, and what is left when talks fail: rules on numbers worked by hand."""

from __future__ import annotations

from typing import Any

import pytest
from numpy.testing import assert_allclose
from quarrel import EAST, WEST, each, packages, put_in_force, scenario, seats, sit, table_of

from sim.model.reasons import Reason, State
from sim.model.valuation import spared
from sim.scenario import ScenarioError

BOTH = {
    "tables.table.agenda": ["bridge", "mill"], "issues.mill.sensitivity": 0.25, "parties.east.win_set": 0.2,
    "behaviour.win_set_cost": 0.1, "behaviour.ratification_noise": 0.001,
}  # fmt: skip
"""The bridge stirs the public (1.0), the mill does not (0.25); East's capital asks 0.1 x 0.8 = 0.08 of what stirs it fully."""

MILL, BRIDGE, ALL_OF_IT = 0, 1, 2


def values(w: Any, t: Any, side: int) -> list[float]:
    """Expected value of each text to a side."""
    return [w.do("expected_value", t, w.sides[side], package.worth[side]) for package in packages(w, t)]


# ---------------------------------------------------------------- read at home by what it moves


def test_an_option_may_be_less_sensitive_than_its_issue_and_need_less_trust() -> None:
    w, table = table_of(BOTH, {
        "issues.bridge.options.open.sensitivity": 0.5, "issues.bridge.options.open.self_enforcing": 0.75,
    })  # fmt: skip
    worth = packages(w, table)[BRIDGE].worth[EAST]  # gain 0.4, loss 0.1
    assert_allclose((worth.secure, worth.trusted, worth.entrusted, worth.political), (0.3, 0.1, 0.025, 0.05))
    assert table.sensitivity == 1.0  # of the issue, whatever comes of it


def test_a_text_is_read_at_home_by_what_it_moves_as_far_as_that_counts() -> None:
    # East: the mill 0.5 x (0.5 x 0.4 - 0.2) = 0, the bridge 0.5 x (0.5 x 0.8 - 0.2) = 0.1.
    for counts, eased in ((0.0, 0.0), (0.5, 0.08 * 0.375), (1.0, 0.08 * 0.75)):
        w, table = table_of(BOTH, {"behaviour.text_counts": counts})
        assert_allclose(values(w, table, EAST), [eased, 0.1, 0.1], atol=1e-12)
        assert_allclose(values(w, table, WEST), [0.0, 0.1, 0.1], atol=1e-12)  # nothing to be eased
        sit(w, table)
        w.do("agree", table, packages(w, table), MILL)
        assert_allclose(each(w, "margin", table), [eased - 0.08, 0.0], atol=1e-12)
        assert_allclose(each(w, "gain_at_home", table), [0.0, 0.0], atol=1e-12)


def test_the_sensitivity_of_what_is_expected_keeps_away_and_of_what_is_signed_provokes() -> None:
    change = {"behaviour.text_counts": 1.0, "parties.east.grievance": 0.5, "behaviour.grievance_weight": 2.0}
    w, table = table_of(BOTH, change, {"parties.east.trust.west": 0.9, "parties.west.trust.east": 0.9, "parties.west.positions.bridge.losses": {"open": 1.0}})
    assert table.focal == MILL
    assert_allclose(w.do("grievance", table, w.sides[EAST]), 0.25 * 2.0 * 0.5)
    put_in_force(w, table, package=MILL)
    calm = w.do("violation_rate", table, w.sides[WEST])
    w.sides[WEST].grievance, raised = 0.8, 0.65 * 0.25 * 0.8
    assert_allclose(w.do("violation_rate", table, w.sides[WEST]) / calm, 2.718281828459045**raised)


# ---------------------------------------------------------------- for how long


def test_a_text_for_a_quarter_of_the_horizon_is_worth_a_quarter_and_costs_a_quarter() -> None:
    # East can grind elsewhere, 0.5 x 0.2 = 0.1 on this agenda. The mill is shared for 13 weeks of 52, the bridge for good.
    change = {"behaviour.horizon": 52.0, "issues.mill.options.shared.lasts": 13, "parties.east.alternatives": {"mill": {"value": 0.2}}}
    w, table = table_of(BOTH, change)
    assert_allclose([k.worth[EAST].lasting for k in packages(w, table)], [0.25, 1.0, 0.625])
    mill = 0.25 * 0.0 + 0.75 * 0.1 + 0.08 * 0.75
    both = 0.625 * 0.1 + 0.375 * 0.1 + 0.08 * 0.375
    assert_allclose(values(w, table, EAST), [mill, 0.1, both])
    for silence, bridge in (("extension", 1.0), ("lapse", 0.5)):  # which goes on, or is for the term
        w, table = table_of(BOTH, change, {"formats.direct.term": 26, "formats.direct.silence": silence})
        assert_allclose([k.worth[EAST].lasting for k in packages(w, table)], [0.25, bridge, (0.25 + bridge) / 2])


def test_a_longer_text_costs_no_less() -> None:
    cost = []
    for weeks in (4, 13, 26, 52, 80):
        w, table = table_of(BOTH, {"behaviour.horizon": 52.0, "issues.bridge.options.open.lasts": weeks})
        w.do("form_beliefs", table, w.sides[EAST])
        cost.append(w.do("domestic_cost", table, w.sides[EAST]) - spared(table, w.sides[EAST], packages(w, table)[BRIDGE].worth[EAST]))
    assert cost == sorted(cost)
    assert_allclose(cost[0], 0.08 * 4 / 52)
    assert cost[-1] == cost[-2]


def test_an_undertaking_for_ten_days_is_carried_out_in_two_weeks_of_which_the_second_has_three() -> None:
    change = {"issues.mill.options.shared.days": 10, "issues.mill.options.shared.units": {"sacks": 14.0}, "behaviour.horizon": 52.0}
    calm = {"behaviour.violation_rate": 0.0, "behaviour.erosion": 0.0, "behaviour.exit_rate": 0.0, "behaviour.false_claims": 0.0}
    w, table = table_of(BOTH, change, calm)
    assert_allclose(packages(w, table)[MILL].worth[EAST].lasting, 10 / 7 / 52)
    put_in_force(w, table, package=MILL)
    w.do("implement", table)
    assert_allclose(sum(unit.delivered for unit in table.units), 14)
    w.do("implement", table)
    assert_allclose(sum(unit.delivered for unit in table.units), 20)
    assert (table.state, table.outcome.reason) == (State.APART, Reason.CARRIED_OUT)
    with pytest.raises(ScenarioError, match=r"issues\.mill\.options\.shared\.days: got both lasts and days; expected one of them"):
        scenario(BOTH, change, {"issues.mill.options.shared.lasts": 2})


def test_what_flows_in_force_is_a_weeks_worth_however_long_it_lasts() -> None:
    gains = []
    for horizon in (0.0, 52.0):
        w, table = table_of(BOTH, {"behaviour.horizon": horizon, "issues.mill.options.shared.lasts": 13})
        put_in_force(w, table, package=MILL)
        gains.append(seats(table, "promised"))
    assert_allclose(gains[0], gains[1])


@pytest.mark.parametrize(("asked", "chance"), [(0.0, 0.5), (0.5, 0.2689414213699951), (1.0, 0.11920292202211755)])
def test_where_silence_extends_a_text_that_has_to_be_asked_for_again_ends_more_often(asked: float, chance: float) -> None:
    # No wish either way; the hurdle is 0.1, the temperature 0.05.
    change = {
        "formats.direct.term": 5, "formats.direct.silence": "extension", "behaviour.asked_again": asked,
        "behaviour.renewal_effort": 0.1, "behaviour.renewal_temperature": 0.05,
    }  # fmt: skip
    for luck, renewed in ((chance - 1e-6, True), (chance + 1e-6, False)):
        w, table = table_of(change, luck={"renew": luck})
        put_in_force(w, table)
        for seat in table.seats:
            seat.worth.secure = seat.worth.trusted = seat.worth.loss = 0.0
        assert w.do("renews", table, w.sides[EAST]) == renewed


# ---------------------------------------------------------------- how many rounds a week


@pytest.mark.parametrize(
    ("change", "uniform", "rounds"),
    [
        ({}, 0.99, 1),
        ({"formats.direct.contact.talks": "remote", "behaviour.pace_remote": 0.6}, 0.59, 1),
        ({"formats.direct.contact.talks": "remote", "behaviour.pace_remote": 0.6}, 0.61, 0),
        ({"formats.direct.intensity": 3.0}, 0.99, 3),
        ({"formats.direct.intensity": 4.0, "formats.direct.contact.talks": "remote", "behaviour.pace_remote": 0.6}, 0.39, 3),
        ({"formats.direct.intensity": 4.0, "formats.direct.contact.talks": "remote", "behaviour.pace_remote": 0.6}, 0.41, 2),
        ({"formats.direct.intensity": 30.0, "behaviour.offers": 8.0}, 0.5, 8),  # a session has no more
    ],
)
def test_rounds_a_week_are_pace_and_a_chance_of_the_rest(change: dict[str, Any], uniform: float, rounds: int) -> None:
    # Each side wants most of what the other gives up, so that no round ends in a text.
    apart = {"parties.east.trust.west": 0.1, "parties.west.trust.east": 0.1}
    w, table = table_of(BOTH, apart, change, luck={"round": uniform, "leak": 1.0})
    sit(w, table)
    w.do("hold_talks", table, packages(w, table))
    assert table.session.rounds == rounds


# ---------------------------------------------------------------- what failed talks leave


def failed(luck: float, *changes: Any) -> tuple[Any, Any]:
    """Talks at the end of their rounds: at 0.9 of trust the mill brings 0.5 x (0.36 - 0.2) = 0.08, the bridge West less than none."""
    trusting = {"parties.east.trust.west": 0.9, "parties.west.trust.east": 0.9, "parties.east.win_set": 1.0}
    given_up = {"parties.west.positions.bridge.losses": {"open": 0.9}, "behaviour.leftovers": 0.4, "behaviour.offers": 8.0}
    w, table = table_of(BOTH, trusting, given_up, *changes, luck={"left_over": luck})
    sit(w, table)
    table.session.rounds = 8
    w.do("lose_patience", table, packages(w, table))
    return w, table


def test_talks_that_fail_leave_a_text_without_what_is_most_sensitive() -> None:
    _, table = failed(0.39)
    assert (table.state, table.agreement.package) == (State.SIGNED, MILL)
    assert_allclose(seats(table, "agreed_surplus"), [0.08, 0.08])
    assert failed(0.41)[1].state == State.APART


def test_they_leave_nothing_that_one_side_would_not_sign_and_nothing_as_sensitive() -> None:
    assert failed(0.0, {"parties.west.positions.mill.losses": {"shared": 0.4}})[1].state == State.APART
    assert failed(0.0, {"issues.mill.sensitivity": 1.0})[1].state == State.APART


def test_a_sensitivity_beyond_one_is_refused_at_its_place() -> None:
    with pytest.raises(ScenarioError, match=r"issues\.bridge\.options\.open\.sensitivity"):
        scenario({"issues.bridge.options.open.sensitivity": 1.2})
