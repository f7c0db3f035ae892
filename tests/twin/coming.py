"""Who comes to a table, who stays away and why, who walks out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.reasons import BOTH, FIRST, NOBODY, SECOND, Reason, Stage, State
from twin.chances import between, chance, noise
from twin.judging import expected_value, reservation_value, seen, surplus_of_all
from twin.tables import Session, Table, contact_cost
from twin.talking import talks_fail

if TYPE_CHECKING:
    from twin.people import Side
    from twin.world import World


@dataclass
class Readiness:
    """Readiness of a side, and what speaks against coming in the same unit."""

    total: float
    against: list[tuple[Reason, float]]

    def main_reason(self) -> Reason:
        """The heaviest term against coming; the first in the list, should two weigh the same."""
        heaviest = max(weight for _, weight in self.against)
        return next(reason for reason, weight in self.against if weight == heaviest)


def readiness(w: World, table: Table, side: Side) -> Readiness:
    """What draws a side to the table, less what keeps it away."""
    b, form = w.b, table.form
    visible = seen(w, table, side)

    # Distance: both sides sign with the mediators only; or it is not sure that the other will be there at all.
    distance = table.distance
    if form.hosts_if == "one":
        distance *= table.believed[1 - side.index]

    surplus = expected_value(w, table, side, table.focal) - reservation_value(w, table, side)
    motivation = b.motivation * between(-0.3, surplus, 0.5)
    attraction = b.attraction * pull(w, table, side)
    confidence = b.confidence * (side.trust - 0.2)
    recognition = table.sensitivity * distance * contact_cost(b, form.contact.talks) * table.level * side.recognition
    grievance = table.sensitivity * b.grievance_weight * side.grievance
    exposure = table.sensitivity * distance * b.exposure * visible * side.audience_cost
    commitment = distance * table.level * visible * side.commitment
    stain = b.stain * between(0, side.discount[form.sponsor], 1) if form.sponsor else 0.0

    draws = motivation + side.optimism + confidence + attraction
    keeps_away = b.threshold + recognition + grievance + exposure + commitment + stain
    against = [
        (Reason.LITTLE_TO_GAIN, b.motivation * 0.15 - motivation),
        (Reason.PESSIMISM, 0.6 - side.optimism),
        (Reason.RECOGNITION, recognition),
        (Reason.GRIEVANCE, grievance),
        (Reason.EXPOSURE, exposure),
        (Reason.COMMITMENT, commitment),
        (Reason.SPONSOR, stain),
    ]
    return Readiness(draws - keeps_away, against)


def pull(w: World, table: Table, side: Side) -> float:
    """Pull of the mediators: that at least one trusted invitation is felt, if they care and have time."""
    if not table.mediators:
        return table.pull_bonus
    none_felt = 1.0
    for mediator in table.mediators:
        none_felt *= 1 - mediator.pull * side.trust_in[mediator.name]
    keen = 0.5 + 0.5 * table.packages[table.focal].interest
    return (1 - none_felt) * keen * table.service + table.pull_bonus


def choose_focal_text(w: World, table: Table) -> None:
    """Before the first week: the package that is best for the worse-off side (Kalai); the first of equals."""
    first, second = surplus_of_all(w, table)
    worse_off = [min(pair) for pair in zip(first, second, strict=True)]
    table.focal = worse_off.index(max(worse_off))


def who_comes(w: World, table: Table) -> None:
    """An occasion to meet, or to leave."""
    if not _occasion_arises(w, table):
        return
    if table.state == State.TALKING:
        _perhaps_walk_out(w, table)
    elif table.state == State.APART and w.is_open(table):
        _perhaps_meet(w, table)
    elif table.record.occasion < 0:  # what it hangs on has not happened
        table.record.stop(Stage.APART, NOBODY, Reason.NOT_OPENED)


def _occasion_arises(w: World, table: Table) -> bool:
    """In the week of a fixed meeting, or at random."""
    if table.spec.meets is not None:
        return table.spec.meets == w.week
    return w.luck_of(table, "occasion") < w.b.occasion_rate


def _perhaps_walk_out(w: World, table: Table) -> None:
    """A side stays unless its readiness has fallen far below what it was when it sat down."""
    stays = []
    for side in w.sides:
        now = readiness(w, table, side).total
        before = min(table.session.readiness[side.index], 0)
        stays.append(w.luck_of(table, "come", side) < chance((now - before + w.b.staying) / w.b.temperature))
    if all(stays):
        return
    whose = BOTH if not any(stays) else SECOND if stays[0] else FIRST
    talks_fail(w, table, whose, Reason.WALKED_OUT)


def _perhaps_meet(w: World, table: Table) -> None:
    """Both decide on the same day."""
    record = table.record
    if record.occasion < 0:
        record.occasion = w.week
    ready, comes, reasons = [], [], []
    for side in w.sides:
        i = side.index
        found = readiness(w, table, side)
        believes = w.luck_of(table, "believe", side) < table.believed[i]
        wants = w.luck_of(table, "come", side) < chance(found.total / w.b.temperature)
        ready.append(found.total)
        put_there = table.spec.seated and record.came < 0
        comes.append(put_there or (believes and (wants or table.form.convened_by == side.name)))
        if table.status[i] == "not":
            reasons.append(Reason.NOT_INVITED)
        elif not believes:
            reasons.append(Reason.NOT_BELIEVED)
        else:
            reasons.append(found.main_reason())
    answers = [Reason.NONE if came else reason for came, reason in zip(comes, reasons, strict=True)]
    if all(comes):
        w.note(table, "answers", first=answers[0], second=answers[1])
        _sit_down(w, table, ready)
        return
    if any(comes):
        whose = decided = SECOND if comes[0] else FIRST
    else:  # both stay away: the less ready one decided, and the other with it if its reason is the same
        decided = FIRST if ready[0] <= ready[1] else SECOND
        whose = BOTH if reasons[0] == reasons[1] else decided
    record.stop(Stage.APART, whose, reasons[decided])
    w.note(table, "stay away", whose=whose, reason=reasons[decided])
    w.note(table, "answers", first=answers[0], second=answers[1])
    if any(comes) and table.form.hosts_if == "one" and record.declared < 0:
        _declare(w, table, comes)


def _sit_down(w: World, table: Table, ready: list[float]) -> None:
    """A session begins."""
    b, form, record = w.b, table.form, table.record
    table.state = State.TALKING
    if record.came < 0:
        record.came = w.week
    record.sessions += 1
    if form.first_offer == "lot":
        first = 1 if w.luck_of(table, "first") < 0.5 else 0
    else:
        first = [side.name for side in w.sides].index(form.first_offer)
    blur = 1.0
    if form.contact.talks == "separate":  # messages are carried
        blur = 1 + b.relay_noise
    elif table.mediators and form.contact.talks != "remote":  # an honest mediator is in the room
        blur = 1 - b.clarity * sum(m.honesty for m in table.mediators) / len(table.mediators)
    table.session = Session(
        since=w.week,
        first=first,
        error=[blur * b.judgement * noise(w.luck_of(table, "judge", side)) for side in w.sides],
        readiness=ready,
        candour=[between(0, side.candour + b.candour_trust * table.trust_in_mediators(side), 1) for side in w.sides],
    )
    record.stop(Stage.TALKED, NOBODY, Reason.STILL_TALKING)
    w.note(table, "sit down")


def _declare(w: World, table: Table, present: list[bool]) -> None:
    """Those present declare: it binds only them, draws to tables on the same issues, and stains its sponsor."""
    table.record.declared = w.week
    for other in w.tables:
        shared = len(set(other.agenda) & set(table.agenda)) / len(other.agenda)
        other.pull_bonus += w.b.declaration_pull * shared
        for i in (0, 1):
            if present[i]:
                other.lock_in[i] += w.b.declaration_lock_in * shared
    sponsor = table.form.sponsor
    if sponsor is not None:
        for side in w.sides:
            if not present[side.index]:
                side.discount[sponsor] += w.b.declaration_stain * (1 - table.believed[side.index])
    w.note(table, "declare")
