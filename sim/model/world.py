"""A process in many worlds at once: the Mesa model, and the week in order."""

from __future__ import annotations

from collections.abc import Callable

import mesa
import numpy as np
from numpy.typing import NDArray

from sim.model import drafting, events, keeping, learning, ratification, readiness, transitions
from sim.model.arrays import Rows
from sim.model.draws import Draws, Parameters
from sim.model.packages import Agenda
from sim.model.parties import Behaviours, Disputant, Mediator, Sides
from sim.model.reasons import State
from sim.model.tables import Table
from sim.scenario.headline import headline
from sim.scenario.scenario import Scenario

CHECKPOINTS = (26, 52)
"""Weeks after which it is counted what stands; the end of the run is always one."""

Listener = Callable[[int, str, str, Rows, dict[str, NDArray[np.integer]]], None]
"""Called with week, table, what happened, the worlds it happened in, and details per world."""


class World(mesa.Model):
    """The first ``draws.worlds`` worlds of a block, in one process; every array's first axis is the worlds."""

    def __init__(
        self, scenario: Scenario, process: str, draws: Draws, *, listener: Listener | None = None, stated: bool = False
    ) -> None:
        super().__init__(rng=draws.seed)
        self.conflict = scenario
        self.process = process
        self.draws = draws
        self.worlds = draws.worlds
        self.weeks = scenario.file.weeks
        self.week = 0
        self.listener = listener
        self.narrator: Listener | None = None
        """Hears what the listener hears and what happens between those steps; set by who tells a single world."""
        self.parameters = Parameters(scenario, draws, stated=stated)
        self.behaviour = Behaviours(self.parameters)
        self.front = self.parameters("front_start", scenario.file.front_start).copy()
        self.front_volatility = self.parameters("front_volatility")
        self._luck: dict[str, NDArray[np.float32]] = {}
        self.sides = Sides.of(scenario, self.parameters)
        self.disputants = [Disputant(self, name, column) for column, name in enumerate(scenario.disputants)]
        self.mediators = {name: Mediator(self, name) for name in scenario.mediators}
        # Mesa numbers agents in a class-wide table that would keep every world alive for good.
        getattr(mesa.Agent, "_ids", {}).pop(self, None)
        self.trust_before = self.sides.trust.copy()
        self.tables: list[Table] = []
        self.tables = [Table(self, name) for name in scenario.file.processes[process].tables]
        events.happened_before(self)
        for table in self.tables:
            readiness.choose_focal_text(self, table)
        for table in self.tables:
            if table.spec.in_force is not None:
                transitions.in_force_already(self, table, table.spec.in_force)
        self.states = np.zeros((self.weeks, len(State)), np.int64)
        """Worlds per week in which the process is apart, talking, signed, in force, suspended."""
        self.in_force = np.zeros(self.worlds, np.int32)
        """Weeks in which at least one agreement was in force or suspended, ``(R,)``."""
        issues = headline(scenario.file, process)
        self._about = [_moves(table.agenda, issues) for table in self.tables]
        self.headline_states = np.zeros_like(self.states)
        """``states``, of texts that move a headline issue and of talks at tables that have one."""
        self.headline_in_force = np.zeros_like(self.in_force)
        """``in_force``, of agreements that move a headline issue."""

    def step(self) -> None:
        """One week, in this order.

        1. The world moves: feelings fade, the front shifts, events happen.
        2. Mediators count the tables they serve; each side comes, stays or walks out, table by table.
        3. Talks: a round at each table that sits.
        4. Ratification: texts agreed before this week pass or fall at home.
        5. Agreements in force are delivered, violated, repaired, renewed or ended.
        6. Learning: trust in the other side and in mediators.
        7. The week is counted.
        """
        self.agents_by_type[Disputant].do("feel")
        events.move_front(self)
        events.happen(self)
        if self.mediators:
            self.agents_by_type[Mediator].do("count_tables")
        for rule in (readiness.who_comes, drafting.hold_talks, ratification.ratify, keeping.keep, learning.learn):
            for table in self.tables:
                rule(self, table)
        self._count_states()
        self.week += 1

    def run(self) -> World:
        """All weeks of the scenario."""
        while self.week < self.weeks:
            self.step()
        for table in self.tables:
            going_on = (table.outcome.ratified >= 0) & (table.outcome.ended < 0)
            table.outcome.delivery[going_on] = table.agreement.delivered[going_on].min(axis=1)
        return self

    def forget(self) -> None:
        """Let go of everything at once: a model and its agents hold each other, and a block is tens of megabytes."""
        self.__dict__.clear()

    def table(self, name: str) -> Table:
        """A table of this process by name."""
        return next(t for t in self.tables if t.name == name)

    def is_open(self, table: Table) -> NDArray[np.bool_]:
        """Worlds in which a table may meet: what it hangs on has happened at the other table, ``(R,)``."""
        opening = table.spec.opens
        if opening is None:
            return np.ones(self.worlds, bool)
        other = self.table(opening.after)
        if opening.when == "failed":
            return other.failed
        if opening.when == "agreed":
            return np.asarray(other.outcome.agreed >= 0)
        return np.asarray(other.state >= State.IN_FORCE)

    def luck(self, stream: str, week: int) -> NDArray[np.float64]:
        """This week's uniform draws of a stream that all processes share, ``(R,)``."""
        if stream not in self._luck:
            self._luck[stream] = self.draws.uniform("world", stream, self.weeks)
        return self._luck[stream][week].astype(np.float64)

    def note(self, table: Table, what: str, rows: Rows, **details: NDArray[np.integer]) -> None:
        """Tell a listener what happened; costs nothing without one."""
        if self.listener is not None and len(rows):
            self.listener(self.week, table.name, what, rows, details)
        self.aside(table, what, rows, **details)

    def aside(self, table: Table | None, what: str, rows: Rows, **details: NDArray[np.integer]) -> None:
        """Tell the narrator what a story needs besides the steps of :meth:`note`; costs nothing without one."""
        if self.narrator is not None and len(rows):
            self.narrator(self.week, table.name if table is not None else "", what, rows, details)

    def _count_states(self) -> None:
        """A process is as far as its furthest table: in force before suspended, signed, talking and apart."""
        rank = np.array([0, 1, 2, 4, 3])  # of APART, TALKING, SIGNED, IN_FORCE, SUSPENDED
        places = [rank[t.state] for t in self.tables]
        about = [_about(table, moves) * place for table, moves, place in zip(self.tables, self._about, places, strict=True)]
        every = (self.states, self.in_force)
        for found, (states, in_force) in ((places, every), (about, (self.headline_states, self.headline_in_force))):
            furthest = np.max(found, axis=0)
            states[self.week] = np.bincount(np.argsort(rank)[furthest], minlength=len(State))
            np.add(in_force, furthest >= rank[State.SUSPENDED], out=in_force)
        for table in self.tables:
            if self.week + 1 in (*CHECKPOINTS, self.weeks):
                table.outcome.standing[self.week + 1] = table.stands()


def _moves(agenda: Agenda, issues: list[str]) -> NDArray[np.bool_]:
    """Packages that move one of these issues, ``(K,)``."""
    own = [place for place, issue in enumerate(agenda.issues) if issue in issues]
    return np.asarray(agenda.moved[:, own].any(axis=1))


def _about(table: Table, moves: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Worlds in which a table's text, where it has one, moves what is asked for; where it has none, could, ``(R,)``."""
    signed = table.state >= State.SIGNED
    return np.where(signed, moves[table.agreement.package], moves.any())
