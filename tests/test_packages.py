"""Which packages there are, what they are worth, and the points of a zone of agreement, against plain loops."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import array_shapes, arrays
from numpy.testing import assert_allclose
from quarrel import EAST, WEST, packages, scenario, seats, table_of

from sim.model.agents import World
from sim.model.batch import live
from sim.model.draws import Draws
from sim.model.packages import Agenda, enumerate_agenda, frontier, kalai, nash, outsiders_guess, zone
from sim.scenario import Scenario

BOTH_ISSUES = {"tables.table.agenda": ["bridge", "mill"]}


def agenda(*changes: Any) -> Agenda:
    made = scenario(BOTH_ISSUES, *changes)
    return enumerate_agenda(made, made.file.tables["table"], made.file.formats["direct"])


def names(found: Agenda) -> list[str]:
    return [found.name(k) for k in range(len(found.packages))]


# ---------------------------------------------------------------- which packages there are


def test_issue_by_issue_any_subset_may_move() -> None:
    assert names(agenda()) == ["mill: shared", "bridge: open", "bridge: open, mill: shared"]


def test_the_status_quo_may_stand_anywhere_among_the_options() -> None:
    three = {"issues.bridge.options": {"open": {}, "closed": {"status_quo": True}, "rebuilt": {}}}
    position = {"salience": 1.0, "gains": {"open": 0.5, "rebuilt": 0.5}}
    three |= {f"parties.{side}.positions.bridge": position for side in ("east", "west")}
    expected = ["bridge: open", "bridge: open, mill: shared", "mill: shared", "bridge: rebuilt", "bridge: rebuilt, mill: shared"]
    assert names(agenda(three)) == expected


def test_all_or_nothing_every_issue_moves() -> None:
    assert names(agenda({"formats.direct.settlement": "all_or_nothing"})) == ["bridge: open, mill: shared"]


def test_all_or_nothing_every_headline_issue_moves() -> None:
    change = {"formats.direct.settlement": "all_or_nothing", "issues.mill.headline": True}
    assert names(agenda(change)) == ["mill: shared", "bridge: open, mill: shared"]


def test_a_headline_binds_nobody_issue_by_issue() -> None:
    assert len(agenda({"issues.mill.headline": True}).packages) == 3


@pytest.mark.parametrize("side", ["east", "west"])
def test_this_only_if_that(side: str) -> None:
    offers = [{"offer": {"bridge": "open"}, "only_if": {"mill": "shared"}}]
    assert names(agenda({f"parties.{side}.conditional_offers": offers})) == ["mill: shared", "bridge: open, mill: shared"]


def test_an_offer_whose_condition_is_not_on_the_agenda_is_not_made() -> None:
    offers = [{"offer": {"bridge": "open"}, "only_if": {"mill": "shared"}}]
    made = scenario({"parties.east.conditional_offers": offers, "tables.other": {"agenda": ["mill"], "format": "direct"}})
    table, form = made.file.tables["table"], made.file.formats["direct"]
    assert len(enumerate_agenda(made, table, form).packages) == 0
    assert names(enumerate_agenda(made, made.file.tables["other"], form)) == ["mill: shared"]  # and binds nothing elsewhere


def test_a_package_lasts_as_long_as_its_longest_undertaking() -> None:
    once = {"issues.bridge.options.open.lasts": 3, "issues.mill.options.shared.lasts": 7}
    assert agenda(once).lasts.tolist() == [7, 3, 7]
    assert agenda({"issues.bridge.options.open.lasts": 3}).lasts.tolist() == [0, 3, 0]  # what goes on, goes on


# ---------------------------------------------------------------- what they are worth


WEIGHED = {
    "parties.east.positions.bridge": {"salience": 3.0, "gains": {"open": 0.8}, "losses": {"open": 0.2}},
    "issues.bridge.self_enforcing": 0.25, "issues.bridge.sensitivity": 0.5,
    "issues.mill.self_enforcing": 1.0, "issues.mill.sensitivity": 0.1,
}  # fmt: skip


def part(w: Any, t: Any, name: str) -> np.ndarray:
    """A part of the worth of all packages, ``(sides, K)``."""
    return np.array([[getattr(k.worth[n], name) for k in packages(w, t)] for n in (EAST, WEST)])


def test_the_worth_of_both_issues_moved() -> None:
    # East weighs 3 to 1. Bridge: gain 0.75 x 0.8 = 0.6, a quarter of it secure; loss 0.75 x 0.2 = 0.15.
    # Mill: gain 0.25 x 0.4 = 0.1, all secure; loss 0.25 x 0.2 = 0.05. Political: 0.5 x 0.15 + 0.1 x 0.05.
    # West weighs alike. Bridge 0.4, of which 0.1 secure, loss 0.1. Mill 0.2 secure, loss 0.1. Political 0.05 + 0.01.
    w, table = table_of(BOTH_ISSUES, WEIGHED)
    assert_allclose(part(w, table, "secure")[:, 2], [0.15 + 0.1, 0.1 + 0.2])
    assert_allclose(part(w, table, "trusted")[:, 2], [0.45, 0.3])
    assert_allclose(part(w, table, "loss")[:, 2], [0.2, 0.2])
    assert_allclose(part(w, table, "entrusted")[:, 2], [0.75 * 0.15, 0.75 * 0.1])
    assert_allclose(part(w, table, "political")[:, 2], [0.08, 0.06])
    assert table.sensitivity == 0.5  # read at home by its most sensitive issue


def test_values_are_those_of_the_agenda_and_its_share_is_known() -> None:
    w, table = table_of(WEIGHED)  # the bridge alone
    assert_allclose(seats(table, "share"), [0.75, 0.5])
    assert_allclose(part(w, table, "loss")[:, 0], [0.2, 0.2])


def test_linkages_count_where_both_options_hold() -> None:
    linkages = {
        "parties.east.linkages": [{"options": {"bridge": "open", "mill": "shared"}, "value": 0.3}],
        "parties.west.linkages": [
            {"options": {"bridge": "open", "mill": "shared"}, "value": -0.2},
            {"options": {"bridge": "open", "mill": "closed"}, "value": 0.1},
        ],
    }
    plain, linked = table_of(BOTH_ISSUES), table_of(BOTH_ISSUES, linkages)
    # Packages: mill alone, bridge alone, both. A gain of linkage comes with the exchange; a loss is a side's own.
    assert_allclose(part(*linked, "secure") - part(*plain, "secure"), [[0, 0, 0.3], [0, 0.1, 0]])
    assert_allclose(part(*linked, "loss") - part(*plain, "loss"), [[0, 0, 0], [0, 0, 0.2]])
    assert_allclose(part(*linked, "political"), part(*plain, "political"))


def test_a_linkage_with_an_issue_elsewhere_does_not_count() -> None:
    linkage = {"parties.east.linkages": [{"options": {"bridge": "open", "mill": "shared"}, "value": 0.3}]}
    assert_allclose(part(*table_of(linkage), "secure"), part(*table_of(), "secure"))


def test_what_mediators_would_like_is_averaged_over_them() -> None:
    # The abbot: bridge 1 x 0.5, mill 3 x 1.0, of a weight of 4. The sister has no interest.
    sister = {"role": "mediator", "honesty": 0.5, "leverage": 0.0, "capacity": 1.0, "pull": 0.5}
    w, table = table_of(BOTH_ISSUES, {
        "tables.table.format": "between", "formats.between.mediators": ["abbot", "sister"], "parties.sister": sister,
        "parties.abbot.interests.bridge": {"salience": 1.0, "values": {"open": 0.5}},
        "parties.abbot.interests.mill": {"salience": 3.0, "values": {"shared": 1.0}},
        "parties.east.trust.sister": 0.5, "parties.west.trust.sister": 0.5,
    })  # fmt: skip
    assert_allclose([k.interest for k in packages(w, table)], [0.75 / 2, 0.125 / 2, 0.875 / 2])


def test_outsiders_guess_half_the_gains_less_the_losses_issues_weighed_alike() -> None:
    # Bridge 0.4 - 0.2, mill 0.2 - 0.2, over two issues; the weights of the sides are not known outside.
    made = scenario(BOTH_ISSUES, WEIGHED)
    found = outsiders_guess(made, enumerate_agenda(made, made.file.tables["table"], made.file.formats["direct"]))
    assert_allclose(found, [[0.0, 0.1, 0.1]] * 2, atol=1e-12)


LARGE_ISSUES = [f"issue_{letter}" for letter in "abc"]


def large(seed: int) -> Scenario:
    """Three issues of five options each: 124 packages, more options than a record usually has room for."""
    random = np.random.default_rng(seed)
    moves = [f"way_{n}" for n in range(1, 5)]

    def position() -> dict[str, Any]:
        return {
            "salience": float(random.uniform(0.5, 2)),
            "gains": {m: float(random.uniform(0.3, 0.9)) for m in moves},
            "losses": {m: float(random.uniform(0, 0.3)) for m in moves},
        }

    options = {"as_is": {"status_quo": True}} | {m: {} for m in moves}
    change: dict[str, Any] = {"issues": {}, "tables.table.agenda": LARGE_ISSUES, "tables.table.format": "between"}
    for issue in LARGE_ISSUES:
        change["issues"][issue] = {
            "group": "technical", "options": options, "sensitivity": float(random.uniform()),
            "self_enforcing": float(random.uniform()), "front": 0.0, "relief": 0.0,
        }  # fmt: skip
    for side in ("east", "west"):
        change[f"parties.{side}.positions"] = {issue: position() for issue in LARGE_ISSUES}
    change["parties.west.linkages"] = [{"options": {"issue_a": "way_1", "issue_c": "way_2"}, "value": 0.2}]
    change["behaviour.threshold"], change["behaviour.occasion_rate"] = -2.0, 0.5
    change["provenance"] = {"parties.east": {"why": "drawn", "range": 0.2}, "parties.west": {"why": "drawn", "range": 0.2}}
    return scenario(change)


def test_worth_of_a_large_agenda_against_a_plain_loop() -> None:
    made = large(1)
    world = World(made, "talks", stated=True)
    file = made.file
    ways = [p for p in product(range(5), repeat=3) if any(p)]
    assert len(ways) == len(world.packages[0]) == 124
    for column, side in ((EAST, "east"), (WEST, "west")):
        positions = file.parties[side].positions  # type: ignore[union-attr]
        total = sum(positions[i].salience for i in LARGE_ISSUES)
        for k, package in enumerate(ways):
            secure = trusted = loss = political = 0.0
            for issue, way in zip(LARGE_ISSUES, package, strict=True):
                if way:
                    weight = positions[issue].salience / total
                    gain, given = weight * positions[issue].gains[f"way_{way}"], weight * positions[issue].losses[f"way_{way}"]
                    secure += file.issues[issue].self_enforcing * gain
                    trusted += (1 - file.issues[issue].self_enforcing) * gain
                    loss += given
                    political += file.issues[issue].sensitivity * given
            if side == "west" and (package[0], package[2]) == (1, 2):
                secure += 0.2
            worth = world.packages[0][k].worth[column]
            found = [worth.secure, worth.trusted, worth.loss, worth.political]
            assert_allclose(found, [secure, trusted, loss, political], rtol=1e-12)


@pytest.mark.verification  # more options than records usually have room for are compiled anew
def test_what_a_batch_agrees_on_over_a_large_agenda_is_what_each_world_does() -> None:
    made = large(2)
    batch = live(made, "talks", Draws(3, 0, 50))
    outcome = batch.tables[0].outcome
    assert (outcome["package"] >= 0).any()
    for number in (3, 17, 41):
        mine = World(made, "talks", seed=3, number=number).run().tables[0]
        for name in ("package", "stage", "reason", "whose", "in_force"):
            assert getattr(mine.outcome, name) == outcome[name][number]
        for side in (EAST, WEST):
            assert mine.seats[side].surplus == batch.tables[0].of_side(side, "surplus")[number]


# ---------------------------------------------------------------- points of a zone of agreement


WHOLE = st.integers(-6, 6).map(float)
"""Few values, so that ties are frequent and products exact."""

SURPLUSES = st.integers(1, 12).flatmap(lambda k: arrays(np.float64, (2, k), elements=WHOLE))


@given(SURPLUSES)
@settings(max_examples=200, deadline=None)
def test_points_against_brute_force(surplus: np.ndarray) -> None:
    pairs = list(zip(*surplus.tolist(), strict=True))

    def bettered(one: tuple[float, float]) -> bool:
        return any(a >= one[0] and b >= one[1] and (a, b) != one for a, b in pairs)

    assert zone(surplus).tolist() == [a >= 0 and b >= 0 for a, b in pairs]
    assert frontier(surplus).tolist() == [not bettered(pair) for pair in pairs]
    assert kalai(surplus) == pairs.index(max(pairs, key=min))
    # Nash: the largest product inside the zone; where there is none, the text least bad for the worse-off.
    inside = [pair for pair in pairs if min(pair) >= 0]
    assert nash(surplus) == pairs.index(max(inside, key=lambda p: p[0] * p[1]) if inside else max(pairs, key=min))


@given(arrays(np.float64, array_shapes(min_dims=1, max_dims=1, max_side=4).map(lambda s: (*s, 2, 5)), elements=WHOLE))
@settings(max_examples=50, deadline=None)
def test_points_of_many_worlds_are_those_of_each(surplus: np.ndarray) -> None:
    for point in (nash, kalai, zone):
        together = point(surplus)
        assert [np.asarray(x).tolist() for x in together] == [np.asarray(point(one)).tolist() for one in surplus]


@given(SURPLUSES, st.sampled_from([0.25, 0.5, 2.0, 8.0]), st.sampled_from([0.25, 0.5, 2.0, 8.0]))
@settings(max_examples=100, deadline=None)
def test_only_the_egalitarian_point_compares_the_sides(surplus: np.ndarray, first: float, second: float) -> None:
    # Nash's axiom of scale invariance: a side's units do not matter where there is a zone (Kalai's point lacks it).
    scaled = surplus * np.array([[first], [second]])
    assert (frontier(scaled) == frontier(surplus)).all()
    assert (zone(scaled) == zone(surplus)).all()
    if zone(surplus).any():
        assert nash(scaled) == nash(surplus)
    assert kalai(surplus * first) == kalai(surplus)


@given(SURPLUSES)
@settings(max_examples=100, deadline=None)
def test_points_do_not_depend_on_who_is_first(surplus: np.ndarray) -> None:
    assert nash(surplus[::-1]) == nash(surplus)
    assert kalai(surplus[::-1]) == kalai(surplus)
    assert (frontier(surplus[::-1]) == frontier(surplus)).all()
