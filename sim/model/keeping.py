"""An agreement in force: delivery, violations, suspension and repair, erosion, renewal and its end.

Violations follow a hazard with early fragility and a frailty of each agreement (both are needed to have
agreements die young and live long); monitoring deters, detects, and helps to repair. Delivery erodes the
less a side still gains, and follows the other side's. At the end of a term each side renews, renews for
less, or refuses.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.model import transitions
from sim.model.acceptance import GainLeft, gain_left
from sim.model.arrays import Array, Rows, at, put
from sim.model.draws import logistic
from sim.model.reasons import BOTH, FIRST, NOBODY, SECOND, Reason, State
from sim.model.tables import Table

if TYPE_CHECKING:
    from sim.model.world import World

UNAIDED = 0.4
"""Good offices where no mediator serves a table: the sides' own channel, compared with trusted mediators."""

BROKEN, ACCUSED, CONTESTED = 1, 2, 4
"""Parts of what a narrator is told about a side in a week of breaches: it broke the text, is accused, contests it."""

NOTICED, NAMED = 0.01, 0.02
"""Utility: a fall below the first moves nobody to leave, and withheld delivery is named as a reason above the second."""


def keep(world: World, table: Table) -> None:
    """A week of the agreements at a table: what each side does, what is noticed, how it goes on."""
    if table.spec.opens is not None and table.spec.opens.when == "in_force":
        _fall_with_condition(world, table)
    rows = table.where(State.IN_FORCE, State.SUSPENDED)
    if not len(rows):
        return
    table.agreement.age[rows] += 1
    left = gain_left(world, table, rows)
    _deliver(world, table, rows, left)
    _violate(world, table, rows, left)
    _repair(world, table)
    _come_to_term(world, table)


def _deliver(world: World, table: Table, rows: Rows, left: GainLeft) -> None:
    """Count what is delivered this week; then delivery erodes and belief in side deals moves to what is seen."""
    b, agreement, outcome = world.behaviour.at(rows), table.agreement, table.outcome
    flowing = np.where(table.state[rows] == State.SUSPENDED, b.suspended_delivery[:, 0], 1.0)
    real_side_deal = at(table.side_deals.delivered, rows)
    brought = left.delivery * flowing[:, None] + real_side_deal + left.leverage - left.alternative
    put(outcome.surplus, rows, at(outcome.surplus, rows) + at(table.values.share, rows) * brought)
    outcome.in_force[rows] += 1
    delivered = at(agreement.delivered, rows)
    throughput = flowing * delivered.min(axis=1)
    for unit, per_week, included, lasts in table.units:
        due = included[agreement.package[rows]] & ((lasts == 0) | (agreement.age[rows] <= lasts))
        outcome.units[unit][rows] += throughput * per_week[rows] * due
    decay = b.erosion * np.exp(-b.erosion_gain * left.total)
    delivered = delivered * (1 - np.minimum(decay, 1))
    delivered += b.reciprocity * np.minimum(delivered[:, ::-1] - delivered, 0)
    put(agreement.delivered, rows, delivered)
    believed = at(agreement.side_deal, rows)
    kept = world.behaviour.fade("side_belief_half_life")[rows, None]
    put(agreement.side_deal, rows, at(table.side_deals.seen, rows) * (1 - kept) + believed * kept)


def violation_rate(world: World, table: Table, rows: Rows, left: GainLeft) -> Array:
    """Hazard of a violation by each side this week, ``(n, 2)`` per week."""
    b, agreement = world.behaviour.at(rows), table.agreement
    log_rate = (
        agreement.frailty[rows, None]
        + b.violation_grievance * at(table.sensitivity, rows) * at(world.sides.grievance, rows)
        - b.violation_gain * left.total
    )
    deterred = 1 - b.deterrence * at(table.levers.monitoring, rows)
    young = 1 + b.infancy * np.exp(-agreement.age[rows, None] / b.infancy_weeks)
    return np.asarray(b.violation_rate * np.exp(log_rate) * deterred * young)


def _violate(world: World, table: Table, rows: Rows, left: GainLeft) -> None:
    """Violations happen, are noticed or not, are claimed and contested; the injured side may suspend."""
    b = world.behaviour.at(rows)
    chance = 1 - np.exp(-violation_rate(world, table, rows, left))
    violates = table.luck("violate", world.week, rows) < chance
    monitoring = at(table.levers.monitoring, rows)
    unfounded = b.false_claims * (1 - monitoring) * at(world.sides.grievance, rows)[:, ::-1]
    accused = (table.luck("claim", world.week, rows) < unfounded) | at(table.accused, rows)
    uneasy = (violates | accused).any(axis=1)
    _look_into(world, table, rows[uneasy], (violates[uneasy], accused[uneasy]))


def _look_into(world: World, table: Table, rows: Rows, breach: tuple[NDArray[np.bool_], NDArray[np.bool_]]) -> None:
    """Where a side broke the text or is accused, ``breach`` ``(n, 2)`` each: what is found, contested, and done about it."""
    violates, accused = breach
    b, agreement, outcome = world.behaviour.at(rows), table.agreement, table.outcome
    monitoring = at(table.levers.monitoring, rows)
    found = violates & (table.luck("detect", world.week, rows) < b.detection + (1 - b.detection) * monitoring)
    unseen = np.where(violates & ~found, 1 - b.violation_drop, 1.0)
    put(agreement.delivered, rows, at(agreement.delivered, rows) * unseen)
    accused = accused | found
    outcome.violations[rows] += violates.sum(axis=1)
    broken = violates.any(axis=1)
    world.note(table, "violate", rows[broken], whose=_whose(violates[broken]))
    contested = accused & (table.luck("contest", world.week, rows) < b.contest * (1 - monitoring))
    outcome.contested[rows] += contested.any(axis=1)
    claims = violates * BROKEN + accused * ACCUSED + contested * CONTESTED
    claimed = claims.any(axis=1)
    world.aside(table, "breach", rows[claimed], first=claims[claimed, 0], second=claims[claimed, 1])
    put(table.accused, rows, False)
    _take_offence(world, rows, accused, contested)
    breached = (accused & ~contested) & (table.luck("suspend", world.week, rows) < b.suspension)
    suspended = breached.any(axis=1) & (table.state[rows] == State.IN_FORCE)
    drawn = np.where(breached, table.luck("suspend", world.week, rows), 1.0)
    culprit = np.where(drawn[:, 0] <= drawn[:, 1], FIRST, SECOND).astype(np.int8)
    hit = rows[suspended]
    table.state[hit] = State.SUSPENDED
    agreement.culprit[hit] = culprit[suspended]
    outcome.suspensions[hit] += 1
    world.note(table, "suspend", hit, whose=culprit[suspended])


def _whose(sides: NDArray[np.bool_]) -> NDArray[np.integer]:
    """Column of the side that is marked, or both, ``(n,)`` from ``(n, 2)`` with at least one mark in each world."""
    return np.where(sides.all(axis=1), BOTH, np.where(sides[:, 0], FIRST, SECOND))


def _take_offence(world: World, rows: Rows, accused: NDArray[np.bool_], contested: NDArray[np.bool_]) -> None:
    """A breach that is noticed costs trust and adds to grievance on the other side; half as much if contested."""
    weight = np.where(contested, 0.5, 1.0) * accused
    b, sides = world.behaviour.at(rows), world.sides
    felt = weight[:, ::-1]
    put(sides.trust, rows, at(sides.trust, rows) * (1 - b.trust_loss * felt))
    put(sides.grievance, rows, np.minimum(at(sides.grievance, rows) + b.injury * felt, 1))


def _repair(world: World, table: Table) -> None:
    """Good offices: a suspension is repaired, given up, or goes on another week.

    Repair needs trusted mediators with time for it, a way to coordinate, and something for the injured side
    to go back to.
    """
    rows = table.where(State.SUSPENDED)
    if not len(rows):
        return
    b, levers, outcome = world.behaviour.at(rows), table.levers, table.outcome
    injured = (1 - table.agreement.culprit[rows]).astype(np.intp)
    own = np.arange(len(rows))
    total = gain_left(world, table, rows).total
    trust = table.trust_in_mediators(world, rows)[own, injured]
    offices = np.maximum(UNAIDED, trust * table.service()[rows]) if table.mediators else UNAIDED
    ways = (0.5 + 0.5 * levers.coordination[rows]) * (0.5 + 0.5 * levers.monitoring[rows, 0])
    wish = logistic(total[own, injured] / b.renewal_temperature[:, 0])
    repaired = table.luck("repair", world.week, rows) < b.repair[:, 0] * offices * ways * wish
    given_up = ~repaired & (table.luck("collapse", world.week, rows) < b.collapse[:, 0])
    back = rows[repaired]
    table.state[back] = State.IN_FORCE
    outcome.repairs[back] += 1
    world.note(table, "repair", back)
    lost = rows[given_up]
    culprit = table.agreement.culprit[lost].astype(np.intp)
    why = (1 - culprit, np.full(len(lost), Reason.VIOLATION))
    transitions.end(world, table, lost, why, np.full(len(lost), Reason.VIOLATION))


def _come_to_term(world: World, table: Table) -> None:
    """What is carried out is over; a side that only loses may leave; at the end of the term both choose to renew."""
    rows = table.where(State.IN_FORCE, State.SUSPENDED)
    agreement = table.agreement
    lasts = table.agenda.lasts[agreement.package[rows]]
    done = (lasts > 0) & (agreement.age[rows] >= lasts) & (table.state[rows] == State.IN_FORCE)
    nobodys = np.full(done.sum(), NOBODY)
    transitions.end(world, table, rows[done], (nobodys, np.full(done.sum(), Reason.CARRIED_OUT)))
    rows = rows[~done]
    if not len(rows):
        return
    leaves = _walks_away(world, table, rows)
    running = agreement.left[rows] > 0
    agreement.left[rows[running]] -= 1
    due = running & (agreement.left[rows] == 0) & ~leaves.any(axis=1)
    _leave(world, table, rows, leaves)
    if due.any():
        _renew(world, table, rows[due])


def _walks_away(world: World, table: Table, rows: Rows) -> NDArray[np.bool_]:
    """A side that has little wish to go on may leave in mid-term, ``(n, 2)``: with a chance of exit rate x (1 - wish)."""
    draw, most = table.luck("leave", world.week, rows), world.behaviour.at(rows).exit_rate
    leaves = draw < most
    some = np.flatnonzero(leaves.any(axis=1))  # no wish, however small, brings the others to leave
    unhappy = rows[some]
    b = world.behaviour.at(unhappy)
    wish = _wish(world, table, unhappy, gain_left(world, table, unhappy))
    put(leaves, some, at(draw, some) < b.exit_rate * logistic(-wish / b.renewal_temperature))
    return leaves


def _wish(world: World, table: Table, rows: Rows, left: GainLeft) -> Array:
    """How much each side would rather go on than not, ``(n, 2)`` in utility: gain left less grievance."""
    b = world.behaviour.at(rows)
    return np.asarray(left.total - b.renewal_grievance * at(table.sensitivity, rows) * at(world.sides.grievance, rows))


def _renew(world: World, table: Table, rows: Rows) -> None:
    """The term is over: a side objects (where silence means extension) or fails to agree (where it means lapse).

    A side whose gain has shrunk below a share of what was promised reads the new term as half a term. Where
    the sides read it differently the shorter reading holds, and the other side is aggrieved. What is renewed
    is in force again, even if it was suspended.
    """
    b, agreement, outcome = world.behaviour.at(rows), table.agreement, table.outcome
    left = gain_left(world, table, rows)
    hurdle = b.renewal_effort if table.form.silence == "lapse" else 0.0
    willing = logistic((_wish(world, table, rows, left) - hurdle) / b.renewal_temperature)
    refuses = table.luck("renew", world.week, rows) >= willing
    objects = refuses.any(axis=1)
    outcome.refused[rows[objects]] += 1
    world.aside(table, "refuse", rows[objects], whose=_whose(refuses[objects]))
    _leave(world, table, rows, refuses)
    stays = ~refuses.any(axis=1)
    rows = rows[stays]
    promised = at(agreement.promised, rows)
    shrunk = (promised > 0) & (left.total[stays] < b.shortening[stays] * promised)
    full = table.form.term or 0
    reading = np.where(shrunk, max(full // 2, 1), full)
    term = reading.min(axis=1)
    disputed = b.injury[stays] * 0.5 * (reading > term[:, None])
    put(world.sides.grievance, rows, np.minimum(at(world.sides.grievance, rows) + disputed, 1))
    outcome.renewals[rows] += 1
    outcome.shorter[rows] += term < agreement.term[rows]
    suspended = rows[table.state[rows] == State.SUSPENDED]
    table.state[suspended] = State.IN_FORCE
    outcome.repairs[suspended] += 1
    world.note(table, "repair", suspended)
    agreement.term[rows] = term
    agreement.left[rows] = term
    world.note(table, "renew", rows, package=term)


def _leave(world: World, table: Table, rows: Rows, leaves: NDArray[np.bool_]) -> None:
    """Sides leave an agreement: what moved them is the term that fell most since it entered into force."""
    gone = leaves.any(axis=1)
    rows, leaves = rows[gone], leaves[gone]
    if not len(rows):
        return
    left = gain_left(world, table, rows)
    wish = _wish(world, table, rows, left)
    whose = np.where(leaves.all(axis=1), wish.argmin(axis=1), np.where(leaves[:, 0], FIRST, SECOND)).astype(np.intp)
    moved, cited = motives(world, table, rows, left)
    own = np.arange(len(rows))
    transitions.end(world, table, rows, (whose, moved[own, whose]), cited[own, whose])


def motives(world: World, table: Table, rows: Rows, left: GainLeft) -> tuple[NDArray[np.int8], NDArray[np.int8]]:
    """What would move each side to leave, and what it would say, both ``(n, 2)`` codes of :class:`Reason`.

    Moved: the largest fall since entry into force, or grievance where it weighs more. Said: what can be laid at another's door
    before what
    cannot; nobody cites a better alternative of its own.
    """
    agreement, b = table.agreement, world.behaviour.at(rows)
    alternative = left.alternative - at(agreement.alternative, rows)
    grievance = b.renewal_grievance * at(table.sensitivity, rows) * at(world.sides.grievance, rows)
    falls = {
        Reason.SIDE_DEAL: at(agreement.side_deal_promised, rows) - left.side_deal,
        Reason.DELIVERY: left.withheld,
        Reason.ALTERNATIVE: alternative,
        Reason.FRONT: (left.batna - at(agreement.batna, rows)) - alternative,
        Reason.LEVERAGE: at(agreement.leverage, rows) - left.leverage,
        Reason.ENDED_GRIEVANCE: grievance,
    }
    stacked = np.stack(list(falls.values()))
    moved = np.array(list(falls), np.int8)[stacked.argmax(axis=0)]
    moved = np.where(stacked.max(axis=0) < NOTICED, Reason.CHANCE, moved)
    sayable = np.where(
        falls[Reason.SIDE_DEAL] > NOTICED,
        Reason.SIDE_DEAL,
        np.where(left.withheld > NAMED, Reason.DELIVERY, Reason.ENDED_GRIEVANCE),
    )
    return moved.astype(np.int8), sayable.astype(np.int8)


def _fall_with_condition(world: World, table: Table) -> None:
    """An agreement that hangs on another's being in force ends with it."""
    rows = table.where(State.IN_FORCE, State.SUSPENDED)
    rows = rows[~world.is_open(table)[rows]]
    why = (np.full(len(rows), NOBODY), np.full(len(rows), Reason.CONDITION))
    transitions.end(world, table, rows, why)
