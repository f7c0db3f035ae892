"""Two numbers that are one assumption: ``drawn_with`` ties an entry of provenance to the draw of another."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import sim
from sim.model.draws import Draws, Parameters
from sim.scenario import load
from sim.scenario.evidence import uncertain
from sim.scenario.meaning import meaning
from sim.scenario.problems import ScenarioError
from sim.scenario.scenario import Scenario
from sim.study.exploration.given import quantities

MINIMAL = Path(__file__).parent / "minimal.yaml"
FIRST, SECOND = "parties.north.trust.south", "parties.south.trust.north"


def entries(tmp_path: Path, *lines: str) -> Scenario:
    """The smallest scenario with some entries of provenance more."""
    for name in ("minimal.yaml", "minimal-claims.yaml"):
        (tmp_path / name).write_text(MINIMAL.with_name(name).read_text(encoding="utf-8"), encoding="utf-8")
    file = tmp_path / "minimal.yaml"
    with file.open("a", encoding="utf-8") as stream:
        stream.writelines(f"  {line}\n" for line in lines)
    return load(file)


@pytest.fixture
def tied(tmp_path: Path) -> Scenario:
    return entries(
        tmp_path, f"{FIRST}: {{why: invented, range: [0.2, 0.4]}}",
        f"{SECOND}: {{why: the same history, range: 0.2, drawn_with: {FIRST}}}",
    )  # fmt: skip


def drawn(scenario: Scenario, worlds: int = 300) -> Parameters:
    return Parameters(scenario, Draws(5, 0, worlds))


def test_both_take_the_same_place_in_their_ranges(tied: Scenario) -> None:
    found = drawn(tied)
    place = (found(FIRST) - 0.2) / 0.2
    assert np.ptp(place) > 0.9
    np.testing.assert_allclose((found(SECOND) / 0.25 - 0.8) / 0.4, place, atol=1e-12)


def test_no_other_draw_moves_when_two_are_tied(tied: Scenario, tmp_path: Path) -> None:
    (tmp_path / "apart").mkdir()
    ranges = (f"{FIRST}: {{why: invented, range: [0.2, 0.4]}}", f"{SECOND}: {{why: invented, range: 0.2}}")
    apart, joined = drawn(entries(tmp_path / "apart", *ranges)), drawn(tied)
    assert set(apart.drawn) - set(joined.drawn) == {SECOND}
    for name, values in joined.drawn.items():
        np.testing.assert_array_equal(values, apart.drawn[name])
    assert not np.allclose(apart(SECOND), joined(SECOND))


def test_they_are_one_assumption_in_every_study(tied: Scenario) -> None:
    assert FIRST in quantities(tied)
    assert SECOND not in quantities(tied)
    assert meaning(tied, FIRST) == "one draw for 2 numbers: trust"
    found = sim.sensitivity(tied, processes=("direct_talks", "both"), metric="weeks_in_force", n=100, parameters=[FIRST])
    assert found.table["parameter"].unique().tolist() == [FIRST, "dummy"]


def test_what_is_set_by_hand_leaves_the_other_drawn_as_it_was(tied: Scenario) -> None:
    for pinned, other in ((FIRST, SECOND), (SECOND, FIRST)):
        found = drawn(tied.with_({pinned: 0.9}))
        assert found(pinned) == 0.9
        np.testing.assert_array_equal(found(other), drawn(tied)(other))
    both = tied.with_({FIRST: 0.3, SECOND: 0.3})
    assert FIRST not in uncertain(both)


@pytest.mark.parametrize(
    ("second", "said"),
    [
        ({"range": 0.2, "drawn_with": "parties.north.trust.suoth"}, f"expected the path of another entry of provenance; did you mean {FIRST}?"),
        ({"range": 0.2, "drawn_with": SECOND}, "expected the path of another entry of provenance"),
        ({"drawn_with": FIRST}, "has no range of its own"),
        ({"range": 0.2, "drawn_with": "parties.south.trust.elder"}, "is itself drawn with"),
        ({"range": 0.2, "drawn_with": "parties.north.trust.elder"}, "parties.north.trust.elder is not drawn; expected an entry with a range"),
    ],
)  # fmt: skip
def test_what_cannot_be_tied_is_refused(second: dict[str, Any], said: str, tmp_path: Path) -> None:
    own = ", ".join(f"{key}: {value}" for key, value in second.items())
    with pytest.raises(ScenarioError, match="drawn_with") as caught:
        entries(
            tmp_path, f"{FIRST}: {{why: invented, range: [0.2, 0.4]}}", f"{SECOND}: {{why: invented, {own}}}",
            f"parties.south.trust.elder: {{why: invented, range: 0.1, drawn_with: {FIRST}}}",
            "parties.north.trust.elder: {why: invented, range: [0.6, 0.6]}",
        )  # fmt: skip
    assert said in str(caught.value)
