"""The plain twin (``twin/``) and the engine agree: every event, the state after every week, the record at the end.

The quick tests take a few worlds of every shipped scenario and process, of the minimal scenario, and of every regime
of ``levers.py``, so that every lever has been on. Verification takes hundreds of worlds, and every row of
``levers.py`` before and after its change.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import levers
import numpy as np
import pytest
from twin import standing
from twin.chances import SharedDraws
from twin.compare import TOLERANCE, Comparison, compare

import sim.model.keeping
from sim.model.acceptance import GainLeft
from sim.model.draws import Array, Draws
from sim.model.tables import Rows, Table
from sim.model.world import World
from sim.scenario import Scenario, load

TESTS = Path(__file__).parent
SHIPPED = sorted((TESTS.parent / "scenarios").glob("*.yaml"))
FILES = [*SHIPPED, TESTS / "minimal.yaml"]
SEED = 3


def agree(scenario: Scenario, worlds: int, seed: int = SEED) -> list[Comparison]:
    """Compare all processes of a scenario; fails in words at the first difference."""
    found = [compare(scenario, process, SharedDraws(seed, 0, worlds)) for process in scenario.file.processes]
    for comparison in found:
        assert not comparison.difference, comparison.difference
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_engine_and_twin_agree(path: Path) -> None:
    for comparison in agree(load(path), 20):
        assert comparison.events > 0
        assert comparison.numbers > 0


@pytest.mark.parametrize("regime", levers.REGIMES)
def test_engine_and_twin_agree_in_every_regime(regime: str) -> None:
    agree(levers.scenario(levers.REGIMES[regime]), 8)


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


def _changes() -> Iterator[Mapping[str, object]]:
    """What each row of ``levers.py`` sets, before and after."""
    for row in levers.ROWS:
        for change in (row.low, row.high):
            yield {**levers.REGIMES[row.regime], **change}


@pytest.mark.verification
@pytest.mark.timeout(3600)
def test_engine_and_twin_agree_in_hundreds_of_worlds(capsys: pytest.CaptureFixture[str]) -> None:
    lines: list[Line] = [(path.stem, found) for path in FILES for found in agree(load(path), 400, seed=2024)]
    for name, changes in levers.REGIMES.items():
        lines += [(name, found) for found in agree(levers.scenario(changes), 300, seed=2024)]
    rows = Comparison("each changed lever", 0)
    for changes in _changes():
        for found in agree(levers.scenario(changes), 15, seed=2024):
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
