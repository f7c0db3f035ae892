"""The plain twin (``twin/``) and the engine agree: every event, the state after every week, the record at the end.

The quick tests take a few worlds of every shipped scenario and process (of variants only the process that differs
most), of the minimal scenario, of every regime in ``regimes/`` and of a few corners, so that every line of the twin is
walked. Verification takes hundreds of worlds, and every row of ``levers.py`` before and after its change.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import levers
import numpy as np
import pytest
import regime
from twin import standing
from twin.chances import SharedDraws
from twin.compare import TOLERANCE, Comparison, compare

import sim.model.drafting
import sim.model.keeping
import sim.model.packages
from sim.model.acceptance import GainLeft
from sim.model.arrays import Array
from sim.model.draws import Draws
from sim.model.tables import Rows, Table
from sim.model.world import World
from sim.scenario import Scenario, load

TESTS = Path(__file__).parent
SHIPPED = sorted((TESTS.parent / "scenarios").glob("*.yaml"))
FILES = [*SHIPPED, TESTS / "minimal.yaml"]
VARIANTS = {"no-incursion": ["august_2024"], "second-summit-invited": ["august_2024"]}
"""Scenarios that change a few lines of another, and the process with all tables on which these bear."""

SEED = 3

EAGER = {"behaviour.threshold": -1.0, "behaviour.occasion_rate": 1.0}

CORNERS: dict[str, regime.Changes] = {
    "both break it at once, nobody watches": {
        **EAGER, "behaviour.violation_rate": 0.9, "behaviour.detection": 1.0, "behaviour.contest": 0.0,
        "behaviour.suspension": 1.0,
    },
    "one begins, two options spoil each other": {
        **EAGER, "formats.direct.first_offer": "south",
        "parties.north.linkages": [{"options": {"well": "rebuilt", "road": "guarded"}, "value": -0.3}],
    },
    "a table that follows an agreement, one that hangs on it": {
        **EAGER, "tables.table.agenda": ["well"], "processes.talks.tables": ["table", "then", "while"],
        "tables.then": {"agenda": ["road"], "format": "direct", "opens": {"after": "table", "when": "agreed"}},
        "tables.while": {"agenda": ["border"], "format": "between", "opens": {"after": "table", "when": "in_force"}},
    },
    "a side leaves within the term": {
        **EAGER, "formats.direct.term": 12, "behaviour.exit_rate": 0.5, "behaviour.renewal_temperature": 0.5,
    },
    "an agreement in force for half its term": {
        **EAGER, "formats.direct.term": 12, "behaviour.renewal_temperature": 0.5,
        "tables.table.in_force": {"text": {"well": "shared", "road": "open"}, "age": 6, "left": 6},
    },
    "an agreement that is suspended, without end": {
        **EAGER, "tables.table.in_force": {"text": {"road": "guarded"}, "accused": "south"},
    },
    "sides that are put at the table": {
        "behaviour.threshold": 5.0, "behaviour.occasion_rate": 0.5, "tables.table.seated": True,
        "formats.direct.invited": {"south": {"status": "hinted", "believed": 0.3}},
    },
    "one is not asked": {"formats.direct.invited": {"south": {"status": "not"}}},
}  # fmt: skip
"""What neither a shipped scenario nor a regime has, as changes to regimes/two-sides.yaml."""


def agree(scenario: Scenario, worlds: int, *, seed: int = SEED, processes: list[str] | None = None) -> list[Comparison]:
    """Compare processes of a scenario, all unless named; fails in words at the first difference."""
    found = [compare(scenario, process, SharedDraws(seed, 0, worlds)) for process in processes or scenario.file.processes]
    for comparison in found:
        assert not comparison.difference, comparison.difference
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_engine_and_twin_agree(path: Path) -> None:
    for comparison in agree(load(path), 10, processes=VARIANTS.get(path.stem)):
        assert comparison.events > 0
        assert comparison.numbers > 0


@pytest.mark.parametrize("name", regime.regimes())
def test_engine_and_twin_agree_in_every_regime(name: str) -> None:
    agree(regime.scenario(regime.differences(name)), 5)


@pytest.mark.parametrize("corner", CORNERS)
def test_engine_and_twin_agree_in_corners(corner: str) -> None:
    agree(regime.scenario(CORNERS[corner]), 10)


def test_engine_and_twin_agree_on_agendas_too_large_to_keep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Large agendas are valued where they sit and in parts: the same code path, at a size that a test can afford."""
    monkeypatch.setattr(sim.model.packages, "CACHED_PACKAGES", 1)
    monkeypatch.setattr(sim.model.drafting, "CHUNK", 100)
    found = compare(load(TESTS.parent / "scenarios" / "kursk-2024.yaml"), "black_sea_model", SharedDraws(SEED, 0, 20))
    assert not found.difference


def test_a_rule_that_is_broken_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    """The comparison can fail: with a flipped sign in the engine it says where, when and what."""
    right = sim.model.keeping.violation_rate

    def wrong(world: World, table: Table, rows: Rows, left: GainLeft) -> Array:
        return right(world, table, rows, replace(left, delivery=-left.delivery))

    monkeypatch.setattr(sim.model.keeping, "violation_rate", wrong)
    found = compare(load(TESTS.parent / "scenarios" / "black-sea-2022.yaml"), "black_sea", SharedDraws(SEED, 0, 20))
    assert "black_sea, world" in found.difference
    assert "violate" in found.difference


def test_a_rule_broken_in_the_twin_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(standing, "chance", lambda x: 1.0 if x > 0 else 0.0)
    found = compare(load(TESTS.parent / "scenarios" / "black-sea-2022.yaml"), "black_sea", SharedDraws(SEED, 0, 20))
    assert found.difference


def test_shared_draws_are_the_engines_own() -> None:
    plain, shared = Draws(5, 1, 7), SharedDraws(5, 1, 7)
    np.testing.assert_array_equal(plain.uniform("table a", "come", 3, 2), shared.uniform("table a", "come", 3, 2))
    np.testing.assert_array_equal(plain.uniform("parameters", "x"), shared.uniform("parameters", "x"))


# ---------------------------------------------------------------- verification

Line = tuple[str, Comparison]


def _changed() -> Iterator[Scenario]:
    """The scenario of each row of ``levers.py``, before and after its change."""
    for row in levers.ROWS:
        for change in (row.low, row.high):
            yield regime.scenario(regime.differences(row.regime), change)


@pytest.mark.verification
@pytest.mark.timeout(3600)
def test_engine_and_twin_agree_in_hundreds_of_worlds(capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[Line] = [(path.stem, found) for path in FILES for found in agree(load(path), 400, seed=2024)]
    for name in regime.regimes():
        lines += [(name, found) for found in agree(regime.scenario(regime.differences(name)), 100, seed=2024)]
    rows = Comparison("each changed lever", 0)
    for scenario in _changed():
        for found in agree(scenario, 8, seed=2024):
            rows.worlds += found.worlds
            rows.events += found.events
            rows.numbers += found.numbers
            rows.largest = max(rows.largest, found.largest)
    lines.append(("rows of levers.py", rows))
    total = Comparison("", sum(c.worlds for _, c in lines), sum(c.events for _, c in lines), sum(c.numbers for _, c in lines))
    total.largest = max(c.largest for _, c in lines)
    with capsys.disabled():
        print("\n" + table([*lines, ("all", total)]))
    assert total.largest <= TOLERANCE


def table(lines: list[Line]) -> str:
    """Scenario, process, worlds, events and numbers compared, largest difference."""
    head = f"{'scenario':<24} {'process':<20} {'worlds':>7} {'events':>9} {'numbers':>12} {'largest difference':>18}"
    body = [f"{name:<24} {c.process:<20} {c.worlds:>7,} {c.events:>9,} {c.numbers:>12,} {c.largest:>18.1e}" for name, c in lines]
    return "\n".join([head, *body])
