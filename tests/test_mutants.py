"""A changed rule is caught: seeded mutants of the model are killed by its tests."""

from __future__ import annotations

import pytest
from mutants import EQUIVALENT, RULES, chosen, trial

from sim.model.rules import MODULES


def test_every_file_with_rules_is_mutated() -> None:
    assert set(RULES) == {module.__name__.rpartition(".")[2] for module in MODULES} - {"loop"}


def test_mutants_are_the_same_for_the_same_seed_and_spread_over_the_rules() -> None:
    found = chosen(150, 1)
    assert [m.what for m in found] == [m.what for m in chosen(150, 1)]
    assert len({m.what.split(":")[0] for m in found}) > 100
    assert len({m.text for m in found}) == 150


@pytest.mark.exhaustive
@pytest.mark.timeout(7200)
def test_at_least_95_of_100_mutants_are_killed_and_80_by_hand_worked_tests() -> None:
    """200 mutants take half an hour on two cores, so this is run by hand: ``pytest -m exhaustive tests/test_mutants.py``."""
    found = trial(200, 1)
    assert found.in_all >= 0.95 * found.count, found.survivors
    assert found.by_hand >= 0.80 * found.count, found.survivors
    assert len(EQUIVALENT) < 20
