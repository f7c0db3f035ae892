"""The parties: Mesa agents that live in every world at once.

What both disputants have in common is held side by side in ``Sides``, arrays ``(R, 2)``; a disputant's
attributes are its columns of them, ``(R,)``. Anything an agent changes, it changes in place.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import mesa
import numpy as np

from sim.model.arrays import Array, Rows, at, pair, zeros
from sim.model.draws import Parameters
from sim.scenario import schema
from sim.scenario.behaviour import Behaviour
from sim.scenario.scenario import Scenario

if TYPE_CHECKING:
    from sim.model.world import World


@dataclass
class Sides:
    """What the two disputants feel, know and can bear; every array ``(R, 2)``, disputants in file order."""

    optimism: Array  # about a negotiated way out, [0, 1]
    optimism_base: Array
    grievance: Array  # [0, 1]
    grievance_base: Array
    commitment: Array  # public commitment against talks, [0, 1]
    trust: Array  # in the other side, [0, 1]
    war_cost: Array  # [0, 1]
    front_optimism: Array  # [-1, 1]
    recognition: Array
    audience_cost: Array
    win_set: Array
    candour: Array
    concession: Array
    trust_in: dict[str, Array] = field(default_factory=dict)  # per mediator or third actor
    discount: dict[str, Array] = field(default_factory=dict)  # per sponsor

    @classmethod
    def of(cls, scenario: Scenario, parameters: Parameters) -> Sides:
        """The two disputants of a scenario at week 0, before events."""
        names = scenario.disputants

        def both(key: str, default: float | None = None) -> Array:
            first, second = (parameters(f"parties.{n}.{key}", default) for n in names)
            return pair(first, second)

        others = set(scenario.file.parties) - set(names)
        for name in names:
            party = scenario.file.parties[name]
            assert isinstance(party, schema.Disputant)
            others |= set(party.trust) - set(names)
        sponsors = {f.sponsor for f in scenario.file.formats.values() if f.sponsor}
        sponsors |= {s for e in scenario.file.events.values() for s in e.stain}
        return cls(
            optimism=both("optimism"),
            optimism_base=both("optimism"),
            grievance=both("grievance"),
            grievance_base=both("grievance"),
            commitment=zeros(parameters.worlds, 2),
            trust=pair(*(parameters(f"parties.{a}.trust.{b}") for a, b in (names, names[::-1]))),
            war_cost=both("war_cost"),
            front_optimism=both("front_optimism"),
            recognition=both("recognition"),
            audience_cost=both("audience_cost"),
            win_set=both("win_set"),
            candour=both("candour"),
            concession=both("concession"),
            trust_in={o: both(f"trust.{o}", 0.5) for o in sorted(others)},
            discount={s: both(f"sponsor_discount.{s}", 0.0) for s in sorted(sponsors)},
        )


class Disputant(mesa.Agent):
    """A side in the conflict, in all worlds: its attributes are ``(R,)`` views into :class:`Sides`."""

    def __init__(self, world: World, name: str, column: int) -> None:
        super().__init__(world)
        self.name = name
        self.column = column
        sides, behaviour = world.sides, world.behaviour
        self.optimism, self.optimism_base = sides.optimism[:, column], sides.optimism_base[:, column]
        self.grievance, self.grievance_base = sides.grievance[:, column], sides.grievance_base[:, column]
        self.commitment = sides.commitment[:, column]
        self.trust = sides.trust[:, column]
        self._fading = [
            (self.grievance, self.grievance_base, behaviour.fade("grievance_half_life")),
            (self.optimism, self.optimism_base, behaviour.fade("optimism_half_life")),
            (self.commitment, np.zeros_like(self.commitment), behaviour.fade("commitment_half_life")),
        ]

    def feel(self) -> None:
        """A week passes: grievance, optimism and commitment go back towards their base with their half-lives."""
        for feeling, base, kept in self._fading:
            feeling[:] = base + (feeling - base) * kept


class Mediator(mesa.Agent):
    """A third party in all worlds: four numbers, its pull, and how many tables it is serving; all ``(R,)``."""

    def __init__(self, world: World, name: str) -> None:
        super().__init__(world)
        self.name = name
        base = f"parties.{name}"
        parameters = world.parameters
        self.honesty = parameters(f"{base}.honesty")
        self.leverage = parameters(f"{base}.leverage")
        self.capacity = parameters(f"{base}.capacity")
        self.pull = parameters(f"{base}.pull")
        self.bias = pair(*(parameters(f"{base}.bias.{side}", 0.0) for side in world.conflict.disputants))
        self.load = np.zeros(parameters.worlds)

    def count_tables(self) -> None:
        """Count the tables that need this mediator this week: those that sit and those in force."""
        self.load[:] = 0
        model: World = self.model
        for table in model.tables:
            if self.name in table.form.mediators:
                self.load += table.needs_service()

    def service(self) -> Array:
        """Share of full pace a table gets, ``(R,)``: one while capacity lasts, then capacity over load."""
        return np.minimum(1.0, self.capacity / np.maximum(self.load, 1.0))


def credibility(honesty: Array, bias: Array) -> Array:
    """Weight of a mediator's word with a side, in [0, 1]: honest, and leaning moderately towards the hearer.

    Kydd (2003): a mediator with a stake on the hearer's side is believed when it counsels restraint. The
    bracket is 0.5 without bias and with total bias towards the hearer, 0.75 half way, and falls to nothing
    as the mediator leans to the other side.
    """
    return honesty * np.clip(0.5 + bias - bias**2, 0, 1)


class Behaviours:
    """Behavioural parameters by name, as columns ``(R, 1)`` that meet arrays ``(R, 2)`` of the sides."""

    def __init__(self, parameters: Parameters) -> None:
        self._columns = {name: parameters(f"behaviour.{name}")[:, None] for name in Behaviour.model_fields}
        self._fades: dict[str, Array] = {}
        self._rows: Rows | None = None
        self._taken: Behaviours | None = None

    def __getattr__(self, name: str) -> Array:
        try:
            column: Array = self.__dict__["_columns"][name]
        except KeyError:
            raise AttributeError(name) from None
        if self._rows is not None:
            column = at(column, self._rows)
            self.__dict__[name] = column
        return column

    def fade(self, half_life: str) -> Array:
        """Share left after a week, ``(R,)``, for a half-life in weeks."""
        if half_life not in self._fades:
            self._fades[half_life] = np.exp2(-1.0 / self._columns[half_life][:, 0])
        return self._fades[half_life]

    def at(self, rows: Rows) -> Behaviours:
        """The same for some worlds only, columns ``(n, 1)``; each is taken when first asked for.

        What was taken last is kept, since the rules of a step ask for the same worlds in turn.
        """
        if self._taken is None or self._taken._rows is not rows:
            some = object.__new__(Behaviours)
            some._columns, some._rows, some._taken = self._columns, rows, None
            self._taken = some
        return self._taken
