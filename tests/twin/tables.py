"""A table in one world: its levers, its talks, its agreement, and what is put on record."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sim.model.reasons import NOBODY, Reason, Stage, State
from twin.texts import packages_of, share_of_all, weights

if TYPE_CHECKING:
    from twin.people import Behaviour, Side
    from twin.world import World


@dataclass
class Session:
    """Talks from sitting down to their end."""

    since: int
    first: int  # side that proposes first
    error: list[float]  # per side: its error in judging a text
    readiness: list[float]  # per side, when they sat down
    candour: list[float]  # per side: what the mediators know of it
    shift: list[float] = field(default_factory=lambda: [0.0, 0.0])  # how far their estimates are lowered by refusals
    proposed: list[int] = field(default_factory=lambda: [-1, -1])  # package each side proposed last
    rounds: int = 0
    known: bool = False  # secret talks leaked
    exposed: list[bool] = field(default_factory=lambda: [False, False])  # a side's denial did not stand
    refused: int = NOBODY  # last to say no
    devalued: bool = False  # said no only because of who wrote the text


@dataclass
class Agreement:
    """A text from its acceptance to its end."""

    package: int
    signed: int  # week
    leverage: list[float]  # per side, what mediators added
    age: int = 0
    term: int = 0
    left: int = -1  # weeks left of the term; -1: no end
    frailty: float = 0.0
    delivered: list[float] = field(default_factory=lambda: [1.0, 1.0])  # share, by the side that delivers
    side_deal: list[float] = field(default_factory=lambda: [0.0, 0.0])  # worth a side still believes it to have
    side_deal_promised: list[float] = field(default_factory=lambda: [0.0, 0.0])
    promised: list[float] = field(default_factory=lambda: [0.0, 0.0])  # gain over the alternative on entering into force
    batna: list[float] = field(default_factory=lambda: [0.0, 0.0])  # on entering into force
    alternative: list[float] = field(default_factory=lambda: [0.0, 0.0])  # on entering into force
    culprit: int = NOBODY  # whose breach suspended it


@dataclass
class Record:
    """What came of a table; weeks are -1 where a thing did not happen."""

    occasion: int = -1
    came: int = -1
    declared: int = -1
    agreed: int = -1
    ratified: int = -1
    ended: int = -1
    package: int = -1
    stage: int = Stage.APART
    reason: int = Reason.NO_OCCASION
    whose: int = NOBODY
    cited: int = Reason.NONE
    first_end: int = Reason.NONE
    sessions: int = 0
    texts: int = 0
    fell: int = 0
    fell_first: int = 0
    fell_second: int = 0
    agreements: int = 0
    suspensions: int = 0
    repairs: int = 0
    renewals: int = 0
    shorter: int = 0
    refused: int = 0
    violations: int = 0
    contested: int = 0
    in_force: int = 0
    delivery: float = math.nan
    surplus: list[float] = field(default_factory=lambda: [0.0, 0.0])
    agreed_surplus: list[float] = field(default_factory=lambda: [math.nan, math.nan])
    units: dict[str, float] = field(default_factory=dict)

    def stop(self, stage: Stage, whose: int, reason: int) -> bool:
        """How far a table got and why it stopped; what comes later counts unless it is a lesser stage."""
        if stage < self.stage:
            return False
        self.stage, self.whose, self.reason, self.cited = stage, whose, reason, Reason.NONE
        return True


class Table:
    """An agenda dealt with in a format."""

    def __init__(self, world: World, name: str) -> None:
        file, number = world.conflict.file, world.number
        self.name = name
        self.spec = file.tables[name]
        self.form = file.formats[self.spec.format]
        self.agenda = list(self.spec.agenda)
        self.luck_of = self.spec.luck or name
        self.mediators = [world.mediators[m] for m in self.form.mediators]
        self.packages = packages_of(world.conflict, number, self.spec, self.form)
        sides = world.conflict.disputants
        weight = [weights(world.conflict, number, side, self.agenda) for side in sides]
        self.share = [share_of_all(world.conflict, number, side, self.agenda) for side in sides]
        self.sensitivity = max(number(f"issues.{i}.sensitivity") for i in self.agenda)
        self.front_weight = [sum(w[i] * number(f"issues.{i}.front") for i in self.agenda) for w in weight]
        self.relief_weight = [sum(w[i] * number(f"issues.{i}.relief") for i in self.agenda) for w in weight]
        self.alternatives: list[list[tuple[int, float]]] = [[], []]  # per side: first week, worth
        for s, side in enumerate(sides):
            for issue, alternative in file.parties[side].alternatives.items():
                if issue in self.agenda:
                    worth = weight[s][issue] * number(f"parties.{side}.alternatives.{issue}.value")
                    self.alternatives[s].append((alternative.from_week, worth))
        self.state = State.APART
        self.failed = False
        self.pull_bonus = 0.0
        self.lock_in = [0.0, 0.0]
        self.accused = [False, False]
        self.credit = [1.0, 1.0]  # of side deals, after what became of earlier ones
        self.session: Session | None = None  # kept while its text lives
        self.agreement: Agreement | None = None
        self.focal = 0
        every_unit = {unit for i in self.agenda for option in file.issues[i].options.values() for unit in option.units}
        self.record = Record(units=dict.fromkeys(sorted(every_unit), 0.0))
        self._read_levers(world)

    def _read_levers(self, world: World) -> None:
        form, number, b = self.form, world.number, world.b
        base = f"formats.{self.spec.format}"
        sides = world.conflict.disputants
        self.level = {"leaders": 1.0, "ministers": b.level_ministers, "technical": b.level_technical}[form.level]
        self.mandate = {"leaders": 1.0, "ministers": 0.7, "technical": 0.3}[form.level]
        self.visibility = {"public": 1.0, "discreet": b.visibility_discreet, "secret": b.visibility_secret}[form.visibility]
        self.mirrored = form.instrument == "mirrored"
        self.single_text = form.drafting == "single_text" and bool(self.mediators)
        self.distance = b.mirrored_distance if self.mirrored else 1.0
        self.signed = {"joint": 1.0, "mirrored": 1.0, "announced": b.unsigned, "declaration": b.declared}[form.instrument]
        self.monitoring = number(f"{base}.monitoring", 0.0)
        self.denied = [side in form.denied_by for side in sides]
        self.status = [form.invited[side].status if side in form.invited else "formal" for side in sides]
        self.believed = []
        for status, side in zip(self.status, sides, strict=True):
            as_meant = {"not": 0.0, "hinted": b.hint_belief, "formal": 1.0}[status]
            self.believed.append(as_meant * number(f"{base}.invited.{side}.believed", 1.0))

    def part(self) -> None:
        """The sides are apart again; what was known of their talks is no longer news."""
        self.state = State.APART
        self.session = None

    @property
    def service(self) -> float:
        """Share of full pace that the busiest of its mediators leaves the table."""
        return min((m.service for m in self.mediators), default=1.0)

    @property
    def leverage(self) -> float:
        """What its mediators together can add to a text for one side, up to one."""
        return min(sum(m.leverage for m in self.mediators), 1.0)

    def trust_in_mediators(self, side: Side) -> float:
        """A side's trust in the mediators of the table, averaged; zero without any."""
        if not self.mediators:
            return 0.0
        return sum(side.trust_in[m.name] for m in self.mediators) / len(self.mediators)

    def stands(self) -> bool:
        """An agreement is in force or suspended, or one was carried out."""
        return self.state in {State.IN_FORCE, State.SUSPENDED} or self.record.stage == Stage.CARRIED_OUT


def contact_cost(b: Behaviour, contact: str) -> float:
    """Recognition that a kind of contact implies, face to face = 1."""
    return 1.0 if contact == "face_to_face" else getattr(b, f"contact_{contact}")


def pace(b: Behaviour, contact: str) -> float:
    """Rounds per week that a kind of contact allows."""
    return 1.0 if contact == "face_to_face" else getattr(b, f"pace_{contact}")
