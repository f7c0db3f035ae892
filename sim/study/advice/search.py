"""The search for proposals: many looked at in few worlds, the best of them in more, the last of them made as simple as may be.

A space that is small enough is looked at whole. Of a larger one come first the known formats, all that differ from them in one
lever, and proposals drawn at random; then children of the best, each lever from either parent and some changed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from sim.model.draws import Draws
from sim.model.layout import Array
from sim.study.advice.race import KEPT, Field, Runner, fits, worse_off
from sim.study.advice.space import Proposal, Space
from sim.study.outcomes import Estimate, mean, share

WORLDS = (64, 256, 1024)
"""Worlds of each round."""

BLOCKS = (500_000, 500_001, 500_002)
"""Blocks of worlds of the rounds: beyond any that a comparison has."""

FURTHER = (480, 48)
"""Proposals that go on from the first round and from the second."""

FIRST = 0.6
"""Share of the proposals that have no parents."""

MANY = 20
"""A space of at most so many times as many combinations is tried for being small: idle levers make proposals fewer."""

GENERATIONS = 2
PARENTS = 0.1
"""Share of the proposals looked at so far whose children come next."""

AUDITED = 60
"""Dropped proposals that are run once more, drawn at random, to see whether a better one was among them."""

KNOWN, NEAR, RANDOM, CHILD = "known", "one change", "random", "child"


@dataclass
class Looked:
    """Proposals that were looked at, in order: where each comes from, and its means in every round that it was in."""

    proposals: list[Proposal] = field(default_factory=list)
    origin: list[str] = field(default_factory=list)
    means: list[Array] = field(default_factory=list)  # per round (proposals, figures), NaN where it was not in it

    def add(self, runner: Runner, proposals: Sequence[Proposal], origin: Sequence[str]) -> None:
        """Look at more of them: the first round."""
        values = runner.run(proposals, BLOCKS[0], WORLDS[0])
        self.proposals += proposals
        self.origin += origin
        found = values.mean(axis=2)
        self.means = [np.concatenate([self.means[0], found]) if self.means else found]

    def new(self, space: Space, proposals: Iterable[Sequence[int]]) -> list[Proposal]:
        """Those of these proposals that were not looked at yet, each once."""
        seen = set(self.proposals)
        return [one for one in space.distinct(proposals) if one not in seen]

    def pooled(self, rounds: int, places: NDArray[np.intp]) -> Array:
        """Means over the worlds of the first rounds together."""
        weights = np.array(WORLDS[:rounds], dtype=float)
        return np.asarray(np.tensordot(weights / weights.sum(), np.stack([own[places] for own in self.means[:rounds]]), 1))

    def field(self, space: Space, places: NDArray[np.intp], means: Array) -> Field:
        """Those at some places as a field, with these means."""
        own, known = [self.proposals[at] for at in places.tolist()], set(space.known.values())
        told = ([space.effort(one) for one in own], [one in known for one in own], [space.allows(one) for one in own])
        return Field(means, *map(np.array, told))


@dataclass(frozen=True)
class Pick:
    """A proposal that is put forward: for what, and its means in the last round ``(figures,)``."""

    proposal: Proposal
    wanted: tuple[str, ...]
    means: Array


@dataclass(frozen=True)
class Found:
    """What a search found: ``finalists`` places in ``looked``; ``better`` the share of dropped proposals that would have been."""

    looked: Looked
    whole: bool
    finalists: NDArray[np.intp]
    picks: tuple[Pick, ...]
    audited: int
    better: Estimate


def expected(space: Space, count: int) -> int:
    """Worlds that a search of so many proposals runs at most, for its progress."""
    picks = 5 * 2 * len(space.values)
    return count * WORLDS[0] + FURTHER[0] * WORLDS[1] + (FURTHER[1] + picks + AUDITED) * WORLDS[2]


def search(runner: Runner, count: int) -> Found:
    """Look at ``count`` proposals, or all that there are, and put forward the best by each thing that is wanted."""
    space = runner.space
    looked, whole = _look(runner, count)
    places = np.arange(len(looked.proposals))
    values = np.empty(0)
    for number, (block, worlds) in enumerate(zip(BLOCKS[1:], WORLDS[1:], strict=True), 1):
        own = looked.field(space, places, looked.pooled(number, places))
        places = places[own.best(FURTHER[number - 1])]
        values = runner.run([looked.proposals[at] for at in places], block, worlds)
        looked.means.append(np.full_like(looked.means[0], np.nan))
        looked.means[number][places] = values.mean(axis=2)
    finals = looked.field(space, places, values.mean(axis=2))
    picks = tuple(_picked(runner, [looked.proposals[at] for at in places], values, finals))
    dropped = np.setdiff1d(np.arange(len(looked.proposals)), places)
    audited = dropped[np.argsort(Draws(runner.seed, 0, len(dropped)).uniform("design", "audit"), kind="stable")[:AUDITED]]
    return Found(looked, whole, places, picks, len(audited), _better(runner, [looked.proposals[a] for a in audited], picks[0]))


def _look(runner: Runner, count: int) -> tuple[Looked, bool]:
    """The first round, and whether every proposal of the space was in it."""
    space, looked = runner.space, Looked()
    known = list(dict.fromkeys(space.known.values()))
    looked.add(runner, known, [KNOWN] * len(known))
    if space.size <= MANY * count and len(every := looked.new(space, space.every())) <= count:
        looked.add(runner, every, [RANDOM] * len(every))
        return looked, True
    near = looked.new(space, (other for own in known for other in space.neighbours(own)))[: int(FIRST * count)]
    looked.add(runner, near, [NEAR] * len(near))
    drawn = looked.new(space, space.drawn(2 * count, runner.seed))[: max(0, int(FIRST * count) - len(near))]
    looked.add(runner, drawn, [RANDOM] * len(drawn))
    for generation in range(GENERATIONS):
        left = max(0, count - len(looked.proposals)) // (GENERATIONS - generation)
        children = looked.new(space, _children(space, looked, runner.seed, generation, 3 * left))[:left]
        looked.add(runner, children, [CHILD] * len(children))
    return looked, False


def _children(space: Space, looked: Looked, seed: int, generation: int, count: int) -> Iterator[Sequence[int]]:
    """Proposals with each lever from one of two of the best, and one in as many levers as there are changed at random."""
    places = np.arange(len(looked.proposals))
    best = looked.field(space, places, looked.means[0]).best(max(2, int(PARENTS * len(places))))
    parents = np.array(looked.proposals)[best]
    draws = Draws(seed, 0, count)

    def lot(stream: str, *shape: int) -> Array:
        return draws.uniform("design", f"{stream} {generation}", *shape)

    first, second = (parents[(lot(who) * len(parents)).astype(np.int64)] for who in ("mother", "father"))
    child = np.where(lot("of whom", len(space.values)).T < 0.5, first, second)
    changed = lot("changed", len(space.values)).T * len(space.values) < 1  # in one lever on average
    yield from np.where(changed, space.drawn(count, seed, f"mutant {generation}"), child).tolist()


# ---------------------------------------------------------------- the last of them


def _picked(runner: Runner, finalists: list[Proposal], values: Array, finals: Field) -> Iterator[Pick]:
    """The best by each thing that is wanted, made as simple as may be; two that hardly differ are one."""
    picks: dict[Proposal, tuple[list[str], Array]] = {}
    first = {wanted: int(order[0]) for wanted, order in finals.orders().items()}
    simple = {at: _simplified(runner, finalists[at], values[at]) for at in dict.fromkeys(first.values())}
    for wanted, at in first.items():
        proposal, own = simple[at]
        side = worse_off(own)
        same = (
            other for other, (_, theirs) in picks.items()
            if len(runner.space.differing(proposal, other)) < 2 and next(fits(theirs[None], own, side))
        )  # fmt: skip
        picks.setdefault(next(same, proposal), ([], own))[0].append(wanted)
    for proposal, (reasons, own) in picks.items():
        yield Pick(proposal, tuple(reasons), own.mean(axis=1))


def _simplified(runner: Runner, proposal: Proposal, own: Array) -> tuple[Proposal, Array]:
    """The proposal with as many levers as may be as in the nearest known format, without falling behind; and its figures."""
    space = runner.space
    known = space.known[space.nearest(proposal)]
    side = worse_off(own)
    levers = [number for number in range(len(proposal)) if proposal[number] != known[number]]
    single = [space.settled(_as_in(proposal, known, [number])) for number in levers]
    run = runner.run(single, BLOCKS[-1], WORLDS[-1])
    order = np.argsort([float((own[KEPT] - values[KEPT]).mean()) for values in run], kind="stable")
    chain = [space.settled(_as_in(proposal, known, [levers[at] for at in order[: count + 1]])) for count in range(len(levers))]
    there = [one for one in chain if space.allows(one) and space.effort(one) <= space.effort(proposal)]
    found = runner.run(there, BLOCKS[-1], WORLDS[-1])
    best = [(one, values) for one, values, ok in zip(there, found, fits(found, own, side), strict=True) if ok]
    return best[-1] if best else (proposal, own)


def _as_in(proposal: Proposal, known: Proposal, levers: Sequence[int]) -> Proposal:
    return tuple(known[number] if number in levers else value for number, value in enumerate(proposal))


def _better(runner: Runner, dropped: list[Proposal], best: Pick) -> Estimate:
    """The share of dropped proposals that clearly keep more than the best that is put forward, on worlds of the last round."""
    if not dropped:
        return Estimate(0.0, 0.0, 0.0)
    values = runner.run([*dropped, best.proposal], BLOCKS[-1], WORLDS[-1])
    return share(np.array([mean(own[KEPT] - values[-1][KEPT]).low > 0 for own in values[:-1]]))



