"""Ratification, and entry into force."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sim.model.reasons import FIRST, NOBODY, SECOND, Reason, Stage, State
from twin.chances import SPREAD_OF_LOGISTIC, noise
from twin.judging import batna, cost_at_home, expected_side_deals, expected_value, gain_left
from twin.tables import Agreement, Table

if TYPE_CHECKING:
    from twin.world import World


def ratify(w: World, table: Table) -> None:
    """A text agreed before this week goes home to both capitals."""
    if table.state != State.SIGNED or table.agreement.signed >= w.week:
        return
    falls, foreseen, why = [], [], []
    for side in w.sides:
        value = expected_value(w, table, side, table.agreement.package) + table.agreement.leverage[side.index]
        margin = value - batna(w, table, side)
        cost = cost_at_home(w, table, side)
        unforeseen = w.b.ratification_noise * noise(w.luck_of(table, "ratify", side))
        refused = margin - cost + unforeseen < 0
        vetoed = w.luck_of(table, "veto", side) < w.b.veto_rate * table.sensitivity
        falls.append(refused or vetoed)
        foreseen.append(margin - cost)
        if not refused:
            why.append(Reason.LAST_MINUTE)
        elif margin + unforeseen < 0:
            why.append(Reason.TERMS)
        else:
            why.append(Reason.POLITICAL_COST)
    if not any(falls):
        enter_into_force(w, table)
        return
    whose = FIRST if falls[0] else SECOND
    if all(falls):  # named is the capital in which it stood worse
        whose = FIRST if foreseen[0] <= foreseen[1] else SECOND
    _fall(w, table, whose, why[whose])


def _fall(w: World, table: Table, whose: int, reason: Reason) -> None:
    """The text is dead; the other side trusts less."""
    record = table.record
    table.part()
    table.failed = True
    record.fell += 1
    if whose == FIRST:
        record.fell_first += 1
    else:
        record.fell_second += 1
    w.discourage()
    w.sides[1 - whose].trust *= 1 - 0.5 * w.b.trust_loss
    record.stop(Stage.AGREED, whose, reason)
    w.note(table, "fall", whose=whose, reason=reason)


def enter_into_force(w: World, table: Table) -> None:
    """A ratified text begins its life, and both sides take heart."""
    agreement, record = table.agreement, table.record
    _begin(w, table)
    if record.ratified < 0:
        record.ratified = w.week
        record.package = agreement.package
    for side in w.sides:
        side.optimism = min(side.optimism + w.b.encouragement, 1)
    w.note(table, "in force", package=agreement.package)


def in_force_already(w: World, table: Table) -> None:
    """The run begins with an agreement that was made before it."""
    found = table.spec.in_force
    status_quo = {i: next(o for o, x in w.conflict.file.issues[i].options.items() if x.status_quo) for i in table.agenda}
    wanted = status_quo | found.text
    package = next(n for n, p in enumerate(table.packages) if p.options == wanted)
    table.agreement = Agreement(package=package, signed=0, leverage=[0.0, 0.0])
    _begin(w, table)
    table.agreement.age = found.age
    if found.left is not None:
        table.agreement.left = found.left
    if found.accused is not None:
        table.state = State.SUSPENDED
        table.agreement.culprit = w.conflict.disputants.index(found.accused)
    table.record.agreed = table.record.ratified = 0
    table.record.package = package


def _begin(w: World, table: Table) -> None:
    agreement, record = table.agreement, table.record
    table.state = State.IN_FORCE
    agreement.age = 0
    agreement.term = table.form.term or 0
    agreement.left = table.form.term or -1
    agreement.frailty = w.b.frailty * noise(w.luck_of(table, "frailty")) / SPREAD_OF_LOGISTIC
    agreement.delivered = [1.0, 1.0]
    agreement.culprit = NOBODY
    for side in w.sides:
        i = side.index
        agreement.side_deal_promised[i] = agreement.side_deal[i] = expected_side_deals(w, table, side)
        left = gain_left(w, table, side)
        agreement.promised[i] = left.total
        agreement.batna[i] = left.batna
        agreement.alternative[i] = left.alternative
    record.agreements += 1
    record.stop(Stage.IN_FORCE, NOBODY, Reason.HOLDS)
