"""No built-in winner: two formats that differ in every lever give the same numbers once every lever is the same.

Direct talks of leaders and the Black Sea model deal with the same agenda on the same luck. Lever by lever, in the
order below, the second is made like the first. Until the last step some number differs; after it none does, to
the last bit: nothing but the levers tells formats apart.
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from regime import scenario

from sim.model.batch import Batch, begin
from sim.model.draws import Draws
from sim.scenario.schema import Format

Arrays = dict[str, NDArray[Any]]

DIRECT: dict[str, Any] = {
    "mediators": [],
    "invited": {"south": {"status": "hinted", "believed": 0.7}},
    "sponsor": "north",
    "level": "leaders",
    "contact": {"talks": "face_to_face", "signing": "face_to_face", "implementation": "remote"},
    "visibility": "public",
    "denied_by": ["south"],
    "drafting": "in_turn",
    "intensity": 2.0,
    "settlement": "all_or_nothing",
    "instrument": "joint",
    "convened_by": "north",
    "first_offer": "north",
    "side_deals": [],
    "monitoring": 0.0,
    "term": None,
    "silence": "lapse",
}

BLACK_SEA: dict[str, Any] = {
    "mediators": ["elder"],
    "invited": {},
    "sponsor": "elder",
    "level": "ministers",
    "contact": {"talks": "separate", "signing": "separate", "implementation": "face_to_face"},
    "visibility": "discreet",
    "denied_by": [],
    "drafting": "single_text",
    "intensity": 1.0,
    "settlement": "issue_by_issue",
    "instrument": "mirrored",
    "convened_by": None,
    "first_offer": "lot",
    "side_deals": [{"to": "south", "benefit": 0.15, "controlled_by": "elder", "credibility": 0.8, "delivery": 0.3}],
    "monitoring": 0.6,
    "term": 12,
    "silence": "extension",
}

ORDER = [
    "convened_by", "intensity", "settlement", "drafting", "first_offer", "level", "contact", "visibility", "denied_by", "sponsor",
    "invited", "silence", "side_deals", "instrument", "monitoring", "mediators", "term",
]  # fmt: skip
"""Levers in the order in which the second format is made like the first; a text without mediators comes after."""

SAME_IN_BOTH = {"label", "hosts_if"}
"""A label is words; with ``hosts_if: one`` a meeting can only declare, so that these two formats share it."""

TRUSTING = {
    "parties.north.trust.south": 0.6, "parties.south.trust.north": 0.6, "issues.well.self_enforcing": 0.7,
    "issues.road.self_enforcing": 0.7, "behaviour.occasion_rate": 0.4, "behaviour.threshold": 0.3, "behaviour.texts": 8,
    "parties.elder.interests.road": {"salience": 1.0, "values": {"guarded": 1.0}},
}  # fmt: skip


def arrays(batch: Batch) -> Arrays:
    """All outcome arrays of the table of a batch, and what its agreements were left at."""
    record = batch.records["tables"][:, 0]
    found: Arrays = {f"units {unit}": amount for unit, amount in batch.tables[0].units.items()}
    for part in ("outcome", "agreement"):
        found |= {f"{part} {name}": record[part][name] for name in record[part].dtype.names}
    for side in range(2):
        seat = record["seats"][:, side]
        for name in ("surplus", "agreed_surplus", "fell", "leverage", "delivered", "side_deal", "promised"):
            found[f"{name} {side}"] = seat[name]
    return found | {"states": batch.states, "weeks in force": batch.records["headline_in_force"]}


STEPS = list(accumulate(ORDER, lambda form, lever: {**form, lever: DIRECT[lever]}, initial=BLACK_SEA))
NAMES = [f"step_{n}" for n in range(len(STEPS))]


@pytest.fixture(scope="module")
def found() -> list[Arrays]:
    """Every outcome array of each step, and of direct talks at the end: a process of one table each, on the same luck."""
    forms = dict(zip([*NAMES, "direct"], [*STEPS, DIRECT], strict=True))
    tables = {name: {"agenda": ["well", "road"], "format": name, "luck": "direct"} for name in forms}
    del tables["direct"]["luck"]
    processes = {name: {"tables": [name]} for name in forms}
    asked = scenario(TRUSTING, {"formats": forms, "tables": tables, "processes": processes})
    return [arrays(begin(asked, name, Draws(5, 0, 2000), stated=True).live(asked.file.weeks)) for name in forms]


def same(one: Arrays, other: Arrays) -> bool:
    """To the last bit."""
    return one.keys() == other.keys() and all(one[name].tobytes() == other[name].tobytes() for name in one)


def test_the_formats_differ_in_every_lever() -> None:
    assert set(ORDER) == Format.model_fields.keys() - SAME_IN_BOTH
    assert len(ORDER) == len(set(ORDER))
    alike = [lever for lever in ORDER if DIRECT[lever] == BLACK_SEA[lever]]
    alike += [phase for phase, how in DIRECT["contact"].items() if BLACK_SEA["contact"][phase] == how]
    assert not alike


def test_something_happens(found: list[Arrays]) -> None:
    for one in found:
        assert (one["outcome ratified"] >= 0).mean() > 0.02


@pytest.mark.parametrize("step", range(len(ORDER)), ids=lambda n: f"before {ORDER[n]}")
def test_formats_that_differ_give_other_numbers(step: int, found: list[Arrays]) -> None:
    assert not same(found[step], found[-1]), f"{', '.join(ORDER[step:])} differ, but no number does"


@pytest.mark.parametrize("step", range(len(ORDER)), ids=lambda n: ORDER[n])
def test_each_step_moves_a_number(step: int, found: list[Arrays]) -> None:
    assert not same(found[step], found[step + 1]), f"{ORDER[step]} changes nothing here"


def test_formats_that_differ_in_nothing_give_the_same_numbers(found: list[Arrays]) -> None:
    last, direct = found[-2:]
    for name, values in direct.items():
        np.testing.assert_array_equal(values, last[name], err_msg=name)
    assert same(last, direct)
