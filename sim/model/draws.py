"""The numbers of a run: which worlds, and what an uncertain number is in each of them.

Random numbers come by counter (``chance.uniform``). Those of a rule are made where the rule needs them; those of
parameters are made here, for many worlds at once, by the same generator.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from sim.model.chance import LOW_WORD, TO_UNIT, philox
from sim.model.compiling import compiled
from sim.model.layout import Array, Sizes
from sim.scenario.evidence import Uncertainty, bounds, uncertain
from sim.scenario.scenario import Scenario

BLOCK = 4096
"""Worlds that are run, and tallied, at once."""


MANY = 256
"""Worlds from which it pays to load what is compiled."""


def owner_of(*names: str) -> int:
    """The number, 32 bits, by which a generator knows whose a stream is: a table, an event, a parameter."""
    return int.from_bytes(hashlib.blake2b("/".join(names).encode(), digest_size=4).digest(), "little")


def spans(worlds: int) -> list[tuple[int, int]]:
    """A run of so many worlds in parts that are run at once: number of its block of each, and its worlds."""
    return [(start // BLOCK, min(BLOCK, worlds - start)) for start in range(0, worlds, BLOCK)]


@dataclass(frozen=True)
class Draws:
    """Uniform draws for ``worlds`` worlds from the first of ``block`` on."""

    seed: int
    block: int
    worlds: int

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Numbers of the worlds, ``(R,)``."""
        return self.block * BLOCK + np.arange(self.worlds)

    @property
    def words(self) -> tuple[int, int]:
        """The seed as two words of 32 bits."""
        return self.seed & LOW_WORD, (self.seed >> 32) & LOW_WORD

    def uniform(self, owner: str, stream: str, *shape: int) -> Array:
        """Uniform numbers strictly between 0 and 1, ``(*shape, R)``: worlds last."""
        if not shape and self.worlds >= MANY:
            fill = compiled("fill_uniforms", Sizes())
            if fill is not None:
                drawn = np.empty(self.worlds)
                fill(self.numbers, owner_of(owner, stream), *self.words, drawn)
                return drawn
        places = np.arange(int(np.prod(shape, dtype=np.int64)), dtype=np.uint64)[:, None]
        worlds = self.numbers.astype(np.uint64)[None, :]
        whose = np.uint64(owner_of(owner, stream))
        none = np.zeros((1, 1), np.uint64)
        a, b, *_ = philox(worlds + none, places + none, whose + none, none, *self.words)  # type: ignore[arg-type]
        found = ((a * 1048576 + (b >> 12)).astype(np.float64) + 0.5) * TO_UNIT  # type: ignore[attr-defined]
        return found.reshape(*shape, self.worlds)

    def quantity(self, what: Uncertainty) -> Array:
        """An uncertain quantity, ``(R,)``: the value, or the factor where its range is relative."""
        if what.learned is not None:
            return self.row_of(what.learned)
        u = self.uniform("parameters", what.name)
        if what.absolute is not None:
            low, high = what.absolute
            return low + (high - low) * u
        assert what.relative is not None
        return 1 + what.relative * (2 * u - 1)

    def row_of(self, column: tuple[float, ...]) -> Array:
        """The entry of a column of a posterior table in each world, ``(R,)``; a world takes one row for all columns."""
        row = (self.uniform("parameters", "learned") * len(column)).astype(np.intp)
        return np.array(column)[np.minimum(row, len(column) - 1)]


@dataclass(frozen=True, eq=False)
class Chosen(Draws):
    """Draws of some worlds by their numbers, ``which`` ``(R,)``; ``block`` says nothing here."""

    which: NDArray[np.int64]

    __eq__ = object.__eq__  # the same only if it is the same: those of two choices may differ in nothing but ``which``
    __hash__ = object.__hash__

    @property
    def numbers(self) -> NDArray[np.int64]:
        """Numbers of the worlds, ``(R,)``."""
        return self.which


def one_world(seed: int, number: int) -> Draws:
    """Draws of one world."""
    return Chosen(seed, 0, 1, np.array([number]))


Drawn = Callable[[int, int, int], Draws]
"""Makes draws from a seed, the first block and the number of worlds."""


@lru_cache(maxsize=8)
def _numbers_of(scenario: Scenario) -> tuple[dict[str, float | int], dict[str, Uncertainty]]:
    """Every number that a scenario states, and its uncertain quantities; found once for all processes and workers' pieces."""
    return scenario.numbers(), uncertain(scenario)


class Parameters:
    """Every number of a scenario in every world: ``parameters(path)`` is ``(R,)``, or one number where all have the same.

    A number whose ground gives a range is drawn per world; the numbers that share a ground share one factor, so one
    assumption is one uncertain quantity, and so are entries drawn with one another.
    """

    def __init__(self, scenario: Scenario, draws: Draws | None) -> None:
        """Draw the uncertain numbers; without ``draws`` all stay at the value the scenario states."""
        self.drawn: dict[str, Array] = {}
        self._moved: dict[str, Array] = {}
        self._numbers, quantities = _numbers_of(scenario)
        self.uncertain = {leaf for what in quantities.values() for leaf in what.every_leaf}
        for name, uncertainty in quantities.items() if draws is not None else ():
            assert draws is not None
            self.drawn[name] = draws.quantity(uncertainty)
            self._move(uncertainty, self.drawn[name])
            low, high = uncertainty.ends
            for one in uncertainty.tied:  # the same share of a range of its own
                least, most = one.ends
                self._move(one, least + (most - least) * np.clip((self.drawn[name] - low) / (high - low), 0, 1))

    def _move(self, what: Uncertainty, drawn: Array) -> None:
        for leaf in what.leaves:
            self._moved[leaf] = drawn if what.relative is None else np.clip(self._numbers[leaf] * drawn, *bounds(leaf))

    def __call__(self, path: str, default: float | None = None) -> Array | float:
        """The number at ``path``; ``default`` where the scenario does not name it. Raises KeyError."""
        if path in self._moved:
            return self._moved[path]
        value = self._numbers.get(path, default)
        if value is None:
            raise KeyError(path)
        return float(value)


def parameters_of(scenario: Scenario, draws: Draws | None) -> Parameters:
    """The parameters of these worlds; those of the same draws are drawn once for all processes."""
    known = type(draws) is Draws or isinstance(draws, Chosen)  # equal by what they are, or by being the same
    return _kept(scenario, draws) if known else Parameters(scenario, draws)


_kept = lru_cache(maxsize=2)(Parameters)
