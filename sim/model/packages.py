"""What a package is worth: enumeration, gains and losses, and the points of a zone of agreement.

A package is one option per issue on the agenda. Its worth to a disputant is additive over issues and
counted from the status quo: gains, which come only if the other side keeps its word, less losses,
which a side bears itself until it takes back what it gave on that word. Keeping the two apart is what lets the commitment problem
(Fearon 1995; Powell 2006) act on a package as a whole.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import product
from math import prod

import numpy as np
from numpy.typing import NDArray

from sim.model.arrays import Array, Rows, at, choose, nothing, zeros
from sim.model.draws import Parameters
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Disputant, Format, Mediator, Table

CACHED_PACKAGES = 64
"""Agendas up to this many packages keep their values for all worlds; larger ones are valued where they sit."""


@dataclass(frozen=True)
class Grid:
    """All combinations of options that occur in packages, the last issue fastest, and where in them the packages are."""

    options: tuple[NDArray[np.intp], ...]  # per issue
    places: NDArray[np.intp]  # (K,)
    whole: bool  # every combination is a package, and in order


@dataclass(frozen=True)
class Agenda:
    """The packages that can be signed at a table."""

    issues: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]  # per issue, in order
    packages: NDArray[np.intp]  # (K, issues): index of the option
    moved: NDArray[np.bool_]  # (K, issues): differs from the status quo
    lasts: NDArray[np.int64]  # (K,): weeks after which all is carried out; 0 goes on

    @cached_property
    def grid(self) -> Grid:
        """The packages as places in all combinations of the options that occur in them."""
        used = tuple(np.unique(column) for column in self.packages.T)
        column = [np.searchsorted(options, chosen) for options, chosen in zip(used, self.packages.T, strict=True)]
        places = np.ravel_multi_index(column, tuple(len(options) for options in used))
        whole = bool(np.array_equal(places, np.arange(prod(len(options) for options in used))))
        return Grid(used, places, whole)

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
    lasts = [np.array([o.lasts or 0 for o in file.issues[i].options.values()]) for i in issues]
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


@dataclass(frozen=True)
class Worth:
    """What each package means to both sides in some worlds, all ``(n, 2, K)`` in utility of the table.

    ``secure`` gains arrive with the exchange, ``trusted`` gains hang on the other side's word, ``loss`` is
    what a side gives up, ``entrusted`` the part of it that is given on the other side's word, ``political`` is
    the loss weighted by public sensitivity.
    """

    secure: Array
    trusted: Array
    loss: Array
    entrusted: Array
    political: Array

    def of(self, package: NDArray[np.intp]) -> Worth:
        """The worth of one package per world, each part ``(n, 2)``."""
        return Worth(*(choose(part, package) for part in self.parts))

    def at(self, rows: Rows) -> Worth:
        """The worth in some of its worlds."""
        return Worth(*(at(part, rows) for part in self.parts))

    @property
    def parts(self) -> tuple[Array, Array, Array, Array, Array]:
        """Secure, trusted, loss, entrusted, political."""
        return self.secure, self.trusted, self.loss, self.entrusted, self.political


class Values:
    """Values of an agenda in all worlds of a block."""

    def __init__(self, scenario: Scenario, agenda: Agenda, parameters: Parameters) -> None:
        self.agenda = agenda
        file = scenario.file
        sides = scenario.disputants
        issues = agenda.issues
        worlds = parameters.worlds
        most = max(len(o) for o in agenda.options)
        salience, everything = zeros(worlds, 2, len(issues)), zeros(worlds, 2)
        gains, losses = (zeros(worlds, 2, len(issues), most) for _ in range(2))
        self._stated = np.zeros((2, 2, len(issues), most))  # gains and losses as the scenario states them
        for s, side in enumerate(sides):
            party = file.parties[side]
            assert isinstance(party, Disputant)
            for issue, position in party.positions.items():
                base = f"parties.{side}.positions.{issue}"
                weight = parameters(f"{base}.salience")
                everything[:, s] += weight
                if issue not in issues:
                    continue
                k = issues.index(issue)
                salience[:, s, k] = weight
                for o, option in enumerate(agenda.options[k]):
                    if option in position.gains:
                        gains[:, s, k, o] = parameters(f"{base}.gains.{option}")
                        self._stated[0, s, k, o] = position.gains[option]
                    if option in position.losses:
                        losses[:, s, k, o] = parameters(f"{base}.losses.{option}")
                        self._stated[1, s, k, o] = position.losses[option]
        on_table = salience.sum(axis=2)
        self.share = on_table / np.maximum(everything, 1e-12)
        """(R, 2): the agenda's share of all that a side cares about."""
        weights = salience / np.maximum(on_table, 1e-12)[:, :, None]
        self.weights = weights
        """(R, 2, issues): salience on this agenda, sums to 1."""
        self.gains = gains * weights[..., None]
        self.losses = losses * weights[..., None]
        self.sensitivity = self._per_issue(parameters, "sensitivity")
        self.self_enforcing = self._per_issue(parameters, "self_enforcing")
        front, relief = self._per_issue(parameters, "front"), self._per_issue(parameters, "relief")
        self.front_weight = (weights * front[:, None, :]).sum(axis=2)
        self.relief_weight = (weights * relief[:, None, :]).sum(axis=2)
        self.agenda_sensitivity = self.sensitivity.max(axis=1, keepdims=True)
        """(R, 1): public sensitivity of the agenda; a table is read at home by its most sensitive issue."""
        secured, costs = self.self_enforcing[:, None, :, None], bool(self.losses.any())
        word = 1 - secured
        gained = bool((secured * self.gains).any()), bool((word * self.gains).any())
        self._there = (*gained, costs, bool((word * self.losses).any()), costs)
        """Whether any world has secure gains, trusted gains, losses, entrusted losses, political losses."""
        self.linkages = self._compile_linkages(scenario, parameters)
        self._cache = self._value(np.arange(worlds)) if len(agenda.packages) <= CACHED_PACKAGES else None

    def _compile_linkages(self, scenario: Scenario, parameters: Parameters) -> list[tuple[int, NDArray[np.bool_], Array]]:
        found = []
        for s, side in enumerate(scenario.disputants):
            party = scenario.file.parties[side]
            assert isinstance(party, Disputant)
            for n, linkage in enumerate(party.linkages):
                if not all(i in self.agenda.issues for i in linkage.options):
                    continue
                held = np.ones(len(self.agenda.packages), bool)
                for issue, option in linkage.options.items():
                    held &= _holds({issue: option}, self.agenda.issues, self.agenda.options, self.agenda.packages)
                found.append((s, held, parameters(f"parties.{side}.linkages.{n}.value")))
        return found

    def _per_issue(self, parameters: Parameters, key: str) -> Array:
        return np.stack([parameters(f"issues.{issue}.{key}") for issue in self.agenda.issues]).T

    def _value(self, rows: Rows) -> Worth:
        gains, losses = at(self.gains, rows), at(self.losses, rows)
        secured, sensitivity = (at(x, rows)[:, None, :, None] for x in (self.self_enforcing, self.sensitivity))
        secure = self._add_up(secured * gains, linked=True)
        trusted = self._add_up((1 - secured) * gains)
        loss = self._add_up(losses, linked=True)
        entrusted = self._add_up((1 - secured) * losses)
        political = self._add_up(sensitivity * losses)
        for s, held, value in self.linkages:
            secure[:, s] += held * np.maximum(value[rows], 0)[:, None]
            loss[:, s] += held * np.maximum(-value[rows], 0)[:, None]
        return Worth(secure, trusted, loss, entrusted, political)

    def _add_up(self, part: Array, *, linked: bool = False) -> Array:
        """Sums over issues for every package, ``(n, 2, issues, options)`` to ``(n, 2, K)``.

        Issue by issue for all beginnings of a package at once, so that the work is about one addition a
        package. A part that is nothing anywhere stays one zero seen everywhere, unless linkages ``linked`` to it follow.
        """
        worlds, grid = len(part), self.agenda.grid
        if not part.any() and not (linked and self.linkages):
            return nothing(worlds, 2, len(self.agenda.packages))
        total = np.zeros((1, 2, worlds))
        for k, options in enumerate(grid.options):
            total = (total[:, None] + part.T[options, k]).reshape(-1, 2, worlds)
        return (total if grid.whole else total[grid.places]).T

    def at(self, rows: Rows) -> Worth:
        """What every package is worth in the worlds ``rows``, parts ``(n, 2, K)``."""
        return self._value(rows) if self._cache is None else self._cache.at(rows)

    def of(self, rows: Rows, package: NDArray[np.intp]) -> Worth:
        """What one package per world is worth, parts ``(n, 2)``: the sums of :meth:`at`, linkages apart."""
        worlds, issues, n = len(self.share), len(self.agenda.issues), len(rows)
        secure, trusted, loss, entrusted, political = (np.zeros((2, n)) if there else nothing(2, n) for there in self._there)
        secures, trusts, costs, risks, _ = self._there
        gains, losses = self.gains.T.reshape(-1), self.losses.T.reshape(-1)
        for k, option in enumerate(self.agenda.packages[package].T):
            place = (option * issues + k) * 2 * worlds + np.array([[0], [worlds]]) + rows
            secured = self.self_enforcing[rows, k]
            gain = gains.take(place) if secures or trusts else secure
            if secures:
                secure += secured * gain
            if trusts:
                trusted += (1 - secured) * gain
            if costs:
                given = losses.take(place)
                loss += given
                if risks:
                    entrusted += (1 - secured) * given
                political += self.sensitivity[rows, k] * given
        return Worth(secure.T, trusted.T, loss.T, entrusted.T, political.T)

    def guess(self) -> Array:
        """What outsiders take each package to be worth, ``(2, K)``: stated gains and losses, issues weighed alike.

        This is what mediators know before a side has told them anything; it is the same in every world.
        """
        packages = self.agenda.packages
        total = np.zeros((2, len(packages)))
        for k in range(len(self.agenda.issues)):
            total += 0.5 * self._stated[0][:, k, packages[:, k]] - self._stated[1][:, k, packages[:, k]]
        return total / len(self.agenda.issues)


def mediators_interest(scenario: Scenario, agenda: Agenda, mediators: list[str], parameters: Parameters) -> Array:
    """What the mediators of a table would like of each package, averaged over them, ``(R, K)`` in [0, 1]."""
    if not mediators:
        return nothing(parameters.worlds, len(agenda.packages))
    total = zeros(parameters.worlds, len(agenda.packages))
    for name in mediators:
        party = scenario.file.parties[name]
        assert isinstance(party, Mediator)
        weight = np.zeros(parameters.worlds)
        liked = zeros(*total.shape)
        for issue, interest in party.interests.items():
            if issue not in agenda.issues:
                continue
            base = f"parties.{name}.interests.{issue}"
            salience = parameters(f"{base}.salience")
            weight = weight + salience
            k = agenda.issues.index(issue)
            for o, option in enumerate(agenda.options[k]):
                if option in interest.values:
                    value = parameters(f"{base}.values.{option}")
                    liked += (salience * value)[:, None] * (agenda.packages[:, k] == o)
        total += liked / np.maximum(weight, 1e-12)[:, None]
    return total / len(mediators)


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
