"""A round of talks: who writes a text, what a side asks for, and whether the other accepts.

Time-based concession (Faratin, Sierra, Jennings 1998): a side's threshold moves from the best text it could
have to its reservation value, along 1 - t**e. Two ways of drafting: the sides in turn, each offering what
its picture of the other likes best among what is good enough for itself; or a single text by mediators,
which maximises the product of what they take the sides' surpluses to be (Nash 1950; single negotiating
text: Fisher 1981). A text is discounted by who wrote it (reactive devaluation: Stillinger et al. 1991).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.model import transitions
from sim.model.acceptance import expected_value, reservation_value, seen
from sim.model.arrays import Array, Rows, at, choose, put
from sim.model.ladder import Climb, at_once, climb, fits
from sim.model.packages import nash
from sim.model.readiness import sponsor_discount
from sim.model.reasons import BOTH, FIRST, NOBODY, SECOND, Reason, State
from sim.model.tables import Table

if TYPE_CHECKING:
    from sim.model.world import World

TOLERANCE = 1e-3
"""A threshold above the reservation value is met if missed by no more than this, as in the peer's rule."""

CHUNK = 1_000_000
"""Worlds times packages valued at once; bounds memory and changes no result."""


@dataclass(frozen=True)
class Round:
    """What the sides bring to a round in some worlds: ``n`` worlds, two sides, ``K`` packages."""

    rows: Rows
    value: Array  # (n, 2, K) expected value to each side as it judges it, errors included
    reservation: Array  # (n, 2)
    threshold: Array  # (n, 2) what a text must be worth to be accepted

    def worth(self, package: NDArray[np.intp]) -> Array:
        """Expected value of one package per world, ``(n, 2)``."""
        return choose(self.value, package)


@dataclass(frozen=True)
class Climbed:
    """The same, where the packages are climbed rather than listed."""

    rows: Rows
    climb: Climb
    reservation: Array
    threshold: Array

    def worth(self, package: NDArray[np.intp]) -> Array:
        """Expected value of one package per world, ``(n, 2)``."""
        return self.climb.worth(package)


@dataclass(frozen=True)
class Answer:
    """What came of a round, per world."""

    agreed: NDArray[np.bool_]  # (n,)
    package: NDArray[np.intp]  # (n,) the last text proposed; -1 if none was
    leverage: Array  # (n, 2) added by mediators
    refused: NDArray[np.int8]  # (n,) column of the last side to say no
    devalued: NDArray[np.bool_]  # (n,) a side said no only because of who wrote the text


def thresholds(value: Array, reservation: Array, aspiration: Array) -> Array:
    """What a text must be worth to each side, ``(n, 2)``.

    From the best a side could have down to its reservation value: reservation + (best - reservation) *
    aspiration. Infinite where no package reaches the reservation value.
    """
    return asked_for(value.max(axis=2), reservation, aspiration)


def asked_for(best: Array, reservation: Array, aspiration: Array) -> Array:
    """The thresholds of :func:`thresholds`, from the best each side could have, ``(n, 2)``."""
    asked = reservation + (best - reservation) * aspiration - TOLERANCE
    return np.where(best < reservation, np.inf, np.clip(asked, reservation, np.maximum(best, reservation)))


def aspiration(elapsed: Array, exponent: Array, floor: Array) -> Array:
    """Share of the way from reservation value to best text that a side still asks for, in [0, 1].

    ``elapsed`` in [0, 1] is the share of rounds gone; ``floor`` is what a side will not concede however late.
    """
    return np.asarray(floor + (1 - floor) * (1 - elapsed**exponent))


def floor(world: World, table: Table, rows: Rows) -> Array:
    """Aspiration a side keeps up to the end, ``(n, 2)``: seen at home, narrow win-set, bound by a declaration."""
    b, sides = world.behaviour.at(rows), world.sides
    watched = b.hardening * at(sides.audience_cost, rows) * seen(world, table, rows) * at(table.sensitivity, rows)
    narrow = b.schelling * (1 - at(sides.win_set, rows)) * at(table.sensitivity, rows)
    return np.clip(watched + narrow + at(table.lock_in, rows), 0, 0.95)


def distrust_of_author(world: World, table: Table, rows: Rows) -> tuple[Array, Array]:
    """Discount of a text in utility, ``(n, 2)`` each: written by the adversary, and by the mediators.

    Distrust scales it, and a mediator whose table is stained by its sponsor is read partly as the adversary.
    """
    b = world.behaviour.at(rows)
    adversary = b.judgement * b.devaluation_adversary * (1 - at(world.sides.trust, rows))
    mediator = b.judgement * b.devaluation_mediator * (1 - table.trust_in_mediators(world, rows))
    mediator = mediator + sponsor_discount(world, table, rows) * np.maximum(adversary - mediator, 0)
    return adversary, mediator


def hold_talks(world: World, table: Table) -> None:
    """This week's talks at a table: leaks, a round where there is time for one, and the end of patience."""
    talking = table.where(State.TALKING)
    if not len(talking):
        return
    transitions.leak(world, table, talking)
    has_round = table.luck("round", world.week, talking) < table.levers.pace[talking] * table.service()[talking]
    rows = talking[has_round]
    size = at_once(table) if fits(world, table) else max(1, CHUNK // (2 * len(table.agenda.packages)))
    for start in range(0, len(rows), size):
        _hold_round(world, table, rows[start : start + size])
    _lose_patience(world, table)


def _hold_round(world: World, table: Table, rows: Rows) -> None:
    reservation = reservation_value(world, table, rows)
    asked = aspiration(elapsed(world, table, rows), at(world.sides.concession, rows), floor(world, table, rows))
    brought: Round | Climbed
    if fits(world, table):
        packages = climb(world, table, rows)
        brought = Climbed(rows, packages, reservation, asked_for(packages.best, reservation, asked))
        answer = in_turn(world, table, brought)
    else:
        value = expected_value(world, table, rows, table.values.at(rows)) + at(table.session.error, rows)[..., None]
        brought = Round(rows, value, reservation, thresholds(value, reservation, asked))
        answer = single_text(world, table, brought) if table.levers.single_text else in_turn(world, table, brought)
    table.session.rounds[rows] += 1
    table.session.refused[rows] = np.where(answer.agreed, NOBODY, answer.refused)
    table.session.devalued[rows] = answer.devalued
    transitions.record_offers(world, table, rows, answer.package)
    done = answer.agreed
    surplus = brought.worth(answer.package) - reservation if done.any() else reservation
    transitions.agree(world, table, rows[done], (answer.package[done], answer.leverage[done], surplus[done]))


def elapsed(world: World, table: Table, rows: Rows) -> Array:
    """Share of the session's rounds that are gone with this one, ``(n, 1)``.

    Over the last text of mediators a side asks for no more than it must (deadline effect: Roth, Murnighan,
    Schoumaker 1988); in turn one round more is counted, as in the peer's rule, for neither knows the last offer.
    """
    last = rounds_allowed(world, table)[rows] + (0 if table.levers.single_text else 1)
    return np.minimum(1, (table.session.rounds[rows, None] + 1) / last)


def rounds_allowed(world: World, table: Table) -> Array:
    """Rounds a session lasts at most, ``(R, 1)``: offers where the sides draft in turn, texts where mediators do."""
    return np.rint(world.behaviour.texts if table.levers.single_text else world.behaviour.offers)


def in_turn(world: World, table: Table, brought: Round | Climbed) -> Answer:
    """Each side in turn answers the other's last text and, unless it accepts, proposes one; the first acceptance ends it.

    What was proposed last in a round is answered first in the next (alternating offers: Rubinstein 1982),
    unless its author would by then not sign it any more. A
    side judges all texts with the same error, those it proposes included, and does not hold its author against
    a text that it proposed last itself.
    """
    rows, n = brought.rows, len(brought.rows)
    adversary, _ = distrust_of_author(world, table, rows)
    agreed, devalued = np.zeros(n, bool), np.zeros(n, bool)
    package = np.full(n, -1, np.intp)
    refused = np.full(n, NOBODY, np.int8)
    own, proposed = np.arange(n), table.session.proposed
    for turn in (0, 1):
        side = (table.session.first[rows].astype(np.intp) + turn) % 2
        text, asked = proposed[rows, 1 - side], brought.threshold[own, side]
        worth = brought.worth(text)
        stands = worth[own, 1 - side] >= brought.reservation[own, 1 - side]
        answers = ~agreed & (text >= 0) & stands
        foreign = text != proposed[rows, side]
        heard = worth[own, side]
        accepts = np.asarray(answers & (heard - foreign * adversary[own, side] >= asked))
        only_author = answers & ~accepts & (heard >= asked)
        says_no = np.where(accepts, NOBODY, side)
        details = {"package": text, "whose": 1 - side, "refused": says_no, "author": only_author.astype(np.int8)}
        world.aside(table, "answer", rows[answers], **{name: of[answers] for name, of in details.items()})
        devalued |= only_author
        package = np.where(accepts, text, package)
        agreed |= accepts
        willing = np.isfinite(asked)
        refused = np.where(~agreed & (answers | ~willing), side, refused).astype(np.int8)
        offered = np.where(willing, offer(world, table, brought, side), -1)
        proposed[rows, side] = np.where(agreed, proposed[rows, side], offered)
        package = np.where(agreed | ~willing, package, offered)
        proposes = ~agreed & willing
        world.aside(table, "offer", rows[proposes], package=offered[proposes], whose=side[proposes])
    return Answer(agreed, package, np.zeros((n, 2)), refused, devalued & ~agreed)


def offer(world: World, table: Table, brought: Round | Climbed, proposer: NDArray[np.intp]) -> NDArray[np.intp]:
    """The package the proposer puts forward, ``(n,)``: among what is good enough for it, the best it can guess for the other.

    With ``opponent_weight`` at zero it is simply the one worth least to itself above its threshold. The
    picture of the other starts as a fixed pie (the other wants the opposite: Thompson, Hastie 1990) and is
    corrected by the offers it has made.
    """
    rows, own = brought.rows, np.arange(len(brought.rows))
    if isinstance(brought, Climbed):
        return brought.climb.least(proposer, brought.threshold[own, proposer])
    b = world.behaviour.at(rows)
    mine = brought.value[own, proposer]
    theirs = brought.value[own, 1 - proposer]
    known = 1 - (1 - b.opponent_learning) ** table.session.rounds[rows, None]
    picture = known * theirs - (1 - known) * mine
    good = mine >= np.minimum(brought.threshold[own, proposer], mine.max(axis=1))[:, None]
    liking = b.opponent_weight * picture - (1 - b.opponent_weight) * mine
    return np.asarray(np.where(good, liking, -np.inf).argmax(axis=1))


def single_text(world: World, table: Table, brought: Round) -> Answer:
    """Mediators put one text to both sides; a no teaches them something, and candour grows."""
    rows, session, b = brought.rows, table.session, world.behaviour.at(brought.rows)
    estimate = estimated_surplus(table, brought)
    package = draft(estimate, at(table.bias, rows), b.mediator_interest[..., None] * at(table.interest, rows)[:, None, :])
    believed = choose(estimate, package)
    worse_off = believed <= believed[:, ::-1]
    budget = table.leverage[rows] * table.service()[rows]
    leverage = np.where(worse_off & ~(worse_off[:, ::-1] & (np.arange(2) == 1)), budget[:, None], 0.0)
    _, discount = distrust_of_author(world, table, rows)
    heard = choose(brought.value, package) + leverage
    # A side to which no text is worth it by itself may still be won over by what mediators add.
    asked = np.where(np.isfinite(brought.threshold), brought.threshold, brought.reservation)
    says_yes: NDArray[np.bool_] = np.asarray(heard - discount >= asked)
    unfairly: NDArray[np.bool_] = np.asarray(heard >= asked) & ~says_yes
    put(session.shift, rows, at(session.shift, rows) + b.estimate_step * np.where(says_yes, -0.5, 1.0))
    candour = at(session.candour, rows)
    put(session.candour, rows, candour + np.where(says_yes, 0.0, b.candour_gain * (1 - candour)))
    agreed = np.logical_and(says_yes[:, 0], says_yes[:, 1])
    refused = np.where(~says_yes.any(axis=1), BOTH, np.where(says_yes[:, 0], SECOND, FIRST)).astype(np.int8)
    devalued = ~agreed & ((says_yes | unfairly).min(axis=1))
    world.aside(table, "draft", rows, package=package, refused=np.where(agreed, NOBODY, refused), author=devalued.astype(np.int8))
    return Answer(agreed, package, leverage, refused, devalued)


def estimated_surplus(table: Table, brought: Round) -> Array:
    """What the mediators take each package to bring each side beyond no agreement, ``(n, 2, K)``.

    Between what outsiders would guess and the truth, by the candour of each side; lowered by its refusals.
    """
    session, rows = table.session, brought.rows
    truth = brought.value - brought.reservation[..., None]
    candour = at(session.candour, rows)[..., None]
    return np.asarray(candour * truth + (1 - candour) * table.guess - at(session.shift, rows)[..., None])


def draft(estimate: Array, bias: Array, interest: Array) -> NDArray[np.intp]:
    """The text mediators put forward, ``(n,)``: the largest product of estimated surpluses, bent by bias and interest.

    Maximises (1 + bias_1) log s_1 + (1 + bias_2) log s_2 + interest; the Nash solution without bias and
    interest. Where no package gives both something, the one least bad for the worse-off.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        logs = np.log(np.maximum(estimate, 0))
        weighed = ((1 + bias)[..., None] * logs).sum(axis=1)
    inside = estimate.min(axis=1) > 0
    merit = np.where(inside, weighed + interest[:, 0, :], -np.inf)
    return np.where(inside.max(axis=1), merit.argmax(axis=1), nash(estimate))


def _lose_patience(world: World, table: Table) -> None:
    """Sessions that ran out of rounds or of time end without a text, for a reason that is recorded."""
    session = table.session
    rows = table.where(State.TALKING)
    if not len(rows):
        return
    spent = session.rounds[rows] >= rounds_allowed(world, table)[rows, 0]
    late = world.week - session.since[rows] + 1 >= world.behaviour.patience[rows, 0]
    rows = rows[spent | late]
    if not len(rows):
        return
    no_zone = best_for_both(world, table, rows) < 0
    reason = np.where(no_zone, Reason.NO_ZONE, np.where(session.devalued[rows], Reason.DEVALUATION, Reason.IMPASSE))
    whose = np.where(no_zone, BOTH, session.refused[rows])
    transitions.fail(world, table, rows, (whose, reason))


def best_for_both(world: World, table: Table, rows: Rows) -> Array:
    """The most that any package leaves the worse-off side beyond its reservation value as the sides judge it, ``(n,)``.

    Mediators' leverage goes to the side that is worse off, as in :func:`single_text`.
    """
    added = table.leverage[rows] * table.service()[rows] if table.levers.single_text else np.zeros(len(rows))
    size = max(1, CHUNK // (2 * len(table.agenda.packages)))
    found = np.empty(len(rows))
    for start in range(0, len(rows), size):
        part = rows[start : start + size]
        value = expected_value(world, table, part, table.values.at(part)) + at(table.session.error, part)[..., None]
        surplus = value - reservation_value(world, table, part)[..., None]
        helped = np.minimum(surplus.min(axis=1) + added[start : start + size, None], surplus.max(axis=1))
        found[start : start + size] = helped.max(axis=1)
    return found
