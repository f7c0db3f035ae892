"""An agreement in force: delivery, violations, repair, renewal, end."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from sim.model.reasons import BOTH, FIRST, NOBODY, SECOND, Reason, Stage, State
from twin.chances import chance, left_after
from twin.judging import GainLeft, delivered_side_deals, gain_left
from twin.tables import Table, pace

if TYPE_CHECKING:
    from twin.people import Side
    from twin.world import World


def keep(w: World, table: Table) -> None:
    """A week of an agreement."""
    if not _stands(table):
        return
    opens = table.spec.opens
    if opens is not None and opens.when == "in_force" and not w.is_open(table):
        _end(w, table, NOBODY, Reason.CONDITION)
        return
    table.agreement.age += 1
    before = [gain_left(w, table, side) for side in w.sides]
    _deliver(w, table, before)
    _violate(w, table, before)
    if table.state == State.SUSPENDED:
        _repair(w, table)
    if _stands(table):
        _come_to_term(w, table)


def _stands(table: Table) -> bool:
    return table.state in {State.IN_FORCE, State.SUSPENDED}


# ---------------------------------------------------------------- delivery


def _deliver(w: World, table: Table, before: list[GainLeft]) -> None:
    """Count what flows this week; then delivery erodes and belief in side deals moves to what is seen of them."""
    b, agreement, record = w.b, table.agreement, table.record
    flowing = b.suspended_delivery if table.state == State.SUSPENDED else 1.0
    record.in_force += 1
    for side in w.sides:
        i = side.index
        side_deal = delivered_side_deals(w, table, side, as_seen=False)
        brought = before[i].delivery * flowing + side_deal + before[i].leverage - before[i].alternative
        record.surplus[i] += table.share[i] * brought
    throughput = flowing * min(agreement.delivered)
    for unit, per_week, lasts in table.packages[agreement.package].units:
        if lasts == 0 or agreement.age <= lasts:
            record.units[unit] += throughput * per_week

    eroded = []
    for i in (0, 1):  # what a side still gains slows the erosion of what it delivers
        decay = min(1.0, b.erosion * math.exp(-b.erosion_gain * before[i].total))
        eroded.append(agreement.delivered[i] * (1 - decay))
    for i in (0, 1):  # and it comes down towards the other side's delivery, never up
        behind = min(eroded[1 - i] - eroded[i], 0)
        agreement.delivered[i] = eroded[i] + b.reciprocity * behind

    for side in w.sides:
        i = side.index
        kept = left_after(1, b.side_belief_half_life)
        visible = delivered_side_deals(w, table, side, as_seen=True)
        agreement.side_deal[i] = visible * (1 - kept) + agreement.side_deal[i] * kept


# ---------------------------------------------------------------- violations


def _violate(w: World, table: Table, before: list[GainLeft]) -> None:
    """Each side may violate; what is noticed is claimed, perhaps contested; the injured side may suspend."""
    b, agreement, record, monitoring = w.b, table.agreement, table.record, table.monitoring
    violates, accused, contested, breached = [], [], [], []
    for side in w.sides:
        i, other = side.index, w.sides[1 - side.index]
        angry = b.violation_grievance * table.sensitivity * side.grievance
        log_rate = agreement.frailty + angry - b.violation_gain * before[i].total
        young = 1 + b.infancy * math.exp(-agreement.age / b.infancy_weeks)
        rate = b.violation_rate * math.exp(log_rate) * (1 - b.deterrence * monitoring) * young
        did = w.luck_of(table, "violate", side) < 1 - math.exp(-rate)
        found = did and w.luck_of(table, "detect", side) < b.detection + (1 - b.detection) * monitoring
        if did and not found:
            agreement.delivered[i] *= 1 - b.violation_drop
        unfounded = w.luck_of(table, "claim", side) < b.false_claims * (1 - monitoring) * other.grievance
        claim = found or unfounded or table.accused[i]
        denied = claim and w.luck_of(table, "contest", side) < b.contest * (1 - monitoring)
        violates.append(did)
        accused.append(claim)
        contested.append(denied)
        breached.append(claim and not denied and w.luck_of(table, "suspend", side) < b.suspension)
    record.violations += sum(violates)
    if any(violates):
        w.note(table, "violate", whose=BOTH if all(violates) else FIRST if violates[0] else SECOND)
    if any(contested):
        record.contested += 1
    if any(violates) or any(accused):
        marks = [violates[i] * 1 + accused[i] * 2 + contested[i] * 4 for i in (0, 1)]
        w.note(table, "breach", first=marks[0], second=marks[1])
    table.accused = [False, False]
    for side in w.sides:  # takes offence at what the other is accused of
        other = 1 - side.index
        if accused[other]:
            weight = 0.5 if contested[other] else 1.0
            side.trust *= 1 - b.trust_loss * weight
            side.grievance = min(side.grievance + b.injury * weight, 1)
    if any(breached) and table.state == State.IN_FORCE:
        agreement.culprit = FIRST if breached[0] else SECOND
        if all(breached):  # the one whose breach the other was quicker to answer
            answers = [w.luck_of(table, "suspend", side) for side in w.sides]
            agreement.culprit = FIRST if answers[0] <= answers[1] else SECOND
        table.state = State.SUSPENDED
        record.suspensions += 1
        w.note(table, "suspend", whose=agreement.culprit)


def _repair(w: World, table: Table) -> None:
    """Good offices bring the injured side back, or the agreement may be given up, or neither."""
    b, agreement = w.b, table.agreement
    injured = w.sides[1 - agreement.culprit]
    offices = 0.4  # the sides' own channel
    if table.mediators:
        offices = max(offices, table.trust_in_mediators(injured) * table.service)
    coordination = pace(b, table.form.contact.implementation)
    ways = (0.5 + 0.5 * coordination) * (0.5 + 0.5 * table.monitoring)
    wish = chance(gain_left(w, table, injured).total / b.renewal_temperature)
    if w.luck_of(table, "repair") < b.repair * offices * ways * wish:
        table.state = State.IN_FORCE
        table.record.repairs += 1
        w.note(table, "repair")
    elif w.luck_of(table, "collapse") < b.collapse:
        _end(w, table, injured.index, Reason.VIOLATION, cited=Reason.VIOLATION)


# ---------------------------------------------------------------- term


def _come_to_term(w: World, table: Table) -> None:
    """Carried out; left within the term; or up for renewal."""
    agreement = table.agreement
    lasts = table.packages[agreement.package].lasts
    if lasts and agreement.age >= lasts and table.state == State.IN_FORCE:
        _end(w, table, NOBODY, Reason.CARRIED_OUT)
        return
    leaving = [
        side for side in w.sides
        if w.luck_of(table, "leave", side) < w.b.exit_rate * chance(-_wish(w, table, side) / w.b.renewal_temperature)
    ]  # fmt: skip
    if agreement.left > 0:
        agreement.left -= 1
        due = agreement.left == 0
    else:
        due = False
    if leaving:
        _leave(w, table, leaving)
    elif due:
        _renew(w, table)


def _wish(w: World, table: Table, side: Side) -> float:
    """How much a side would rather go on than not."""
    return gain_left(w, table, side).total - w.b.renewal_grievance * table.sensitivity * side.grievance


def _renew(w: World, table: Table) -> None:
    """The term is over: each side renews, for as long as it reads the text, or refuses."""
    b, agreement, record = w.b, table.agreement, table.record
    hurdle = b.renewal_effort if table.form.silence == "lapse" else 0.0
    refusing = [
        side for side in w.sides
        if w.luck_of(table, "renew", side) >= chance((_wish(w, table, side) - hurdle) / b.renewal_temperature)
    ]  # fmt: skip
    if refusing:
        record.refused += 1
        w.note(table, "refuse", whose=BOTH if len(refusing) == 2 else refusing[0].index)
        _leave(w, table, refusing)
        return
    reading = []
    for side in w.sides:
        promised = agreement.promised[side.index]
        shrunk = promised > 0 and gain_left(w, table, side).total < b.shortening * promised
        reading.append(max(table.form.term // 2, 1) if shrunk else table.form.term)
    term = min(reading)
    for side in w.sides:
        if reading[side.index] > term:  # had read it as longer
            side.grievance = min(side.grievance + 0.5 * b.injury, 1)
    record.renewals += 1
    if term < agreement.term:
        record.shorter += 1
    agreement.term = agreement.left = term
    if table.state == State.SUSPENDED:  # what is renewed is in force again
        table.state = State.IN_FORCE
        record.repairs += 1
        w.note(table, "repair")
    w.note(table, "renew", package=term)


def _leave(w: World, table: Table, leaving: list[Side]) -> None:
    """One side leaves, or both: then it is put down to the one with the lesser wish to go on."""
    one = min(leaving, key=lambda side: _wish(w, table, side))
    moved, cited = motives(w, table, one)
    _end(w, table, one.index, moved, cited=cited)


def motives(w: World, table: Table, side: Side) -> tuple[Reason, Reason]:
    """What moved a side to leave (the largest fall since entry into force), and what it would say."""
    i, agreement, now = side.index, table.agreement, gain_left(w, table, side)
    better_alternative = now.alternative - agreement.alternative[i]
    side_deal_lost = agreement.side_deal_promised[i] - now.side_deal
    falls = [
        (Reason.SIDE_DEAL, side_deal_lost),
        (Reason.DELIVERY, now.withheld),
        (Reason.ALTERNATIVE, better_alternative),
        (Reason.FRONT, now.batna - agreement.batna[i] - better_alternative),
        (Reason.LEVERAGE, agreement.leverage[i] - now.leverage),
        (Reason.ENDED_GRIEVANCE, w.b.renewal_grievance * table.sensitivity * side.grievance),
    ]
    largest = max(fall for _, fall in falls)
    moved = next(reason for reason, fall in falls if fall == largest) if largest >= 0.01 else Reason.CHANCE
    if side_deal_lost > 0.01:
        return moved, Reason.SIDE_DEAL
    if now.withheld > 0.02:
        return moved, Reason.DELIVERY
    return moved, Reason.ENDED_GRIEVANCE


def _end(w: World, table: Table, whose: int, reason: Reason, cited: Reason | None = None) -> None:
    """An agreement is over; side deals that lost belief start the next one with less credit."""
    agreement, record = table.agreement, table.record
    if reason != Reason.CARRIED_OUT:
        w.discourage()
    table.part()
    for i in (0, 1):
        if agreement.side_deal_promised[i] > 0:
            table.credit[i] *= min(agreement.side_deal[i] / agreement.side_deal_promised[i], 1)
    if record.ended < 0:
        record.ended = w.week
        record.first_end = reason
        record.delivery = min(agreement.delivered)
    told = record.stop(Stage.CARRIED_OUT if reason == Reason.CARRIED_OUT else Stage.IN_FORCE, whose, reason)
    if cited is not None and told:
        record.cited = cited
    w.note(table, "end", whose=whose, reason=reason)
