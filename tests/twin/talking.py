"""A round of talks: texts are proposed, and the sides say yes or no."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sim.model.reasons import BOTH, FIRST, NOBODY, SECOND, Reason, Stage, State
from twin.chances import between
from twin.judging import expected_values, reservation_value, seen, surplus_of_all
from twin.tables import Agreement, Table, pace

if TYPE_CHECKING:
    from twin.people import Side
    from twin.world import World

NO_TEXT = -1

NOBODY_WILLING = math.inf
"""Threshold of a side for which no package is better than none."""


@dataclass
class Brought:
    """What a side brings to a round."""

    value: list[float]  # of each package as the side judges it, with its error
    reservation: float
    threshold: float  # what a text must be worth to be accepted

    @property
    def willing(self) -> bool:
        """There is a package that it could accept."""
        return self.threshold < NOBODY_WILLING


@dataclass
class Answer:
    """What came of a round."""

    package: int
    agreed: bool
    refused: int
    devalued: bool
    leverage: list[float]


def hold_talks(w: World, table: Table) -> None:
    """This week at a table that sits."""
    if table.state != State.TALKING:
        return
    _leak(w, table)
    if w.luck_of(table, "round") < pace(w.b, table.form.contact.talks) * table.service:
        _hold_round(w, table)
    if table.state == State.TALKING:
        _lose_patience(w, table)


def _leak(w: World, table: Table) -> None:
    """Talks that are not public may become known; a denial may be exposed."""
    session = table.session
    if not session.known and w.luck_of(table, "leak") < w.b.leak_rate * (1 - table.visibility):
        session.known = True
        w.note(table, "leak")
    caught = [False, False]
    for side in w.sides:
        i = side.index
        if table.denied[i] and not session.exposed[i] and w.luck_of(table, "expose", side) < w.b.denial_exposed:
            session.exposed[i] = caught[i] = True
    if any(caught):
        w.note(table, "expose", first=caught[0], second=caught[1])


def _hold_round(w: World, table: Table) -> None:
    session = table.session
    brought = [_bring(w, table, side) for side in w.sides]
    answer = _single_text(w, table, brought) if table.single_text else _in_turn(w, table, brought)
    session.rounds += 1
    session.refused = answer.refused
    session.devalued = answer.devalued
    if answer.package != NO_TEXT:
        w.note(table, "text", package=answer.package)
    if answer.agreed:
        _agree(w, table, answer, [x.value[answer.package] - x.reservation for x in brought])


def _bring(w: World, table: Table, side: Side) -> Brought:
    """Values, reservation value, and how far the side has come down from the best it could have.

    The threshold moves from the best towards the reservation value with the rounds gone; what the side would
    not concede however late stays. It is lowered by a thousandth against rounding, never below the reservation.
    """
    error = table.session.error[side.index]
    value = [v + error for v in expected_values(w, table, side, [p.worth[side.index] for p in table.packages])]
    reservation = reservation_value(w, table, side)
    best = max(value)
    if best < reservation:
        return Brought(value, reservation, NOBODY_WILLING)
    last = _rounds_allowed(w, table) + (0 if table.single_text else 1)
    gone = min(1.0, (table.session.rounds + 1) / last)
    floor = _aspiration_kept(w, table, side)
    aspiration = floor + (1 - floor) * (1 - gone**side.concession)
    threshold = max(reservation, reservation + (best - reservation) * aspiration - 0.001)
    return Brought(value, reservation, threshold)


def _rounds_allowed(w: World, table: Table) -> int:
    return round(w.b.texts if table.single_text else w.b.offers)


def _aspiration_kept(w: World, table: Table, side: Side) -> float:
    """Kept up to the end by a side that is watched, has a narrow win-set, or is bound by a declaration."""
    watched = w.b.hardening * side.audience_cost * seen(w, table, side) * table.sensitivity
    narrow = w.b.schelling * (1 - side.win_set) * table.sensitivity
    return between(0, watched + narrow + table.lock_in[side.index], 0.95)


# ---------------------------------------------------------------- who wrote it


def _discount_of_adversary(w: World, side: Side) -> float:
    """A text that the adversary wrote loses by it, the more the less it is trusted."""
    return w.b.judgement * w.b.devaluation_adversary * (1 - side.trust)


def _discount_of_mediators(w: World, table: Table, side: Side) -> float:
    """A text that mediators wrote loses less, unless their sponsor makes them look like the adversary."""
    discount = w.b.judgement * w.b.devaluation_mediator * (1 - table.trust_in_mediators(side))
    if table.form.sponsor is not None:
        missing = _discount_of_adversary(w, side) - discount
        if missing > 0:
            discount += between(0, side.discount[table.form.sponsor], 1) * missing
    return discount


# ---------------------------------------------------------------- the sides in turn


def _in_turn(w: World, table: Table, brought: list[Brought]) -> Answer:
    """Each side answers the other's last text, if there is one, and proposes one unless it says yes.

    A text proposed last in a round is the first to be answered in the next.
    """
    proposed = table.session.proposed
    package, refused, devalued = NO_TEXT, NOBODY, False
    for side in (table.session.first, 1 - table.session.first):
        mine, theirs = brought[side], brought[1 - side]
        text = proposed[1 - side]
        if text != NO_TEXT and theirs.value[text] >= theirs.reservation:  # else its author would not sign it now
            heard = mine.value[text]
            own_idea = text == proposed[side]  # who would hold against a text that one proposed it oneself?
            discount = 0.0 if own_idea else _discount_of_adversary(w, w.sides[side])
            yes = heard - discount >= mine.threshold
            only_author = not yes and heard >= mine.threshold
            w.note(table, "answer", package=text, whose=1 - side, refused=NOBODY if yes else side, author=only_author)
            if yes:
                return Answer(text, True, NOBODY, False, [0.0, 0.0])
            refused = side
            devalued = devalued or only_author
        if mine.willing:
            package = proposed[side] = _offer(w, table, mine, theirs)
            w.note(table, "offer", package=package, whose=side)
        else:  # nothing that it could sign: it proposes nothing, and what it proposed before is off the table
            proposed[side] = NO_TEXT
            refused = side
    return Answer(package, False, refused, devalued, [0.0, 0.0])


def _offer(w: World, table: Table, mine: Brought, theirs: Brought) -> int:
    """Among what is good enough for the proposer, what it likes to give and thinks the other likes; the first of equals.

    Its picture of the other begins as the opposite of itself, and every round corrects it.
    """
    b = w.b
    known = 1 - (1 - b.opponent_learning) ** table.session.rounds
    enough = min(mine.threshold, max(mine.value))
    best, best_liking = 0, -math.inf
    for package in range(len(table.packages)):
        if mine.value[package] < enough:
            continue
        picture = known * theirs.value[package] - (1 - known) * mine.value[package]
        liking = b.opponent_weight * picture - (1 - b.opponent_weight) * mine.value[package]
        if liking > best_liking:
            best, best_liking = package, liking
    return best


# ---------------------------------------------------------------- a single text


def _single_text(w: World, table: Table, brought: list[Brought]) -> Answer:
    """Mediators put one text to both sides and help the side it does less for; a no teaches them something."""
    b, session = w.b, table.session
    estimate = [_estimate(table, brought[i], i) for i in (0, 1)]
    package = _draft(w, table, estimate)
    worse_off = 0 if estimate[0][package] <= estimate[1][package] else 1
    leverage = [0.0, 0.0]
    leverage[worse_off] = table.leverage * table.service
    says_yes, would_say_yes = [], []
    for i, side in enumerate(w.sides):
        heard = brought[i].value[package] + leverage[i]
        asked = brought[i].threshold if brought[i].willing else brought[i].reservation  # leverage may do what no text does
        yes = heard - _discount_of_mediators(w, table, side) >= asked
        says_yes.append(yes)
        would_say_yes.append(heard >= asked)  # had nobody in particular written it
        if yes:
            session.shift[i] -= 0.5 * b.estimate_step
        else:
            session.shift[i] += b.estimate_step
            session.candour[i] += b.candour_gain * (1 - session.candour[i])
    if all(says_yes):
        w.note(table, "draft", package=package, refused=NOBODY, author=False)
        return Answer(package, True, NOBODY, False, leverage)
    refused = BOTH if not any(says_yes) else SECOND if says_yes[0] else FIRST
    w.note(table, "draft", package=package, refused=refused, author=all(would_say_yes))
    return Answer(package, False, refused, all(would_say_yes), leverage)


def _estimate(table: Table, brought: Brought, side: int) -> list[float]:
    """What mediators take each package to bring a side: between an outsider's guess and the truth, by its candour."""
    candour, shift = table.session.candour[side], table.session.shift[side]
    found = []
    for package, value in zip(table.packages, brought.value, strict=True):
        found.append(candour * (value - brought.reservation) + (1 - candour) * package.guess[side] - shift)
    return found


def _draft(w: World, table: Table, estimate: list[list[float]]) -> int:
    """The largest product of estimated surpluses, bent by bias and interest; the first of equals.

    Where no package gives both something: a package that takes from neither, else the one least bad for the
    worse-off.
    """
    bias = [sum(m.bias[i] for m in table.mediators) / len(table.mediators) for i in (0, 1)]
    best, best_merit = None, -math.inf
    for package, spec in enumerate(table.packages):
        first, second = estimate[0][package], estimate[1][package]
        if first > 0 and second > 0:
            merit = (1 + bias[0]) * math.log(first) + (1 + bias[1]) * math.log(second) + w.b.mediator_interest * spec.interest
            if best is None or merit > best_merit:
                best, best_merit = package, merit
    if best is not None:
        return best
    worse_off = [min(pair) for pair in zip(*estimate, strict=True)]
    return worse_off.index(max(worse_off))


# ---------------------------------------------------------------- how talks end


def _agree(w: World, table: Table, answer: Answer, surplus: list[float]) -> None:
    record = table.record
    table.state = State.SIGNED
    table.agreement = Agreement(package=answer.package, signed=w.week, leverage=answer.leverage)
    record.texts += 1
    if record.agreed < 0:
        record.agreed = w.week
        record.agreed_surplus = surplus
        record.package = answer.package
    record.stop(Stage.AGREED, NOBODY, Reason.NOT_YET_RATIFIED)
    w.note(table, "agree", package=answer.package)


def _lose_patience(w: World, table: Table) -> None:
    """Talks that ran out of rounds or of time are broken off."""
    session = table.session
    out_of_rounds = session.rounds >= _rounds_allowed(w, table)
    out_of_time = w.week - session.since + 1 >= w.b.patience
    if not (out_of_rounds or out_of_time):
        return
    if _best_for_both(w, table) < 0:
        talks_fail(w, table, BOTH, Reason.NO_ZONE)
    else:
        talks_fail(w, table, session.refused, Reason.DEVALUATION if session.devalued else Reason.IMPASSE)


def _best_for_both(w: World, table: Table) -> float:
    """The most that any package leaves the worse-off side, once mediators have helped the worse-off of the two."""
    help_ = table.leverage * table.service if table.single_text else 0.0
    best = -math.inf
    error = table.session.error
    for first, second in zip(*surplus_of_all(w, table), strict=True):
        worse, better = sorted((first + error[0], second + error[1]))
        best = max(best, min(worse + help_, better))
    return best


def talks_fail(w: World, table: Table, whose: int, reason: Reason) -> None:
    """Talks end without a text."""
    table.part()
    table.failed = True
    w.discourage()
    table.record.stop(Stage.TALKED, whose, reason)
    w.note(table, "fail", whose=whose, reason=reason)
