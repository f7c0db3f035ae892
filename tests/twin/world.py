"""One world, week by week."""

from __future__ import annotations

from typing import Any

from sim.model.draws import Draws, Parameters
from sim.model.reasons import State
from sim.scenario.scenario import Scenario
from sim.scenario.schema import Event
from twin.chances import SPREAD_OF_LOGISTIC, Luck, Numbers, between, left_after, noise
from twin.coming import choose_focal_text, who_comes
from twin.home import in_force_already, ratify
from twin.learning import learn
from twin.people import Behaviour, Side, all_mediators, two_sides
from twin.standing import keep
from twin.tables import Table
from twin.talking import hold_talks

Happening = tuple[int, str, str, tuple[tuple[str, int], ...]]
"""Week, table (none for an event of the world), what happened, and its details."""


class World:
    """One world of a process."""

    def __init__(self, scenario: Scenario, process: str, draws: Draws, parameters: Parameters, index: int) -> None:
        self.conflict = scenario
        self.weeks = scenario.file.weeks
        self.week = 0
        self.number = Numbers(parameters, index)
        self.luck = Luck(draws, self.weeks, index)
        self.b = Behaviour(scenario, self.number)
        self.front = self.number("front_start", scenario.file.front_start)
        self.sides = two_sides(scenario, self.number)
        self.mediators = all_mediators(scenario, self.number)
        self.tables = [Table(self, name) for name in scenario.file.processes[process].tables]
        self.log: list[Happening] = []
        self.in_force = 0
        self.states: list[State] = []  # per week, of the table that is furthest
        self.standing: dict[int, list[bool]] = {}  # per checkpoint, by table
        for name, event in scenario.file.events.items():
            if event.week is not None and event.week < 0:
                self._apply(name, event, weeks_ago=-event.week - 1)  # the first week begins with a week's fading
        for table in self.tables:
            choose_focal_text(self, table)
        for table in self.tables:
            if table.spec.in_force is not None:
                in_force_already(self, table)

    def live_a_week(self) -> None:
        """The world moves; who comes; talks; ratification; agreements in force; learning."""
        for side in self.sides:
            side.a_week_passes(self.b)
        self._move_front()
        for number, (name, event) in enumerate(self.conflict.file.events.items()):
            if not self._is_due(name, event):
                continue
            if event.suppressed_by and self._held_back(name, event.suppressed_by):
                self.note(None, "held back", event=number)
            else:
                self.note(None, "event", event=number)
                self._apply(name, event, weeks_ago=0)
        for mediator in self.mediators.values():
            mediator.count_tables(self.tables)
        for rule in (who_comes, hold_talks, ratify, keep, learn):
            for table in self.tables:
                rule(self, table)
        self._count()
        self.week += 1
        if self.week == self.weeks:
            self._close()

    # ---------------------------------------------------------------- the world moves

    def _move_front(self) -> None:
        step = self.number("front_volatility") * noise(self.luck.of_world("front", self.week)) / SPREAD_OF_LOGISTIC
        self.front = between(-1, self.front + step, 1)

    def _is_due(self, name: str, event: Event) -> bool:
        if event.rate is not None:
            return self.luck.of_world(f"event {name}", self.week) < self.number(f"events.{name}.rate")
        return event.week == self.week

    def _held_back(self, name: str, issue: str) -> bool:
        """An agreement in force that moves the issue keeps an event from happening, by the share delivered."""
        delivered = 0.0
        for table in self.tables:
            if table.state == State.IN_FORCE and issue in table.packages[table.agreement.package].moved:
                delivered = max(delivered, min(table.agreement.delivered))
        return self.luck.of_world(f"event {name} held back", self.week) < delivered

    def _apply(self, name: str, event: Event, weeks_ago: int) -> None:
        """What an event does, less what has faded of it since."""
        for side in self.sides:

            def size(effect: str, of: str = side.name) -> float:
                return self.number(f"events.{name}.{effect}.{of}", 0.0)

            grievance = size("grievance") * left_after(weeks_ago, self.b.grievance_half_life)
            optimism = size("optimism") * left_after(weeks_ago, self.b.optimism_half_life)
            commitment = size("commitment") * left_after(weeks_ago, self.b.commitment_half_life)
            side.grievance = between(0, side.grievance + grievance, 1)
            side.optimism = between(0, side.optimism + optimism, 1)
            side.commitment = between(0, side.commitment + commitment, 1)
            side.war_cost = between(0, side.war_cost + size("war_cost"), 1)
            shift = size("front") if side.index == 0 else -size("front")
            self.front = between(-1, self.front + shift, 1)
            for sponsor in event.stain:
                if side.discount[sponsor] > 0:  # whom a side minds already, it minds more
                    side.discount[sponsor] += self.number(f"events.{name}.stain.{sponsor}")
            for table in self.tables:
                shared = len(set(event.issues) & set(table.agenda)) / len(table.agenda)
                table.lock_in[side.index] += shared * size("lock_in")
                in_force = table.state in {State.IN_FORCE, State.SUSPENDED}
                if shared and event.accuses == side.name and in_force:
                    table.accused[side.index] = True
        for table in self.tables:
            shared = len(set(event.issues) & set(table.agenda)) / len(table.agenda)
            table.pull_bonus += shared * self.number(f"events.{name}.pull", 0.0)

    # ---------------------------------------------------------------- what the rules ask of a world

    def luck_of(self, table: Table, stream: str, side: Side | None = None) -> float:
        """This week's number of a table's stream, or of a side's."""
        return self.luck.of_table(table.luck_of, stream, self.week, side.index if side is not None else 0)

    def is_open(self, table: Table) -> bool:
        """What the table hangs on has happened."""
        opens = table.spec.opens
        if opens is None:
            return True
        other = next(t for t in self.tables if t.name == opens.after)
        if opens.when == "failed":
            return other.failed
        if opens.when == "agreed":
            return other.record.agreed >= 0
        return other.state in {State.IN_FORCE, State.SUSPENDED}

    def discourage(self) -> None:
        """Something failed: both sides lose hope."""
        for side in self.sides:
            side.optimism = max(side.optimism - self.b.discouragement, 0)

    def note(self, table: Table | None, what: str, **details: Any) -> None:
        """Put an event on the log, of a table or of the world."""
        where = table.name if table is not None else ""
        self.log.append((self.week, where, what, tuple((name, int(value)) for name, value in sorted(details.items()))))

    # ---------------------------------------------------------------- counting

    def _count(self) -> None:
        """The process is as far as its furthest table; a suspended agreement is not as far as one in force."""
        order = [State.APART, State.TALKING, State.SIGNED, State.SUSPENDED, State.IN_FORCE]
        furthest = max((table.state for table in self.tables), key=order.index)
        self.states.append(furthest)
        if furthest in {State.SUSPENDED, State.IN_FORCE}:
            self.in_force += 1
        if self.week + 1 in {26, 52, self.weeks}:
            self.standing[self.week + 1] = [table.stands() for table in self.tables]

    def _close(self) -> None:
        """The run is over: an agreement that never ended is put down as it is now."""
        for table in self.tables:
            if table.record.ratified >= 0 and table.record.ended < 0:
                table.record.delivery = min(table.agreement.delivered)
