"""One process in many worlds: the compiled run, or the same rules uncompiled where nothing can be compiled.

What came of worlds is read off their records. The state of a batch at any week is its records, a plain array: it can
be saved, resampled and lived on.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sim.model.compiling import CannotCompileError, compiled
from sim.model.draws import Draws, Parameters, parameters_of
from sim.model.layout import Array, column, dtype_of, lived, write
from sim.model.own import OwnRules
from sim.model.packages import Agenda
from sim.model.program import Program, TableOf
from sim.model.reasons import State
from sim.model.records import Package, World
from sim.model.rules import linked
from sim.scenario.scenario import Scenario

CHECKPOINTS = (26, 52)
"""Weeks after which it is counted what stands; the end of the run is always one."""

Records = NDArray[np.void]


@lru_cache(maxsize=32)
def program_of(scenario: Scenario, process: str) -> Program:
    """A process, made ready once."""
    return Program(scenario, process)


@dataclass(frozen=True)
class TableBatch:
    """A table in all worlds: what is the same everywhere, and its records ``(R,)``."""

    of: TableOf
    records: Records

    @property
    def name(self) -> str:
        """Its name in the scenario."""
        return self.of.name

    @property
    def agenda(self) -> Agenda:
        """What can be signed."""
        return self.of.agenda

    @property
    def outcome(self) -> Records:
        """What came of it: fields of ``records.Outcome``, ``(R,)`` each."""
        return self.records["outcome"]

    def of_side(self, side: int, field: str) -> NDArray[Any]:
        """A field of ``records.Seat`` of one side, ``(R,)``."""
        return np.asarray(self.records["seats"][:, side][field])

    @cached_property
    def units(self) -> dict[str, Array]:
        """Natural units delivered, by name, ``(R,)``."""
        found = {unit: np.zeros(len(self.records)) for unit in sorted(set(self.of.units))}
        for n, unit in enumerate(self.of.units):
            found[unit] += self.records["units"][:, n]["delivered"]
        return found


@dataclass(frozen=True)
class Batch:
    """Worlds of one process. ``records`` ``(R,)`` of ``records.World``; ``states`` worlds per week and state.

    Of worlds that were lived to the end at once, only what came of them is kept in ``records``.
    """

    program: Program
    draws: Draws
    parameters: Parameters
    records: Records
    states: NDArray[np.int64]  # (weeks, states), by talks and texts on headline issues

    @property
    def scenario(self) -> Scenario:
        """What was asked."""
        return self.program.scenario

    @property
    def tables(self) -> list[TableBatch]:
        """The tables of the process, in order."""
        return [TableBatch(of, self.records["tables"][:, n]) for n, of in enumerate(self.program.tables)]

    def trust_change(self, side: int) -> Array:
        """What a side's trust in the other gained, ``(R,)``; with several others, on average."""
        own = self.records["sides"][:, side]
        others = [n for n in range(len(self.program.sides)) if n != side]
        return np.asarray((own["trust"] - own["trust_at_start"])[:, others].mean(axis=1))

    def live(self, until: int) -> Batch:
        """Live on up to a week (0: made ready for the first); changes the records in place."""
        _live(self.program, self.records, self.states, min(until, self.scenario.file.weeks))
        return self


def begin(scenario: Scenario, process: str, draws: Draws, *, branch: int = 0, stated: bool = False) -> Batch:
    """Worlds before their first week; with ``stated`` every number is as the scenario states it."""
    program, parameters = program_of(scenario, process), parameters_of(scenario, None if stated else draws)
    records = program.worlds(parameters, draws, branch=branch)
    return Batch(program, draws, parameters, records, np.zeros((scenario.file.weeks, len(State)), np.int64))


def live(scenario: Scenario, process: str, draws: Draws, *, stated: bool = False, own: OwnRules | None = None) -> Batch:
    """Worlds of a process, lived to the end of the run, a few at a time; with ``stated`` every number is as stated.

    Rules of a user's ``own`` take the place of ours. Raises CannotCompileError.
    """
    program, parameters = program_of(scenario, process), parameters_of(scenario, None if stated else draws)
    weeks, varying, template = scenario.file.weeks, program.varying(parameters, draws), program.template(program.roomy)
    states = np.zeros((weeks, len(State)), np.int64)
    kept = np.zeros(draws.worlds, _what_is_kept(program))
    room = np.repeat(template, min(AT_ONCE, draws.worlds))
    columns = [(column(room, place), numbers) for place, numbers in varying]
    for start in range(0, draws.worlds, AT_ONCE):
        part = kept[start : start + AT_ONCE]
        room[:] = template
        for place, numbers in columns:
            place[: len(part)] = numbers[start : start + AT_ONCE]
        _live(program, room[: len(part)], states, weeks, own)
        _keep(part, room[: len(part)])
    return Batch(program, draws, parameters, kept, states)


AT_ONCE = 256
"""Worlds whose records are in memory at once: few enough for the processor's cache."""


def _what_is_kept(program: Program) -> np.dtype[Any]:
    """The fields of a world's record that say what came of it, under the same names."""
    whole, sides, tables = dtype_of(World, program.roomy), len(program.sides), len(program.tables)
    table = whole["tables"].base
    seat = [(name, np.float64) for name in ("surplus", "agreed_surplus")] + [("fell", np.int64)]
    side = [(name, np.float64, (sides,)) for name in ("trust", "trust_at_start")]
    of_table = [*((name, table[name]) for name in ("possible", "outcome", "units")), ("seats", seat, (sides,))]
    issue = [("stock", [("longest", np.int64)])]
    of_world: list[Any] = [("headline_in_force", np.int64), ("trace", np.int64), ("issues", issue, (len(program.issues),))]
    of_world += [("sides", side, (sides,)), ("tables", of_table, (tables,))]
    return np.dtype(of_world)


def _keep(kept: Records, worlds: Records) -> None:
    """Copy the fields that are kept, as far as there is room for them."""
    assert kept.dtype.names
    for name in kept.dtype.names:
        of = worlds[name][tuple(slice(size) for size in kept[name].shape)]
        if kept[name].dtype.names and kept[name].dtype != of.dtype:
            _keep(kept[name], of)
        else:
            kept[name] = of


def _live(program: Program, worlds: Records, states: NDArray[np.int64], until: int, own: OwnRules | None = None) -> None:
    loop = compiled("live_worlds", program.roomy, own) if own is None or own.compiled else None
    if loop is not None:
        loop(worlds, program.scratch, states, until)
        return
    live_worlds, packages = linked(own.functions if own is not None else None)["live_worlds"], packages_of(program)
    for record in worlds:  # the same in plain Python
        world = lived(World, record)
        live_worlds([world], packages, states, until)
        write(World, world, record)


def try_out(scenario: Scenario, process: str, draws: Draws, own: OwnRules) -> str:
    """Live the first world with a user's own rules in plain Python, and compiled: what keeps it from that; empty if nothing does.

    Raises ScenarioError for a rule that fails.
    """
    one = replace(draws, worlds=1)
    program = program_of(scenario, process)
    record = program.worlds(parameters_of(scenario, one), one)
    world, states = lived(World, record[0]), np.zeros((scenario.file.weeks, len(State)), np.int64)
    try:
        linked(own.functions)["live_worlds"]([world], packages_of(program), states, scenario.file.weeks)
    except Exception as error:
        raise own.failed(error) from error
    try:
        compiled("live_worlds", program.roomy, own)
    except CannotCompileError as error:
        return str(error)
    if live(scenario, process, one, own=own).records["trace"][0] != world.trace:
        return f"rule {', '.join(own.functions)}: compiled, it does not do what it does in Python"
    return ""


def packages_of(program: Program) -> list[list[Package]]:
    """What can be signed at each table, as objects."""
    found = program.packages(program.exact)
    return [[lived(Package, k) for k in found[n, : len(t.agenda.packages)]] for n, t in enumerate(program.tables)]
