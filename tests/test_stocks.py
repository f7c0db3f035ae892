"""Stocks that are exchanged, and their channel: rules on numbers worked by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.testing import assert_allclose
from quarrel import EAST, THROUGH, WEST, put_in_force, scenario, seats, table_of, told

from sim.model.batch import begin, live
from sim.model.codes import Kind
from sim.model.draws import Draws
from sim.scenario import ScenarioError
from sim.study.outcomes import table_rows

CALM = {
    "behaviour.violation_rate": 0.0, "behaviour.erosion": 0.0, "behaviour.reciprocity": 0.0, "behaviour.exit_rate": 0.0,
    "behaviour.false_claims": 0.0, "issues.bridge.options.open.units": {"carts": 12.0},
}  # fmt: skip
HELD = {"unit": "carts", "held": {"east": 20, "west": 100}, "grows": {"east": 1}, "gives": {"east": 1, "west": 2}}
"""Of 12 carts a week East gives 4, West 8."""


def exchanging(*changes: Any, luck: dict[str, Any] | None = None, **more: Any) -> tuple[Any, Any]:
    w, table = table_of(CALM, {"issues.bridge.stock": HELD | more}, *changes, luck=luck)
    put_in_force(w, table)
    return w, table


def held(w: Any) -> list[float]:
    return list(w.issues[0].stock.held)


def test_each_side_gives_its_share_and_stocks_grow() -> None:
    w, table = exchanging()
    w.do("all_implement")
    assert_allclose(held(w), [20 + 1 - 4, 100 - 8])
    assert_allclose(table.units[0].delivered, 12)
    assert_allclose(seats(table, "surplus"), [0.5 * 0.6] * 2)  # 0.8 - 0.2, the bridge half of all


def test_the_side_that_runs_out_first_limits_the_exchange_and_what_it_brings() -> None:
    w, table = exchanging()
    w.issues[0].stock.held[:] = [2.0, 100.0]
    w.do("all_implement")  # three where four would be due
    assert_allclose(held(w), [0.0, 94.0])
    assert_allclose(table.units[0].delivered, 9)
    assert_allclose(seats(table, "surplus"), [0.75 * 0.5 * 0.6] * 2)


def test_nothing_moves_through_a_frozen_channel_and_the_agreement_stands() -> None:
    w, table = exchanging(freezes=0.3, thaws=0.2, luck={"freeze": 0.29, "thaw": 0.21})
    for week in range(3):
        w.do("all_implement")
        assert w.issues[0].stock.frozen == week + 1
    assert (table.units[0].delivered, seats(table, "surplus")) == (0, [0, 0])
    assert_allclose(held(w), [23, 100])
    assert [kind for kind in told(w) if kind in {Kind.FREEZE, Kind.THAW}] == [Kind.FREEZE]
    assert exchanging(freezes=0.3, luck={"freeze": 0.31})[0].issues[0].stock.frozen == 0


def test_a_channel_thaws_with_its_chance_and_how_long_it_was_frozen_is_on_record() -> None:
    w, _ = exchanging(freezes=1.0, thaws=0.2, luck={"thaw": 0.19})
    for _ in range(2):
        w.do("all_implement")
    assert (w.issues[0].stock.frozen, w.issues[0].stock.longest) == (0, 1)
    assert [kind for kind in told(w) if kind in {Kind.FREEZE, Kind.THAW}] == [Kind.FREEZE, Kind.THAW]


def test_an_affront_and_unlike_stocks_freeze_it() -> None:
    # East could give 20 / (1/3) = 60, West 100 / (2/3) = 150: unlike by 1 - 60 / 150 = 0.6.
    w, _ = exchanging(freezes=0.1, affront=2.0, unlike=0.5)
    w.sides[WEST].grievance = 0.4
    stock = w.issues[0].stock
    assert_allclose(w.do("unlikeness", stock), 0.6)
    assert_allclose(w.do("chance_to_freeze", stock), 0.1 * (1 + 0.8) * (1 + 0.3))
    stock.held[:] = [0.0, 0.0]
    assert w.do("unlikeness", stock) == 0
    w.sides[EAST].grievance, stock.freezes = 1.0, 0.9
    assert w.do("chance_to_freeze", stock) == 1


def test_trusted_mediators_with_time_thaw_it() -> None:
    w, _ = exchanging(THROUGH, thaws=0.1, helped=2.0)
    w.mediators[0].load = 2  # one table too many
    assert_allclose(w.do("chance_to_thaw", w.issues[0].stock, 0), 0.1 * (1 + 2 * 0.6 * 0.5))
    w, _ = exchanging(thaws=0.1, helped=2.0)
    assert_allclose(w.do("chance_to_thaw", w.issues[0].stock, 0), 0.1)


def test_a_channel_that_no_agreement_needs_does_not_freeze() -> None:
    w, _ = table_of(CALM, {"issues.bridge.stock": HELD | {"freezes": 1.0}})
    w.do("all_implement")
    assert (w.issues[0].stock.frozen, held(w)) == (0, [21, 100])


def test_a_batch_lives_stocks_as_one_world_does_and_keeps_the_longest_freeze() -> None:
    asked = scenario(CALM, {"issues.bridge.stock": HELD | {"freezes": 0.2, "thaws": 0.3, "affront": 1.0}, "behaviour.threshold": -2.0})
    whole, step = live(asked, "talks", Draws(3, 0, 300)), begin(asked, "talks", Draws(3, 0, 300)).live(9).live(30)
    rows = table_rows(whole)
    assert rows["frozen_weeks_bridge"].max() > 5
    np.testing.assert_array_equal(rows["frozen_weeks_bridge"], step.records["issues"]["stock"]["longest"][:, 0])
    assert (step.records["issues"]["stock"]["held"][:, 0] >= 0).all()


@pytest.mark.parametrize(
    ("stock", "said"),
    [
        ({"unit": "cars"}, "issues.bridge.stock.unit: unknown unit of an option of this issue cars; did you mean carts?"),
        ({"held": {"east": 5}}, "issues.bridge.stock.held: nothing said of west; expected every disputant, if only with 0"),
        ({"grows": {"wset": 5}}, "issues.bridge.stock.grows.wset: unknown disputant; did you mean west?"),
        ({"gives": {"west": 0}}, "issues.bridge.stock.gives.west: got 0"),
    ],
)
def test_a_stock_that_makes_no_sense_is_refused(stock: dict[str, Any], said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        scenario(CALM, {"issues.bridge.stock": HELD | stock})
    assert said in str(caught.value)
