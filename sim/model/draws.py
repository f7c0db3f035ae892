"""Named random streams and the parameters drawn per world.

Every draw is keyed by (seed, block of worlds, owner, stream) and always made for a whole block, so that

* the first k worlds of a run of n worlds are the worlds of a run of k,
* results depend neither on the number of workers nor on how blocks were handed out,
* all processes see the same worlds and the same luck (common random numbers), and
* adding a table, an event or a process changes no other draw.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from sim.model.arrays import Array
from sim.scenario.evidence import Uncertainty, bounds, uncertain
from sim.scenario.scenario import Scenario

BLOCK = 4096
"""Worlds in a block. Part of what a seed means: another block size gives other draws."""

AT_ONCE = 4
"""Blocks that are run side by side; moves no number. So many share the cost of an array operation beyond its numbers."""

_SMALLEST = 1e-6


def _key(name: str) -> int:
    return int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")


def spans(worlds: int) -> list[tuple[int, int]]:
    """A run of so many worlds in parts that are run at once: first block of each, and its worlds."""
    size = AT_ONCE * BLOCK
    return [(start // BLOCK, min(size, worlds - start)) for start in range(0, worlds, size)]


@dataclass(frozen=True)
class Draws:
    """Uniform draws for ``worlds`` worlds from the first of ``block`` on; beyond a block they go on in the next."""

    seed: int
    block: int
    worlds: int

    def uniform(self, owner: str, stream: str, *shape: int) -> NDArray[np.float32]:
        """Uniform numbers strictly between 0 and 1, ``(*shape, R)`` float32: weeks first, worlds last.

        Worlds come last here, and only here, because a week reads one contiguous row. Single precision
        halves the memory of a run; rules compute in double.
        """
        return self._next(self._generators(owner, stream), shape)

    def weekly(self, owner: str, stream: str, weeks: int, size: int) -> Callable[[int], NDArray[np.float32]]:
        """The numbers of a week, ``(size, R)``, by its number; weeks are asked for in ascending order."""
        return self.uniform(owner, stream, weeks, size).__getitem__

    def _generators(self, owner: str, stream: str) -> list[np.random.Generator]:
        blocks = range(self.block, self.block + max(1, -(-self.worlds // BLOCK)))
        keys = [np.random.SeedSequence([self.seed, block, _key(owner), _key(stream)]) for block in blocks]
        return [np.random.Generator(np.random.SFC64(key)) for key in keys]

    def _next(self, generators: list[np.random.Generator], shape: tuple[int, ...]) -> NDArray[np.float32]:
        drawn = np.empty((*shape, self.worlds), np.float32)
        for number, generator in enumerate(generators):
            own = drawn[..., number * BLOCK : (number + 1) * BLOCK]
            own[...] = generator.random((*shape, BLOCK), dtype=np.float32)[..., : own.shape[-1]]
        return np.clip(drawn, _SMALLEST, 1 - _SMALLEST, out=drawn)

    def quantity(self, what: Uncertainty) -> Array:
        """An uncertain quantity, ``(R,)``: the value, or the factor where its range is relative."""
        if what.learned is not None:
            row = (self.uniform("parameters", "learned") * len(what.learned)).astype(np.intp)
            return np.array(what.learned)[np.minimum(row, len(what.learned) - 1)]
        u = self.uniform("parameters", what.name).astype(np.float64)
        if what.absolute is not None:
            low, high = what.absolute
            return low + (high - low) * u
        assert what.relative is not None
        return 1 + what.relative * (2 * u - 1)


class WeeklyDraws(Draws):
    """The same numbers, made week by week and let go: the memory of a run does not grow with its weeks."""

    def weekly(self, owner: str, stream: str, weeks: int, size: int) -> Callable[[int], NDArray[np.float32]]:
        """The numbers of a week as in :class:`Draws`; earlier weeks are gone."""
        generators, last, drawn = self._generators(owner, stream), -1, np.empty(0, np.float32)

        def of(week: int) -> NDArray[np.float32]:
            nonlocal last, drawn
            while last < week:
                drawn, last = self._next(generators, (size,)), last + 1
            if week != last:
                raise ValueError(f"week {week}: gone, week {last} was asked for")
            return drawn

        return of


Drawn = Callable[[int, int, int], Draws]
"""Makes draws from a seed, the first block and the number of worlds."""


def logit(u: Array) -> Array:
    """Standard logistic noise from uniform draws."""
    return np.log(u) - np.log1p(-u)


def logistic(x: Array) -> Array:
    """Closed form of the logistic choice, safe for large arguments."""
    return 0.5 * (1.0 + np.tanh(0.5 * x))


class Parameters:
    """Every number of a scenario in every world: ``parameters(path)`` is ``(R,)`` float64.

    A number whose ground gives a range is drawn per world; the numbers that share a ground share one factor, so one
    assumption is one uncertain quantity, and so are entries drawn with one another. All others are the same in every world.
    """

    def __init__(self, scenario: Scenario, draws: Draws, *, stated: bool = False) -> None:
        """Draw the uncertain numbers; with ``stated`` all stay at the value the scenario states."""
        self.worlds = draws.worlds
        self._values: dict[str, Array] = {}
        self.drawn: dict[str, Array] = {}
        self._numbers = scenario.numbers()
        for name, uncertainty in ({} if stated else uncertain(scenario)).items():
            self.drawn[name] = draws.quantity(uncertainty)
            self._move(uncertainty, self.drawn[name])
            low, high = uncertainty.ends
            for one in uncertainty.tied:  # the same share of a range of its own
                least, most = one.ends
                self._move(one, least + (most - least) * np.clip((self.drawn[name] - low) / (high - low), 0, 1))

    def _move(self, what: Uncertainty, drawn: Array) -> None:
        for leaf in what.leaves:
            self._values[leaf] = drawn if what.relative is None else np.clip(self._numbers[leaf] * drawn, *bounds(leaf))

    def __call__(self, path: str, default: float | None = None) -> Array:
        """The number at ``path`` in every world, ``(R,)``; ``default`` where the scenario does not name it."""
        if path not in self._values:
            value = self._numbers.get(path, default)
            if value is None:
                raise KeyError(path)
            self._values[path] = np.full(self.worlds, float(value))
        return self._values[path]
