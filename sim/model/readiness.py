"""Who comes: each side's readiness to sit down at a table, and what decides when it stays away.

    readiness = motivation * surplus of a likely text + optimism + confidence * trust in the other + pull
                - threshold - sensitivity * (recognition + grievance + exposure) - commitment - stain

Readiness theory (Pruitt 2007) has motivation and optimism make up for each other, hence a sum; recognition
acts by level and contact, exposure by audience cost and visibility (Fearon 1994; Tomz 2007), and the choice
is a quantal response (McKelvey, Palfrey 1995): P(come) = logistic(readiness / temperature).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.model import transitions
from sim.model.acceptance import expected_value, reservation_value, seen
from sim.model.arrays import Array, Rows, at, zeros
from sim.model.draws import logistic
from sim.model.packages import Worth, kalai
from sim.model.reasons import BOTH, FIRST, NOBODY, SECOND, Reason, State
from sim.model.tables import Table

if TYPE_CHECKING:
    from sim.model.world import World

SURPLUS_RANGE = (-0.3, 0.5)
"""Surplus beyond these moves readiness no further, so that no single promise outweighs everything else."""

USUAL_TRUST = 0.2
"""Trust between adversaries from which trust in the other side counts for or against coming."""

AMPLE, HOPEFUL = 0.15, 0.6
"""Surplus and optimism of a side that is ready: what is missing to them counts as a reason to stay away."""

REASONS = (
    Reason.LITTLE_TO_GAIN, Reason.PESSIMISM, Reason.RECOGNITION, Reason.GRIEVANCE,
    Reason.EXPOSURE, Reason.COMMITMENT, Reason.SPONSOR,
)  # fmt: skip
"""What can keep a side away, in the order of the rows of ``Readiness.against``."""

@dataclass(frozen=True)
class Readiness:
    """Readiness of both sides, ``(n, 2)``, and what speaks against coming, ``(7, n, 2)`` in the same unit."""

    total: Array
    against: Array

    def main_reason(self) -> NDArray[np.int8]:
        """The heaviest term against coming, per world and side, ``(n, 2)`` codes of :class:`Reason`."""
        return np.array(REASONS, np.int8)[self.against.argmax(axis=0)]


def readiness(world: World, table: Table, rows: Rows) -> Readiness:
    """Readiness of both sides to be at a table this week, in the worlds ``rows``."""
    b, sides, levers = world.behaviour.at(rows), world.sides, table.levers
    worth = table.focal_worth.at(rows)
    surplus = np.clip(expected_value(world, table, rows, worth) - reservation_value(world, table, rows), *SURPLUS_RANGE)
    sensitivity, visible = at(table.sensitivity, rows), seen(world, table, rows)
    distance, level = at(levers.distance, rows) * at(levers.other_comes, rows), at(levers.level, rows)
    recognition = sensitivity * distance * at(levers.contact_talks, rows) * level * at(sides.recognition, rows)
    grievance = sensitivity * b.grievance_weight * at(sides.grievance, rows)
    exposure = sensitivity * distance * b.exposure * visible * at(sides.audience_cost, rows)
    commitment = distance * level * visible * at(sides.commitment, rows)
    stain = b.stain * sponsor_discount(world, table, rows)
    motivation = b.motivation * surplus
    optimism = at(sides.optimism, rows)
    attraction = b.attraction * pull(table, world, rows)
    confidence = b.confidence * (at(sides.trust, rows) - USUAL_TRUST)
    total = motivation + optimism + attraction + confidence - b.threshold
    total = total - recognition - grievance - exposure - commitment - stain
    missing = (b.motivation * AMPLE - motivation, HOPEFUL - optimism)
    against = np.stack([*missing, recognition, grievance, exposure, commitment, stain])
    return Readiness(total, against)


def sponsor_discount(world: World, table: Table, rows: Rows) -> Array:
    """How far each side holds the table's sponsor against it, ``(n, 2)`` in [0, 1]; zero without a sponsor."""
    if table.form.sponsor is None:
        return zeros(len(rows), 2)
    return np.clip(at(world.sides.discount[table.form.sponsor], rows), 0, 1)


def pull(table: Table, world: World, rows: Rows) -> Array:
    """Pull of the table's mediators on each side, ``(n, 2)``: invitations of trusted ones who care, not overstretched."""
    if not table.mediators:
        return table.pull_bonus[rows, None] * np.ones(2)
    keen = 0.5 + 0.5 * table.interest[rows, table.focal[rows]][:, None]
    missed = np.ones((len(rows), 2), order="F")
    for mediator in table.mediators:
        missed *= 1 - mediator.pull[rows, None] * at(world.sides.trust_in[mediator.name], rows)
    return np.asarray((1 - missed) * keen * table.service()[rows, None] + table.pull_bonus[rows, None])


def choose_focal_text(world: World, table: Table) -> None:
    """Settle what both sides expect to be talking about: the package best for the worse-off (Kalai 1977).

    Chosen once per world, before the first week, from what the sides know then.
    """
    step = max(1, 400_000 // (2 * len(table.agenda.packages)))
    parts = []
    for start in range(0, world.worlds, step):
        rows = np.arange(start, min(start + step, world.worlds))
        worth = table.values.at(rows)
        surplus = expected_value(world, table, rows, worth) - reservation_value(world, table, rows)[..., None]
        table.focal[rows] = kalai(surplus)
        parts.append(worth.of(table.focal[rows]))
    table.focal_worth = Worth(*(np.concatenate(part) for part in zip(*(worth.parts for worth in parts), strict=True)))


def who_comes(world: World, table: Table) -> None:
    """An occasion arises, both sides decide on the same day, and the mediators host if those they need come.

    At a table that sits the occasion is one to leave: a side stays unless its readiness has fallen well
    below what it was when it sat down (below zero, for a side that came readily).
    """
    if table.spec.meets is None:
        everywhere = np.arange(world.worlds)
        arises = table.luck("occasion", world.week, everywhere) < world.behaviour.occasion_rate[:, 0]
    else:
        arises = np.full(world.worlds, table.spec.meets == world.week)
    apart = table.state == State.APART  # before anyone leaves: the same occasion does not bring them back
    _leave(world, table, np.flatnonzero((table.state == State.TALKING) & arises))
    opened = world.is_open(table)
    _stay_shut(world, table, np.flatnonzero(arises & ~opened))
    rows = np.flatnonzero(apart & arises & opened)
    if not len(rows):
        return
    transitions.note_occasion(world, table, rows)
    ready = readiness(world, table, rows)
    b = world.behaviour.at(rows)
    believes = table.luck("believe", world.week, rows) < at(table.levers.believed, rows)
    wants = table.luck("come", world.week, rows) < logistic(ready.total / b.temperature)
    comes = believes & (wants | table.levers.convenes)
    if table.spec.seated:  # asked is what comes of talks, not whether the sides would come
        comes |= (table.outcome.came[rows] < 0)[:, None]
    both = comes.all(axis=1)
    away = ~comes
    reasons = np.where(table.levers.invited, np.where(believes, ready.main_reason(), Reason.NOT_BELIEVED), Reason.NOT_INVITED)
    weaker = np.where(away.all(axis=1), ready.total.argmin(axis=1), np.where(away[:, 0], FIRST, SECOND))
    shared = away.all(axis=1) & (reasons[:, 0] == reasons[:, 1])
    whose = np.where(shared, BOTH, weaker)
    why = (whose[~both], reasons[np.arange(len(rows)), weaker][~both])
    transitions.stay_apart(table, rows[~both], why)
    world.note(table, "stay away", rows[~both], whose=why[0], reason=why[1])
    why_away = np.where(away, reasons, Reason.NONE)
    world.aside(table, "answers", rows, first=why_away[:, 0], second=why_away[:, 1])
    if table.form.hosts_if == "one":
        alone = comes.any(axis=1) & ~both & (table.outcome.declared[rows] < 0)
        transitions.declare(world, table, rows[alone], comes[alone])
    transitions.sit_down(world, table, rows[both], ready.total[both])


def _stay_shut(world: World, table: Table, rows: Rows) -> None:
    """What the table hangs on has not happened."""
    rows = rows[table.outcome.occasion[rows] < 0]
    why = (np.full(len(rows), NOBODY), np.full(len(rows), Reason.NOT_OPENED))
    transitions.stay_apart(table, rows, why)


def _leave(world: World, table: Table, rows: Rows) -> None:
    if not len(rows):
        return
    ready = readiness(world, table, rows)
    before = np.minimum(at(table.session.readiness, rows), 0)
    b = world.behaviour.at(rows)
    stays = table.luck("come", world.week, rows) < logistic((ready.total - before + b.staying) / b.temperature)
    left = ~stays.all(axis=1)
    whose = np.where(~stays.any(axis=1), BOTH, np.where(stays[:, 0], SECOND, FIRST))
    transitions.fail(world, table, rows[left], (whose[left], np.full(left.sum(), Reason.WALKED_OUT)))

