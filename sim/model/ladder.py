"""The best package of a side and its least above a threshold, where packages are too many to be valued one by one.

Where worth adds up over issues, packages fall into halves: the first issues and the last. With the last half
sorted, the least package above a threshold is, for each first half, one search (Horowitz, Sahni 1974): 100
searches among 100 in place of 10,000 packages. Sums in another order differ in the last bits; where that
could matter, all packages of those worlds are valued after all, so that a ladder changes no number.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from math import isqrt, prod
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.model.acceptance import Beliefs, beliefs, expected_value
from sim.model.arrays import Array, Rows, at, pair
from sim.model.packages import CACHED_PACKAGES, Values

if TYPE_CHECKING:
    from sim.model.tables import Table
    from sim.model.world import World

DOUBT = 1e-9
"""Utility: packages closer than this, to one another or to a threshold, are told apart by their exact worth."""

MOST = 500_000
"""Worths of packages held at once where they are valued after all."""

SEARCHES = 50_000
"""Searches done at once; about as many as a core keeps at hand."""

Packages = NDArray[np.intp]


def fits(world: World, table: Table) -> bool:
    """Whether a ladder does: many packages, every combination one, no linkages, and no picture of the other in offers."""
    agenda = table.agenda
    many = len(agenda.packages) > CACHED_PACKAGES and len(agenda.issues) > 1 and agenda.grid.whole
    return many and not table.levers.single_text and not table.values.linkages and not world.behaviour.opponent_weight.any()


def at_once(table: Table) -> int:
    """Worlds to take at once."""
    return max(1, SEARCHES // isqrt(len(table.agenda.packages)))


class Halves:
    """The issues of an agenda in two halves, and in which order the last half stood when it was last sorted."""

    def __init__(self, values: Values, worlds: int) -> None:
        sizes = [len(options) for options in values.agenda.grid.options]
        self.cut = min(range(1, len(sizes)), key=lambda cut: prod(sizes[:cut]) + prod(sizes[cut:]))
        self.order = np.tile(np.arange(prod(sizes[self.cut :]), dtype=np.int16), (2, worlds, 1))


@dataclass(frozen=True)
class Climb:
    """What packages are worth to both sides in some worlds, without a list of them."""

    world: World
    table: Table
    rows: Rows
    beliefs: Beliefs

    @cached_property
    def _error(self) -> Array:
        return at(self.table.session.error, self.rows)

    @cached_property
    def _steps(self) -> list[Array]:
        """Per issue, what each option adds, ``(2, n, options)``."""
        values, rows, b = self.table.values, self.rows, self.beliefs
        keep, taken_back, audience = (x[..., None, None] for x in (b.keep, b.taken_back, b.audience))
        gains, losses = at(values.gains, rows), at(values.losses, rows)
        secured, sensitivity = (at(x, rows)[:, None, :, None] for x in (values.self_enforcing, values.sensitivity))
        worth = gains * secured + keep * ((1 - secured) * gains) - losses - audience * (sensitivity * losses)
        worth += taken_back * ((1 - secured) * losses)
        sides = np.ascontiguousarray(worth.transpose(2, 1, 0, 3))
        return [sides[k][..., options] for k, options in enumerate(values.agenda.grid.options)]

    def worth(self, package: Packages) -> Array:
        """Expected value of one package per world, errors included, ``(n, 2)``."""
        return self.beliefs.value(self.table.values.of(self.rows, package)) + self._error

    def _every(self, places: Rows) -> Array:
        rows = self.rows[places]
        value = expected_value(self.world, self.table, rows, self.table.values.at(rows))
        return np.asarray(value + self._error[places][..., None])

    def _parts(self, doubted: NDArray[np.bool_]) -> list[Rows]:
        places = np.flatnonzero(doubted)
        size = max(1, MOST // (2 * len(self.table.agenda.packages)))
        return [places[start : start + size] for start in range(0, len(places), size)]

    @cached_property
    def _top(self) -> tuple[Array, Packages]:
        """The most a side could have, ``(n, 2)``, and by which package."""
        n = len(self.rows)
        package, doubted = np.zeros((2, n), np.intp), np.zeros(n, bool)
        for step in self._steps:
            most = step.max(axis=2, keepdims=True)
            doubted |= ((step > most - DOUBT).sum(axis=2) > 1).any(axis=0)
            package = package * step.shape[2] + step.argmax(axis=2)
        best = pair(*(self.worth(package[side])[:, side] for side in (0, 1)))
        for places in self._parts(doubted):
            value = self._every(places)
            best[places], package[:, places] = value.max(axis=2), value.argmax(axis=2).T
        return best, package.T

    @property
    def best(self) -> Array:
        """The most a side could have, ``(n, 2)``."""
        return self._top[0]

    def least(self, side: Packages, asked: Array) -> Packages:
        """The package worth least to ``side (n,)`` among those worth ``asked (n,)`` or more; its best where none is."""
        own = np.arange(len(self.rows))
        best, package = self._top[0][own, side], self._top[1][own, side]
        below = np.flatnonzero(asked < best)
        if not len(below):
            return package
        package[below], sure = self._search(below, side[below], asked[below])
        doubted = np.zeros(len(own), bool)
        doubted[below[~sure]] = True
        for places in self._parts(doubted):
            value = self._every(places)
            mine = value[np.arange(len(places)), side[places]]
            package[places] = np.where(mine >= asked[places, None], -mine, -np.inf).argmax(axis=1)
        return package

    def _search(self, places: Rows, side: Packages, asked: Array) -> tuple[Packages, NDArray[np.bool_]]:
        """The package, and whether its neighbours are far enough from it and it from the threshold to be sure."""
        halves, rows, n = self.table.halves, self.rows[places], len(places)
        assert halves is not None
        own, cut = np.arange(n), halves.cut
        first, last = _added([s[side, places] for s in self._steps[:cut]]), _added([s[side, places] for s in self._steps[cut:]])
        order = halves.order[side, rows]
        sorted_last = np.take_along_axis(last, order.astype(np.intp), axis=1)
        stale = np.flatnonzero((sorted_last[:, 1:] < sorted_last[:, :-1]).any(axis=1))
        if len(stale):
            order[stale] = last[stale].argsort(axis=1)
            halves.order[side[stale], rows[stale]] = order[stale]
            sorted_last[stale] = np.take_along_axis(last[stale], order[stale].astype(np.intp), axis=1)
        width = 1 << last.shape[1].bit_length()
        rungs = np.full((n, width + 1), np.inf)
        rungs[:, : last.shape[1]] = sorted_last
        asked = asked - (self.beliefs.outside + self._error)[places, side]
        wanted = (asked - DOUBT)[:, None] - first
        start = (own * (width + 1))[:, None]
        at_least = np.broadcast_to(start, first.shape).copy()
        step = width // 2
        while step:
            at_least += step * (rungs.take(at_least + (step - 1)) < wanted)
            step //= 2
        reached = first + rungs.take(at_least)
        chosen = reached.argmin(axis=1)
        found, rung = reached[own, chosen], at_least[own, chosen]
        reached[own, chosen] = first[own, chosen] + rungs.take(rung + 1)
        sure = (found > asked + DOUBT) & (reached.min(axis=1) > found + DOUBT)
        rung = np.minimum(rung - start[:, 0], last.shape[1] - 1)
        return chosen * last.shape[1] + order[own, rung], sure


def _added(steps: list[Array]) -> Array:
    """Sums over issues of ``(n, options)``, all combinations, the last issue fastest."""
    total = steps[0]
    for step in steps[1:]:
        total = (total[:, :, None] + step[:, None, :]).reshape(len(step), -1)
    return total


def climb(world: World, table: Table, rows: Rows) -> Climb:
    """Ready to be asked about this week's worths in the worlds ``rows``."""
    if table.halves is None:
        table.halves = Halves(table.values, world.worlds)
    return Climb(world, table, rows, beliefs(world, table, rows))
