"""What can be signed at a table: packages of one option per issue, and the points of a zone of agreement."""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from sim.model.layout import Array
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Disputant, Format, Table


@dataclass(frozen=True)
class Agenda:
    """The packages that can be signed at a table."""

    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]  # per issue, in order
    packages: NDArray[np.intp]  # (K, issues): index of the option
    moved: NDArray[np.bool_]  # (K, issues): differs from the status quo
    lasts: NDArray[np.int64]  # (K,): weeks after which all is carried out; 0 goes on

    def place(self, text: dict[str, str]) -> int:
        """The package that holds these options, and the status quo on the issues left out. Raises ValueError for none."""
        chosen = [options.index(text[i]) if i in text else None for i, options in zip(self.issues, self.options, strict=True)]
        held = [~self.moved[:, k] if o is None else self.packages[:, k] == o for k, o in enumerate(chosen)]
        found = np.flatnonzero(np.logical_and.reduce(held))
        if len(found) != 1:
            raise ValueError(f"no package of the table: {text}")
        return int(found[0])

    def name(self, package: int) -> str:
        """The package in words: ``issue: option`` for each issue it moves."""
        row = self.packages[package]
        moved = self.moved[package]
        return ", ".join(f"{i}: {o[c]}" for i, o, c, m in zip(self.issues, self.options, row, moved, strict=True) if m)


def options_in(name: str) -> dict[str, str]:
    """The options that a package moves, by issue, from its name."""
    return dict(part.split(": ") for part in name.split(", ")) if name else {}  # names of a scenario hold neither sign


def enumerate_agenda(scenario: Scenario, table: Table, form: Format) -> Agenda:
    """All packages of a table that its settlement rule and the sides' conditional offers allow.

    Issue by issue, any subset may move, so every package but the bare status quo counts. All or nothing,
    every headline issue has to move (every issue, where none is marked headline).
    """
    file = scenario.file
    issues = tuple(table.agenda)
    options = tuple(tuple(file.issues[i].options) for i in issues)
    status_quo = [next(n for n, o in enumerate(file.issues[i].options.values()) if o.status_quo) for i in issues]
    packages = np.array(list(product(*(range(len(o)) for o in options))), dtype=np.intp)
    moved = packages != np.array(status_quo)
    allowed = moved.any(axis=1)
    if form.settlement == "all_or_nothing":
        headline = np.array([file.issues[i].headline for i in issues])
        must = headline if headline.any() else np.ones(len(issues), bool)
        allowed &= moved[:, must].all(axis=1)
    for name in scenario.disputants:
        side = file.parties[name]
        assert isinstance(side, Disputant)
        for conditional in side.conditional_offers:
            given = _holds(conditional.offer, issues, options, packages)
            condition = _holds(conditional.only_if, issues, options, packages)
            allowed &= ~given | condition
    packages, moved = packages[allowed], moved[allowed]
    lasts = [np.array([math.ceil(o.weeks) for o in file.issues[i].options.values()]) for i in issues]
    weeks = np.where(moved, np.stack([per_option[packages[:, k]] for k, per_option in enumerate(lasts)], axis=1), 0)
    goes_on = (moved & (weeks == 0)).any(axis=1)
    return Agenda(issues, options, packages, moved, np.where(goes_on, 0, weeks.max(axis=1, initial=0)))


def _holds(
    wanted: dict[str, str], issues: tuple[str, ...], options: tuple[tuple[str, ...], ...], packages: NDArray[np.intp]
) -> NDArray[np.bool_]:
    (issue, option), *_ = wanted.items()
    if issue not in issues:
        return np.zeros(len(packages), bool)
    column = issues.index(issue)
    return np.asarray(packages[:, column] == options[column].index(option))


def outsiders_guess(scenario: Scenario, agenda: Agenda) -> Array:
    """What outsiders take each package to be worth, ``(sides, K)``: half the stated gains less the losses, issues weighed alike.

    This is what mediators know before a side has told them anything; it is the same in every world.
    """
    total = np.zeros((len(scenario.disputants), len(agenda.packages)))
    for s, name in enumerate(scenario.disputants):
        side = scenario.file.parties[name]
        assert isinstance(side, Disputant)
        for k, (issue, options) in enumerate(zip(agenda.issues, agenda.options, strict=True)):
            if issue in side.positions:
                position = side.positions[issue]
                stated = [0.5 * position.gains.get(o, 0.0) - position.losses.get(o, 0.0) for o in options]
                total[s] += np.array(stated)[agenda.packages[:, k]]
    return total / len(agenda.issues)


# ---------------------------------------------------------------- points of a zone of agreement


def zone(surplus: Array) -> NDArray[np.bool_]:
    """Packages both sides prefer to no agreement: ``surplus (..., 2, K)`` to ``(..., K)``."""
    return np.asarray((surplus >= 0).all(axis=-2))


def nash(surplus: Array) -> NDArray[np.intp]:
    """The package with the largest product of surpluses (Nash 1950); outside the zone, the least bad for the worse-off."""
    positive = np.maximum(surplus, 0).prod(axis=-2)
    inside = zone(surplus)
    return np.asarray(np.where(inside, positive + 1, surplus.min(axis=-2)).argmax(axis=-1))


def kalai(surplus: Array) -> NDArray[np.intp]:
    """The package whose smaller surplus is largest (egalitarian: Kalai 1977), surpluses ``(..., 2, K)``."""
    return np.asarray(surplus.min(axis=-2).argmax(axis=-1))


def welfare(surplus: Array) -> NDArray[np.intp]:
    """The package with the largest sum of surpluses; outside the zone, the least bad for the worse-off."""
    return np.asarray(np.where(zone(surplus), surplus.sum(axis=-2), surplus.min(axis=-2)).argmax(axis=-1))


def frontier(surplus: Array) -> NDArray[np.bool_]:
    """Packages that no other package betters for both sides, ``(2, K)`` to ``(K,)`` (Pareto)."""
    a, b = surplus
    order = np.lexsort((-b, -a))
    best = np.maximum.accumulate(np.concatenate([[-np.inf], b[order][:-1]]))
    keep = np.zeros(len(a), bool)
    keep[order] = b[order] > best
    same = (a[order][1:] == a[order][:-1]) & (b[order][1:] == b[order][:-1])
    for n in np.flatnonzero(same):
        keep[order[n + 1]] = keep[order[n]]
    return keep
