"""A table in all worlds: its levers as numbers, its state week by week, and what came of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.model.arrays import Array, Rows, at, pair, zeros
from sim.model.packages import Values, Worth, enumerate_agenda, mediators_interest
from sim.model.parties import Mediator, credibility
from sim.model.reasons import NOBODY, Reason, Stage, State

if TYPE_CHECKING:
    from sim.model.ladder import Halves
    from sim.model.world import World

STREAMS: dict[str, int] = {
    "occasion": 1, "believe": 2, "come": 2, "round": 1, "judge": 2, "first": 1, "leak": 1, "expose": 2,
    "ratify": 2, "veto": 2, "frailty": 1, "violate": 2, "detect": 2, "contest": 2, "suspend": 2, "claim": 2,
    "repair": 1, "collapse": 1, "leave": 2, "renew": 2,
}  # fmt: skip
"""Named random streams of a table and how many numbers each gives per week and world."""

MANDATE = {"leaders": 1.0, "ministers": 0.7, "technical": 0.3}
"""Share of the say at home that each level brings along (an ordering; its size is behaviour.mandate_gap)."""


class Levers:
    """The levers of a format as numbers per world, ``(R, 1)``, so that no rule asks for a name."""

    def __init__(self, world: World, table: str) -> None:
        form, b = world.conflict.file.formats[table], world.behaviour
        one = np.ones((world.worlds, 1))
        cost = {"face_to_face": one, "proximity": b.contact_proximity, "remote": b.contact_remote, "separate": b.contact_separate}
        pace = {"face_to_face": one, "proximity": b.pace_proximity, "remote": b.pace_remote, "separate": b.pace_separate}
        level = {"leaders": one, "ministers": b.level_ministers, "technical": b.level_technical}
        seen = {"public": one, "discreet": b.visibility_discreet, "secret": b.visibility_secret}
        base = f"formats.{table}"
        self.level = level[form.level]
        self.mandate = MANDATE[form.level]
        self.contact_talks = cost[form.contact.talks]
        self.contact_signing = cost[form.contact.signing]
        self.pace = pace[form.contact.talks][:, 0]
        self.coordination = pace[form.contact.implementation][:, 0]
        self.visibility = seen[form.visibility]
        self.mirrored = form.instrument == "mirrored"
        self.distance = b.mirrored_distance if self.mirrored else one
        signed = {"joint": one, "mirrored": one, "announced": b.unsigned, "declaration": b.declared}
        self.signed = signed[form.instrument]
        self.monitoring = world.parameters(f"{base}.monitoring", 0.0)[:, None]
        self.denied = np.array([[side in form.denied_by for side in world.conflict.disputants]], float)
        self.carried = form.contact.talks == "separate"
        self.in_room = bool(form.mediators) and form.contact.talks in ("face_to_face", "proximity")
        self.single_text = form.drafting == "single_text" and bool(form.mediators)
        status = [form.invited[s].status if s in form.invited else "formal" for s in world.conflict.disputants]
        weight = {"not": 0 * one, "hinted": b.hint_belief, "formal": one}
        believed = [world.parameters(f"{base}.invited.{s}.believed", 1.0)[:, None] for s in world.conflict.disputants]
        self.invited = np.array([s != "not" for s in status])
        self.believed = pair(*((weight[s] * x)[:, 0] for s, x in zip(status, believed, strict=True)))
        self.convenes = np.array([side == form.convened_by for side in world.conflict.disputants])
        self.other_comes = self.believed[:, ::-1] if form.hosts_if == "one" else one
        """Chance that the other side is there to be met: certain, unless the meeting is held without it."""


class SideDeals:
    """All side deals of a format, added up per disputant; ``(R, 2)`` unless said otherwise."""

    def __init__(self, world: World, table: str) -> None:
        form = world.conflict.file.formats[table]
        disputants = world.conflict.disputants
        self.parts: list[tuple[int, str, Array]] = []
        """Per deal: who gets it, who controls it, and benefit x credibility, ``(R,)``."""
        self.delivered = zeros(world.worlds, 2)
        self.seen = zeros(world.worlds, 2)
        """What the sides will come to see of their side deals: benefit x delivery as seen."""
        self.credit = np.ones((world.worlds, 2), order="F")
        """Share of their first credibility that side deals still have after what became of earlier ones."""
        for n, deal in enumerate(form.side_deals):
            base = f"formats.{table}.side_deals.{n}"
            to = disputants.index(deal.to)
            benefit = world.parameters(f"{base}.benefit")
            delivery = world.parameters(f"{base}.delivery")
            seen = delivery * world.parameters(f"{base}.seen_by.{deal.to}", 1.0)
            self.parts.append((to, deal.controlled_by, benefit * world.parameters(f"{base}.credibility")))
            self.delivered[:, to] += benefit * delivery
            self.seen[:, to] += benefit * seen

    def expected(self, world: World, rows: Rows) -> Array:
        """What the sides expect of their side deals at signing, ``(n, 2)``: benefit x credibility x trust."""
        total = zeros(len(rows), 2)
        if not self.parts:
            return total
        hangs = world.behaviour.side_deal_trust[rows, 0]
        for to, controller, credible in self.parts:
            trust = world.sides.trust_in[controller][rows, to] if controller in world.sides.trust_in else 1.0
            total[:, to] += credible[rows] * (1 - hangs + hangs * trust)
        return total * at(self.credit, rows)


@dataclass
class Session:
    """Talks that are going on; arrays over all worlds, meaningful where the table sits."""

    since: NDArray[np.int32]
    rounds: NDArray[np.int32]
    first: NDArray[np.int8]  # column of the side that proposes first
    known: NDArray[np.bool_]  # leaked
    exposed: NDArray[np.bool_]  # (R, 2) a denial was exposed
    error: Array  # (R, 2) error of judgement, utility
    readiness: Array  # (R, 2) when they sat down
    candour: Array  # (R, 2) what the mediators know of each side, [0, 1]
    shift: Array  # (R, 2) how far their estimates were lowered by refusals
    proposed: NDArray[np.intp]  # (R, 2) package each side proposed last; -1 none yet
    refused: NDArray[np.int8]  # column of the last to say no
    devalued: NDArray[np.bool_]  # a text was refused that its author alone made unacceptable

    @classmethod
    def empty(cls, worlds: int) -> Session:
        """No talks anywhere."""
        return cls(
            since=np.zeros(worlds, np.int32),
            rounds=np.zeros(worlds, np.int32),
            first=np.zeros(worlds, np.int8),
            known=np.zeros(worlds, bool),
            exposed=np.zeros((worlds, 2), bool, order="F"),
            error=zeros(worlds, 2),
            readiness=zeros(worlds, 2),
            candour=zeros(worlds, 2),
            shift=zeros(worlds, 2),
            proposed=np.full((worlds, 2), -1, np.intp, order="F"),
            refused=np.full(worlds, NOBODY, np.int8),
            devalued=np.zeros(worlds, bool),
        )


@dataclass
class Agreement:
    """A text from its acceptance to its end; arrays over all worlds, meaningful where there is one."""

    package: NDArray[np.intp]
    signed: NDArray[np.int32]  # week the text was agreed
    age: NDArray[np.int32]  # weeks in force
    left: NDArray[np.int32]  # weeks left of the term; -1 without end
    term: NDArray[np.int32]
    gains: Array  # (R, 2) what the package brings if the other side keeps it wholly
    loss: Array  # (R, 2) what keeping it costs
    frailty: Array  # (R,) log rate
    leverage: Array  # (R, 2) utility added by mediators, at signing
    delivered: Array  # (R, 2) share each side delivers
    side_deal: Array  # (R, 2) worth a side still believes its side deals to have
    side_deal_promised: Array  # (R, 2) on entering into force
    promised: Array  # (R, 2) gain on entering into force
    batna: Array  # (R, 2) on entering into force
    alternative: Array  # (R, 2) on entering into force
    culprit: NDArray[np.int8]  # column of the side whose breach suspended it

    @classmethod
    def empty(cls, worlds: int) -> Agreement:
        """No agreement anywhere."""
        return cls(
            package=np.zeros(worlds, np.intp),
            signed=np.zeros(worlds, np.int32),
            age=np.zeros(worlds, np.int32),
            left=np.zeros(worlds, np.int32),
            term=np.zeros(worlds, np.int32),
            gains=zeros(worlds, 2),
            loss=zeros(worlds, 2),
            frailty=np.zeros(worlds),
            leverage=zeros(worlds, 2),
            delivered=zeros(worlds, 2),
            side_deal=zeros(worlds, 2),
            side_deal_promised=zeros(worlds, 2),
            promised=zeros(worlds, 2),
            batna=zeros(worlds, 2),
            alternative=zeros(worlds, 2),
            culprit=np.full(worlds, NOBODY, np.int8),
        )


class Outcome:
    """What came of a table in each world; weeks are -1 where a thing did not happen."""

    def __init__(self, worlds: int, units: list[str]) -> None:
        def weeks() -> NDArray[np.int32]:
            return np.full(worlds, -1, np.int32)

        self.occasion, self.came, self.agreed, self.ratified, self.ended = weeks(), weeks(), weeks(), weeks(), weeks()
        """First week of: an occasion to meet, talks, a text, entry into force; and the end of the first agreement."""
        self.declared = weeks()
        self.package = weeks()
        """Package of the first agreement (of the first text, where none was ratified)."""
        self.stage = np.full(worlds, Stage.APART, np.int8)
        self.reason = np.full(worlds, Reason.NO_OCCASION, np.int8)
        self.whose = np.full(worlds, NOBODY, np.int8)
        self.first_end = np.full(worlds, Reason.NONE, np.int8)
        """Why the first agreement ended; later ones may have followed."""
        self.cited = np.full(worlds, Reason.NONE, np.int8)
        """What the side that left would say, which need not be what moved it."""
        self.sessions, self.texts, self.fell, self.agreements = (np.zeros(worlds, np.int16) for _ in range(4))
        self.fell_first, self.fell_second = np.zeros(worlds, np.int16), np.zeros(worlds, np.int16)
        self.suspensions, self.repairs, self.renewals, self.shorter, self.refused = (np.zeros(worlds, np.int16) for _ in range(5))
        self.violations, self.contested = np.zeros(worlds, np.int16), np.zeros(worlds, np.int16)
        self.in_force = np.zeros(worlds, np.int32)
        """Weeks in force or suspended, all agreements of the table together."""
        self.delivery = np.full(worlds, np.nan)
        """Share delivered (the smaller side's) when the first agreement ended or the run did."""
        self.surplus = zeros(worlds, 2)
        """Sum over weeks of what each side had of the table, in units of all it cares about."""
        self.agreed_surplus = np.full((worlds, 2), np.nan, order="F")
        """Surplus over its reservation value that each side saw in the first text, errors included, leverage not."""
        self.units = {u: np.zeros(worlds) for u in units}
        self.standing: dict[int, NDArray[np.bool_]] = {}
        """Per week asked for: an agreement is in force or suspended, or was carried out by then."""


class Table:
    """A table of a process in all worlds of a block."""

    def __init__(self, world: World, name: str) -> None:
        file = world.conflict.file
        self.name = name
        self.spec = file.tables[name]
        self.form = file.formats[self.spec.format]
        self.agenda = enumerate_agenda(world.conflict, self.spec, self.form)
        self.values = Values(world.conflict, self.agenda, world.parameters)
        self.levers = Levers(world, self.spec.format)
        self.side_deals = SideDeals(world, self.spec.format)
        self.mediators: list[Mediator] = [world.mediators[m] for m in self.form.mediators]
        self.interest = mediators_interest(world.conflict, self.agenda, self.form.mediators, world.parameters)
        self.guess = self.values.guess()
        self.sensitivity = self.values.agenda_sensitivity
        self._draws, self._weeks, self._owner = world.draws, world.weeks, f"table {self.spec.luck or name}"
        self._luck: dict[str, Callable[[int], NDArray[np.float32]]] = {}
        n = world.worlds
        self.state = np.full(n, State.APART, np.int8)
        self.failed = np.zeros(n, bool)
        self.pull_bonus = np.zeros(n)
        self.lock_in = zeros(n, 2)
        self.accused = np.zeros((n, 2), bool, order="F")
        self.session = Session.empty(n)
        self.agreement = Agreement.empty(n)
        self.units = self._units(world)
        self.outcome = Outcome(n, sorted({unit for unit, *_ in self.units}))
        self._compile_mediators(world)
        self.alternatives = self._alternatives(world)
        self.halves: Halves | None = None
        """Of a table whose packages are climbed rather than listed."""
        self.focal = np.zeros(n, np.intp)
        self.focal_worth: Worth

    def _compile_mediators(self, world: World) -> None:
        """The mediators of a table act as one: means of honesty, bias and trust, the sum of leverage up to one."""
        n = world.worlds
        count = max(len(self.mediators), 1)
        self.honesty = sum((m.honesty for m in self.mediators), zeros(n))[:, None] / count
        self.bias = sum((m.bias for m in self.mediators), zeros(n, 2)) / count
        self.credibility = credibility(self.honesty, self.bias)
        self.leverage = np.minimum(sum((m.leverage for m in self.mediators), zeros(n)), 1.0)

    def _units(self, world: World) -> list[tuple[str, Array, NDArray[np.bool_], int]]:
        """What each option delivers: unit, amount per week ``(R,)``, packages it is in ``(K,)``, weeks it lasts (0 goes on)."""
        found = []
        for k, issue in enumerate(self.agenda.issues):
            for o, (name, option) in enumerate(world.conflict.file.issues[issue].options.items()):
                for unit in option.units:
                    amount = world.parameters(f"issues.{issue}.options.{name}.units.{unit}")
                    found.append((unit, amount, self.agenda.packages[:, k] == o, option.lasts or 0))
        return found

    def _alternatives(self, world: World) -> list[tuple[int, int, Array]]:
        """What the sides can have alone on this agenda: first week, column of the side, worth ``(R,)``."""
        found = []
        for s, side in enumerate(world.conflict.disputants):
            party = world.conflict.file.parties[side]
            for issue, alternative in party.alternatives.items():  # type: ignore[union-attr]
                if issue in self.agenda.issues:
                    weight = self.values.weights[:, s, self.agenda.issues.index(issue)]
                    value = world.parameters(f"parties.{side}.alternatives.{issue}.value")
                    found.append((alternative.from_week, s, weight * value))
        return found

    def luck(self, stream: str, week: int, rows: Rows) -> Array:
        """This week's uniform draws of a named stream in some worlds: ``(n,)``, or ``(n, 2)`` for one per side."""
        if stream not in self._luck:
            self._luck[stream] = self._draws.weekly(self._owner, stream, self._weeks, STREAMS[stream])
        drawn = self._luck[stream](week)
        return at(drawn.T, rows).astype(np.float64) if len(drawn) == 2 else drawn[0, rows].astype(np.float64)

    def needs_service(self) -> NDArray[np.bool_]:
        """Worlds in which mediators are kept busy by this table, ``(R,)``."""
        return self.state != State.APART

    def stands(self) -> NDArray[np.bool_]:
        """Worlds in which an agreement is in force or suspended, or one has been carried out, ``(R,)``."""
        return (self.state >= State.IN_FORCE) | (self.outcome.stage == Stage.CARRIED_OUT)

    def where(self, *states: State) -> Rows:
        """Worlds in which the table is in one of these states."""
        found = self.state == states[0]
        for state in states[1:]:
            found |= self.state == state
        return np.flatnonzero(found)

    def service(self) -> Array:
        """Share of full pace that the table's busiest mediator leaves it, ``(R,)``; one without mediators."""
        if not self.mediators:
            return np.ones(len(self.state))
        return np.minimum.reduce([m.service() for m in self.mediators])

    def trust_in_mediators(self, world: World, rows: Rows) -> Array:
        """The sides' trust in the mediators of the table, averaged over them, ``(n, 2)``; zero without any."""
        if not self.mediators:
            return zeros(len(rows), 2)
        return np.asarray(sum(at(world.sides.trust_in[m.name], rows) for m in self.mediators)) / len(self.mediators)
