"""Packages climbed half by half are those that a list of all of them gives, to the last bit."""

from __future__ import annotations

import random

import numpy as np
import pytest
from bargains import Bargainer, Domain, world_of

from sim.model import ladder
from sim.model.acceptance import expected_value

WORLDS = 40


def domain(seed: int, levels: int) -> Domain:
    """Four issues of three to five options; values on a few levels have many packages worth the same."""
    u = random.Random(seed).random
    sizes = [3 + int(3 * u()) for _ in range(4)]

    def side(name: str) -> Bargainer:
        values = tuple(tuple(int(u() * (levels + 1)) / levels for _ in range(size)) for size in sizes)
        return Bargainer(name, (0.25,) * 4 if levels < 10 else (0.1, 0.2, 0.3, 0.4), values, 0.0)

    options = tuple(tuple(f"o{n}" for n in range(size)) for size in sizes)
    return Domain(f"domain {seed}", ("a", "b", "c", "d"), options, (side("one"), side("two")), 10)


@pytest.mark.parametrize("levels", [1, 4, 1000, 10**6])
@pytest.mark.parametrize("seed", range(5))
def test_climbing_is_listing(seed: int, levels: int) -> None:
    world = world_of(domain(seed, levels), WORLDS)
    (table,) = world.tables
    assert ladder.fits(world, table)
    lot = np.random.default_rng(seed)
    table.session.error[:] = lot.normal(0, 0.05, (WORLDS, 2))
    rows = np.sort(lot.choice(WORLDS, WORLDS // 2, replace=False))
    listed = expected_value(world, table, rows, table.values.at(rows)) + table.session.error[rows][..., None]
    own = np.arange(len(rows))
    for _ in range(4):
        climb = ladder.climb(world, table, rows)
        assert np.array_equal(climb.best, listed.max(axis=2))
        package = lot.integers(0, listed.shape[2], len(rows))
        assert np.array_equal(climb.worth(package), listed[own, :, package])
        side = lot.integers(0, 2, len(rows))
        mine = listed[own, side]
        at_random = lot.uniform(mine.min(axis=1), mine.max(axis=1))
        for asked in (at_random, mine[own, package], mine.max(axis=1), np.full(len(rows), np.inf), mine.min(axis=1) - 1):
            good = mine >= np.minimum(asked, mine.max(axis=1))[:, None]
            assert np.array_equal(climb.least(side, asked), np.where(good, -mine, -np.inf).argmax(axis=1))


def test_lists_are_read_where_the_ladder_is_in_doubt(monkeypatch: pytest.MonkeyPatch) -> None:
    world = world_of(domain(1, 1), WORLDS)
    (table,) = world.tables
    listed: list[int] = []
    every = ladder.Climb._every

    def spy(self: ladder.Climb, places: np.ndarray) -> np.ndarray:
        listed.append(len(places))
        return every(self, places)

    monkeypatch.setattr(ladder.Climb, "_every", spy)
    ladder.climb(world, table, np.arange(WORLDS)).least(np.zeros(WORLDS, int), np.full(WORLDS, 0.5))
    assert sum(listed) >= WORLDS
