"""One world lived by Mesa agents: each decision is a method that calls the rule of the same name.

Subclass ``Disputant`` or ``Mediator`` and override a method, or replace a rule by name, and that world goes another way.
Rules are called uncompiled; what comes of a world is the same, to the bit, as in a compiled batch.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import mesa

from sim.model import records
from sim.model.batch import packages_of, program_of
from sim.model.codes import Kind
from sim.model.draws import Draws, one_world, parameters_of
from sim.model.layout import lived
from sim.model.reasons import Reason
from sim.model.records import Package, Packages, Table
from sim.model.rules import Rule, linked
from sim.scenario.scenario import Scenario


class Incident(NamedTuple):
    """Something that happened in a week; ``Kind`` says what ``whose`` and ``detail`` mean. Table -1 is the world."""

    week: int
    table: int
    kind: Kind
    whose: int
    reason: Reason
    detail: int


class Disputant(mesa.Agent, records.Side):
    """A side in the conflict; its attributes are those of ``records.Side``."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world)
        self.name = name

    def comes_to(self, table: Table) -> bool:
        """Whether it comes to a table on an occasion to meet."""
        return self._rule("comes_to", table)

    def stays(self, table: Table) -> bool:
        """Whether it stays at a table on an occasion to leave."""
        return self._rule("stays", table)

    def proposes(self, table: Table, packages: Packages) -> int:
        """The text that it puts forward when its turn comes."""
        return self.model.default["proposes"](self.model.record, table, self, packages)

    def accepts(self, table: Table, package: Package, author: int) -> bool:
        """Whether a text of another side, or of mediators (-1), is good enough for it."""
        return self.model.default["accepts"](self.model.record, table, self, package, author)

    def ratifies(self, table: Table) -> bool:
        """Whether its capital lets a text pass."""
        return self._rule("ratifies", table)

    def delivers(self, table: Table) -> float:
        """The share of its promise that it delivers from now on."""
        return self._rule("delivers", table)

    def violates(self, table: Table) -> bool:
        """Whether it breaks an agreement this week."""
        return self._rule("violates", table)

    def walks_away(self, table: Table) -> bool:
        """Whether it leaves an agreement within its term."""
        return self._rule("walks_away", table)

    def renews(self, table: Table) -> bool:
        """Whether it goes on when the term is over."""
        return self._rule("renews", table)

    def _rule(self, name: str, table: Table) -> Any:
        return self.model.default[name](self.model.record, table, self)


class Mediator(mesa.Agent, records.Mediator):
    """A third party; its attributes are those of ``records.Mediator``. Of several at a table the first drafts for all."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world)
        self.name = name

    def pulls(self, side: records.Side) -> float:
        """How strongly its invitation draws a side."""
        return self.model.default["pulls"](self, side)

    def drafts(self, table: Table, packages: Packages) -> int:
        """The text that the mediators of a table put forward."""
        return self.model.default["drafts"](self.model.record, table, packages)

    def presses(self, table: Table, package: Package) -> None:
        """Adds leverage for the side for which a text does least."""
        self.model.default["presses"](self.model.record, table, package)


def _of_side(name: str) -> Rule:
    return lambda w, t, me, *more: getattr(me, name)(t, *more)


def _of_mediators(name: str) -> Rule:
    return lambda w, t, *more: getattr(w.mediators[t.mediators[0]], name)(t, *more)


DECISIONS: dict[str, Rule] = {
    **{name: _of_side(name) for name in ("comes_to", "stays", "proposes", "accepts", "ratifies")},
    **{name: _of_side(name) for name in ("delivers", "violates", "walks_away", "renews")},
    "pulls": lambda mediator, me: mediator.pulls(me),
    **{name: _of_mediators(name) for name in ("drafts", "presses")},
}
"""Rules that are an agent's to decide, as calls of its method of that name."""


class World(mesa.Model):
    """World ``number`` of a seed, in one process of a scenario, to be stepped week by week.

    ``record`` has the state of the world (``records.World``), ``incidents`` what happened so far. With ``stated`` all
    numbers are as the scenario states them; otherwise those of that world of a batch. ``rules`` replaces rules by name;
    ``disputant`` and ``mediator`` are the classes whose agents live in it.
    """

    def __init__(
        self,
        scenario: Scenario,
        process: str,
        *,
        seed: int = 0,
        number: int = 0,
        stated: bool = False,
        rules: Mapping[str, Rule] | None = None,
        disputant: type[Disputant] = Disputant,
        mediator: type[Mediator] = Mediator,
        draws: Draws | None = None,
    ) -> None:
        super().__init__(rng=seed)
        self.conflict, self.process = scenario, process
        self.program = program_of(scenario, process)
        draws = draws or one_world(seed, number)
        parameters = parameters_of(scenario, None if stated else draws)
        record = self.program.worlds(parameters, draws, sizes=self.program.exact)[0]
        self.record: records.World = lived(records.World, record)
        self.disputants = [disputant(self, name) for name in self.program.sides]
        self.mediators = [mediator(self, name) for name in self.program.mediators]
        self.record.sides = [lived(records.Side, record["sides"][n], into=a) for n, a in enumerate(self.disputants)]
        self.record.mediators = [lived(records.Mediator, record["mediators"][n], into=a) for n, a in enumerate(self.mediators)]
        getattr(mesa.Agent, "_ids", {}).pop(self, None)  # a class-wide table that would keep every world alive for good
        self.packages = packages_of(self.program)
        self.incidents: list[Incident] = []
        self.rules = linked(rules)
        self.default = {name: self.rules[name] for name in (*DECISIONS, "note")}
        self.rules.update(DECISIONS, note=self._note)
        self.rules["prepare"](self.record, self.packages)

    @staticmethod
    def model_params(scenario: Scenario, *, worlds: int = 1000) -> dict[str, Any]:
        """What can be chosen of a world, in the form of Mesa's pages (``mesa.visualization``): process, seed and world."""
        processes = list(scenario.file.processes)
        return {
            "process": {"type": "Select", "label": "process", "value": processes[0], "values": processes},
            "seed": {"type": "InputText", "label": "seed", "value": 0},
            "number": {"type": "SliderInt", "label": "world", "value": 0, "min": 0, "max": worlds - 1, "step": 1},
        }

    def step(self) -> None:
        """One week, as in ``week.live_a_week``."""
        self.rules["live_a_week"](self.record, self.packages)

    def run(self) -> World:
        """All weeks that are left."""
        while self.week < self.record.weeks:
            self.step()
        return self

    @property
    def week(self) -> int:
        """Weeks lived."""
        return self.record.week

    @property
    def tables(self) -> list[Table]:
        """The tables of the process, in order; ``program.tables`` has their names and formats."""
        return self.record.tables

    def _note(self, w: records.World, table: int, kind: int, whose: int, reason: int, detail: int) -> None:
        self.incidents.append(Incident(w.week, table, Kind(kind), int(whose), Reason(reason), int(detail)))
        self.default["note"](w, table, kind, whose, reason, detail)

