"""The steps a table can take from one state to the next, and what each leaves on record.

``note`` is told every incident. A compiled world keeps a checksum of them; a world lived by agents lists them.
"""

from __future__ import annotations

from sim.model.chance import SPREAD_OF_LOGISTIC, clip, draw, noise
from sim.model.codes import Kind, Stream
from sim.model.reasons import NOBODY, Reason, Stage, State
from sim.model.records import Package, Packages, Table, World
from sim.model.valuation import (
    alternative,
    batna,
    expected_side_deals,
    gain_left,
    least_delivered,
    share_meant,
    trust_in_mediators,
)
from sim.model.worth import copy_worth


def note(w: World, table: int, kind: int, whose: int, reason: int, detail: int) -> None:
    """Something happened at a table (-1: in the world): mixed into the checksum of all incidents so far."""
    for number in (w.week, table, kind, whose, reason, detail):
        w.trace = ((w.trace ^ (number + 256)) * 1099511628211) & 0x3FFFFFFFFFF


def stop(t: Table, stage: int, whose: int, reason: int) -> bool:
    """Put on record how far a table got and why it stopped there; a lesser stage does not hide a further one."""
    if stage < t.outcome.stage:
        return False
    t.outcome.stage, t.outcome.whose, t.outcome.reason = stage, whose, reason
    t.outcome.alone, t.outcome.cited = 0, Reason.NONE
    return True


def part(t: Table) -> None:
    """The sides are apart again; what was known of their talks is no longer news."""
    t.state, t.session.known = State.APART, 0
    for n in range(t.signers):
        t.seats[n].exposed = 0


def discourage(w: World) -> None:
    """Something failed: every side loses hope."""
    for n in range(w.side_count):
        w.sides[n].optimism = max(w.sides[n].optimism - w.b.discouragement, 0.0)


def sit_down(w: World, t: Table) -> None:
    """All come: a session begins, with the errors of judgement that each side brings to it.

    Error: judgement * logistic noise, once per session; less with an honest mediator in the room (1 - clarity *
    honesty), more where messages are carried (1 + relay_noise). What mediators know of a side: candour + candour_trust
    * trust in them.
    """
    t.state = State.TALKING
    if t.outcome.came < 0:
        t.outcome.came = w.week
    t.outcome.sessions += 1
    session = t.session
    session.since, session.rounds, session.refused, session.devalued = w.week, 0, NOBODY, 0
    session.first = t.first_offer
    if t.first_offer < 0:  # by lot
        session.first = t.signers - 1 - min(int(draw(w, t, Stream.FIRST, 0) * t.signers), t.signers - 1)
    blur = 1.0
    if t.in_room:
        blur = 1.0 - w.b.clarity * t.honesty
    elif t.relayed:
        blur = 1.0 + w.b.relay_noise
    seen = 0
    for n in range(t.signers):
        me, seat = w.sides[n], t.seats[n]
        seen += seat.motive << n
        seat.error = blur * w.b.judgement * noise(draw(w, t, Stream.JUDGE, n))
        seat.told = clip(0.0, me.candour + w.b.candour_trust * trust_in_mediators(w, t, me), 1.0)
        seat.shift, seat.proposed = 0.0, -1
    stop(t, Stage.TALKED, NOBODY, Reason.STILL_TALKING)
    note(w, t.index, Kind.SIT_DOWN, NOBODY, Reason.NONE, seen)


def declare(w: World, t: Table) -> None:
    """Those present make a declaration; it binds nobody absent, and a side left out holds it against the sponsor."""
    t.outcome.declared = w.week
    for n in range(w.table_count):
        other = w.tables[n]
        shared = share_of_agenda(other, t)
        other.pull_bonus += w.b.declaration_pull * shared
        for side in range(other.signers):
            other.seats[side].lock_in += w.b.declaration_lock_in * shared * t.seats[side].present
    if t.sponsor >= 0:
        for n in range(t.signers):
            if not t.seats[n].present:
                w.sides[n].discount[t.sponsor] += w.b.declaration_stain * (1.0 - t.seats[n].believed)
    note(w, t.index, Kind.DECLARE, NOBODY, Reason.NONE, 0)


def share_of_agenda(t: Table, of: Table) -> float:
    """The part of a table's agenda that is on the other's, too."""
    shared = 0
    for place in range(t.agenda_count):
        for other in range(of.agenda_count):
            if t.agenda[place] == of.agenda[other]:
                shared += 1
    return shared / t.agenda_count


def talks_fail(w: World, t: Table, whose: int, reason: int) -> None:
    """Talks end without a text: optimism is lost on all sides."""
    part(t)
    t.failed = 1
    discourage(w)
    stop(t, Stage.TALKED, whose, reason)
    note(w, t.index, Kind.FAIL, whose, reason, 0)


def take_text(t: Table, package: Package) -> None:
    """The agreement is this package from now on."""
    agreement = t.agreement
    agreement.lasts = package.lasts
    for place in range(t.agenda_count):
        agreement.options[place], agreement.moved[place] = package.options[place], package.moved[place]
    for n in range(t.signers):
        copy_worth(t.seats[n].worth, package.worth[n])
    agreement.sensitivity = package.worth[0].sensitivity


def agree(w: World, t: Table, packages: Packages, text: int) -> None:
    """All accept a text; what each has in it beyond its reservation value is put on record the first time."""
    t.state = State.SIGNED
    t.agreement.package, t.agreement.signed = text, w.week
    take_text(t, packages[text])
    t.outcome.texts += 1
    if t.outcome.agreed < 0:
        t.outcome.agreed, t.outcome.package = w.week, text
        for n in range(t.signers):
            t.seats[n].agreed_surplus = packages[text].value[n] - t.seats[n].reservation
    stop(t, Stage.AGREED, NOBODY, Reason.NOT_YET_RATIFIED)
    note(w, t.index, Kind.AGREE, NOBODY, Reason.NONE, text)


def fall(w: World, t: Table, whose: int, reason: int) -> None:
    """A text falls at home: optimism is lost, and the others' trust in who let it fall."""
    part(t)
    t.failed = 1
    t.outcome.fell += 1
    t.seats[whose].fell += 1
    discourage(w)
    for n in range(t.signers):
        if n != whose:
            w.sides[n].trust[whose] *= 1.0 - 0.5 * w.b.trust_loss
    stop(t, Stage.AGREED, whose, reason)
    note(w, t.index, Kind.FALL, whose, reason, 0)


def begin(w: World, t: Table) -> None:
    """An agreement begins its life, with the term of its format and a frailty of its own: frailty * standard noise."""
    agreement = t.agreement
    t.state = State.IN_FORCE
    agreement.age, agreement.term, agreement.left = 0, t.term, t.term if t.term > 0 else -1
    agreement.frailty = w.b.frailty * noise(draw(w, t, Stream.FRAILTY, 0)) / SPREAD_OF_LOGISTIC
    agreement.culprit = NOBODY
    for n in range(t.signers):
        me, seat = w.sides[n], t.seats[n]
        seat.side_deal_promised = expected_side_deals(w, t, me)
        seat.side_deal = seat.side_deal_promised
        seat.promised = gain_left(w, t, me)
        seat.batna_at_start, seat.alternative_at_start = batna(w, t, me), alternative(w, t, me)
    t.outcome.agreements += 1
    stop(t, Stage.IN_FORCE, NOBODY, Reason.HOLDS)


def enter_into_force(w: World, t: Table) -> None:
    """A ratified text enters into force, and all sides take heart; each begins with what it means to deliver."""
    for n in range(t.signers):
        t.seats[n].delivered = share_meant(w, t, w.sides[n])
    begin(w, t)
    if t.outcome.ratified < 0:
        t.outcome.ratified, t.outcome.package = w.week, t.agreement.package
    for n in range(w.side_count):
        w.sides[n].optimism = min(w.sides[n].optimism + w.b.encouragement, 1.0)
    note(w, t.index, Kind.FORCE, NOBODY, Reason.NONE, t.agreement.package)


def in_force_already(w: World, t: Table, packages: Packages) -> None:
    """An agreement is in force, or suspended, as the run begins; what it promised is what it is worth now."""
    t.agreement.package = t.begins_with
    take_text(t, packages[t.begins_with])
    for n in range(t.signers):
        t.seats[n].delivered = 1.0
    begin(w, t)
    t.agreement.age = t.begins_age
    if t.begins_left > 0:
        t.agreement.left = t.begins_left
    if t.begins_accused >= 0:
        t.state, t.agreement.culprit = State.SUSPENDED, t.begins_accused
    t.outcome.agreed, t.outcome.ratified, t.outcome.package = w.week, w.week, t.begins_with


def end(w: World, t: Table, whose: int, reason: int, cited: int, alone: int) -> None:
    """An agreement ends, and unless it was carried out optimism is lost; ``cited`` is what the side that left would say.

    Side deals that lost belief start the next agreement with less credit.
    """
    if reason != Reason.CARRIED_OUT:
        discourage(w)
    part(t)
    for n in range(t.signers):
        seat = t.seats[n]
        if seat.side_deal_promised > 0.0:
            seat.credit *= min(seat.side_deal / max(seat.side_deal_promised, 1e-12), 1.0)
    if t.outcome.ended < 0:
        t.outcome.ended, t.outcome.first_end = w.week, reason
        t.outcome.delivery = least_delivered(t)
    told = stop(t, Stage.CARRIED_OUT if reason == Reason.CARRIED_OUT else Stage.IN_FORCE, whose, reason)
    if told:
        t.outcome.cited, t.outcome.alone = cited, alone
    note(w, t.index, Kind.END, whose, reason, 0)


def close(t: Table) -> None:
    """The run is over: an agreement that never ended is put down as it is now."""
    if t.outcome.ratified >= 0 and t.outcome.ended < 0:
        t.outcome.delivery = least_delivered(t)
