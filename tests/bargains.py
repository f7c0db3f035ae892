"""Random bilateral domains, how the engine bargains over them, and the points of their zones of agreement.

Nothing here knows a rule of bargaining: offers and answers are the incidents of a :class:`World` that lives the
scenario of a domain. Domains are drawn with ``random.Random(seed).random()``, which Python keeps the same
from version to version, so that a stored table stays true.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Callable
from dataclasses import dataclass
from itertools import product

import numpy as np
from domains import Bargainer, Domain, scenario_of
from numpy.typing import NDArray

from sim.model.agents import World
from sim.model.codes import Kind
from sim.model.packages import frontier, kalai, nash, welfare, zone
from sim.model.reasons import State
from sim.model.valuation import expected_value, reservation_value
from sim.scenario import Scenario

EXPONENTS = (4.0, 1.0, 0.25)
"""Boulware, linear, conceder; every fourth side has one of its own."""

WORLDS = 2
"""Worlds in which each domain is bargained over: what is drawn per world must not matter."""

NEAR_TIE = 1e-6
"""The peer proposes an outcome this little below its threshold, if that is closer to it than the next above."""

Package = tuple[int, ...]
"""Index of the option per issue, no agreement not counted."""

Offer = tuple[int, int, Package]
"""Step counted from 0, column of the side that proposes, and what."""


@dataclass(frozen=True)
class Bargaining:
    """A session from the first offer to its end."""

    offers: tuple[Offer, ...]
    agreement: Package | None
    step: int  # in which it was agreed; the number of steps where it was not

    @property
    def digest(self) -> str:
        """A short name of all offers in order."""
        return hashlib.sha256(json.dumps(self.offers, separators=(",", ":")).encode()).hexdigest()[:16]


Utilities = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Points:
    """Utilities of the sides at the points of a zone of agreement, empty where there is none."""

    frontier: Utilities
    nash: Utilities
    kalai: Utilities
    welfare: Utilities


def draw(seed: int) -> Domain:
    """A domain with 2 to 5 issues of 2 to 6 options, 3 to 60 steps, reservation values now and then below the worst package."""
    u = random.Random(seed).random

    def whole(low: int, high: int) -> int:
        return low + int(u() * (high - low + 1))

    sizes = [whole(2, 6) for _ in range(whole(2, 5))]
    sides = (_side("one", sizes, u), _side("two", sizes, u))
    options = tuple(tuple(f"o{n}" for n in range(size)) for size in sizes)
    return Domain(f"domain {seed}", tuple(f"i{k}" for k in range(len(sizes))), options, sides, whole(3, 60))


def _side(name: str, sizes: list[int], u: Callable[[], float]) -> Bargainer:
    raw = [0.05 + 0.95 * u() for _ in sizes]
    weights = tuple(w / sum(raw) for w in raw)
    values = tuple(tuple(u() for _ in range(size)) for size in sizes)
    worst, best = (sum(w * f(v) for w, v in zip(weights, values, strict=True)) for f in (min, max))
    reservation = worst + (best - worst) * (0.9 * u() - 0.1)
    kind, own = int(4 * u()), 0.2 + 7.8 * u() ** 2
    return Bargainer(name, weights, values, reservation, own if kind == 3 else EXPONENTS[kind])


def packages(domain: Domain) -> list[Package]:
    """All complete packages of a domain, in order."""
    return list(product(*(range(len(of)) for of in domain.options)))


# ---------------------------------------------------------------- the engine


def world_of(domain: Domain, number: int = 0) -> World:
    """A world, before its first week, in which the two bargain."""
    return World(Scenario.from_dict(scenario_of(domain)), "bargaining", seed=1, number=number)


def hold(domain: Domain) -> Bargaining:
    """What the engine makes of a domain, heard offer by offer; the same in all worlds."""
    found = {_hold(world_of(domain, number)) for number in range(WORLDS)}
    assert len(found) == 1, f"{domain.name}: worlds differ in a session without anything drawn"
    return found.pop()


def _hold(world: World) -> Bargaining:
    (table,) = world.program.tables
    offers: list[Offer] = []
    for week in range(world.record.weeks):
        seen = len(world.incidents)
        world.step()
        for incident in world.incidents[seen:]:
            if incident.kind == Kind.OFFER:
                offers.append((week, incident.whose, _package(table.agenda.packages[incident.detail])))
            elif incident.kind == Kind.AGREE:
                return Bargaining(tuple(offers), _package(table.agenda.packages[incident.detail]), week)
            elif incident.kind == Kind.FAIL:
                return Bargaining(tuple(offers), None, week + 1)
    raise AssertionError("a session without an end")


def _package(row: NDArray[np.intp]) -> Package:
    """Options count from the status quo, which is no option here."""
    return tuple(int(n) - 1 for n in row)


def worth(domain: Domain, column: int, package: Package) -> float:
    """Utility of a package to a side."""
    side = domain.sides[column]
    return sum(w * v[n] for w, v, n in zip(side.weights, side.values, package, strict=True))


def thresholds(domain: Domain, step: int) -> tuple[float, float]:
    """What a text must be worth to each side at a step, by the engine's own rule."""
    world = world_of(domain)
    (table,) = world.tables
    table.state, table.session.rounds = State.TALKING, step
    for side in world.record.sides:
        world.rules["judge_texts"](world.record, table, side, world.packages[0])
    one, two = (seat.threshold for seat in table.seats)
    return one, two


def near_tie(domain: Domain, ours: Bargaining, theirs: Bargaining) -> bool:
    """Whether two sessions, ours and the peer's, first differ where the peer offers what is worth a little less than its threshold."""
    for (step, one, mine), (same_step, other, peers) in zip(ours.offers, theirs.offers, strict=False):
        if mine != peers or (step, one) != (same_step, other):
            least = thresholds(domain, step)[one]
            gap = least - worth(domain, one, peers)
            return (step, one) == (same_step, other) and worth(domain, one, mine) >= least and 0 < gap <= NEAR_TIE
    return False


def points(domain: Domain) -> Points:
    """Frontier, Nash, Kalai and welfare points as the engine finds them, in utility."""
    world = world_of(domain)
    w, (table,) = world.record, world.tables
    value = np.array([[expected_value(w, table, me, k.worth[me.index]) for k in world.packages[0]] for me in w.sides])
    surplus = value - np.array([[reservation_value(w, table, me)] for me in w.sides])
    inside = zone(surplus)
    if not inside.any():
        return Points((), (), (), ())
    kept = np.flatnonzero(frontier(surplus) & inside)

    def at(package: NDArray[np.intp]) -> Utilities:
        return tuple(sorted({(float(value[0, k]), float(value[1, k])) for k in np.atleast_1d(package)}))

    return Points(at(kept), at(nash(surplus)), at(kalai(surplus)), at(welfare(surplus)))
