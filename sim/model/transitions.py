"""The steps a table can take from one state to the next, and what each leaves on record.

Every function changes one table in the worlds ``rows``; ``why`` is a pair of arrays ``(n,)``: whose the
reason is and what it was.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from sim.model.acceptance import gain_left
from sim.model.arrays import Array, Rows, at, put
from sim.model.draws import logit
from sim.model.reasons import NOBODY, Reason, Stage, State
from sim.model.tables import Table
from sim.scenario.schema import InForce

if TYPE_CHECKING:
    from sim.model.world import World

Why = tuple[NDArray[np.integer], NDArray[np.integer]]


def _first_time(weeks: NDArray[np.int32], rows: Rows, week: int) -> None:
    weeks[rows] = np.where(weeks[rows] < 0, week, weeks[rows])


def _stop(table: Table, rows: Rows, stage: Stage, why: Why) -> None:
    """Put on record how far a table got and why it stopped there; a lesser stage does not hide a further one."""
    outcome = table.outcome
    further = outcome.stage[rows] <= stage
    rows = rows[further]
    outcome.stage[rows] = stage
    outcome.whose[rows] = why[0][further]
    outcome.reason[rows] = why[1][further]
    outcome.cited[rows] = Reason.NONE


def _part(table: Table, rows: Rows) -> None:
    """The sides are apart again; what was known of their talks is no longer news."""
    table.state[rows] = State.APART
    table.session.known[rows] = False
    put(table.session.exposed, rows, False)


def note_occasion(world: World, table: Table, rows: Rows) -> None:
    """There was a chance to meet."""
    _first_time(table.outcome.occasion, rows, world.week)


def stay_apart(table: Table, rows: Rows, why: Why) -> None:
    """One side or both did not come."""
    _stop(table, rows, Stage.APART, why)


def sit_down(world: World, table: Table, rows: Rows, ready: Array) -> None:
    """Both sides come: a session begins, with the errors of judgement each side brings to it."""
    if not len(rows):
        return
    b, session = world.behaviour.at(rows), table.session
    table.state[rows] = State.TALKING
    _first_time(table.outcome.came, rows, world.week)
    table.outcome.sessions[rows] += 1
    session.since[rows] = world.week
    session.rounds[rows] = 0
    put(session.readiness, rows, ready)
    put(session.shift, rows, 0)
    put(session.proposed, rows, -1)
    session.refused[rows] = NOBODY
    session.devalued[rows] = False
    first = table.form.first_offer
    lot = (table.luck("first", world.week, rows) < 0.5).astype(np.int8)
    session.first[rows] = lot if first == "lot" else world.conflict.disputants.index(first)
    blur = np.ones((len(rows), 1))
    if table.levers.in_room:
        blur = 1 - b.clarity * at(table.honesty, rows)
    elif table.levers.carried:
        blur = 1 + b.relay_noise
    put(session.error, rows, blur * b.judgement * logit(table.luck("judge", world.week, rows)))
    trust = table.trust_in_mediators(world, rows)
    put(session.candour, rows, np.clip(at(world.sides.candour, rows) + b.candour_trust * trust, 0, 1))
    _stop(table, rows, Stage.TALKED, (np.full(len(rows), NOBODY), np.full(len(rows), Reason.STILL_TALKING)))
    world.note(table, "sit down", rows)


def declare(world: World, table: Table, rows: Rows, present: NDArray[np.bool_]) -> None:
    """Those present make a declaration; it binds nobody absent, and a side left out holds it against the sponsor."""
    if not len(rows):
        return
    b = world.behaviour.at(rows)
    _first_time(table.outcome.declared, rows, world.week)
    for other in world.tables:
        shared = len(set(other.agenda.issues) & set(table.agenda.issues)) / len(other.agenda.issues)
        if shared == 0:
            continue
        other.pull_bonus[rows] += b.declaration_pull[:, 0] * shared
        put(other.lock_in, rows, at(other.lock_in, rows) + b.declaration_lock_in * shared * present)
    if table.form.sponsor is not None:
        discount = world.sides.discount[table.form.sponsor]
        stain = b.declaration_stain * ~present * (1 - at(table.levers.believed, rows))
        put(discount, rows, at(discount, rows) + stain)
    world.note(table, "declare", rows)


def leak(world: World, table: Table, rows: Rows) -> None:
    """Talks held in secret may become known, and a denial may be exposed."""
    b, session, levers = world.behaviour.at(rows), table.session, table.levers
    chance = b.leak_rate[:, 0] * (1 - levers.visibility[rows, 0])
    leaks = (table.luck("leak", world.week, rows) < chance) & ~session.known[rows]
    session.known[rows] |= leaks
    world.aside(table, "leak", rows[leaks])
    if not levers.denied.any():
        return
    shown = (table.luck("expose", world.week, rows) < b.denial_exposed) & (levers.denied > 0) & ~at(session.exposed, rows)
    put(session.exposed, rows, at(session.exposed, rows) | shown)
    caught = shown.any(axis=1)
    world.aside(table, "expose", rows[caught], first=shown[caught, 0].astype(np.int8), second=shown[caught, 1].astype(np.int8))


def record_offers(world: World, table: Table, rows: Rows, package: NDArray[np.intp]) -> None:
    """A text was on the table."""
    named = package >= 0
    world.note(table, "text", rows[named], package=package[named])


def fail(world: World, table: Table, rows: Rows, why: Why) -> None:
    """Talks end without a text: optimism is lost on both sides."""
    if not len(rows):
        return
    _part(table, rows)
    table.failed[rows] = True
    _discourage(world, rows)
    _stop(table, rows, Stage.TALKED, why)
    world.note(table, "fail", rows, whose=why[0], reason=why[1])


def _discourage(world: World, rows: Rows) -> None:
    optimism = world.sides.optimism
    put(optimism, rows, np.maximum(at(optimism, rows) - at(world.behaviour.discouragement, rows), 0))


def agree(world: World, table: Table, rows: Rows, text: tuple[NDArray[np.intp], Array, Array]) -> None:
    """Both sides accept a text: ``text`` is the package ``(n,)``, leverage and surplus ``(n, 2)``."""
    if not len(rows):
        return
    package, leverage, surplus = text
    outcome, agreement = table.outcome, table.agreement
    table.state[rows] = State.SIGNED
    agreement.package[rows] = package
    agreement.signed[rows] = world.week
    put(agreement.leverage, rows, leverage)
    outcome.texts[rows] += 1
    first = outcome.agreed[rows] < 0
    outcome.agreed_surplus[rows[first]] = surplus[first]
    outcome.package[rows[first]] = package[first]
    _first_time(outcome.agreed, rows, world.week)
    _stop(table, rows, Stage.AGREED, (np.full(len(rows), NOBODY), np.full(len(rows), Reason.NOT_YET_RATIFIED)))
    world.note(table, "agree", rows, package=package)


def fall(world: World, table: Table, rows: Rows, why: Why) -> None:
    """A text falls at home: optimism is lost, and the other side's trust in who let it fall."""
    if not len(rows):
        return
    _part(table, rows)
    table.failed[rows] = True
    table.outcome.fell[rows] += 1
    table.outcome.fell_first[rows] += why[0] == 0
    table.outcome.fell_second[rows] += why[0] == 1
    _discourage(world, rows)
    lose_trust(world, rows, why[0], 0.5)
    _stop(table, rows, Stage.AGREED, why)
    world.note(table, "fall", rows, whose=why[0], reason=why[1])


def lose_trust(world: World, rows: Rows, culprit: NDArray[np.integer], weight: float) -> None:
    """The side that is not the culprit loses a share of its trust in it."""
    trust = world.sides.trust
    for side in (0, 1):
        hit = rows[culprit == 1 - side]
        trust[hit, side] *= 1 - weight * world.behaviour.trust_loss[hit, 0]


def enter_into_force(world: World, table: Table, rows: Rows) -> None:
    """A ratified text enters into force, with the term of its format and a frailty of its own."""
    if not len(rows):
        return
    _begin(world, table, rows)
    agreement, outcome = table.agreement, table.outcome
    first = outcome.ratified[rows] < 0
    outcome.ratified[rows[first]] = world.week
    outcome.package[rows[first]] = agreement.package[rows[first]]
    optimism = world.sides.optimism
    put(optimism, rows, np.minimum(at(optimism, rows) + at(world.behaviour.encouragement, rows), 1))
    world.note(table, "in force", rows, package=agreement.package[rows])


def in_force_already(world: World, table: Table, text: InForce) -> None:
    """An agreement is in force, or suspended, as the run begins, in all worlds; what it promised is what it is worth now."""
    rows = np.arange(world.worlds)
    agreement, outcome = table.agreement, table.outcome
    agreement.package[:] = table.agenda.place(text.text)
    _begin(world, table, rows)
    agreement.age[:] = text.age
    agreement.left[:] = agreement.left if text.left is None else text.left
    if text.accused is not None:
        table.state[:] = State.SUSPENDED
        agreement.culprit[:] = world.conflict.disputants.index(text.accused)
    outcome.agreed[:] = outcome.ratified[:] = world.week
    outcome.package[:] = agreement.package


def _begin(world: World, table: Table, rows: Rows) -> None:
    """An agreement begins its life."""
    b, agreement = world.behaviour.at(rows), table.agreement
    table.state[rows] = State.IN_FORCE
    worth = table.values.at(rows).of(agreement.package[rows])
    put(agreement.gains, rows, worth.secure + worth.trusted)
    put(agreement.loss, rows, worth.loss)
    agreement.age[rows] = 0
    agreement.term[rows] = table.form.term or 0
    agreement.left[rows] = table.form.term or -1
    agreement.frailty[rows] = b.frailty[:, 0] * logit(table.luck("frailty", world.week, rows)) * (np.sqrt(3) / np.pi)
    put(agreement.delivered, rows, 1)
    expected = table.side_deals.expected(world, rows)
    put(agreement.side_deal_promised, rows, expected)
    put(agreement.side_deal, rows, expected)
    agreement.culprit[rows] = NOBODY
    left = gain_left(world, table, rows)
    put(agreement.promised, rows, left.total)
    put(agreement.batna, rows, left.batna)
    put(agreement.alternative, rows, left.alternative)
    table.outcome.agreements[rows] += 1
    _stop(table, rows, Stage.IN_FORCE, (np.full(len(rows), NOBODY), np.full(len(rows), Reason.HOLDS)))


def end(world: World, table: Table, rows: Rows, why: Why, cited: NDArray[np.integer] | None = None) -> None:
    """An agreement ends, and unless it was carried out optimism is lost; ``cited`` is what the side that left would say."""
    if not len(rows):
        return
    outcome = table.outcome
    carried_out = why[1] == Reason.CARRIED_OUT
    _discourage(world, rows[~carried_out])
    _part(table, rows)
    agreement = table.agreement
    promised, credit = at(agreement.side_deal_promised, rows), table.side_deals.credit
    kept = at(agreement.side_deal, rows) / np.maximum(promised, 1e-12)
    put(credit, rows, at(credit, rows) * np.where(promised > 0, np.minimum(kept, 1), 1))
    first = outcome.ended[rows] < 0
    outcome.ended[rows[first]] = world.week
    outcome.first_end[rows[first]] = why[1][first]
    outcome.delivery[rows[first]] = at(agreement.delivered, rows[first]).min(axis=1)
    _stop(table, rows[~carried_out], Stage.IN_FORCE, (why[0][~carried_out], why[1][~carried_out]))
    _stop(table, rows[carried_out], Stage.CARRIED_OUT, (why[0][carried_out], why[1][carried_out]))
    if cited is not None:
        told = outcome.stage[rows] == Stage.IN_FORCE
        outcome.cited[rows[told]] = cited[told]
    world.note(table, "end", rows, whose=why[0], reason=why[1])
