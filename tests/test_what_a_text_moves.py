"""What a text moves, and for how long: rules on numbers worked by hand."""

from __future__ import annotations

from typing import Any

import pytest
from numpy.testing import assert_allclose
from quarrel import EAST, WEST, each, packages, put_in_force, scenario, sit, table_of

from sim.model.reasons import Reason, State
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
    # The mill is half of what East cares about and a quarter as sensitive: an eighth of the cost at home; the bridge half of it.
    for counts, eased, of_bridge in ((0.0, 0.0, 0.0), (0.5, 0.08 * 0.4375, 0.08 * 0.25), (1.0, 0.08 * 0.875, 0.08 * 0.5)):
        w, table = table_of(BOTH, {"behaviour.text_counts": counts})
        assert_allclose(values(w, table, EAST), [eased, 0.1 + of_bridge, 0.1], atol=1e-12)
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


def test_what_it_costs_at_home_to_move_an_issue_does_not_hang_on_what_else_is_on_the_agenda() -> None:
    alone = {"tables.table.agenda": ["mill"], "behaviour.text_counts": 1.0}
    costs = []
    for agenda in (alone, {"behaviour.text_counts": 1.0}):
        w, table = table_of(BOTH, agenda)
        moved = packages(w, table)[MILL].worth[EAST].at_home * w.do("domestic_cost", table, w.sides[EAST])
        costs.append(moved * table.seats[EAST].share)  # in units of all that East cares about
    assert_allclose(costs[0], costs[1])


# ---------------------------------------------------------------- read by each in its own way


def test_a_side_reads_away_its_share_of_a_text_that_it_would_rather_not_have() -> None:
    # East, the bridge alone: 0.5 x 0.8 - 0.7 = -0.3, and 0.08 at home; a quarter of 0.38 is read away.
    loath = {"tables.table.agenda": ["bridge"], "parties.east.positions.bridge.losses": {"open": 0.7}}
    for ambiguity, value, meant in ((0.0, -0.3, 1.0), (0.25, -0.3 + 0.25 * 0.38, 0.75), (1.0, 0.08, 0.0)):
        w, table = table_of(BOTH, loath, {"behaviour.ambiguity": ambiguity})
        assert_allclose(values(w, table, EAST), [value], atol=1e-12)
        assert_allclose(values(w, table, WEST), [0.2], atol=1e-12)  # 0.5 x 0.8 - 0.2: it would rather have it
        sit(w, table)
        w.do("agree", table, packages(w, table), 0)
        assert_allclose(each(w, "margin", table), [value - 0.08, 0.2], atol=1e-12)
        assert_allclose(each(w, "share_meant", table), [meant, 1.0])


def test_who_reads_a_text_away_delivers_the_rest_and_the_others_follow() -> None:
    loath = {"tables.table.agenda": ["bridge"], "parties.east.positions.bridge.losses": {"open": 0.7}}
    calm = {"behaviour.erosion": 0.0, "behaviour.violation_rate": 0.0, "behaviour.exit_rate": 0.0, "behaviour.reciprocity": 0.1}
    w, table = table_of(BOTH, loath, calm, {"behaviour.ambiguity": 0.25})
    sit(w, table)
    w.do("agree", table, packages(w, table), 0)
    w.do("enter_into_force", table)
    assert_allclose([seat.delivered for seat in table.seats], [0.75, 1.0])
    assert_allclose([seat.promised for seat in table.seats], [0.8 - 0.75 * 0.7, 0.75 * 0.8 - 0.2])
    w.do("implement", table)
    assert_allclose([seat.delivered for seat in table.seats], [0.75, 1.0 - 0.1 * 0.25])


def test_an_agreement_in_force_from_the_start_is_delivered_in_full() -> None:
    loath = {"tables.table.agenda": ["bridge"], "parties.east.positions.bridge.losses": {"open": 0.7}, "behaviour.ambiguity": 0.25}
    _, table = table_of(BOTH, loath, {"tables.table.in_force": {"text": {"bridge": "open"}}})
    assert table.state == State.IN_FORCE
    assert_allclose([seat.delivered for seat in table.seats], [1.0, 1.0])


# ---------------------------------------------------------------- for how long


def test_an_undertaking_for_ten_days_is_carried_out_in_two_weeks_of_which_the_second_has_three() -> None:
    change = {"issues.mill.options.shared.days": 10, "issues.mill.options.shared.units": {"sacks": 14.0}}
    calm = {"behaviour.violation_rate": 0.0, "behaviour.erosion": 0.0, "behaviour.exit_rate": 0.0, "behaviour.false_claims": 0.0}
    w, table = table_of(BOTH, change, calm)
    put_in_force(w, table, package=MILL)
    w.do("implement", table)
    assert_allclose(sum(unit.delivered for unit in table.units), 14)
    w.do("implement", table)
    assert_allclose(sum(unit.delivered for unit in table.units), 20)
    assert (table.state, table.outcome.reason) == (State.APART, Reason.CARRIED_OUT)
    with pytest.raises(ScenarioError, match=r"issues\.mill\.options\.shared\.days: got both lasts and days; expected one of them"):
        scenario(BOTH, change, {"issues.mill.options.shared.lasts": 2})


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


def test_a_sensitivity_beyond_one_is_refused_at_its_place() -> None:
    with pytest.raises(ScenarioError, match=r"issues\.bridge\.options\.open\.sensitivity"):
        scenario({"issues.bridge.options.open.sensitivity": 1.2})
