"""The engine against a stored table of what NegMAS, a peer, makes of random bilateral domains.

The table is in ``tests/data``; the verification makes it anew from NegMAS and compares, over more domains.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from bargains import Points, draw, hold, points

from sim.model.packages import welfare

TABLE: list[dict[str, Any]] = json.loads((Path(__file__).parent / "data" / "peer-agreements.json").read_text(encoding="utf-8"))
TOLERANCE = 1e-9

held, found = cache(hold), cache(points)


def test_table_has_all_kinds_of_ends() -> None:
    assert len(TABLE) >= 60
    assert any(entry["agreement"] is None for entry in TABLE)
    assert {held(draw(entry["seed"])).offers[-1][1] for entry in TABLE if entry["agreement"]} == {0, 1}


@pytest.mark.parametrize("entry", TABLE, ids=lambda entry: f"domain {entry['seed']}")
def test_session(entry: dict[str, Any]) -> None:
    session = held(draw(entry["seed"]))
    agreement = None if entry["agreement"] is None else tuple(entry["agreement"])
    assert (session.agreement, session.step, len(session.offers)) == (agreement, entry["step"], entry["offers"])
    assert session.digest == entry["digest"]


@pytest.mark.parametrize("point", Points.__dataclass_fields__)
def test_points(point: str) -> None:
    for entry in TABLE:
        ours, theirs = getattr(found(draw(entry["seed"])), point), entry[point]
        assert len(ours) == len(theirs), entry["seed"]
        assert np.allclose(ours, theirs, rtol=0, atol=TOLERANCE), entry["seed"]


def test_welfare_point_worked_by_hand() -> None:
    surplus = np.array([[0.9, 0.5, 0.2], [-0.1, 0.2, 0.4]])
    assert welfare(surplus) == 1, "0.8 in all would be most, but leaves the second side worse off"
    assert welfare(surplus - 0.45) == 1, "no zone: the one least bad for the worse-off"
