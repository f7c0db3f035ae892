"""A side and a mediator in one world."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.model.reasons import State
from sim.scenario.scenario import Scenario
from twin.chances import Numbers, left_after

if TYPE_CHECKING:
    from twin.tables import Table


@dataclass
class Side:
    """What a disputant feels, knows and can bear."""

    name: str
    index: int  # 0 or 1, in file order
    usual_optimism: float
    usual_grievance: float
    trust: float  # in the other side
    war_cost: float
    front_optimism: float
    recognition: float
    audience_cost: float
    win_set: float
    candour: float
    concession: float
    trust_in: dict[str, float]  # per mediator and third actor
    discount: dict[str, float]  # per sponsor
    optimism: float = 0.0
    grievance: float = 0.0
    commitment: float = 0.0

    def __post_init__(self) -> None:
        self.optimism, self.grievance = self.usual_optimism, self.usual_grievance

    def a_week_passes(self, b: Behaviour) -> None:
        """Feelings go back towards what is usual."""
        self.grievance = self.usual_grievance + (self.grievance - self.usual_grievance) * left_after(1, b.grievance_half_life)
        self.optimism = self.usual_optimism + (self.optimism - self.usual_optimism) * left_after(1, b.optimism_half_life)
        self.commitment = self.commitment * left_after(1, b.commitment_half_life)


class Behaviour:
    """The behavioural parameters in one world, as attributes."""

    def __init__(self, scenario: Scenario, number: Numbers) -> None:
        for name in type(scenario.file.behaviour).model_fields:
            setattr(self, name, number(f"behaviour.{name}"))

    def __getattr__(self, name: str) -> float:
        raise AttributeError(name)


@dataclass
class Mediator:
    """A third party: four numbers and its pull."""

    name: str
    honesty: float
    leverage: float
    capacity: float
    pull: float
    bias: list[float]  # towards each side
    busy_at: int = field(default=0)  # tables it serves this week

    def count_tables(self, tables: Iterable[Table]) -> None:
        """Tables with talks, a signed text or an agreement keep their mediators busy."""
        self.busy_at = sum(1 for table in tables if self.name in table.form.mediators and table.state != State.APART)

    @property
    def service(self) -> float:
        """Share of full pace that each of its tables gets."""
        return 1.0 if self.busy_at <= self.capacity else min(1.0, self.capacity / max(self.busy_at, 1))


def two_sides(scenario: Scenario, number: Numbers) -> list[Side]:
    """The disputants as the scenario has them before the first week."""
    parties = scenario.file.parties
    third = {other for name in scenario.disputants for other in parties[name].trust} - set(scenario.disputants)
    sponsors = {form.sponsor for form in scenario.file.formats.values() if form.sponsor}
    for event in scenario.file.events.values():
        sponsors |= set(event.stain)
    names = scenario.disputants
    sides = []
    for index, name in enumerate(names):
        base = f"parties.{name}"
        sides.append(
            Side(
                name=name,
                index=index,
                usual_optimism=number(f"{base}.optimism"),
                usual_grievance=number(f"{base}.grievance"),
                trust=number(f"{base}.trust.{names[1 - index]}"),
                war_cost=number(f"{base}.war_cost"),
                front_optimism=number(f"{base}.front_optimism"),
                recognition=number(f"{base}.recognition"),
                audience_cost=number(f"{base}.audience_cost"),
                win_set=number(f"{base}.win_set"),
                candour=number(f"{base}.candour"),
                concession=number(f"{base}.concession"),
                trust_in={other: number(f"{base}.trust.{other}", 0.5) for other in sorted({*third, *scenario.mediators})},
                discount={s: number(f"{base}.sponsor_discount.{s}", 0.0) for s in sponsors},
            )
        )
    return sides


def all_mediators(scenario: Scenario, number: Numbers) -> dict[str, Mediator]:
    """The mediators by name."""
    found = {}
    for name in scenario.mediators:
        base = f"parties.{name}"
        found[name] = Mediator(
            name=name,
            honesty=number(f"{base}.honesty"),
            leverage=number(f"{base}.leverage"),
            capacity=number(f"{base}.capacity"),
            pull=number(f"{base}.pull"),
            bias=[number(f"{base}.bias.{side}", 0.0) for side in scenario.disputants],
        )
    return found
